"""A network as a CPU runs it fastest: under forty conditions its answers are most of the work of a release."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

THREADS = 2

# The network that was converted last, by the hash of what it is: it is asked under one condition after the other.
_converted: dict[bytes, Any] = {}


def can_convert() -> bool:
    """Tell whether Keras runs on TensorFlow, which alone converts, and on a CPU, where that is of use."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return not tf.config.list_physical_devices("GPU")


def answering(model: keras.Model, output: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return what gives an output, float32 (n, c), of faces, float32 (n, side, side, 3), as LiteRT computes it.

    They differ from Keras's by rounding; an answer takes a third of the time.
    """
    made_of = hashlib.sha256(f"{output} {model.to_json()}".encode())
    for array in model.get_weights():
        made_of.update(array.tobytes())
    if made_of.digest() not in _converted:
        _converted.clear()
        _converted[made_of.digest()] = _convert(model, output)
    interpreter = _converted[made_of.digest()]
    place, answer = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def answers(faces: np.ndarray) -> np.ndarray:
        if list(faces.shape) != list(interpreter.get_input_details()[0]["shape"]):
            interpreter.resize_tensor_input(place, faces.shape)
            interpreter.allocate_tensors()
        interpreter.set_tensor(place, faces)
        interpreter.invoke()
        return np.asarray(interpreter.get_tensor(answer))

    return answers


def _convert(model: keras.Model, output: str) -> Any:
    import tensorflow as tf
    from ai_edge_litert.interpreter import Interpreter

    alone = keras.Model(model.input, model.output[output])
    with tempfile.TemporaryDirectory() as folder:
        alone.export(folder, format="tf_saved_model", verbose=False)
        content = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    return Interpreter(model_content=content, num_threads=THREADS)
