"""How TF.js stores weights in fewer bytes, and what is then left of them."""

import contextlib
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from converter.environment import prepare_tensorflowjs

# As tensorflowjs calls them. uint16 and uint8 spread their values evenly between a tensor's least and greatest weight;
# the format has one scale for a tensor, none for each channel.
TFJS_PRECISIONS = ("float32", "uint16", "float16", "uint8")
# Kernels of fewer weights are a five-hundredth of the bytes of EfficientNet-Lite0. Batch normalisation that is folded
# into them sets their channels far apart, and all layers after them see it: the first two of that network in uint16
# move its heat map by .014, all other kernels together by .002.
FEW_WEIGHTS = 2000


@dataclass(frozen=True)
class Plan:
    """Which weights of a network are stored as what.

    Large kernels alone are rounded: biases are a hundredth of the bytes, and one in uint8 moves every value of its
    channel; small kernels see `FEW_WEIGHTS`.

    Attributes:
        name: in tables and in the manifest.
        kernels: how kernels are stored, one of `TFJS_PRECISIONS`.
        uint8: kernels that are stored as uint8 all the same, by their `fingerprint`.
        lossless: whether kernels that would lose a bit stay float32.
    """

    name: str
    kernels: str
    uint8: frozenset[str] = frozenset()
    lossless: bool = False

    def stored_as(self, weight: NDArray[Any]) -> str:
        """How a weight is stored, one of `TFJS_PRECISIONS`; integers stay as they are and count as float32."""
        if weight.ndim < 2 or weight.dtype != np.float32:
            return "float32"
        if self.lossless:
            return "float32" if (weight.astype(self.kernels) != weight).any() else self.kernels
        if self.uint8 and fingerprint(weight) in self.uint8:
            return "uint8"
        return "float32" if weight.size < FEW_WEIGHTS else self.kernels

    def bytes(self, weights: Iterable[NDArray[Any]]) -> int:
        """Size of the stored weights."""
        return sum(weight.size * np.dtype(self.stored_as(weight)).itemsize for weight in weights)

    def rounded(self, weight: NDArray[np.float32]) -> NDArray[np.float32]:
        """The weight as TF.js reads it back."""
        stored = self.stored_as(weight)
        if stored == "float32":
            return weight
        prepare_tensorflowjs()
        from tensorflowjs import quantization

        data, scaling = quantization.quantize_weights(weight, np.dtype(stored).type)
        return np.asarray(quantization.dequantize_weights(data, scaling), np.float32)

    @contextlib.contextmanager
    def applied(self, model: keras.Model) -> Iterator[None]:
        """Within the block `model` has its weights as TF.js reads them back."""
        exact = model.get_weights()
        model.set_weights([self.rounded(value) for value in exact])
        try:
            yield
        finally:
            model.set_weights(exact)


def plain(precision: str) -> Plan:
    """The plan that stores all kernels alike."""
    return Plan(precision, precision)


def fingerprint(weight: NDArray[np.float32]) -> str:
    """What tells a kernel from all others, in Keras and in the TF.js graph alike, where it bears another name."""
    return hashlib.sha256(f"{weight.shape}".encode() + np.ascontiguousarray(weight, "<f4").tobytes()).hexdigest()[:16]
