"""A network to be measured: released, from models/NAME, or as a run left it, from runs/NAME."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training.calibrate import Bands, Calibration
from training.release import round_to_float16
from training.train import restore

ARCHITECTURE, WEIGHTS, NUMBERS = "model.json", "weights.npz", "network.json"


class NetworkError(Exception):
    """The folder holds no network that can be measured; the message says what is missing."""


@dataclass(frozen=True)
class Trained:
    """A trained network.

    Attributes:
        name: of the network, with its release where it has one.
        model: input float32 (n, S, S, 3) in [0, 255]; output `logit` (n, 1).
        input_size: S.
        verdicts: calibration and bands; none before the release.
        weights_bytes: size of the weights as they are stored, or would be by a release (float16, uncompressed).
    """

    name: str
    model: keras.Model
    input_size: int
    verdicts: tuple[Calibration, Bands] | None
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
    if (folder / NUMBERS).is_file():
        return _released(folder)
    if (folder / "config.json").is_file() and (folder / "last.npz").is_file():
        return _run(folder)
    raise NetworkError(
        f"{folder} is neither a released network ({ARCHITECTURE}, {WEIGHTS}, {NUMBERS}) nor a run (config.json, "
        "last.npz)"
    )


def _released(folder: Path) -> Trained:
    missing = [name for name in (ARCHITECTURE, WEIGHTS) if not (folder / name).is_file()]
    if missing:
        raise NetworkError(f"{folder} has no {', no '.join(missing)}")
    try:
        numbers: dict[str, Any] = json.loads((folder / NUMBERS).read_text())
        verdicts = Calibration(**numbers["calibration"]), Bands(**numbers["bands"])
        name, input_size = f"{numbers['name']} {numbers['release']}", int(numbers["input_size"])
    except (ValueError, KeyError, TypeError) as error:
        raise NetworkError(f"{folder / NUMBERS} cannot be understood: {error!r}") from error
    model = keras.models.model_from_json((folder / ARCHITECTURE).read_text())
    with np.load(folder / WEIGHTS) as stored:
        arrays = [stored[key].astype(np.float32) for key in sorted(stored.files)]
    if [array.shape for array in arrays] != [tuple(weight.shape) for weight in model.weights]:
        raise NetworkError(f"{folder / WEIGHTS} does not fit {folder / ARCHITECTURE}: they are of different networks")
    model.set_weights(arrays)
    return Trained(name, model, input_size, verdicts, (folder / WEIGHTS).stat().st_size)


def _run(folder: Path) -> Trained:
    model, configuration, _ = restore(folder)
    # So that a run is measured as its release will be.
    round_to_float16(model)
    return Trained(folder.name, model, configuration.input_size, None, 2 * int(model.count_params()))
