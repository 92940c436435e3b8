"""VGG16 with a head that judges every region of the face.

Configuration D of Simonyan & Zisserman 2014 (arXiv:1409.1556) without its dense layers, and with batch normalisation
(Ioffe & Szegedy 2015, arXiv:1502.03167), as no start weights can be had and so deep a plain network hardly learns from
scratch without it. 14.7 million parameters. The paper's input is 224 pixels, at three times the cost of 128.
"""

from __future__ import annotations

import keras

from training.networks.head import regional_logits

# convolutions, channels
STAGES = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))


def build(input_size: int = 128, dropout: float = 0.2, hidden: int = 0) -> keras.Model:
    """Return an untrained network.

    Args:
        input_size: side of the square input in pixels, at least 32.
        dropout: share of features dropped before the head while training, in [0, 1).
        hidden: units of the head's inner layer; none for a linear head.

    Returns:
        A model from `image`, float32 (n, input_size, input_size, 3) with values in [0, 255], to `logit` (n, 1) and
        `local_logits` (n, h, w, 1) with h = w = input_size / 32 rounded down.
    """
    image = keras.Input((input_size, input_size, 3), name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(image)
    for stage, (convolutions, channels) in enumerate(STAGES, 1):
        for i in range(1, convolutions + 1):
            name = f"stage{stage}_convolution{i}"
            x = keras.layers.Conv2D(
                channels, 3, padding="same", use_bias=False, kernel_initializer="he_normal", name=name
            )(x)
            x = keras.layers.BatchNormalization(name=f"{name}_norm")(x)
            x = keras.layers.ReLU(name=f"{name}_relu")(x)
        x = keras.layers.MaxPooling2D(2, name=f"stage{stage}_pool")(x)
    return keras.Model(image, regional_logits(x, dropout, hidden), name="vgg16")
