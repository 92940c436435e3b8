"""Networks that training/ did not write: .keras files and SavedModels, brought to the form of those that it did."""

import hashlib
from pathlib import Path
from typing import Any

import keras

from converter.environment import quiet
from converter.errors import ConverterError

# How the answer of a network may be given; converter/README.md tells of each.
KINDS = ("logit", "probability", "two_logits", "two_probabilities")
# A probability nearer to 0 or 1 than this says no more than that float32 is at its end.
CERTAIN = 1e-7


def load(place: Path) -> keras.Model:
    """Load a .keras file or the folder of a SavedModel, of which the signature `serving_default` is taken.

    Raises:
        ConverterError: it cannot be loaded, or has not one input.
    """
    try:
        with quiet():
            return _load_saved_model(place) if place.is_dir() else keras.models.load_model(place, compile=False)
    except ConverterError:
        raise
    except Exception as error:  # Keras and TensorFlow raise whatever their layers raise.
        raise ConverterError(
            f"{place} cannot be loaded ({error}). A .keras file has to consist of standard Keras layers, written by "
            f"Keras {keras.__version__} or older; own layers and Lambda have to be built from standard ones, or the "
            "network saved as a SavedModel (model.export)."
        ) from error


def adapt(model: keras.Model, numbers: dict[str, Any], path: Path) -> keras.Model:
    """Wrap `model` into one from `image`, pixels 0..255, to `logit` and `local_logits`.

    Args:
        model: with one input of any name, (n, S, S, 3).
        numbers: its description. `value_range` tells what the pixels 0..255 become on the way in, `output` what the
            answer is: {"kind": one of KINDS, "fake_class": 0 or 1 where there are two}.
        path: of the description, for messages.

    Raises:
        ConverterError: the description does not fit the network.
    """
    side, low, high = _input(numbers, path)
    shapes = [tuple(tensor.shape) for tensor in model.inputs]
    if shapes not in ([(None, side, side, 3)], [(None, None, None, 3)]):
        raise ConverterError(
            f"{path}: input_size is {side}, but the network takes {shapes}. It has to take one picture (n, S, S, 3), "
            "channels last, RGB; set input_size to its S."
        )
    image = keras.Input((side, side, 3), name="image")
    fed = image if (low, high) == (0, 255) else keras.layers.Rescaling((high - low) / 255, low, name="range")(image)
    outputs = model(fed)
    if isinstance(outputs, dict) and set(outputs) == {"logit", "local_logits"}:
        return keras.Model(image, outputs)
    logit = _logit(outputs, numbers.get("output"), path)
    # It tells nothing of regions: its heat map is one cell.
    return keras.Model(image, {"logit": logit, "local_logits": keras.layers.Reshape((1, 1, 1), name="whole")(logit)})


def digest(place: Path) -> str:
    """SHA-256 of all files, for a SavedModel may keep numbers outside its variables."""
    hashed = hashlib.sha256()
    for path in sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place]:
        hashed.update(path.name.encode() + path.read_bytes())
    return hashed.hexdigest()


def _load_saved_model(folder: Path) -> keras.Model:
    layer = keras.layers.TFSMLayer(str(folder), call_endpoint="serving_default")
    (inputs,) = [spec for spec in layer.call_endpoint_fn.structured_input_signature[1].values()]
    if inputs.dtype.name != "float32" or inputs.shape.rank != 4:
        raise ConverterError(
            f"{folder}: serving_default takes {inputs.dtype.name} {inputs.shape}; float32 (n, S, S, 3) is wanted."
        )
    image = keras.Input(inputs.shape[1:], name=inputs.name)
    return keras.Model(image, layer(image))


def _input(numbers: dict[str, Any], path: Path) -> tuple[int, float, float]:
    side, span = numbers.get("input_size"), numbers.get("value_range")
    if not isinstance(side, int) or side < 1:
        raise ConverterError(f"{path}: input_size is {side!r}; it has to be the side of the network's input in pixels.")
    if not isinstance(span, list) or len(span) != 2 or not span[0] < span[1]:
        raise ConverterError(
            f"{path}: value_range is {span!r}; it has to be what pixels of 0 and 255 become before the network sees "
            "them, such as [0, 255], [0, 1] or [-1, 1]."
        )
    return side, *span


def _logit(outputs: Any, described: Any, path: Path) -> keras.KerasTensor:
    tensors = keras.tree.flatten(outputs)
    kind = described.get("kind") if isinstance(described, dict) else None
    if kind not in KINDS:
        raise ConverterError(
            f"{path}: output is {described!r}, but has to tell what the network's answer is: "
            '{"kind": "logit"} (one number, above 0 for fake), {"kind": "probability"} (after a sigmoid), '
            '{"kind": "two_logits", "fake_class": 0 or 1}, or {"kind": "two_probabilities", "fake_class": 0 or 1} '
            "(after a softmax)."
        )
    wanted = 2 if kind.startswith("two") else 1
    shapes = [tuple(tensor.shape) for tensor in tensors]
    if len(shapes) != 1 or shapes[0][1:] != (wanted,):
        raise ConverterError(f"{path}: output.kind is {kind}, which is (n, {wanted}), but the network gives {shapes}.")
    (answer,) = tensors
    if kind == "logit":
        return answer
    if kind == "probability":
        certain = keras.ops.clip(answer, CERTAIN, 1 - CERTAIN)
        return keras.ops.log(certain) - keras.ops.log(1 - certain)
    fake = described.get("fake_class")
    if fake not in (0, 1):
        raise ConverterError(
            f"{path}: output.fake_class is {fake!r}; it has to be 0 or 1, the place of the class fake."
        )
    logits = answer if kind == "two_logits" else keras.ops.log(keras.ops.clip(answer, CERTAIN, 1))
    return logits[:, fake : fake + 1] - logits[:, 1 - fake : 2 - fake]
