"""A trained network as training leaves it in models/NAME: architecture, weights and the numbers that make verdicts."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from converter.errors import ConverterError
from converter.networks import foreign

ARCHITECTURE, WEIGHTS, NUMBERS = "model.json", "weights.npz", "network.json"
# A large network has weights-2.npz and so on beside the first part.
PARTS = "weights*.npz"
OUTPUTS = ("logit", "local_logits")
PIXEL_RANGE = [0, 255]


@dataclass(frozen=True)
class Verdicts:
    """What logits mean: the calibration and the bands of network.json and of the manifest."""

    scale: float
    bias: float
    real_below: float
    fake_from: float

    @classmethod
    def of(cls, numbers: dict[str, Any]) -> "Verdicts":
        """Those in network.json, or in a network's part of the manifest."""
        return cls(**numbers["calibration"], **numbers["bands"])

    def probability(self, logit: NDArray[np.float32]) -> NDArray[np.float64]:
        """Calibrated probability that a face is fake, in [0, 1], of logits of any shape."""
        calibrated = self.scale * logit.astype(np.float64) + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(calibrated, -700, 700))), np.float64)

    def band(self, probability: NDArray[np.float64]) -> NDArray[np.int64]:
        """Verdicts of probabilities of any shape: 0 real, 1 uncertain, 2 fake."""
        return np.digitize(probability, [self.real_below, self.fake_from])


@dataclass(frozen=True)
class TrainedNetwork:
    """A network with everything its verdicts depend on.

    Attributes:
        name: names its files in the bundle.
        model: input `image`, float32 (n, S, S, 3), RGB 0..255; outputs `logit` (n, 1) and `local_logits` (n, h, w, 1).
        numbers: network.json; `input_size`, `value_range`, `calibration`, `bands`, `release` and the rest, checked.
        source: hash of what decides answers but is no weight of `model`; empty where there is no such thing.
    """

    name: str
    model: keras.Model
    numbers: dict[str, Any]
    source: str = ""

    @property
    def input_size(self) -> int:
        """Side of the square input, in pixels."""
        return int(self.numbers["input_size"])

    @property
    def verdicts(self) -> Verdicts:
        """What the network's logits mean."""
        return Verdicts.of(self.numbers)


def read_network(place: Path, description: Path | None = None) -> TrainedNetwork:
    """Read a network: models/NAME, or another's .keras file or SavedModel folder.

    Args:
        place: the folder or file.
        description: network.json of another's network; by default the one in the SavedModel's folder or beside it.

    Raises:
        ConverterError: anything is missing or does not fit together; the message says what and how to mend it.
    """
    if place.suffix == ".keras" or (place / "saved_model.pb").is_file():
        return _read_foreign(place, description)
    _require_files(place)
    numbers = _read_json(place / NUMBERS)
    _check_numbers(numbers, place / NUMBERS)
    model = _read_model(place)
    _check_model(model, numbers, place)
    return TrainedNetwork(numbers["name"], model, numbers)


def _read_foreign(place: Path, description: Path | None) -> TrainedNetwork:
    if not place.exists():
        raise ConverterError(f"There is no {place}.")
    path = description or next((path for path in (place / NUMBERS, place.parent / NUMBERS) if path.is_file()), None)
    if path is None or not path.is_file():
        raise ConverterError(
            f"{path or place} has no description, so nobody knows what {place.name} is fed and what its answer means. "
            f"Write a {NUMBERS} beside it, or name one with --description; converter/README.md tells its keys."
        )
    numbers = _read_json(path)
    model = foreign.adapt(foreign.load(place), numbers, path)
    # From here on the network takes what every runtime feeds.
    numbers = {key: value for key, value in numbers.items() if key != "output"} | {"value_range": PIXEL_RANGE}
    _check_numbers(numbers, path)
    _check_model(model, numbers, path.parent)
    return TrainedNetwork(numbers["name"], model, numbers, foreign.digest(place))


def _require_files(folder: Path) -> None:
    if folder.is_file():
        raise ConverterError(
            f"{folder} is a file; --network takes the folder that training wrote, with {ARCHITECTURE}, {WEIGHTS} and "
            f"{NUMBERS} in it, such as models/efficientnet_lite0, a .keras file, or the folder of a SavedModel."
        )
    if not folder.is_dir():
        raise ConverterError(f"There is no folder {folder}. {_networks_beside(folder)}")
    missing = [name for name in (ARCHITECTURE, WEIGHTS, NUMBERS) if not (folder / name).is_file()]
    if missing:
        raise ConverterError(f"{folder} has no {', no '.join(missing)}. {_networks_beside(folder)}")


def _networks_beside(folder: Path) -> str:
    found = sorted(str(path.parent) for path in folder.parent.glob(f"*/{NUMBERS}") if path.parent != folder)
    if found:
        return f"Networks found beside it: {', '.join(found)}."
    return "Train a network first: python -m training train --help"


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConverterError(f"{path} is not JSON ({error}). Write it anew with python -m training train.") from error
    if not isinstance(content, dict):
        raise ConverterError(f"{path} holds no JSON object. Write it anew with python -m training train.")
    return content


