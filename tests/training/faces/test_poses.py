from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from training.faces.poses import stretch, turn, zoom


@pytest.fixture
def face() -> Image.Image:
    """Light grows to the right in red and downwards in green."""
    along = np.linspace(0, 255, 128, dtype=np.uint8)
    red, green = np.meshgrid(along, along)
    return Image.fromarray(np.stack([red, green, np.full_like(red, 128)], axis=2))


@pytest.mark.parametrize("degrees", [5, 20, 30, -20])
def test_a_turned_face_has_no_made_up_corner_and_is_as_large_as_can_be(face: Image.Image, degrees: float) -> None:
    turned = turn(face, degrees)
    pixels = np.asarray(turned, np.int16)
    # Pillow fills with black what lies outside, and blue is 128 everywhere inside.
    assert (np.abs(pixels[..., 2] - 128) < 2).all()
    sine, cosine = abs(np.sin(np.radians(degrees))), np.cos(np.radians(degrees))
    assert turned.width == turned.height == pytest.approx(128 / (cosine + sine), abs=1)


def test_a_face_is_turned_by_the_angle_that_is_asked_for(face: Image.Image) -> None:
    red = np.asarray(turn(face, 20), np.float64)[..., 0]
    right, down = red[:, -1].mean() - red[:, 0].mean(), red[-1].mean() - red[0].mean()
    assert np.degrees(np.arctan2(down, right)) == pytest.approx(-20, abs=1)


def test_quarter_turns_move_pixels_and_change_none(face: Image.Image) -> None:
    assert np.array_equal(np.asarray(turn(face, 90)), np.rot90(np.asarray(face)))
    assert np.array_equal(np.asarray(turn(turn(face, 180), 180)), np.asarray(face))


def test_zoom_takes_the_share_and_moves_the_centre(face: Image.Image) -> None:
    whole = np.asarray(face, np.float64)
    middle, moved = (np.asarray(part, np.float64) for part in (zoom(face, 0.5), zoom(face, 0.5, 0.25, -0.25)))
    assert middle.shape == moved.shape == (64, 64, 3)
    assert np.array_equal(middle, whole[32:96, 32:96])
    assert np.array_equal(moved, whole[0:64, 64:128])


@pytest.mark.parametrize("factor", [1.12, 1 / 1.12])
def test_a_stretched_face_stays_square_and_loses_what_it_is_stretched_over(face: Image.Image, factor: float) -> None:
    pixels = np.asarray(stretch(face, factor), np.float64)
    assert pixels.shape == (128, 128, 3)
    red, green = np.ptp(pixels[64, :, 0]), np.ptp(pixels[:, 64, 1])
    assert red / green == pytest.approx(1 / factor, abs=0.02)
