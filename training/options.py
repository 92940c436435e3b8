"""The options of every command. Keras, which takes seconds to import, is not imported here."""

from __future__ import annotations

import argparse
from dataclasses import MISSING
from pathlib import Path
from typing import Any, get_args, get_type_hints

from training.run.configuration import PRESETS, SHORTER, Configuration, with_option

# What a network's `build` may take besides; not every network takes all.
NETWORK_PARAMETERS = {
    "hidden": "units of an inner layer of the head (default: none)",
    "depth": "of simple_cnn: stages",
    "width": "of simple_cnn: channels of the first stage",
    "kernel": "of simple_cnn: kernels' side",
}

# What of a release has a licence, and what it may be.
LICENSED = {
    "weights": "MIT or LicenseRef-research-and-personal-use (default: as free as what they started and learned from)",
    "code": "MIT (the default), if it was changed",
    "data": "CC-BY-4.0 or LicenseRef-research-only (default: by the origins' names where those are known)",
}

DESCRIPTION = """\
Train a network to tell photographed faces from generated ones, measure it, release it.

  python -m training train --network efficientnet_lite0 --data DIR --out runs/first
  python -m training train ... --resume          go on where a killed run stopped
  python -m training release --run runs/first --data DIR --name efficientnet_lite0
  python -m training recalibrate --network models/one --data DIR --version 1.0.1
  python -m training card --network models/one --data DIR
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
    _traces(commands)
    _tune(commands)
    _release(commands)
    _recalibrate(commands)
    _card(commands)
    _drawn(commands)
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
    _add_data(train)
    train.add_argument("--out", type=Path, default=Path("runs/last"), help="folder of the run")
    train.add_argument("--resume", action="store_true", help="go on after the last whole epoch")
    for name in with_option():
        _add_setting(train, name)
    for name, what in NETWORK_PARAMETERS.items():
        train.add_argument(f"--{name}", type=int, metavar="N", default=argparse.SUPPRESS, help=what)
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


def _traces(commands: Any) -> None:
    traces = _command(
        commands,
        "traces",
        "draw photographs again as a generator would",
        "Send the photographs among the training faces through the tiny autoencoder of a diffusion model, for train "
        "--traces: they look the same and bear the trace of the generator's decoder. A stopped command goes on. About "
        "a second for each face of 256 px on a CPU.",
    )
    _add_data(traces)
    traces.add_argument(
        "--autoencoder",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="with the weights of TAESD, TAESDXL, TAESD3, TAEF1 or TAEF2 (github.com/madebyollin/taesd), such as "
        "taesd_encoder.pth and taesd_decoder.pth",
    )
    traces.add_argument("--out", type=Path, default=Path("runs/traces"), help="folder of the pictures")


def _tune(commands: Any) -> None:
    tune = _command(
        commands,
        "tune",
        "search for hyper-parameters",
        "Search with Optuna over input size, head, dropout and learning rate of a network, and over depth, width and "
        "kernel of simple_cnn. The search is kept in a database below --out: a stopped one goes on with the same "
        "command, and with more --trials a finished one does too. Writes tune.md and tune.png.",
    )
    _add_setting(tune, "network", "simple_cnn")
    _add_data(tune)
    tune.add_argument("--out", type=Path, default=Path("runs/tune"), help="folder of the search")
    tune.add_argument("--trials", type=int, default=20, help="trainings in all")
    _add_setting(tune, "epochs", 3)
    _add_setting(tune, "samples_per_epoch", 2048)
    _add_setting(tune, "seed", Configuration.seed)


def _release(commands: Any) -> None:
    release = _command(
        commands,
        "release",
        "calibrate and measure a run, write models/NAME",
        "Calibrate a run, measure it, and write the folder that the converter reads.",
    )
    what = release.add_mutually_exclusive_group(required=True)
    what.add_argument("--run", type=Path, help="folder that train wrote")
    what.add_argument(
        "--member",
        nargs=2,
        metavar=("models/ENSEMBLE", "MEMBER"),
        help="make a network of its own of a member of a released ensemble, whose weights are within the ensemble's",
    )
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


def _recalibrate(commands: Any) -> None:
    recalibrate = _command(
        commands,
        "recalibrate",
        "set calibration and bands of a released network anew",
        "Set calibration and bands of a released network by the faces that there are now, measure it on them, and "
        "release the same weights under a new number. Evaluate it again afterwards: the old release's report goes.",
    )
    recalibrate.add_argument("--network", type=Path, required=True, metavar="models/NAME", help="the released network")
    _add_data(recalibrate)
    recalibrate.add_argument("--version", required=True, help="release number, such as 1.0.1")


def _card(commands: Any) -> None:
    card = _command(
        commands,
        "card",
        "measure a released network on turned and moved faces, and those that the detector warns of",
        "Measure a released network on turned, closer, moved and stretched faces, and on those in the states that the "
        "detector warns of now, and write its metrics and its card anew; weights, bands and all other figures stay. "
        "Faces in profile need a bundle, which finds them.",
    )
    card.add_argument("--network", type=Path, required=True, metavar="models/NAME", help="the released network")
    _add_data(card)


def _drawn(commands: Any) -> None:
    drawn = _command(
        commands,
        "drawn",
        "teach a released network to tell drawings from photographs",
        "Give a released network a small head that tells drawings, paintings, statues and dolls from faces, by the "
        "pictures that other.csv (file,origin) in the folder of labelled faces lists; what the network says of faces "
        "stays. A new release of the network has none until this is run again.",
    )
    drawn.add_argument("--network", type=Path, required=True, metavar="models/NAME", help="the released network")
    _add_data(drawn)


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
    _add_setting(update, "epochs", 3)
    _add_setting(update, "samples_per_epoch", Configuration.samples_per_epoch)
    _add_setting(update, "learning_rate", 2e-4, "highest; low, so as not to forget")
    _add_weight(update)
    update.add_argument("--name", help="name of the release (default: that of the network, which it replaces)")
    update.add_argument("--version", required=True, help="release number, such as 1.1.0")
    _add_models(update)
    _add_licences(update)
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
    for name in SHORTER:
        _add_setting(evaluate, name, told="of the trainings without a generator, if not the recipe's")
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


def _add_setting(command: argparse.ArgumentParser, name: str, default: Any = argparse.SUPPRESS, told: str = "") -> None:
    """Add the option of a setting of a run.

    Without a `default`, what is not given is left out, which is not the same as the usual value: a preset, or a recipe,
    comes between.
    """
    setting, hint = with_option()[name], get_type_hints(Configuration)[name]
    kind = next((part for part in get_args(hint) if part is not type(None)), hint)
    help = told or setting.metadata["help"]
    if not told and default is argparse.SUPPRESS and setting.default not in (None, MISSING):
        help += f" (default: {setting.default})"
    command.add_argument(
        f"--{name.replace('_', '-')}",
        type=kind,
        required=name == "network" and default is argparse.SUPPRESS,
        choices=PRESETS if name == "preset" else None,
        metavar=setting.metadata["metavar"] or ("X" if kind is float else "N"),
        default=default,
        help=help,
    )


def _add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, required=True, help="folder of labelled faces")


def _add_release(command: argparse.ArgumentParser) -> None:
    command.add_argument("--version", default="1.0.0", help="release number, newer than the one that is there")
    _add_models(command)
    _add_licences(command)


def _add_licences(command: argparse.ArgumentParser) -> None:
    for part, usual in LICENSED.items():
        command.add_argument(f"--{part}-licence", metavar="SPDX", help=f"of the {part}, such as {usual}")


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
