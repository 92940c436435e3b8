"""A network to be measured: released, from models/NAME, or as a run left it, from runs/NAME."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import keras

from fake_image_detection.verdict import Bands, Calibration
from training.errors import NetworkError
from training.figures.scores import BandsAt
from training.networks import files
from training.networks.files import ARCHITECTURE, NUMBERS, WEIGHTS, round_to_float16
from training.run.configuration import Configuration, known, never_learned
from training.run.folder import restore


@dataclass(frozen=True)
class Trained:
    """A trained network.

    Attributes:
        name: of the network, with its release where it has one.
        model: input float32 (n, S, S, 3) in [0, 255]; output `logit` (n, 1).
        input_size: S.
        verdicts: calibration, and bands at each sensitivity; none before the release.
        calibrated_on: fingerprint of the faces that set them; none before the release.
        never_learned: origins kept for control that it did not learn from, by its record.
        weights_bytes: size of the weights as they are stored, or would be by a release (float16, uncompressed).
    """

    name: str
    model: keras.Model
    input_size: int
    verdicts: tuple[Calibration, BandsAt] | None
    calibrated_on: str | None
    never_learned: frozenset[str]
    weights_bytes: int

    @property
    def parameters(self) -> int:
        """Number of weights."""
        return int(self.model.count_params())


def open_network(folder: Path) -> Trained:
    """Open models/NAME or runs/NAME.

    Raises:
        NetworkError: the folder is neither.
    """
    if files.is_released(folder):
        return _released(folder)
    if (folder / "config.json").is_file() and (folder / "last.npz").is_file():
        return _run(folder)
    raise NetworkError(
        f"{folder} is neither a released network ({ARCHITECTURE}, {WEIGHTS}, {NUMBERS}) nor a run (config.json, "
        "last.npz)"
    )


def recipe(folder: Path) -> Configuration:
    """Return the configuration by which the network in models/NAME or runs/NAME was trained.

    Raises:
        NetworkError: the folder is neither, or holds an ensemble.
    """
    found = recipes(folder)
    if len(found) > 1:
        raise NetworkError(f"{folder} is an ensemble, which is not trained: name one of its members")
    return next(iter(found.values()))


def recipes(folder: Path) -> dict[str, Configuration]:
    """Return the configurations by which the network in models/NAME or runs/NAME was trained, by name.

    Of an ensemble they are its members', of any other network it is one.

    Raises:
        NetworkError: the folder is neither.
    """
    if files.is_released(folder):
        settings = files.read_numbers(folder)["training"]
        if "members" in settings:
            return {member["name"]: known(member["training"]) for member in settings["members"]}
    elif (folder / "config.json").is_file():
        settings = json.loads((folder / "config.json").read_text())
    else:
        raise NetworkError(f"{folder} is neither a released network ({NUMBERS}) nor a run (config.json)")
    return {folder.name: known(settings)}


def _released(folder: Path) -> Trained:
    model, numbers = files.read(folder)
    return Trained(
        name=f"{numbers['name']} {numbers['release']}",
        model=model,
        input_size=numbers["input_size"],
        verdicts=(Calibration(**numbers["calibration"]), Bands.by_sensitivity(numbers)),
        calibrated_on=numbers["calibrated_on"],
        never_learned=never_learned(numbers["training"]),
        weights_bytes=files.weights_bytes(folder),
    )


def _run(folder: Path) -> Trained:
    model, configuration, progress = restore(folder)
    # So that a run is measured as its release will be.
    round_to_float16(model)
    unseen = never_learned({**asdict(configuration), "earlier": progress["earlier"]})
    return Trained(folder.name, model, configuration.input_size, None, None, unseen, 2 * int(model.count_params()))