def _check_numbers(numbers: dict[str, Any], path: Path) -> None:
    wanted: dict[str, tuple[str, ...]] = {
        "name": (), "input_size": (), "value_range": (), "calibration": ("scale", "bias"),
        "bands": ("real_below", "fake_from"), "release": (), "licence": (), "provenance": (), "figures": (),
    }  # fmt: skip
    missing = [key for key in wanted if key not in numbers]
    for key, parts in wanted.items():
        if key in numbers and parts:
            inner = numbers[key] if isinstance(numbers[key], dict) else {}
            missing += [f"{key}.{part}" for part in parts if not _is_number(inner.get(part))]
    if missing:
        raise ConverterError(
            f"{path} lacks {', '.join(missing)}. Every key decides a verdict or is published with it: add them, or let "
            "python -m training write the file. Calibration and bands are measured on labelled faces that the network "
            "was not trained on: python -m training release does it."
        )
    if not isinstance(numbers["name"], str) or not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", numbers["name"]):
        raise ConverterError(
            f"{path}: name is {numbers['name']!r}, but it names files: use a-z, 0-9, '_', '.' and '-' only."
        )
    if not isinstance(numbers["release"], str) or not re.fullmatch(r"\d+\.\d+\.\d+", numbers["release"]):
        raise ConverterError(f"{path}: release is {numbers['release']!r}; it has to look like '1.0.0'.")
    for key, kinds in {"licence": str, "provenance": str | dict}.items():
        if not isinstance(numbers[key], kinds) or not numbers[key]:
            raise ConverterError(f"{path}: {key} is {numbers[key]!r}; say what it is.")
    if not isinstance(numbers["figures"], dict):
        raise ConverterError(f"{path}: figures is {numbers['figures']!r}; it has to be an object.")
    if not isinstance(numbers["input_size"], int) or numbers["input_size"] < 1:
        raise ConverterError(f"{path}: input_size is {numbers['input_size']!r}; it has to be a side in pixels.")
    if numbers["value_range"] != PIXEL_RANGE:
        raise ConverterError(
            f"{path}: value_range is {numbers['value_range']!r}, but every runtime feeds {PIXEL_RANGE}. Put the "
            "normalisation into the network (keras.layers.Rescaling)."
        )
    if numbers["calibration"]["scale"] <= 0:
        raise ConverterError(
            f"{path}: calibration.scale is {numbers['calibration']['scale']!r}; it has to be above 0, or a higher "
            "logit would mean a lower probability."
        )
    real_below, fake_from = numbers["bands"]["real_below"], numbers["bands"]["fake_from"]
    if not 0 <= real_below <= fake_from <= 1:
        raise ConverterError(
            f"{path}: bands are {real_below} and {fake_from}; 0 <= real_below <= fake_from <= 1 has to hold."
        )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def _read_model(folder: Path) -> keras.Model:
    path = folder / ARCHITECTURE
    try:
        model = keras.models.model_from_json(path.read_text(encoding="utf-8"))
    except Exception as error:  # Keras raises whatever its layers raise.
        raise ConverterError(
            f"{path} cannot be rebuilt as a network ({error}). It has to be keras.Model.to_json() of standard layers, "
            f"written by Keras {keras.__version__} or older."
        ) from error
    weights = _read_weights(folder)
    shapes = [tuple(variable.shape) for variable in model.weights]
    if [value.shape for value in weights] != shapes:
        raise ConverterError(
            f"{folder / PARTS} does not fit {path}: {len(weights)} arrays for {len(shapes)} weights"
            f"{_first_difference(weights, shapes)}. All files have to come from the same training run."
        )
    model.set_weights(weights)
    return model


def _read_weights(folder: Path) -> list[NDArray[np.float32]]:
    stored: dict[str, NDArray[np.float16]] = {}
    for path in folder.glob(PARTS):
        try:
            with np.load(path) as part:
                stored |= part
        except (ValueError, OSError, EOFError, AttributeError, TypeError) as error:
            raise ConverterError(f"{path} is no .npz file of arrays ({error}). Write it anew.") from error
    weights = [stored[name].astype(np.float32) for name in sorted(stored)]
    broken = sum(not np.isfinite(value).all() for value in weights)
    if broken:
        raise ConverterError(
            f"{folder / PARTS}: {broken} arrays hold NaN or infinity (too large for float16, or training diverged). "
            "Train again."
        )
    return weights


def _first_difference(weights: list[NDArray[np.float32]], shapes: list[tuple[int, ...]]) -> str:
    for index, (value, shape) in enumerate(zip(weights, shapes, strict=False)):
        if value.shape != shape:
            return f", array {index:04d} has the shape {value.shape} where the network wants {shape}"
    return ""


def _check_model(model: keras.Model, numbers: dict[str, Any], folder: Path) -> None:
    path, side = folder / ARCHITECTURE, numbers["input_size"]
    inputs = [(tensor.name, tuple(tensor.shape)) for tensor in model.inputs]
    if inputs != [("image", (None, side, side, 3))]:
        raise ConverterError(
            f"{path}: the inputs are {inputs}; wanted is one, named image, of the shape (None, {side}, {side}, 3), "
            f"{side} being input_size in {folder / NUMBERS}."
        )
    outputs = model.output if isinstance(model.output, dict) else {}
    shapes = {name: tuple(tensor.shape) for name, tensor in outputs.items()}
    heat = shapes.get("local_logits", ())
    if set(shapes) != set(OUTPUTS) or shapes["logit"] != (None, 1) or len(heat) != 4 or heat[-1] != 1:
        raise ConverterError(
            f"{path}: the outputs are {shapes or 'not a dictionary'}; wanted are logit (None, 1) and local_logits "
            "(None, h, w, 1), as training.networks.head makes them."
        )
