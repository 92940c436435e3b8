"""TensorFlow's SavedModel: what a GPU and TensorFlow Serving run, and what the other formats are made from."""

from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from converter.environment import quiet

SIGNATURE = "serving_default"


def write_saved_model(model: keras.Model, folder: Path) -> None:
    """Write `model` with the signature `serving_default`; its tensors bear the names of the network's."""
    with quiet():
        model.export(folder, format="tf_saved_model", verbose=False)


def run_saved_model(folder: Path, images: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Run float32 (n, S, S, 3) pictures, one at a time; returns each output with n rows."""
    import tensorflow as tf

    with quiet():
        loaded = tf.saved_model.load(str(folder))
        signature = loaded.signatures[SIGNATURE]
        rows = [signature(image=tf.constant(image[np.newaxis])) for image in images]
    return {name: np.concatenate([row[name].numpy() for row in rows]) for name in rows[0]}
