"""Inception-ResNet-V1, the network of FaceNet, with a head that judges every region of the face.

Inception-ResNet-V1 (Szegedy et al. 2016, arXiv:1602.07261) as FaceNet uses it (Schroff et al. 2015, arXiv:1503.03832;
layout and layer names of David Sandberg's facenet, whose weights can be copied by name). 22.6 million parameters.
"""

from __future__ import annotations

import keras

from training.networks.head import regional_logits

BATCH_NORM_EPSILON = 1e-3
BATCH_NORM_MOMENTUM = 0.995

Kernel = int | tuple[int, int]


def build(input_size: int = 160, dropout: float = 0.2, hidden: int = 0) -> keras.Model:
    """Return an untrained network.

    Args:
        input_size: side of the square input in pixels, at least 75.
        dropout: share of features dropped before the head while training, in [0, 1).
        hidden: units of the head's inner layer; none for a linear head.

    Returns:
        A model from `image`, float32 (n, input_size, input_size, 3) with values in [0, 255], to `logit` (n, 1) and
        `local_logits` (n, h, w, 1) with h = w = 3 at 160 pixels.
    """
    image = keras.Input((input_size, input_size, 3), name="image")
    # FaceNet divides by max(deviation, 1 / sqrt(values)): so small that sqrt(variance + 1 / values) is the same.
    x = keras.layers.LayerNormalization(
        axis=[1, 2, 3], epsilon=1 / (3 * input_size**2), center=False, scale=False, dtype="float32", name="standardise"
    )(image)
    x = _convolution(x, 32, 3, "Conv2d_1a_3x3", stride=2, padding="valid")
    x = _convolution(x, 32, 3, "Conv2d_2a_3x3", padding="valid")
    x = _convolution(x, 64, 3, "Conv2d_2b_3x3")
    x = keras.layers.MaxPooling2D(3, 2, name="MaxPool_3a_3x3")(x)
    x = _convolution(x, 80, 1, "Conv2d_3b_1x1", padding="valid")
    x = _convolution(x, 192, 3, "Conv2d_4a_3x3", padding="valid")
    x = _convolution(x, 256, 3, "Conv2d_4b_3x3", stride=2, padding="valid")
    for i in range(1, 6):
        x = _block35(x, 0.17, f"Block35_{i}")
    x = _reduction_a(x, "Mixed_6a")
    for i in range(1, 11):
        x = _block17(x, 0.10, f"Block17_{i}")
    x = _reduction_b(x, "Mixed_7a")
    for i in range(1, 6):
        x = _block8(x, 0.20, f"Block8_{i}")
    x = _block8(x, 1.0, "Block8_6", activation=False)
    return keras.Model(image, regional_logits(x, dropout, hidden), name="inception_resnet_v1")


def _block35(x: keras.KerasTensor, scale: float, name: str) -> keras.KerasTensor:
    first = _convolution(x, 32, 1, f"{name}_Branch_0_Conv2d_1x1")
    second = _convolution(x, 32, 1, f"{name}_Branch_1_Conv2d_0a_1x1")
    second = _convolution(second, 32, 3, f"{name}_Branch_1_Conv2d_0b_3x3")
    third = _convolution(x, 32, 1, f"{name}_Branch_2_Conv2d_0a_1x1")
    third = _convolution(third, 32, 3, f"{name}_Branch_2_Conv2d_0b_3x3")
    third = _convolution(third, 32, 3, f"{name}_Branch_2_Conv2d_0c_3x3")
    return _residual(x, [first, second, third], scale, name)


def _block17(x: keras.KerasTensor, scale: float, name: str) -> keras.KerasTensor:
    first = _convolution(x, 128, 1, f"{name}_Branch_0_Conv2d_1x1")
    second = _convolution(x, 128, 1, f"{name}_Branch_1_Conv2d_0a_1x1")
    second = _convolution(second, 128, (1, 7), f"{name}_Branch_1_Conv2d_0b_1x7")
    second = _convolution(second, 128, (7, 1), f"{name}_Branch_1_Conv2d_0c_7x1")
    return _residual(x, [first, second], scale, name)


