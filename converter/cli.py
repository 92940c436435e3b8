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
written. Where labelled faces choose the precision (--quantize auto), their loss limits rounded files. Where
there is no Chromium that part is left out, and the bundle's parity.md says so."""

EPILOG = """\
examples:
  python -m converter --network models/efficientnet_lite0 --out bundle
  python -m converter --network models/ensemble --light models/efficientnet_lite0 --out bundle
  python -m converter --network models/efficientnet_lite0 --pictures my_faces --out /tmp/bundle
  python -m converter --network models/efficientnet_lite0 --quantize auto --data faces --out bundle

  python -m converter --verify bundle --network models/efficientnet_lite0
  python -m converter --diff bundle.old bundle
  python -m converter --report bundle
  python -m converter --out bundle --serving serving

once before:
  pip install -r requirements.txt
  npm ci --prefix converter/node      (TF.js for the proof; needs Node 20 or newer)

exit status: 0 the bundle is written; 1 it is not, and --out is as it was; 2 the command line is wrong."""


def main(arguments: list[str] | None = None) -> int:
    """Run the converter; returns the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.network is None and all(
        getattr(options, action) is None for action in ("verify", "diff", "report", "serving")
    ):
        parser.error("--network is needed, or one of --verify, --diff, --report and --serving")
    try:
        _run(options)
    except ConverterError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; nothing was written", file=sys.stderr)
        return 1
    return 0


def _run(options: argparse.Namespace) -> None:
    if options.verify is not None:
        _verify(options)
    elif options.diff is not None:
        _compare(options.diff[0], options.diff[1], options.pictures)
    elif options.report is not None:
        _report(options.report)
    elif options.serving is not None and options.network is None:
        _serve(options.out, options.serving)
    else:
        _convert(options)


def _verify(options: argparse.Namespace) -> None:
    from converter.forms.javascript import require_node
    from converter.proof.pictures import read_pictures

    require_node()
    pictures = read_pictures(options.pictures)
    prepare_tensorflow()

    from converter.existing.verify import verify_bundle
    from converter.networks.trained_network import read_network

    folders = [folder for folder in (options.network, options.light) if folder is not None]
    # A description is of --network alone; the other network is a folder of models/.
    networks = [read_network(folder, None if number else options.description) for number, folder in enumerate(folders)]
    report = verify_bundle(options.verify, networks, pictures)
    named = ", ".join(network.name for network in networks)
    against = f"{named} against Keras, every other network" if networks else "the networks"
    print(
        f"\n{report}\n\n{options.verify} is whole and proved: {against} against its own SavedModel (--network and "
        "--light name those that are to be proved against Keras)."
    )


def _compare(one: Path, other: Path, pictures: Path | None) -> None:
    prepare_tensorflow()

    from converter.existing.compare import compare_bundles
    from converter.proof.pictures import read_pictures

    print(compare_bundles(one, other, read_pictures(pictures)))


def _report(bundle: Path) -> None:
    from converter.forms.javascript import require_node

    require_node()
    prepare_tensorflow()

    from converter.existing.report import report_costs

    print(f"\n{report_costs(bundle)}")


def _serve(bundle: Path, place: Path) -> None:
    prepare_tensorflow()

    from converter.existing.serving import write_serving

    print(write_serving(bundle, place))


def _convert(options: argparse.Namespace) -> None:
    # Before TensorFlow, which takes seconds to load and is not needed to say that a folder is missing.
    from converter.forms.javascript import require_node
    from converter.proof.pictures import read_faces, read_pictures

    if not options.without_node:
        require_node()
    proof_pictures = read_pictures(options.pictures)
    faces = read_faces(options.data) if options.quantize == "auto" else None
    prepare_tensorflow()

    from converter.bundle.write import Evidence, require_bundle_place, write_bundle
    from converter.networks.trained_network import read_network
    from converter.progress import step
    from converter.proof.quantisation import Limits

    require_bundle_place(options.out)
    with step(f"reading {options.network}"):
        strong = read_network(options.network, options.description)
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
    version = write_bundle(strong, light, quantise, proof_pictures, options.out, tfjs_runs=not options.without_node)
    print(f"{options.out}: bundle {version}")
    if options.serving is not None:
        _serve(options.out, options.serving)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m converter",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--network",
        type=Path,
        metavar="PATH",
        help="trained network: a folder of models/, a .keras file, or the folder of a SavedModel",
    )
    parser.add_argument(
        "--description",
        type=Path,
        metavar="FILE",
        help="network.json of a .keras file or SavedModel (default: the one beside it); see converter/README.md",
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
        "the smallest that loses nothing (default: %(default)s, which turned no verdict in the released network)",
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
    parser.add_argument(
        "--without-node",
        action="store_true",
        help="for a server alone, where there is no Node: TF.js is written but not proved, and parity.md says so",
    )
    asked = parser.add_argument_group("of bundles that are there").add_mutually_exclusive_group()
    asked.add_argument(
        "--verify",
        type=Path,
        metavar="BUNDLE",
        help="prove it again: hashes, golden answers, all runtimes against each other, or against Keras with --network",
    )
    asked.add_argument(
        "--diff",
        type=Path,
        nargs=2,
        metavar=("A", "B"),
        help="what changed: numbers, files, sizes, verdicts on the same --pictures",
    )
    asked.add_argument(
        "--report", type=Path, metavar="BUNDLE", help="operations, parameters, bytes, milliseconds of each runtime"
    )
    asked.add_argument(
        "--serving",
        type=Path,
        metavar="DIR",
        help="write NAME/VERSION/ of each network for TensorFlow Serving into DIR, from --out; after converting if "
        "--network is given too",
    )
    return parser
