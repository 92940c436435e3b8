"""ResNet50 with a head that judges every region of the face.

ResNet50 (He et al. 2015, arXiv:1512.03385) of keras.applications. 23.6 million parameters. The paper's input is 224
pixels; no start weights can be had, and a smaller input makes training from scratch bearable.
"""

from __future__ import annotations

import keras

from training.networks.head import regional_logits


def build(input_size: int = 128, dropout: float = 0.2, hidden: int = 0) -> keras.Model:
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
    x = keras.layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(image)
    base = keras.applications.ResNet50(include_top=False, weights=None, input_tensor=x)
    return keras.Model(image, regional_logits(base.output, dropout, hidden), name="resnet50")
