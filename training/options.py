"""The options of every command. Keras, which takes seconds to import, is not imported here."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from training.run.configuration import PRESETS, Configuration

DESCRIPTION = """\
Train a network to tell photographed faces from generated ones, measure it, release it.

  python -m training train --network efficientnet_lite0 --data DIR --out runs/first
  python -m training train ... --resume          go on where a killed run stopped
  python -m training release --run runs/first --data DIR --name efficientnet_lite0
  python -m training update --network models/one --data DIR --new NEW --version 1.1.0
  python -m training ensemble models/one models/other --data DIR --name both
  python -m training evaluate --network models/efficientnet_lite0 --data DIR
  python -m training tune --data DIR              search for depth, width, learning rate, ... of simple_cnn
  python -m training compare models/efficientnet_lite0 runs/first --data DIR

DIR holds index.csv (file, label, origin, split), or {real,fake}/, or {train,valid,test}/{real,fake}/ (Kaggle's "140k
real and fake faces"), or {training_real,training_fake}/ (CIPLAB). Keras runs on the backend that KERAS_BACKEND names;
torch is the fastest on a CPU.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of `python -m training`."""
    root = argparse.ArgumentParser(
        prog="python -m training", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = root.add_subparsers(dest="command", required=True)
    _train(commands)
    _autoencoder(commands)
    _tune(commands)
    _release(commands)
    _update(commands)
    _ensemble(commands)
    _evaluate(commands)
    _compare(commands)
    return root


def _train(commands: Any) -> None:
    train = _command(
        commands,
        "train",
        "train a network",
        "Train a network. The run's folder gets checkpoints, config.json, metrics.json, accuracy.png, loss.png and a "
        "log for TensorBoard. A killed run goes on with the same command and --resume, and ends with the weights of a "
        "run that was not killed.",
    )
    train.add_argument("--network", required=True, help="a module of training/networks, such as simple_cnn")
    _add_data(train)
    train.add_argument("--out", type=Path, default=Path("runs/last"), help="folder of the run")
    train.add_argument("--resume", action="store_true", help="go on after the last whole epoch")
    train.add_argument(
        "--preset",
        choices=PRESETS,
        default=argparse.SUPPRESS,
        help="a recipe of the field, for what other options do not say. classic: 224 px, frozen base, softmax, Adam, "
        "rotations and flips, for mobilenet_v2; then classic-fine-tuned with --start runs/NAME of the first",
    )
    # Not given is not the same as given with the default's value: a preset comes between.
    setting = _settings(train)
    setting(
        "--start",
        metavar="best|imagenet|facenet|scratch|FOLDER",
        default="best",
        help="start weights; FOLDER: of models/NAME or runs/NAME; best: those that can be had for the network",
    )
    setting(
        "--input-size", type=int, help="side of the network's input in pixels (default: the network's)", default=None
    )
    setting("--patch-size", type=int, help="train on random squares of the input with this side: faster")
    setting("--hidden", type=int, help="units of an inner layer of the head (default: none)", default=None)
    for name, what in (("depth", "stages"), ("width", "channels of the first stage"), ("kernel", "kernels' side")):
        setting(f"--{name}", type=int, help=f"of simple_cnn: {what}", default=None)
    setting("--dropout", type=float, help="share of features dropped before the head")
    setting("--epochs", type=int, help="each with its own faces, a row in metrics.json and a checkpoint")
    setting("--samples-per-epoch", type=int, help="faces drawn in an epoch")
    setting("--batch-size", type=int, help="faces a step")
    setting("--learning-rate", type=float, help="highest, after warm-up; it then falls as half a cosine")
    setting("--average", type=float, metavar="DECAY", help="release the moving average of the weights, such as 0.999")
    setting("--focal", type=float, metavar="EXPONENT", help="count faces that are hard to tell for more, such as 2")
    setting("--patience", type=int, metavar="EPOCHS", help="stop after so many epochs without a better ROC-AUC")
    setting("--simulated", type=float, metavar="SHARE", help="of the fakes: photographs given a generator's traces")
    setting("--autoencoder", metavar="FOLDER", help="that draws half of the simulated fakes: see that command")
    setting("--teacher", metavar="models/NAME", help="a released network whose verdicts are taught with the labels")
    setting("--seed", type=int, help="of all that is drawn: a run with the same seed is the same run")
    train.add_argument(
        "--mixed-precision",
        choices=("auto", "on", "off"),
        default="auto",
        help="compute in bfloat16 where that is safe; auto: only where there is a GPU (CPUs that know bfloat16 train "
        "networks of full convolutions twice as fast with it, those of depthwise ones no faster)",
    )
    _add_weight(train)
    train.add_argument(
        "--without", action="append", default=[], metavar="ORIGIN", help="leave an origin out, to test on it later"
    )


def _autoencoder(commands: Any) -> None:
    autoencoder = _command(
        commands,
        "autoencoder",
        "train the small network that makes simulated fakes",
        "Train a small autoencoder on the real training faces (some minutes), for train --simulated --autoencoder.",
    )
    _add_data(autoencoder)
    autoencoder.add_argument("--out", type=Path, default=Path("runs/autoencoder"), help="its folder")
    autoencoder.add_argument("--steps", type=int, default=2000, help="batches of 16 crops of 64 px")
    autoencoder.add_argument("--seed", type=int, default=1, help="of all that is drawn")


def _tune(commands: Any) -> None:
    tune = _command(
        commands,
        "tune",
        "search for hyper-parameters",
        "Search with Optuna over input size, head, dropout and learning rate of a network, and over depth, width and "
        "kernel of simple_cnn. The search is kept in a database below --out: a stopped one goes on with the same "
        "command, and with more --trials a finished one does too. Writes tune.md and tune.png.",
    )
    tune.add_argument("--network", default="simple_cnn", help="a module of training/networks")
    _add_data(tune)
    tune.add_argument("--out", type=Path, default=Path("runs/tune"), help="folder of the search")
    tune.add_argument("--trials", type=int, default=20, help="trainings in all")
    tune.add_argument("--epochs", type=int, default=3, help="of each")
    tune.add_argument("--samples-per-epoch", type=int, default=2048, help="faces drawn in an epoch")
    tune.add_argument("--seed", type=int, default=1, help="of all that is drawn")


def _release(commands: Any) -> None:
    release = _command(
        commands,
        "release",
        "calibrate and measure a run, write models/NAME",
        "Calibrate a run, measure it, and write the folder that the converter reads.",
    )
    release.add_argument("--run", type=Path, required=True, help="folder that train wrote")
    _add_data(release)
    release.add_argument("--name", required=True, help="name of the released network")
    _add_release(release)


def _ensemble(commands: Any) -> None:
    ensemble = _command(
        commands,
        "ensemble",
        "release several networks as one",
        "Release the mean of the calibrated logits of released networks of one input size as one network, calibrated "
        "and measured like any other, and against its members.",
    )
    ensemble.add_argument("members", type=Path, nargs="+", metavar="models/NAME", help="two or more released networks")
    _add_data(ensemble)
    ensemble.add_argument("--name", required=True, help="name of the ensemble")
    _add_release(ensemble)


def _update(commands: Any) -> None:
    update = _command(
        commands,
        "update",
        "teach a released network a new generator",
        "Train a released network on, by its own recipe, on new faces while the old ones are replayed, and release it "
        "under a new number, unless its figures on the old validation faces fall. update.md has them before and after.",
    )
    update.add_argument("--network", type=Path, required=True, metavar="models/NAME", help="the released network")
    update.add_argument("--data", type=Path, required=True, help="folder of the faces that it was trained on")
    update.add_argument("--new", type=Path, required=True, help="folder of new faces; one class is enough")
    update.add_argument(
        "--out", type=Path, help="folder of the run (default: runs/NAME-VERSION); a stopped one goes on"
    )
    update.add_argument("--epochs", type=int, default=3, help="of old and new faces")
    update.add_argument("--samples-per-epoch", type=int, default=8192, help="faces drawn in an epoch")
    update.add_argument("--learning-rate", type=float, default=2e-4, help="highest; low, so as not to forget")
    _add_weight(update)
    update.add_argument("--name", help="name of the release (default: that of the network, which it replaces)")
    update.add_argument("--version", required=True, help="release number, such as 1.1.0")
    _add_models(update)
    _add_draws(update)


def _evaluate(commands: Any) -> None:
    evaluate = _command(
        commands,
        "evaluate",
        "measure a network, write a report",
        "Measure a released network, or a run, in every way that the report explains. With --hold-out-origin, train "
        "without a generator, test on that generator, and write hold-out.md; a stopped command goes on where it was. "
        "Each of these trainings has the settings of the network's last one, but for those given here, and begins with "
        "weights that have seen no generator. Of an ensemble each member is trained, and their mean logit measured.",
    )
    evaluate.add_argument(
        "--hold-out-origin",
        action="append",
        default=[],
        metavar="ORIGIN|all",
        help="train anew without this generator, for each that is named",
    )
    shorter = _settings(evaluate)
    for setting, kind in (("epochs", int), ("samples-per-epoch", int), ("learning-rate", float), ("input-size", int)):
        shorter(
            f"--{setting}", type=kind, default=None, help="of the trainings without a generator, if not the recipe's"
        )
    evaluate.add_argument("--network", type=Path, required=True, help="models/NAME or runs/NAME")
    evaluate.add_argument(
        "--out", type=Path, default=argparse.SUPPRESS, help="folder of the report (default: below runs/evaluation)"
    )
    _add_measured(evaluate)


def _compare(commands: Any) -> None:
    compare = _command(
        commands,
        "compare",
        "measure networks side by side",
        "Measure networks on the same faces: figures, size, milliseconds.",
    )
    compare.add_argument("networks", type=Path, nargs="+", metavar="NETWORK", help="models/NAME or runs/NAME")
    compare.add_argument("--out", type=Path, default=Path("runs/comparison"), help="folder of the comparison")
    _add_measured(compare)


def _command(commands: Any, name: str, purpose: str, description: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=purpose, description=description, formatter_class=_Help
    )
    return command


class _Help(argparse.ArgumentDefaultsHelpFormatter):
    """Tells defaults where there are any to tell."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return super()._get_help_string(action) if action.default not in (None, False, []) else action.help


def _settings(command: argparse.ArgumentParser) -> Any:
    """Return an `add_argument` that leaves out what was not given and tells the default of a run's configuration."""

    def add(option: str, help: str = "", default: Any = ..., **how: Any) -> None:
        if default is ...:
            default = getattr(Configuration, option.removeprefix("--").replace("-", "_"))
        told = f"{help} (default: {default})" if default is not None else help
        command.add_argument(option, default=argparse.SUPPRESS, help=told.strip(), **how)

    return add


def _add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, required=True, help="folder of labelled faces")


def _add_release(command: argparse.ArgumentParser) -> None:
    command.add_argument("--version", default="1.0.0", help="release number, newer than the one that is there")
    _add_models(command)


def _add_weight(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--weight", action="append", default=[], metavar="ORIGIN=FACTOR", help="draw an origin that much more often"
    )


def _add_models(command: argparse.ArgumentParser) -> None:
    command.add_argument("--models", type=Path, default=Path("models"), help="folder of released networks")


def _add_measured(command: argparse.ArgumentParser) -> None:
    _add_data(command)
    command.add_argument("--split", choices=("val", "test"), default="val", help="the faces to measure on")
    _add_draws(command)


def _add_draws(command: argparse.ArgumentParser) -> None:
    command.add_argument("--draws", type=int, default=1000, help="bootstrap draws behind the intervals")
