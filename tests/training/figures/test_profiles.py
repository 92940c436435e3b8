from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from training.faces.examples import Example
from training.figures.profiles import in_profile


def portrait(path: Path) -> Example:
    Image.fromarray(skimage.data.astronaut()[:300, 80:380]).save(path)
    return Example(path, 0, "drawn", "val")


def test_what_looks_at_the_camera_and_what_is_no_face_are_no_profiles(bundle: Path, tmp_path: Path) -> None:
    Image.new("RGB", (100, 100), "white").save(tmp_path / "white.png")
    faces = [portrait(tmp_path / "face.png"), Example(tmp_path / "white.png", 1, "drawn", "val")]
    found = in_profile(faces)
    assert found is not None
    np.testing.assert_array_equal(found, [False, False])


def test_without_a_bundle_nobody_tells_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_IMAGE_DETECTION_BUNDLE", str(tmp_path))
    assert in_profile([portrait(tmp_path / "face.png")]) is None
