"""A small residual network that sees neighbouring pixels' differences alone, with a head that judges every region.

Up-sampling in a generator leaves dependencies among neighbouring pixels that hold across generators (NPR, neighbouring
pixel relationships, Tan et al. 2024, arXiv:2312.10461): there each pixel of a 2x2 cell has the cell's first pixel taken
off, and the first two stages of a ResNet judge what remains. Here the three differences of a cell lie side by side, at
half the sides, which holds the same and spares the stem its stride. 0.7 million parameters.
"""

from __future__ import annotations

import keras
import numpy as np

from training.networks.head import regional_logits

STAGES = ((64, 2), (128, 2))


def build(input_size: int = 256, dropout: float = 0.2, hidden: int = 0) -> keras.Model:
    """Return an untrained network.

    Args:
        input_size: side of the square input in pixels, at least 8.
        dropout: share of features dropped before the head while training, in [0, 1).
        hidden: units of the head's inner layer; none for a linear head.

    Returns:
        A model from `image`, float32 (n, input_size, input_size, 3) with values in [0, 255], to `logit` (n, 1) and
        `local_logits` (n, h, w, 1) with h = w = input_size / 8 rounded up.
    """
    image = keras.Input((input_size, input_size, 3), name="image")
    # Differences of neighbours are small: a 32nd of the range is about their spread.
    x = keras.layers.Rescaling(1 / 8, name="rescale")(image)
    differences = keras.layers.DepthwiseConv2D(
        2, 2, padding="valid", depth_multiplier=3, use_bias=False, trainable=False, name="differences"
    )
    x = differences(x)
    differences.set_weights([_kernel()])
    x = _convolution(x, STAGES[0][0], "stem")
    x = keras.layers.ReLU(name="stem_relu")(x)
    for stage, (filters, blocks) in enumerate(STAGES, 1):
        for block in range(1, blocks + 1):
            x = _block(x, filters, 2 if block == 1 else 1, f"stage{stage}_block{block}")
    return keras.Model(image, regional_logits(x, dropout, hidden), name="npr_resnet")


def _kernel() -> np.ndarray:
    """Return (2, 2, 3, 3): for each colour, each other pixel of the cell less the first."""
    kernel = np.zeros((2, 2, 3, 3), np.float32)
    for difference, (row, column) in enumerate(((0, 1), (1, 0), (1, 1))):
        kernel[row, column, :, difference] = 1
    kernel[0, 0] = -1
    return kernel


def _block(x: keras.KerasTensor, filters: int, stride: int, name: str) -> keras.KerasTensor:
    """Return the basic block of He et al. 2015 (arXiv:1512.03385)."""
    shortcut = x
    if stride > 1 or x.shape[-1] != filters:
        shortcut = _convolution(x, filters, f"{name}_shortcut", kernel=1, stride=stride)
    x = _convolution(x, filters, f"{name}_1", stride=stride)
    x = keras.layers.ReLU(name=f"{name}_1_relu")(x)
    x = _convolution(x, filters, f"{name}_2")
    x = keras.layers.Add(name=f"{name}_sum")([x, shortcut])
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def _convolution(x: keras.KerasTensor, filters: int, name: str, kernel: int = 3, stride: int = 1) -> keras.KerasTensor:
    x = keras.layers.Conv2D(
        filters, kernel, stride, padding="same", use_bias=False, kernel_initializer="he_normal", name=name
    )(x)
    return keras.layers.BatchNormalization(name=f"{name}_norm")(x)
