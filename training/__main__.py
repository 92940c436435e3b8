"""Command line of the training package."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

DESCRIPTION = """\
Train a network to tell photographed faces from generated ones, measure it, release it.

  python -m training train --network efficientnet_lite0 --data DIR --out runs/first
  python -m training train ... --resume          go on where a killed run stopped
  python -m training release --run runs/first --data DIR --name efficientnet_lite0
  python -m training evaluate --network models/efficientnet_lite0 --data DIR
  python -m training compare models/efficientnet_lite0 runs/first --data DIR

DIR holds index.csv (file, label, origin, split), or {real,fake}/, or {train,valid,test}/{real,fake}/ (Kaggle's "140k
real and fake faces"), or {training_real,training_fake}/ (CIPLAB). Keras runs on the backend that KERAS_BACKEND names;
torch is the fastest on a CPU.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 1 a fault that the message explains, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    # Keras takes seconds to import, which --help and a wrong option should not cost.
    from training import commands
    from training.calibrate import TooFewFacesError
    from training.data import DataError
    from training.released import NetworkError
    from training.start_weights import StartWeightsError
    from training.train import RunError

    try:
        {
            "train": commands.train_network,
            "release": commands.release_network,
            "evaluate": commands.evaluate_network,
            "compare": commands.compare_networks,
        }[options.command](options)
    except (DataError, NetworkError, RunError, StartWeightsError, TooFewFacesError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; the same command with --resume goes on after the last whole epoch", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train a network", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    train.add_argument("--network", required=True, help="a module of training/networks")
    train.add_argument("--data", type=Path, required=True, help="folder of labelled faces")
    train.add_argument("--out", type=Path, default=Path("runs/last"), help="folder of the run")
    train.add_argument("--resume", action="store_true", help="go on after the last whole epoch")
    train.add_argument(
        "--start",
        default="best",
        metavar="best|imagenet|facenet|scratch|FOLDER",
        help="start weights; FOLDER: of models/NAME or runs/NAME; best: those that can be had for the network",
    )
    train.add_argument("--input-size", type=int, default=160, help="side of the network's input in pixels")
    train.add_argument("--patch-size", type=int, help="train on random squares of the input with this side: faster")
    train.add_argument("--epochs", type=int, default=12)
    train.add_argument("--samples-per-epoch", type=int, default=8192, help="faces drawn in an epoch")
    train.add_argument("--batch-size", type=int, default=32)
    train.add_argument("--learning-rate", type=float, default=1e-3, help="highest, after warm-up")
    train.add_argument("--seed", type=int, default=1)
    train.add_argument(
        "--weight", action="append", default=[], metavar="ORIGIN=FACTOR", help="draw an origin that much more often"
    )

    release = commands.add_parser(
        "release",
        help="calibrate and measure a run, write models/NAME",
        description="Calibrate a run, measure it, and write the folder that the converter reads.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    release.add_argument("--run", type=Path, required=True, help="folder that train wrote")
    release.add_argument("--data", type=Path, required=True, help="folder of labelled faces")
    release.add_argument("--name", required=True, help="name of the released network")
    release.add_argument("--version", default="1.0.0", help="release number")
    release.add_argument("--models", type=Path, default=Path("models"), help="folder of released networks")

    evaluate = commands.add_parser(
        "evaluate",
        help="measure a network, write a report",
        description="Measure a released network, or a run, in every way that the report explains.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    evaluate.add_argument("--network", type=Path, required=True, help="models/NAME or runs/NAME")
    evaluate.add_argument(
        "--out", type=Path, default=argparse.SUPPRESS, help="folder of the report (default: runs/evaluation/NAME)"
    )
    _add_measured(evaluate)

    compare = commands.add_parser(
        "compare",
        help="measure networks side by side",
        description="Measure networks on the same faces: figures, size, milliseconds.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    compare.add_argument("networks", type=Path, nargs="+", metavar="NETWORK", help="models/NAME or runs/NAME")
    compare.add_argument("--out", type=Path, default=Path("runs/comparison"), help="folder of the comparison")
    _add_measured(compare)
    return parser


def _add_measured(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder of labelled faces")
    parser.add_argument("--split", choices=("val", "test"), default="val", help="the faces to measure on")
    parser.add_argument("--draws", type=int, default=1000, help="bootstrap draws behind the intervals")


if __name__ == "__main__":
    sys.exit(main())
