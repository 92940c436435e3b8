"""One line a step, so that a conversion of minutes never looks like one that hangs."""

import contextlib
import math
import time
from collections.abc import Iterator

# Seconds.
WORTH_SAYING = 2


@contextlib.contextmanager
def step(name: str, seconds: float = 0) -> Iterator[None]:
    """Print `name` now, and the seconds it took when the block ends.

    Args:
        name: what is done.
        seconds: what it may take on two cores; said where somebody would wonder.
    """
    expected = f" (about {math.ceil(seconds)} s)" if seconds > WORTH_SAYING else ""
    print(f"{name}{expected} ...", end="", flush=True)
    start = time.perf_counter()
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.perf_counter() - start:.1f} s", flush=True)
