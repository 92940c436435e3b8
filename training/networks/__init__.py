"""The networks that can be trained."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import keras

from training.networks import (
    efficientnet_lite,
    inception_resnet_v1,
    mobilenet_v2,
    resnet50,
    simple_cnn,
    vgg16,
    xception,
)

NETWORKS: dict[str, Callable[..., keras.Model]] = {
    "efficientnet_lite0": efficientnet_lite.lite0,
    "efficientnet_lite2": efficientnet_lite.lite2,
    "inception_resnet_v1": inception_resnet_v1.build,
    "mobilenet_v2": mobilenet_v2.build,
    "resnet50": resnet50.build,
    "simple_cnn": simple_cnn.build,
    "vgg16": vgg16.build,
    "xception": xception.build,
}


def usual_input_size(network: str) -> int:
    """Return the side of the input in pixels that `network` is built for unless told otherwise."""
    return int(inspect.signature(NETWORKS[network]).parameters["input_size"].default)
