"""Pictures in, outputs out, a batch at a time: what all runtimes share."""

import time
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

# More gain nothing on a CPU and take memory.
BATCH = 16

Outputs = dict[str, NDArray[np.float32]]


def batches(images: NDArray[np.uint8], most: int) -> Iterator[NDArray[np.uint8]]:
    """The pictures, at most so many at a time."""
    return (images[start : start + most] for start in range(0, len(images), most))


def collect(answers: Iterable[Outputs]) -> tuple[Outputs, float]:
    """Put the outputs of batches together; also the median time of one, in milliseconds."""
    collected: list[Outputs] = []
    spent = []
    start = time.perf_counter()
    for answer in answers:
        spent.append(1000 * (time.perf_counter() - start))
        collected.append(answer)
        start = time.perf_counter()
    together = {name: np.concatenate([answer[name] for answer in collected]) for name in sorted(collected[0])}
    return together, float(np.median(spent))
