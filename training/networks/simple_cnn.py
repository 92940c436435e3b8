"""A plain convolutional network with a head that judges every region of the face: the smallest sensible comparison.

Stages of convolution, batch normalisation, ReLU and pooling; each has twice the channels of the one before. All that
a search can vary is a parameter. 0.4 million parameters by default.
"""

from __future__ import annotations

import keras

from training.networks.head import regional_logits


def build(
    input_size: int = 128, dropout: float = 0.2, hidden: int = 0, depth: int = 4, width: int = 32, kernel: int = 3
) -> keras.Model:
    """Return an untrained network.

    Args:
        input_size: side of the square input in pixels, at least 2 ** depth.
        dropout: share of features dropped before the head while training, in [0, 1).
        hidden: units of the head's inner layer; none for a linear head.
        depth: number of stages, each of which halves the sides.
        width: channels of the first stage.
        kernel: side of the kernels in pixels.

    Returns:
        A model from `image`, float32 (n, input_size, input_size, 3) with values in [0, 255], to `logit` (n, 1) and
        `local_logits` (n, h, w, 1) with h = w = input_size / 2 ** depth rounded down.
    """
    image = keras.Input((input_size, input_size, 3), name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(image)
    for stage in range(depth):
        name = f"stage{stage + 1}"
        x = keras.layers.Conv2D(
            width * 2**stage, kernel, padding="same", use_bias=False, kernel_initializer="he_normal", name=name
        )(x)
        x = keras.layers.BatchNormalization(name=f"{name}_norm")(x)
        x = keras.layers.ReLU(name=f"{name}_relu")(x)
        x = keras.layers.MaxPooling2D(2, name=f"{name}_pool")(x)
    return keras.Model(image, regional_logits(x, dropout, hidden), name="simple_cnn")
