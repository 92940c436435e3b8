"""The command line: `python -m converter`."""

import argparse
import sys
from pathlib import Path

from converter.environment import prepare_tensorflow
from converter.errors import ConverterError
from converter.proof.pictures import DEFAULT_FACES, SAMPLE, read_faces, read_pictures

WITHOUT_FACES = "uint16"
# A quick proof's pictures. A wrong conversion strays on every one.
FEW = 16

DESCRIPTION = """\
Turn a trained network into a bundle, and ask bundles that are there.

A bundle holds a network as SavedModel (GPU, TensorFlow Serving), LiteRT (CPU) and TF.js (browser), the face detector
beside it, and manifest.json with everything a runtime must agree on."""

EPILOG = """\
`build` may be left out: python -m converter --network models/NAME --out bundle

python -m converter COMMAND --help teaches each. Once before:
  pip install -r requirements.txt
  npm ci --prefix converter/node      (TF.js for the proof; needs Node and npm)

exit status: 0 done; 1 not, and nothing is changed; 2 the command line is wrong."""

BUILD = """\
Convert one or two trained networks and write a bundle.

Nothing is converted without proof: the same pictures go through Keras and through every runtime, TF.js in Node and on
every backend of a real Chromium among them, and if one strays by more than a hundredth in probability no bundle is
written. Where labelled faces choose the precision (--quantize auto), their loss limits rounded files. Where
there is no Chromium that part is left out, and the bundle's parity.md says so.

A network gets the forms that somebody loads: LiteRT and SavedModel both, TF.js the light one only. With the released
networks that takes about four minutes on two cores, and with --quick less than one."""

BUILD_EXAMPLES = """\
examples:
  python -m converter build --network models/efficientnet_lite0 --out bundle
  python -m converter build --network models/ensemble --light models/efficientnet_lite0 --quick
  python -m converter build --network models/efficientnet_lite0 --pictures my_faces --out /tmp/bundle
  python -m converter build --network models/efficientnet_lite0 --quantize auto --data faces"""

VERIFY = """\
Prove a bundle again, on this machine: the hash of every file, the golden answers of every form, and that all forms
agree on the pictures. The networks that are named are compared with Keras, the others with their own SavedModel."""

DIFF = """\
Say what changed from bundle A to bundle B: numbers, files and their sizes, verdicts on the same pictures."""

REPORT = """\
Measure what the networks of a bundle cost: operations, parameters, and of each runtime bytes and milliseconds."""

SERVING = """\
Write the networks of a bundle as TensorFlow Serving wants them: FOLDER/NAME/VERSION/. A network that is there already
is left alone, a changed one becomes the next version."""


