"""The networks that can be trained: one module each, found by its name."""

from __future__ import annotations

from collections.abc import Callable

import keras

from training.networks import efficientnet_lite0

NETWORKS: dict[str, Callable[..., keras.Model]] = {
    "efficientnet_lite0": efficientnet_lite0.build,
}
