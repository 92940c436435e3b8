"""What runs a graph of the bundle, as each runtime has it."""

from collections.abc import Mapping
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from fake_image_detection.bundle import Bundle, GraphFiles


class Graph(Protocol):
    """A loaded graph: uint8 (n, S, S, 3), RGB, to its named outputs, float32 with n as first dimension.

    Safe to call from several threads.

    Attributes:
        callers: how many calls at a time gain anything; beyond, they wait for each other.
    """

    callers: int = 1

    @property
    def parallel(self) -> "Graph":
        """The same graph for many small calls: where it gains by it one core for each of `callers`, not all for one."""
        return self

    def __call__(self, images: NDArray[np.uint8]) -> Mapping[str, NDArray[np.float32]]:
        """Run the graph."""
        ...


class Runtime(Protocol):
    """Loads graphs for one device.

    Attributes:
        name: as in the report, such as `lite` or `saved_model`.
        form: which of the bundle's files it runs, `lite` or `saved_model`.
        device: in words, as in the report.
        batch: how many faces are best judged at once.
    """

    name: str
    form: Literal["lite", "saved_model"]
    device: str
    batch: int

    def load(self, bundle: Bundle, files: GraphFiles) -> Graph:
        """Load a graph; raises BundleError if its files are missing or damaged."""
        ...
