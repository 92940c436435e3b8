"""What all tests may use: the bundle, a photograph, the labelled faces."""

import fcntl
import io
import json
import os
import shutil
import signal
from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray
from PIL import Image

from tests.saved_models import with_saved_models

ROOT = Path(__file__).resolve().parents[1]

# A test run in the background ignores Ctrl-C, and so would the programs that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


# How the reasons begin for which a test may be left out in CI, each with its excuse; the browser tests read them too.
MAY_BE_LEFT_OUT = tuple(json.loads((ROOT / "tests" / "left_out.json").read_text(encoding="utf-8")))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a test that does not run is a failure: green has to mean that everything ran."""
    report = yield
    if os.environ.get("CI") == "true" and report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if not reason.startswith(MAY_BE_LEFT_OUT):
            report.outcome = "failed"
            report.longrepr = f"with CI=true no test may be left out: {reason}"
    return report


@pytest.fixture(scope="session")
def bundle() -> Path:
    """The project's own bundle."""
    path = ROOT / "bundle"
    if not (path / "manifest.json").is_file():
        pytest.fail("there is no bundle: run `make test`, or `make bundle/manifest.json`")
    return path


@pytest.fixture(scope="session")
def whole_bundle(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One with the SavedModels that a GPU and TensorFlow Serving run: the project's, or made from it."""
    if (bundle / "saved_model").is_dir():
        return bundle
    return (
        made_once("whole bundle", lambda folder: with_saved_models(bundle, folder / "bundle"), tmp_path_factory)
        / "bundle"
    )


def made_once(name: str, build: Callable[[Path], None], factory: pytest.TempPathFactory) -> Path:
    """The folder that `build` fills, made by one of the processes that run tests side by side; the others wait."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    place, fresh = root / name, root / f"{name}.new"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            build(fresh)
            fresh.rename(place)
    return place


@pytest.fixture
def astronaut() -> NDArray[np.uint8]:
    """A photograph of one person, uint8 (512, 512, 3), public domain."""
    return np.asarray(skimage.data.astronaut())


@pytest.fixture
def astronaut_jpeg(astronaut: NDArray[np.uint8]) -> bytes:
    """The same as a JPEG file."""
    file = io.BytesIO()
    Image.fromarray(astronaut).save(file, "JPEG", quality=92)
    return file.getvalue()


@pytest.fixture(scope="session")
def faces_data() -> Path:
    """The labelled faces, where they are at hand."""
    path = ROOT.parent / "shared" / "faces"
    if not (path / "index.csv").is_file():
        pytest.skip("the labelled faces in ../shared/faces are not here")
    return path