def main(arguments: list[str] | None = None) -> int:
    """Run the converter; returns the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    # `build` may be left out.
    if arguments and arguments[0].startswith("-") and arguments[0] not in ("-h", "--help"):
        arguments = ["build", *arguments]
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except ConverterError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; nothing was written", file=sys.stderr)
        return 1
    return 0


def _build(options: argparse.Namespace) -> None:
    # Before TensorFlow, which takes seconds to load and is not needed to say that a folder is missing.
    from converter.forms.javascript import require_node

    if not options.without_node:
        require_node()
    proof_pictures = read_pictures(options.pictures, FEW if options.quick else SAMPLE)
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
    version = write_bundle(
        strong, light, quantise, proof_pictures, options.out, options.quick, tfjs=not options.without_node
    )
    print(f"{options.out}: bundle {version}")


def _verify(options: argparse.Namespace) -> None:
    pictures = read_pictures(options.pictures)
    prepare_tensorflow()

    from converter.existing.verify import verify_bundle
    from converter.networks.trained_network import read_network

    folders = [folder for folder in (options.network, options.light) if folder is not None]
    # A description is of --network alone; the other network is a folder of models/.
    networks = [read_network(folder, None if number else options.description) for number, folder in enumerate(folders)]
    report = verify_bundle(options.bundle, networks, pictures)
    named = ", ".join(network.name for network in networks)
    against = f"{named} against Keras, every other network" if networks else "the networks"
    print(
        f"\n{report}\n\n{options.bundle} is whole and proved: {against} against its own SavedModel (--network and "
        "--light name those that are to be proved against Keras)."
    )


def _diff(options: argparse.Namespace) -> None:
    prepare_tensorflow()

    from converter.existing.compare import compare_bundles

    print(compare_bundles(options.a, options.b, read_pictures(options.pictures)))


def _report(options: argparse.Namespace) -> None:
    prepare_tensorflow()

    from converter.existing.report import report_costs

    print(f"\n{report_costs(options.bundle)}")


def _serving(options: argparse.Namespace) -> None:
    prepare_tensorflow()

    from converter.existing.serving import write_serving

    print(write_serving(options.bundle, options.folder))


def _parser() -> argparse.ArgumentParser:
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m converter", description=DESCRIPTION, epilog=EPILOG, formatter_class=layout
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    build = commands.add_parser(
        "build",
        help="trained networks -> a proved bundle",
        description=BUILD,
        epilog=BUILD_EXAMPLES,
        formatter_class=layout,
    )
    build.set_defaults(run=_build)
    _add_networks(build, required=True)
    build.add_argument("--out", type=Path, default=Path("bundle"), metavar="DIR", help="default: %(default)s")
    _add_pictures(build)
    build.add_argument(
        "--quick",
        action="store_true",
        help=f"what this machine serves: no SavedModel, and proved on {FEW} pictures and in no browser",
    )
    build.add_argument(
        "--without-node", action="store_true", help="for a server alone, where there is no Node: no TF.js"
    )
    _add_precision(build)

    verify = commands.add_parser(
        "verify", help="prove a bundle again, on this machine", description=VERIFY, formatter_class=layout
    )
    verify.set_defaults(run=_verify)
    _add_bundle(verify)
    _add_networks(verify, required=False)
    _add_pictures(verify)

    diff = commands.add_parser(
        "diff", help="what changed between two bundles", description=DIFF, formatter_class=layout
    )
    diff.set_defaults(run=_diff)
    diff.add_argument("a", type=Path, metavar="A", help="the bundle before")
    diff.add_argument("b", type=Path, metavar="B", help="the bundle after")
    _add_pictures(diff)

    report = commands.add_parser(
        "report", help="what a bundle's networks cost", description=REPORT, formatter_class=layout
    )
    report.set_defaults(run=_report)
    _add_bundle(report)

    serving = commands.add_parser(
        "serving", help="a bundle's networks for TensorFlow Serving", description=SERVING, formatter_class=layout
    )
    serving.set_defaults(run=_serving)
    serving.add_argument("bundle", type=Path, metavar="BUNDLE", help="the bundle, with its SavedModels (make bundle)")
    serving.add_argument("folder", type=Path, metavar="FOLDER", help="where TensorFlow Serving looks for models")
    return parser


def _add_bundle(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "bundle", type=Path, nargs="?", default=Path("bundle"), metavar="BUNDLE", help="default: %(default)s"
    )


def _add_networks(parser: argparse.ArgumentParser, required: bool) -> None:
    parser.add_argument(
        "--network",
        type=Path,
        required=required,
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


def _add_pictures(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pictures",
        type=Path,
        metavar="DIR",
        help=f"faces to compare on (default: {DEFAULT_FACES} if there, else scikit-image's pictures)",
    )


def _add_precision(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how weights are stored")
    group.add_argument(
        "--quantize",
        choices=("auto", "float32", "uint16", "float16", "uint8"),
        default=WITHOUT_FACES,
        help="how TF.js stores the kernels. With float16 LiteRT's are float16 too, with uint8 dynamic-range int8, else "
        "float32. auto: measures all of them on labelled faces (minutes) and takes the smallest that loses nothing "
        "(default: %(default)s, which turned no verdict in the released network)",
    )
    group.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="for auto: labelled validation faces, index.csv (file, label, split) or real/ and fake/ "
        f"(default: {DEFAULT_FACES} if there)",
    )
    group.add_argument(
        "--max-auc-loss", type=float, default=0.001, metavar="X", help="for auto: ROC-AUC (default: %(default)s)"
    )
    group.add_argument(
        "--max-rate-loss",
        type=float,
        default=0.002,
        metavar="X",
        help="for auto: how much less of the fake faces may be called fake, and how much more of the real ones "
        "(default: %(default)s)",
    )
    group.add_argument(
        "--max-flips",
        type=int,
        default=0,
        metavar="N",
        help="for auto: faces whose verdict may turn from real to fake or back (default: %(default)s)",
    )
