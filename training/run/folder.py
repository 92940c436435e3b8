"""The folder of a run: what it keeps of the run's configuration and network, and how another run goes on from it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras

from training.errors import RunError
from training.faces.examples import KEPT_FOR_CONTROL
from training.networks import files, start_weights
from training.run import checkpoint
from training.run.configuration import Configuration, known
from training.run.trainee import build_network, network_weights

# Checkpoints.
LAST, BEST = "last.npz", "best.npz"


def keep_configuration(configuration: Configuration, path: Path) -> None:
    """Write `configuration` to `path`, or make sure that it is the one that stands there.

    Raises:
        RunError: another one stands there.
    """
    wanted = asdict(configuration)
    if path.exists():
        found = asdict(known(json.loads(path.read_text())))
        if changed := sorted(key for key in wanted if found[key] != wanted[key]):
            raise RunError(f"{path} is of a run with other settings ({', '.join(changed)}): choose another --out")
    else:
        write_configuration(configuration, path)


def write_configuration(configuration: Configuration, path: Path) -> None:
    """Write `configuration` to `path`, whatever stands there."""
    path.write_text(json.dumps(asdict(configuration), indent=1) + "\n")


def restore(folder: Path) -> tuple[keras.Model, Configuration, dict[str, Any]]:
    """Return the network, configuration and progress of the run in `folder`, as its configuration ends it."""
    configuration = known(json.loads((folder / "config.json").read_text()))
    model = build_network(configuration)
    # A run that may stop early stops when it has been past its best for a while.
    file = LAST if configuration.patience is None else BEST
    weights, progress = checkpoint.weights(folder / file, len(model.weights))
    model.set_weights(network_weights(weights, configuration))
    return model, configuration, progress


def start_network(configuration: Configuration) -> tuple[keras.Model, dict[str, Any]]:
    """Return the network at its start, and where its weights come from: in words, and the runs that lie before."""
    model = build_network(configuration)
    if configuration.start == "scratch":
        return model, {"start_weights": "random", "earlier": []}
    folder = Path(configuration.start)
    if folder.is_dir():
        return model, _go_on_from(folder, model, configuration.without)
    if configuration.start not in start_weights.SOURCES:
        raise RunError(
            f"there is no folder {folder} to start from, nor weights of that name ({', '.join(start_weights.SOURCES)})"
        )
    source = start_weights.load(model, configuration.start)
    return model, {
        "start_weights": f"{source.learned_from}, from {source.requirement} ({source.terms})",
        "earlier": [],
    }


def _go_on_from(folder: Path, model: keras.Model, without: list[str]) -> dict[str, Any]:
    if files.is_released(folder):
        trained, numbers = files.read(folder)
        name, before = f"{numbers['name']} {numbers['release']}", numbers["training"]
    else:
        trained, configuration, progress = restore(folder)
        name = f"run {folder.name}"
        before = {**asdict(configuration), **progress}
    if [weight.shape for weight in trained.weights] != [weight.shape for weight in model.weights]:
        raise RunError(f"{folder} holds another network than {model.name}: its weights do not fit")
    learned = known(before)
    # A network from before they were kept for control may be trained on: its record goes on to say that it knows them.
    if seen := sorted(set(without) - set(learned.without) - KEPT_FOR_CONTROL):
        raise RunError(f"{folder} has learned from {', '.join(seen)} already: leave it out from the start")
    model.set_weights(trained.get_weights())
    return {
        "start_weights": f"{name}, which started from {before['start_weights']}",
        "earlier": [*before["earlier"], {"name": name, "settings": learned.published()}],
    }
