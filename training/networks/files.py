"""The files of a released network: its architecture, its float16 weights, and the numbers of its release.

What the numbers are is described by models/network.schema.json, which the converter reads them by.

Weights lie in weights.npz and, where a network is large, in weights-2.npz and so on: no part is a burden to whatever
keeps or sends single files. Arrays are named by their number among all weights.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import keras
import numpy as np

from training.errors import NetworkError

ARCHITECTURE, WEIGHTS, NUMBERS = "model.json", "weights.npz", "network.json"
PARTS = "weights*.npz"
PART_BYTES = 16_000_000
SCHEMA = Path(__file__).parents[2] / "models" / "network.schema.json"


def is_released(folder: Path) -> bool:
    """Tell whether `folder` is of a released network."""
    return (folder / NUMBERS).is_file()


def write(folder: Path, model: keras.Model, numbers: dict[str, Any]) -> None:
    """Write `model`, whose weights are float16 values already, and the numbers of its release (JSON values).

    Raises:
        NetworkError: the numbers do not fit the schema; nothing is written.
    """
    _check(numbers, folder / NUMBERS)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ARCHITECTURE).write_text(model.to_json())
    parts: list[dict[str, np.ndarray]] = [{}]
    for number, weight in enumerate(model.get_weights()):
        array = weight.astype(np.float16)
        if parts[-1] and sum(earlier.nbytes for earlier in parts[-1].values()) + array.nbytes > PART_BYTES:
            parts.append({})
        parts[-1][f"{number:04d}"] = array
    for number, arrays in enumerate(parts, 1):
        file = folder / (WEIGHTS if number == 1 else f"weights-{number}.npz")
        np.savez_compressed(file, allow_pickle=False, **arrays)
    write_numbers(folder, numbers)


def write_numbers(folder: Path, numbers: dict[str, Any]) -> None:
    """Write the numbers of a release (JSON values) in place of those in `folder`.

    Raises:
        NetworkError: they do not fit the schema; nothing is written.
    """
    _check(numbers, folder / NUMBERS)
    (folder / NUMBERS).write_text(json.dumps(numbers, indent=1, allow_nan=False) + "\n")


def read(folder: Path) -> tuple[keras.Model, dict[str, Any]]:
    """Return the network in `folder` and the numbers of its release.

    Raises:
        NetworkError: a file is missing, or they are not of one network, or the numbers do not fit the schema.
    """
    missing = [name for name in (ARCHITECTURE, WEIGHTS, NUMBERS) if not (folder / name).is_file()]
    if missing:
        raise NetworkError(f"{folder} has no {', no '.join(missing)}")
    numbers = read_numbers(folder)
    model = keras.models.model_from_json((folder / ARCHITECTURE).read_text())
    stored: dict[str, np.ndarray] = {}
    for part in folder.glob(PARTS):
        with np.load(part) as opened:
            stored |= opened
    arrays = [stored[key].astype(np.float32) for key in sorted(stored)]
    if [array.shape for array in arrays] != [tuple(weight.shape) for weight in model.weights]:
        raise NetworkError(
            f"{folder / PARTS} does not fit {folder / ARCHITECTURE}: they are of different networks, or a part is "
            "missing"
        )
    model.set_weights(arrays)
    return model, numbers


def read_numbers(folder: Path) -> dict[str, Any]:
    """Return the numbers of the release in `folder`.

    Raises:
        NetworkError: they are not there, or do not fit the schema.
    """
    path = folder / NUMBERS
    if not path.is_file():
        raise NetworkError(f"{folder} has no {NUMBERS}")
    try:
        numbers: dict[str, Any] = json.loads(path.read_text())
    except ValueError as error:
        raise NetworkError(f"{path} is not JSON: {error}") from error
    _check(numbers, path)
    return numbers


def _check(numbers: dict[str, Any], path: Path) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    if faults := [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(numbers)]:
        raise NetworkError(f"{path} does not fit {SCHEMA.name}: {'; '.join(faults)}")


def weights_bytes(folder: Path) -> int:
    """Return the size of the weights in `folder` as they are stored."""
    return sum(part.stat().st_size for part in folder.glob(PARTS))


def round_to_float16(model: keras.Model) -> None:
    """Round the weights of `model` to float16, the form in which they are stored, before anything is measured."""
    model.set_weights([array.astype(np.float16).astype(np.float32) for array in model.get_weights()])
