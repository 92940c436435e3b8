"""The command line: `python -m converter`."""

import argparse
import sys
from pathlib import Path

from converter.environment import prepare_tensorflow
from converter.errors import ConverterError

DEFAULT_FACES = "../shared/faces"
WITHOUT_FACES = "uint16"

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
  python -m converter --network models/efficientnet_lite0 --quantize auto --data faces --out bundle

once before:
  pip install -r requirements.txt
  npm ci --prefix converter/node      (TF.js for the proof; needs Node 20 or newer)

exit status: 0 the bundle is written; 1 it is not, and --out is as it was; 2 the command line is wrong."""


def main(arguments: list[str] | None = None) -> int:
    """Run the converter; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        _convert(options)
    except ConverterError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; nothing was written", file=sys.stderr)
        return 1
    return 0


def _convert(options: argparse.Namespace) -> None:
    # Before TensorFlow, which takes seconds to load and is not needed to say that a folder is missing.
    from converter.node import require_node
    from converter.pictures import read_faces, read_pictures

    require_node()
    proof_pictures = read_pictures(options.pictures)
    faces = read_faces(options.data) if options.quantize == "auto" else None
    prepare_tensorflow()

    from converter.bundle import Evidence, require_bundle_place, write_bundle
    from converter.progress import step
    from converter.quantisation import Limits
    from converter.trained_network import read_network

    require_bundle_place(options.out)
    with step(f"reading {options.network}"):
        strong = read_network(options.network)
    light = strong
    if options.light is not None:
        with step(f"reading {options.light}"):
            light = read_network(options.light)
    quantise: str | Evidence = options.quantize
    if faces is not None:
        quantise = Evidence(faces, Limits(options.max_auc_loss, options.max_rate_loss, options.max_flips))
    elif quantise == "auto":
        print(
            f"There are no labelled faces in {DEFAULT_FACES} to see what quantisation costs, so --quantize auto does "
            f"as --quantize {WITHOUT_FACES}. Name a folder of them with --data."
        )
        quantise = WITHOUT_FACES
    version = write_bundle(strong, light, quantise, proof_pictures, options.out)
    print(f"{options.out}: bundle {version}")


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
    parser.add_argument(
        "--quantize",
        choices=("auto", "float32", "uint16", "float16", "uint8"),
        default=WITHOUT_FACES,
        help="how TF.js stores the kernels. float16 and uint8 also choose LiteRT's file with float16 or dynamic-range "
        "int8 weights, the others its float32 one. auto: measures all of them on labelled faces (minutes) and takes "
        "the smallest that loses nothing (default: %(default)s, which has lost nothing in any network tried)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="labelled validation faces for --quantize auto: index.csv (file, label, split) or real/ and fake/ "
        f"(default: {DEFAULT_FACES} if there)",
    )
    parser.add_argument(
        "--max-auc-loss", type=float, default=0.001, metavar="X", help="for auto: ROC-AUC (default: %(default)s)"
    )
    parser.add_argument(
        "--max-rate-loss",
        type=float,
        default=0.002,
        metavar="X",
        help="for auto: how much less of the fake faces may be called fake, and how much more of the real ones "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--max-flips",
        type=int,
        default=0,
        metavar="N",
        help="for auto: faces whose verdict may turn from real to fake or back (default: %(default)s)",
    )
    return parser
