"""MobileNetV2 with a head that judges every region of the face.

MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381) as torchvision has it, whose weights fit: strided convolutions are
padded on all sides, where Keras' "same" would pad at the lower right alone, and normalisation divides by
sqrt(variance + 1e-5). 2.2 million parameters.
"""

from __future__ import annotations

import keras

from training.networks.head import regional_logits

# expansion, output channels, repeats, stride: table 2 of the paper.
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
BATCH_NORM_EPSILON = 1e-5
# Of ImageNet's channels, for values in [0, 1].
MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)


def build(input_size: int = 224, dropout: float = 0.2, hidden: int = 0) -> keras.Model:
    """Return an untrained network.

    Args:
        input_size: side of the square input in pixels, at least 32.
        dropout: share of features dropped before the head while training, in [0, 1).
        hidden: units of the head's inner layer; none for a linear head.

    Returns:
        A model from `image`, float32 (n, input_size, input_size, 3) with values in [0, 255], to `logit` (n, 1) and
        `local_logits` (n, h, w, 1) with h = w = input_size / 32 rounded up.
    """
    image = keras.Input((input_size, input_size, 3), name="image")
    x = keras.layers.Rescaling(
        [1 / (255 * deviation) for deviation in DEVIATION],
        offset=[-mean / deviation for mean, deviation in zip(MEAN, DEVIATION, strict=True)],
        name="rescale",
    )(image)
    x = keras.layers.ZeroPadding2D(1, name="stem_pad")(x)
    x = keras.layers.Conv2D(32, 3, 2, use_bias=False, kernel_initializer="he_normal", name="stem")(x)
    x = _normalise(x, name="stem")
    block = 0
    for expansion, channels, repeats, stride in STAGES:
        for repeat in range(repeats):
            x = _inverted_residual(x, channels, expansion, stride if repeat == 0 else 1, name=f"block{block}")
            block += 1
    x = _pointwise(x, 1280, name="top")
    return keras.Model(image, regional_logits(x, dropout, hidden), name="mobilenet_v2")


def _inverted_residual(
    x: keras.KerasTensor, channels: int, expansion: int, stride: int, name: str
) -> keras.KerasTensor:
    shortcut = x
    if expansion > 1:
        x = _pointwise(x, x.shape[-1] * expansion, name=f"{name}_expand")
    if stride > 1:
        x = keras.layers.ZeroPadding2D(1, name=f"{name}_pad")(x)
    x = keras.layers.DepthwiseConv2D(
        3,
        stride,
        padding="same" if stride == 1 else "valid",
        use_bias=False,
        depthwise_initializer="he_normal",
        name=f"{name}_depthwise",
    )(x)
    x = _normalise(x, name=f"{name}_depthwise")
    x = _pointwise(x, channels, name=f"{name}_project", activation=False)
    if stride == 1 and shortcut.shape[-1] == channels:
        x = keras.layers.Add(name=f"{name}_add")([x, shortcut])
    return x


def _pointwise(x: keras.KerasTensor, filters: int, name: str, activation: bool = True) -> keras.KerasTensor:
    x = keras.layers.Conv2D(filters, 1, use_bias=False, kernel_initializer="he_normal", name=name)(x)
    return _normalise(x, name, activation)


def _normalise(x: keras.KerasTensor, name: str, activation: bool = True) -> keras.KerasTensor:
    x = keras.layers.BatchNormalization(epsilon=BATCH_NORM_EPSILON, name=f"{name}_norm")(x)
    return keras.layers.ReLU(6.0, name=f"{name}_relu")(x) if activation else x
