"""Fixtures of the detector's tests."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fake_image_detection import FakeImageDetector
from fake_image_detection.bundle import PictureLimits
from tests.detector.bundle_editing import EditBundle

# A strong network has a hundred megabytes, and many tests want a bundle of their own.
SMALL = 2_000_000


@pytest.fixture
def limits() -> PictureLimits:
    return PictureLimits(("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"), 2_000_000, 1_000_000)


@pytest.fixture(scope="session")
def detector(bundle: Path) -> FakeImageDetector:
    return FakeImageDetector(bundle, device="cpu")


@pytest.fixture
def edit_bundle(bundle: Path, tmp_path: Path) -> EditBundle:
    """Gives what LiteRT needs of the bundle a place where the test may change it: the manifest and small files."""

    def edit(change: Callable[[dict[str, Any]], object]) -> Path:
        copy = tmp_path / "changed-bundle"
        for folder in ("lite", "golden"):
            (copy / folder).mkdir(parents=True)
            for file in (bundle / folder).iterdir():
                if file.stat().st_size < SMALL:
                    shutil.copyfile(file, copy / folder / file.name)
                else:
                    (copy / folder / file.name).symlink_to(file)
        manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
        change(manifest)
        (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return copy

    return edit
