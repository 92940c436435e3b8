"""The networks that can be trained: a module each, found by its name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

import keras

NETWORKS: dict[str, Callable[..., keras.Model]] = {
    module.name: import_module(f"{__name__}.{module.name}").build
    for module in iter_modules(__path__)
    if module.name != "head"
}


def usual_input_size(network: str) -> int:
    """Return the side of the input in pixels that `network` is built for unless told otherwise."""
    return int(inspect.signature(NETWORKS[network]).parameters["input_size"].default)
