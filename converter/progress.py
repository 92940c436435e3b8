"""One line a step, so that a conversion of minutes never looks like one that hangs."""

import contextlib
import time
from collections.abc import Iterator


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Print `name` now, and the seconds it took when the block ends."""
    print(f"{name} ...", end="", flush=True)
    start = time.perf_counter()
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.perf_counter() - start:.1f} s", flush=True)
