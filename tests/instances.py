"""Instances of one behaviour: some of them always, the others where everything is asked for."""

from collections.abc import Iterable
from typing import Any

import pytest


def some_of(instances: Iterable[str], *always: str) -> list[Any]:
    """Parameters of a test: `always` are tested by `make test`, the other instances by `make test-all` alone."""
    every = list(instances)
    assert set(always) <= set(every)
    return [name if name in always else pytest.param(name, marks=pytest.mark.exhaustive) for name in every]
