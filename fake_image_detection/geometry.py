"""Boxes, crops and the one rule of resizing."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from PIL import Image

from fake_image_detection.bundle import CropRule
from fake_image_detection.picture import Pixels


@dataclass(frozen=True)
class Box:
    """A face in pixels of the upright picture: top-left corner and size, and the face detector's score, 0..1."""

    x: float
    y: float
    width: float
    height: float
    score: float

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.width * self.height


@dataclass(frozen=True)
class Square:
    """A square of whole pixels inside a picture."""

    left: int
    top: int
    side: int


# Rows of a picture that are reduced at a time.
_STRIP = 64
# From so many strips on, starting threads costs less than they gain.
_MANY_STRIPS = 32
# From so many pixels on, a picture is resized by several threads.
_MANY_PIXELS = 1_000_000

# Which way the top of a head points, x and y, by the quarter turns counterclockwise that make it upright.
_UP = ((0, -1), (1, 0), (0, 1), (-1, 0))


def crop_square(box: Box, width: int, height: int, rule: CropRule, turns: int = 0) -> Square:
    """The square around a face that the network is shown; moved, then shrunk, to lie inside `width` x `height`.

    `turns` is how many quarter turns counterclockwise make the face upright; the square is raised towards its top.
    """
    longer = max(box.width, box.height)
    up_x, up_y = _UP[turns]
    centre_x = box.x + box.width / 2 + up_x * rule.raise_by * longer
    centre_y = box.y + box.height / 2 + up_y * rule.raise_by * longer
    side = math.floor(min(rule.scale * longer, width, height) + 0.5)
    left = math.floor(centre_x - side / 2 + 0.5)
    top = math.floor(centre_y - side / 2 + 0.5)
    return Square(min(max(left, 0), width - side), min(max(top, 0), height - side), side)


def cut(pixels: Pixels, square: Square) -> Pixels:
    """The part of the picture in the square, uint8 (side, side, 3)."""
    return pixels[square.top : square.top + square.side, square.left : square.left + square.side]


def turn(pixels: Pixels, turns: int) -> Pixels:
    """A square picture turned by quarter turns counterclockwise, exactly."""
    return np.ascontiguousarray(np.rot90(pixels, turns))


def reduce(pixels: Pixels, factor: int) -> Pixels:
    """Make uint8 (h, w, 3) smaller by a whole factor: a pixel is the mean of `factor` x `factor`, or fewer at the end.

    Pillow computes it in integers, so that another language can give the same pixels bit for bit.
    """
    # In strips, as Pillow copies what it is given, and a large picture does not fit into the processor's cache.
    rows = factor * max(1, _STRIP // factor)
    tops = range(0, len(pixels), rows)

    def reduced(top: int) -> Pixels:
        return np.asarray(Image.fromarray(pixels[top : top + rows]).reduce(factor))

    if len(tops) < _MANY_STRIPS:
        return np.concatenate([reduced(top) for top in tops])
    with ThreadPoolExecutor() as pool:
        return np.concatenate(list(pool.map(reduced, tops)))


def resize(pixels: Pixels, width: int, height: int) -> Pixels:
    """Resize uint8 (h, w, 3) to (height, width, 3) by the manifest's rule `pillow-bicubic`.

    Pillow computes it in integers, so that another language can give the same pixels bit for bit.
    """
    if pixels.shape[0] * pixels.shape[1] < _MANY_PIXELS:
        return _resize(pixels, width, height)
    # Pillow's two passes, each of which needs nothing beside a strip; since release 13 the vertical one comes first
    # when the height loses more than twice as many pixels as the width.
    lost = pixels.shape[0] - height
    vertical_first = lost > 0 and lost > 2 * (pixels.shape[1] - width)
    with ThreadPoolExecutor() as pool:
        for axis in (0, 1) if vertical_first else (1, 0):
            pixels = _resize_along(axis, pixels, (height, width)[axis], pool)
    return pixels


def _resize_along(axis: int, pixels: Pixels, length: int, pool: ThreadPoolExecutor) -> Pixels:
    """One pass: `length` rows (axis 0) or columns (axis 1) in place of those that there are."""

    def strip(start: int) -> Pixels:
        if axis == 0:
            part = pixels[:, start : start + _STRIP]
            return _resize(part, part.shape[1], length)
        part = pixels[start : start + _STRIP]
        return _resize(part, length, part.shape[0])

    return np.concatenate(list(pool.map(strip, range(0, pixels.shape[1 - axis], _STRIP))), axis=1 - axis)


def _resize(pixels: Pixels, width: int, height: int) -> Pixels:
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))
