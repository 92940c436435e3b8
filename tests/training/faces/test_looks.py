from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from skimage import data

from training.faces.looks import blur_background, cast, cover, cut_off, sharpen, smooth_skin


@pytest.fixture
def face() -> Image.Image:
    return Image.fromarray(data.astronaut()[0:200, 124:324])


def detail(pixels: np.ndarray) -> float:
    """Return the mean absolute difference of neighbouring pixels."""
    return float(np.abs(np.diff(pixels.astype(float), axis=1)).mean())


def test_a_background_out_of_focus_leaves_the_face_as_it_is(face: Image.Image) -> None:
    before, after = np.asarray(face), np.asarray(blur_background(face))
    assert np.array_equal(before[80:140, 80:120], after[80:140, 80:120])
    assert detail(after[:, :20]) < detail(before[:, :20]) / 2


def test_light_of_another_colour_changes_red_and_blue_alone() -> None:
    grey = Image.new("RGB", (8, 8), (100, 100, 100))
    assert cast(grey, red=1.15, blue=0.85).getpixel((3, 3)) == (115, 100, 85)
    assert cast(grey, red=3.0).getpixel((3, 3)) == (255, 100, 100)


def test_sharpening_and_smoothing_change_detail_each_in_its_way(face: Image.Image) -> None:
    cheek = (slice(90, 130), slice(60, 100))
    before = detail(np.asarray(face)[cheek])
    assert detail(np.asarray(sharpen(face))[cheek]) > 1.3 * before
    assert detail(np.asarray(smooth_skin(face))[cheek]) < 0.9 * before


def test_smoothed_skin_keeps_its_edges() -> None:
    step = np.zeros((100, 100, 3), np.uint8)
    step[:, 50:] = 200
    smoothed = np.asarray(smooth_skin(Image.fromarray(step))).astype(int)
    assert (smoothed[:, 50] - smoothed[:, 49]).min() > 150


def test_a_cut_off_face_is_the_square_that_the_edge_leaves(face: Image.Image) -> None:
    left = cut_off(face, 0.25)
    # Of 200 pixels the box has 118, and ends at 159.
    assert left.size == (129, 129)
    assert np.array_equal(np.asarray(left), np.asarray(face)[35:164, :129])


def test_a_mask_covers_nose_and_mouth_and_nothing_else(face: Image.Image) -> None:
    before, after = np.asarray(face).astype(int), np.asarray(cover(face)).astype(int)
    assert np.array_equal(before[:104], after[:104])
    mask = after[130:150, 80:120].mean(axis=(0, 1))
    assert mask[2] > mask[0] + 20
