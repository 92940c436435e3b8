"""LiteRT: the fastest way to run a network on a CPU."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from converter.environment import quiet
from converter.saved_model import SIGNATURE


def write_lite(saved_model: Path, path: Path) -> None:
    """Convert a SavedModel to one float32 .tflite file with the same signature; a free batch dimension stays free."""
    import tensorflow as tf

    path.parent.mkdir(parents=True, exist_ok=True)
    with quiet():
        converter = tf.lite.TFLiteConverter.from_saved_model(str(saved_model), signature_keys=[SIGNATURE])
        path.write_bytes(converter.convert())


def run_lite(path: Path, images: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Run float32 (n, S, S, 3) pictures, one at a time; returns each output with n rows."""
    with quiet():
        from ai_edge_litert.interpreter import Interpreter

        runner = Interpreter(model_path=str(path), num_threads=1).get_signature_runner(SIGNATURE)
        rows = [runner(image=image[np.newaxis]) for image in images]
    return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
