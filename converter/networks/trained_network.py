"""A trained network as training leaves it in models/NAME: architecture, weights and the numbers that make verdicts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from jsonschema import Draft202012Validator, ValidationError
from numpy.typing import NDArray

from converter.errors import ConverterError
from converter.networks import foreign
from converter.networks.drawn import with_drawn
from fake_image_detection.verdict import USUAL, Bands, Calibration, Sensitivity

ARCHITECTURE, WEIGHTS, NUMBERS = "model.json", "weights.npz", "network.json"
# A large network has weights-2.npz and so on beside the first part.
PARTS = "weights*.npz"
OUTPUTS = ("logit", "local_logits")
PIXEL_RANGE = [0, 255]
SCHEMA = Path(__file__).parents[2] / "models" / "network.schema.json"


@dataclass(frozen=True)
class Verdicts:
    """What logits mean: the calibration and the bands of network.json and of the manifest."""

    calibration: Calibration
    bands_at: Mapping[Sensitivity, Bands]

    @property
    def bands(self) -> Bands:
        """Those of the usual sensitivity."""
        return self.bands_at[USUAL]

    @classmethod
    def of(cls, numbers: dict[str, Any]) -> "Verdicts":
        """Those in network.json, or in a network's part of the manifest."""
        return cls(Calibration(**numbers["calibration"]), Bands.by_sensitivity(numbers))


@dataclass(frozen=True)
class TrainedNetwork:
    """A network with everything its verdicts depend on.

    Attributes:
        name: names its files in the bundle.
        model: input `image`, float32 (n, S, S, 3), RGB 0..255; outputs `logit` (n, 1) and `local_logits` (n, h, w, 1),
            and `drawn` (n,), above 0 for what looks like no photograph, if `numbers` has what tells that.
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
    if "drawn" in numbers:
        model = with_drawn(model, numbers["drawn"], place / NUMBERS)
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
    numbers["value_range"] = PIXEL_RANGE
    numbers.pop("output", None)
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
        content = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
    except ValueError as error:
        raise ConverterError(f"{path} is not JSON ({error}). Write it anew with python -m training train.") from error
    if not isinstance(content, dict):
        raise ConverterError(f"{path} holds no JSON object. Write it anew with python -m training train.")
    return content


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _check_numbers(numbers: dict[str, Any], path: Path) -> None:
    faults = [_in_words(fault) for fault in Draft202012Validator(json.loads(SCHEMA.read_text())).iter_errors(numbers)]
    # What a JSON Schema cannot say.
    if not faults:
        bands = Bands.by_sensitivity(numbers)
        if any(each.real_below > each.fake_from for each in bands.values()):
            faults = ["$.bands: real_below is above fake_from"]
        froms = [each.fake_from for each in bands.values()]
        if froms != sorted(froms, reverse=True):
            faults.append("$.sensitivities: strict has to call fewer faces fake than usual, and eager more")
    if faults:
        raise ConverterError(
            f"{path} does not fit {SCHEMA.name}: {'; '.join(faults)}. Every key decides a verdict or is published with "
            "it: mend them, or let python -m training release write the file, which measures calibration and bands on "
            "labelled faces that the network was not trained on."
        )


def _in_words(fault: ValidationError) -> str:
    hint = fault.schema.get("description") if isinstance(fault.schema, dict) else None
    return f"{fault.json_path}: {fault.message}" + (f" ({hint})" if hint and fault.validator != "required" else "")


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
