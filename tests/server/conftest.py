"""Fixtures of the server's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_image_detection import FakeImageDetector
from server.engines import Engines
from tests.server.server_calls import Server, serving
from tests.server.server_standin import StandinDetector


@pytest.fixture(scope="session")
def standin() -> Iterator[Server]:
    """A server whose detector finds no face in anything."""
    engines = Engines(StandinDetector)
    engines.load()
    with serving(engines) as server:
        yield server


@pytest.fixture(scope="session")
def real(bundle: Path) -> Iterator[Server]:
    """A server with the networks of the bundle."""
    engines = Engines(lambda role: FakeImageDetector(bundle, device="cpu", network=role))
    engines.load()
    with serving(engines) as server:
        yield server
