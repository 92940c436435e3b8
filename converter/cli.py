"""The command line: `python -m converter`."""

import argparse
import sys
from pathlib import Path

from converter.environment import prepare_tensorflow
from converter.errors import ConverterError

DESCRIPTION = """\
Turn a trained network into a bundle: SavedModel (GPU, TensorFlow Serving), LiteRT (CPU) and TF.js (browser), the face
detector beside it, and manifest.json with everything a runtime must agree on.

Nothing is converted without proof: the same pictures go through Keras and through every runtime, TF.js in Node and on
every backend of a real Chromium among them, and if one strays by more than a hundredth in probability no bundle is
written. Where there is no Chromium that part is left out, and the bundle's parity.md says so."""

EPILOG = """\
examples:
  python -m converter --network models/efficientnet_lite0 --out bundle
  python -m converter --network models/inception_resnet_v1 --light models/efficientnet_lite0 --out bundle
  python -m converter --network models/efficientnet_lite0 --pictures my_faces --out /tmp/bundle

once before:
  pip install -r requirements.txt
  npm ci --prefix converter/node      (TF.js for the proof; needs Node 20 or newer)

exit status: 0 the bundle is written; 1 it is not, and --out is as it was; 2 the command line is wrong."""


def main(arguments: list[str] | None = None) -> int:
    """Run the converter; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        _convert(options.network, options.light, options.pictures, options.out)
    except ConverterError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; nothing was written", file=sys.stderr)
        return 1
    return 0


def _convert(network: Path, light: Path | None, pictures: Path | None, out: Path) -> None:
    # Before TensorFlow, which takes seconds to load and is not needed to say that a folder is missing.
    from converter.node import require_node
    from converter.pictures import read_pictures

    require_node()
    proof_pictures = read_pictures(pictures)
    prepare_tensorflow()

    from converter.bundle import require_bundle_place, write_bundle
    from converter.progress import step
    from converter.trained_network import read_network

    require_bundle_place(out)
    with step(f"reading {network}"):
        strong_network = read_network(network)
    light_network = strong_network
    if light is not None:
        with step(f"reading {light}"):
            light_network = read_network(light)
    version = write_bundle(strong_network, light_network, proof_pictures, out)
    print(f"{out}: bundle {version}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m converter",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--network", type=Path, required=True, metavar="DIR", help="trained network: a folder of models/"
    )
    parser.add_argument(
        "--light", type=Path, metavar="DIR", help="another, smaller network for the browser (default: --network)"
    )
    parser.add_argument("--out", type=Path, default=Path("bundle"), metavar="DIR", help="default: %(default)s")
    parser.add_argument(
        "--pictures",
        type=Path,
        metavar="DIR",
        help="faces to prove it on, 64 are taken (default: ../shared/faces if there, else scikit-image's pictures)",
    )
    return parser
