"""Boxes and crops."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fake_image_detection.bundle import CropRule
from fake_image_detection.geometry import Box, crop_square, cut, resize, turn

RULE = CropRule(scale=1.7, raise_by=0.08, min_side=60)


def test_crop_follows_the_rule_where_there_is_room() -> None:
    square = crop_square(Box(400, 400, 100, 80, 0.9), 1000, 1000, RULE)
    assert (square.left, square.top, square.side) == (365, 347, 170)


def test_crop_is_moved_into_the_picture() -> None:
    square = crop_square(Box(-20, -30, 100, 100, 0.9), 1000, 1000, RULE)
    assert (square.left, square.top, square.side) == (0, 0, 170)


def test_crop_is_shrunk_to_the_picture() -> None:
    square = crop_square(Box(50, 100, 100, 100, 0.9), 150, 400, RULE)
    assert (square.left, square.side) == (0, 150)


def test_any_crop_is_a_square_inside_the_picture() -> None:
    random = np.random.default_rng(1)
    for _ in range(5000):
        width, height = random.integers(1, 900, 2).tolist()
        x, y = random.uniform(-500, 1200, 2).tolist()
        box_width, box_height = random.uniform(0.1, 1500, 2).tolist()
        square = crop_square(Box(x, y, box_width, box_height, 0.9), width, height, RULE)
        assert 0 <= square.left <= width - square.side
        assert 0 <= square.top <= height - square.side
        assert cut(np.zeros((height, width, 3), np.uint8), square).shape == (square.side, square.side, 3)


def test_resize_is_pillows_bicubic(astronaut: NDArray[np.uint8]) -> None:
    expected = np.asarray(Image.fromarray(astronaut).resize((160, 90), Image.Resampling.BICUBIC))
    assert (resize(astronaut, 160, 90) == expected).all()


# What Pillow does in another order of its two passes among them.
@pytest.mark.parametrize(("width", "height"), [(700, 810), (1500, 90), (1201, 300), (60, 1300), (1201, 1001)])
def test_a_large_picture_is_resized_in_strips_to_the_same_pixels(width: int, height: int) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (1001, 1201, 3), dtype=np.uint8)
    expected = np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC))
    assert (resize(picture, width, height) == expected).all()


def test_resize_to_the_same_size_changes_nothing(astronaut: NDArray[np.uint8]) -> None:
    assert (resize(astronaut, 512, 512) == astronaut).all()


@pytest.mark.parametrize(("turns", "centre"), [(0, (500, 492)), (1, (508, 500)), (2, (500, 508)), (3, (492, 500))])
def test_the_crop_is_raised_towards_the_top_of_the_head(turns: int, centre: tuple[int, int]) -> None:
    square = crop_square(Box(450, 450, 100, 100, 0.9), 1000, 1000, RULE, turns)
    assert (square.left + square.side / 2, square.top + square.side / 2) == centre


def test_four_quarter_turns_change_nothing(astronaut: NDArray[np.uint8]) -> None:
    once = turn(astronaut, 1)
    assert (once[0] == astronaut[:, -1]).all()
    assert (turn(turn(once, 1), 2) == astronaut).all()
