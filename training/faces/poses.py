"""How a head is held and framed: the same face once more, as a network should not mind.

A stored face is a square with little around it, so that a turned or stretched one is cut to the largest upright square
inside of it: whoever is turned is a little closer, too.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

QUARTERS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}


def turn(face: Image.Image, degrees: float) -> Image.Image:
    """Return the largest upright square inside of `face` (square) turned counter-clockwise; exact for quarter turns."""
    if degrees in QUARTERS:
        return face.transpose(QUARTERS[int(degrees)])
    radians = np.radians(degrees)
    inside = face.width / (abs(np.cos(radians)) + abs(np.sin(radians)))
    return _middle(face.rotate(degrees, Image.Resampling.BICUBIC), int(inside))


def zoom(face: Image.Image, share: float, right: float = 0.0, down: float = 0.0) -> Image.Image:
    """Return the square of `share` of the side whose centre is moved by shares of the side."""
    side = round(face.width * share)
    left, top = (round(face.width * ((1 - share) / 2 + shift)) for shift in (right, down))
    return face.crop((left, top, left + side, top + side))


def stretch(face: Image.Image, factor: float) -> Image.Image:
    """Return `face` (square) widened by `factor`, or heightened by its inverse where that is below 1; its middle."""
    wide, high = max(factor, 1.0), max(1 / factor, 1.0)
    size = round(face.width * wide), round(face.height * high)
    return _middle(face.resize(size, Image.Resampling.BICUBIC), face.width)


def _middle(face: Image.Image, side: int) -> Image.Image:
    left, top = (face.width - side) // 2, (face.height - side) // 2
    return face.crop((left, top, left + side, top + side))
