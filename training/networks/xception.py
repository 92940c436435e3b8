"""Xception with a head that judges every region of the face.

Xception (Chollet 2016, arXiv:1610.02357), the network of FaceForensics++ (Rössler et al. 2019, arXiv:1901.08971).
20.9 million parameters. The paper's input is 299 pixels; no start weights can be had, and a smaller input makes
training from scratch bearable.
"""

from __future__ import annotations

import keras

from training.networks.head import regional_logits


def build(input_size: int = 128, dropout: float = 0.2, hidden: int = 0) -> keras.Model:
    """Return an untrained network.

    Args:
        input_size: side of the square input in pixels, at least 71.
        dropout: share of features dropped before the head while training, in [0, 1).
        hidden: units of the head's inner layer; none for a linear head.

    Returns:
        A model from `image`, float32 (n, input_size, input_size, 3) with values in [0, 255], to `logit` (n, 1) and
        `local_logits` (n, h, w, 1) with h = w = 4 at 128 pixels and 10 at 299.
    """
    image = keras.Input((input_size, input_size, 3), name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(image)
    for name, filters, stride in (("stem1", 32, 2), ("stem2", 64, 1)):
        x = keras.layers.Conv2D(filters, 3, stride, use_bias=False, name=name)(x)
        x = keras.layers.BatchNormalization(name=f"{name}_norm")(x)
        x = keras.layers.ReLU(name=f"{name}_relu")(x)
    for i, filters in enumerate((128, 256, 728), 1):
        x = _reduction(x, filters, filters, name=f"entry{i}")
    for i in range(1, 9):
        shortcut = x
        for j in range(1, 4):
            x = _convolution(x, 728, name=f"middle{i}_convolution{j}")
        x = keras.layers.Add(name=f"middle{i}_add")([x, shortcut])
    x = _reduction(x, 728, 1024, name="exit")
    for i, filters in enumerate((1536, 2048), 1):
        x = _separable(x, filters, name=f"top{i}")
        x = keras.layers.ReLU(name=f"top{i}_relu")(x)
    return keras.Model(image, regional_logits(x, dropout, hidden), name="xception")


def _reduction(x: keras.KerasTensor, first: int, second: int, name: str) -> keras.KerasTensor:
    shortcut = keras.layers.Conv2D(second, 1, 2, padding="same", use_bias=False, name=f"{name}_shortcut")(x)
    shortcut = keras.layers.BatchNormalization(name=f"{name}_shortcut_norm")(shortcut)
    x = _convolution(x, first, name=f"{name}_convolution1")
    x = _convolution(x, second, name=f"{name}_convolution2")
    x = keras.layers.MaxPooling2D(3, 2, padding="same", name=f"{name}_pool")(x)
    return keras.layers.Add(name=f"{name}_add")([x, shortcut])


def _convolution(x: keras.KerasTensor, filters: int, name: str) -> keras.KerasTensor:
    x = keras.layers.ReLU(name=f"{name}_relu")(x)
    return _separable(x, filters, name)


def _separable(x: keras.KerasTensor, filters: int, name: str) -> keras.KerasTensor:
    x = keras.layers.SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return keras.layers.BatchNormalization(name=f"{name}_norm")(x)
