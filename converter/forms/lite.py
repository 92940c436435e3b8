"""LiteRT: the fastest way to run a network on a CPU."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from converter.environment import quiet
from converter.forms.batches import BATCH, Outputs, batches
from converter.forms.saved_model import SIGNATURE

# int8: kernels as int8 with a scale for each channel, what flows between the layers rounded anew for each picture.
LITE_PRECISIONS = ("float32", "float16", "int8")


def write_lite(bare: Path, path: Path, precision: str) -> None:
    """Convert what `converter.forms.saved_model.write_bare` wrote to one .tflite file with the same signature.

    Args:
        bare: the SavedModel; a free batch dimension stays free.
        path: the file to write.
        precision: one of `LITE_PRECISIONS`.
    """
    import tensorflow as tf

    path.parent.mkdir(parents=True, exist_ok=True)
    with quiet():
        converter = tf.lite.TFLiteConverter.from_saved_model(str(bare), signature_keys=[SIGNATURE])
        if precision != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if precision == "float16":
            converter.target_spec.supported_types = [tf.float16]
        path.write_bytes(converter.convert())


def run_lite(path: Path, images: NDArray[np.uint8], batch: int = BATCH, threads: int = 1) -> Iterator[Outputs]:
    """Run uint8 (n, S, S, 3) pictures; yields each batch's outputs.

    Args:
        path: the .tflite file.
        images: the pictures.
        batch: how many at once, if the graph takes more than one.
        threads: on how many it computes.
    """
    with quiet():
        from ai_edge_litert.interpreter import Interpreter

        runner = Interpreter(model_path=str(path), num_threads=threads).get_signature_runner(SIGNATURE)
    free = runner.get_input_details()["image"]["shape_signature"][0] < 0
    for few in batches(images, batch if free else 1):
        yield runner(image=few.astype(np.float32))