def _block8(x: keras.KerasTensor, scale: float, name: str, activation: bool = True) -> keras.KerasTensor:
    first = _convolution(x, 192, 1, f"{name}_Branch_0_Conv2d_1x1")
    second = _convolution(x, 192, 1, f"{name}_Branch_1_Conv2d_0a_1x1")
    second = _convolution(second, 192, (1, 3), f"{name}_Branch_1_Conv2d_0b_1x3")
    second = _convolution(second, 192, (3, 1), f"{name}_Branch_1_Conv2d_0c_3x1")
    return _residual(x, [first, second], scale, name, activation)


def _residual(
    x: keras.KerasTensor, branches: list[keras.KerasTensor], scale: float, name: str, activation: bool = True
) -> keras.KerasTensor:
    mixed = keras.layers.Concatenate(name=f"{name}_Concatenate")(branches)
    mixed = keras.layers.Conv2D(x.shape[-1], 1, name=f"{name}_Conv2d_1x1")(mixed)
    mixed = keras.layers.Rescaling(scale, name=f"{name}_Scale")(mixed)
    x = keras.layers.Add(name=f"{name}_Sum")([x, mixed])
    return keras.layers.ReLU(name=f"{name}_Activation")(x) if activation else x


def _reduction_a(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    first = _convolution(x, 384, 3, f"{name}_Branch_0_Conv2d_1a_3x3", stride=2, padding="valid")
    second = _convolution(x, 192, 1, f"{name}_Branch_1_Conv2d_0a_1x1")
    second = _convolution(second, 192, 3, f"{name}_Branch_1_Conv2d_0b_3x3")
    second = _convolution(second, 256, 3, f"{name}_Branch_1_Conv2d_1a_3x3", stride=2, padding="valid")
    third = keras.layers.MaxPooling2D(3, 2, name=f"{name}_Branch_2_MaxPool_1a_3x3")(x)
    return keras.layers.Concatenate(name=name)([first, second, third])


def _reduction_b(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    first = _convolution(x, 256, 1, f"{name}_Branch_0_Conv2d_0a_1x1")
    first = _convolution(first, 384, 3, f"{name}_Branch_0_Conv2d_1a_3x3", stride=2, padding="valid")
    second = _convolution(x, 256, 1, f"{name}_Branch_1_Conv2d_0a_1x1")
    second = _convolution(second, 256, 3, f"{name}_Branch_1_Conv2d_1a_3x3", stride=2, padding="valid")
    third = _convolution(x, 256, 1, f"{name}_Branch_2_Conv2d_0a_1x1")
    third = _convolution(third, 256, 3, f"{name}_Branch_2_Conv2d_0b_3x3")
    third = _convolution(third, 256, 3, f"{name}_Branch_2_Conv2d_1a_3x3", stride=2, padding="valid")
    fourth = keras.layers.MaxPooling2D(3, 2, name=f"{name}_Branch_3_MaxPool_1a_3x3")(x)
    return keras.layers.Concatenate(name=name)([first, second, third, fourth])


def _convolution(
    x: keras.KerasTensor, filters: int, kernel: Kernel, name: str, stride: int = 1, padding: str = "same"
) -> keras.KerasTensor:
    x = keras.layers.Conv2D(filters, kernel, stride, padding=padding, use_bias=False, name=name)(x)
    # The original leaves gamma out; TF.js WASM refuses the graph that follows from that.
    x = keras.layers.BatchNormalization(
        momentum=BATCH_NORM_MOMENTUM, epsilon=BATCH_NORM_EPSILON, name=f"{name}_BatchNorm"
    )(x)
    return keras.layers.ReLU(name=f"{name}_Activation")(x)
