"""EfficientNet-Lite with a head that judges every region of the face.

EfficientNet (Tan & Le 2019, arXiv:1905.11946) in the "Lite" forms that Google published for mobile runtimes in 2020:
ReLU6 instead of swish, no squeeze-and-excitation; stem and head keep their width, first and last stage their depth.
"""

from __future__ import annotations

import math

import keras

from training.networks.head import regional_logits

# kernel, repeats, output channels, expansion, stride: table 1 of the EfficientNet paper, unscaled.
STAGES = (
    (3, 1, 16, 1, 1),
    (3, 2, 24, 6, 2),
    (5, 2, 40, 6, 2),
    (3, 3, 80, 6, 2),
    (5, 3, 112, 6, 1),
    (5, 4, 192, 6, 2),
    (3, 1, 320, 6, 1),
)
BATCH_NORM_EPSILON = 1e-3


def lite0(input_size: int = 160, dropout: float = 0.2, hidden: int = 0) -> keras.Model:
    """Return an untrained EfficientNet-Lite0, of 3.4 million parameters; arguments and outputs as of `_build`."""
    return _build("efficientnet_lite0", 1.0, 1.0, input_size, dropout, hidden)


def lite2(input_size: int = 256, dropout: float = 0.3, hidden: int = 0) -> keras.Model:
    """Return an untrained EfficientNet-Lite2, of 4.8 million parameters; arguments and outputs as of `_build`."""
    return _build("efficientnet_lite2", 1.1, 1.2, input_size, dropout, hidden)


def _build(name: str, width: float, depth: float, input_size: int, dropout: float, hidden: int) -> keras.Model:
    """Return an untrained network.

    Args:
        name: of the model.
        width: factor of the stages' channels.
        depth: factor of the stages' repeats.
        input_size: side of the square input in pixels, at least 32.
        dropout: share of features dropped before the head while training, in [0, 1).
        hidden: units of the head's inner layer; none for a linear head.

    Returns:
        A model from `image`, float32 (n, input_size, input_size, 3) with values in [0, 255], to `logit` (n, 1) and
        `local_logits` (n, h, w, 1) with h = w = input_size / 32 rounded up.
    """
    image = keras.Input((input_size, input_size, 3), name="image")
    x = keras.layers.Rescaling(1 / 128, offset=-127 / 128, name="rescale")(image)
    x = _convolution(x, 32, 3, 2, name="stem")
    block = 0
    for stage, (kernel, repeats, channels, expansion, stride) in enumerate(STAGES):
        deep = repeats if stage in (0, len(STAGES) - 1) else math.ceil(repeats * depth)
        wide = _eights(channels * width)
        for repeat in range(deep):
            x = _inverted_residual(x, wide, kernel, expansion, stride if repeat == 0 else 1, name=f"block{block}")
            block += 1
    x = _convolution(x, 1280, 1, 1, name="top")
    return keras.Model(image, regional_logits(x, dropout, hidden), name=name)


def _eights(channels: float) -> int:
    """Round to a multiple of 8, as Google's code does: half up, and never down by more than a tenth."""
    rounded = int(channels + 4) // 8 * 8
    return rounded if rounded >= 0.9 * channels else rounded + 8


def _inverted_residual(
    x: keras.KerasTensor, channels: int, kernel: int, expansion: int, stride: int, name: str
) -> keras.KerasTensor:
    shortcut = x
    if expansion > 1:
        x = _convolution(x, x.shape[-1] * expansion, 1, 1, name=f"{name}_expand")
    x = keras.layers.DepthwiseConv2D(
        kernel, stride, padding="same", use_bias=False, depthwise_initializer="he_normal", name=f"{name}_depthwise"
    )(x)
    x = _normalise(x, name=f"{name}_depthwise")
    x = keras.layers.ReLU(6.0, name=f"{name}_depthwise_relu")(x)
    x = _convolution(x, channels, 1, 1, name=f"{name}_project", activation=False)
    if stride == 1 and shortcut.shape[-1] == channels:
        x = keras.layers.Add(name=f"{name}_add")([x, shortcut])
    return x


def _convolution(
    x: keras.KerasTensor, filters: int, kernel: int, stride: int, name: str, activation: bool = True
) -> keras.KerasTensor:
    x = keras.layers.Conv2D(
        filters, kernel, stride, padding="same", use_bias=False, kernel_initializer="he_normal", name=name
    )(x)
    x = _normalise(x, name)
    return keras.layers.ReLU(6.0, name=f"{name}_relu")(x) if activation else x


def _normalise(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.layers.BatchNormalization(epsilon=BATCH_NORM_EPSILON, name=f"{name}_norm")(x)
