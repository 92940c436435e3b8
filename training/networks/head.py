"""The head that all networks share: one logit for each region, whose mean is the logit of the face."""

from __future__ import annotations

import keras


def regional_logits(features: keras.KerasTensor, dropout: float, hidden: int = 0) -> dict[str, keras.KerasTensor]:
    """Turn features into a verdict that explains itself.

    A 1x1 convolution followed by average pooling equals the usual pooling followed by a dense layer, but keeps the
    contribution of every region, so that the heat map is exact and costs nothing (class activation mapping,
    Zhou et al. 2016, arXiv:1512.04150; judged by patches as in Chai et al. 2020, arXiv:2008.10588).

    Args:
        features: (n, h, w, channels).
        dropout: share of channels dropped while training, in [0, 1).
        hidden: units of a layer between features and verdict, for each region; none for a linear verdict.

    Returns:
        `logit` (n, 1), positive for generated faces, and `local_logits` (n, h, w, 1).
    """
    x = features
    if hidden:
        x = keras.layers.Conv2D(hidden, 1, activation="relu", kernel_initializer="he_normal", name="hidden")(x)
    x = keras.layers.SpatialDropout2D(dropout, name="dropout")(x)
    local_logits = keras.layers.Conv2D(1, 1, name="local_logits", dtype="float32")(x)
    logit = keras.layers.GlobalAveragePooling2D(name="logit", dtype="float32")(local_logits)
    return {"logit": logit, "local_logits": local_logits}
