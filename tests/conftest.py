"""What all tests may use: the bundle, a photograph, the labelled faces."""

import io
import os
import signal
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]

# A test run in the background ignores Ctrl-C, and so would the programs that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


# Why a test may be left out in CI: what no public clone can have, or what another system alone lacks.
MAY_BE_LEFT_OUT = (
    # Other people's pictures, which may not be published.
    "the labelled faces in ../shared/faces are not here",
    "there are no originals in ../shared/marked",
    "Windows has no",
)


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
def whole_bundle(bundle: Path) -> Path:
    """The same, with the SavedModels that a GPU and TensorFlow Serving run."""
    if not (bundle / "saved_model").is_dir():
        pytest.fail("the bundle was made quickly and has no SavedModel: run `make bundle`")
    return bundle


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
