"""What light, lens and editing do to a picture that shows the same person: both classes are looked at this way too.

Portraits differ between sources in background, colours, sharpness and retouching: a network that takes those for the
trace of a generator falls when they are changed.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

# An oval around the face of a crop, as shares of the side: left, top, right, bottom.
_OVAL = (0.16, 0.08, 0.84, 0.98)
# The right edge of a face's box in its crop, and the side of the box, as shares of the side: the crops of the data set
# are 1.7 times as large as the box, and raised, which moves the box down alone.
_BOX_RIGHT, _BOX_SIDE = 0.5 + 0.5 / 1.7, 1 / 1.7
# A mask over nose and mouth of an upright face, as shares of the side, and its colour.
_MASK = ((0.27, 0.57), (0.5, 0.53), (0.73, 0.57), (0.7, 0.76), (0.5, 0.87), (0.3, 0.76))
_MASK_COLOUR = (150, 190, 215)
# Differences from the neighbourhood, of 255, below which skin smoothing takes a detail for a pore.
_PORES = 10.0


def blur_background(face: Image.Image) -> Image.Image:
    """Return `face` as a lens of a wide aperture shows it: all but an oval in its middle is out of focus."""
    side = face.width
    oval = Image.new("L", face.size)
    ImageDraw.Draw(oval).ellipse([round(share * side) for share in _OVAL], fill=255)
    feathered = oval.filter(ImageFilter.GaussianBlur(side / 24))
    return Image.composite(face, face.filter(ImageFilter.GaussianBlur(side / 32)), feathered)


def cast(face: Image.Image, red: float = 1.0, green: float = 1.0, blue: float = 1.0) -> Image.Image:
    """Return `face` (RGB) in so many times the light of each colour."""
    return Image.fromarray((np.asarray(face) * [red, green, blue]).clip(0, 255).round().astype(np.uint8))


def sharpen(face: Image.Image) -> Image.Image:
    """Return `face` as an editor sharpens it."""
    return face.filter(ImageFilter.UnsharpMask(radius=1.5, percent=120, threshold=0))


def smooth_skin(face: Image.Image) -> Image.Image:
    """Return `face` (RGB) retouched: what differs little from its neighbourhood goes, edges stay."""
    around = np.asarray(face.filter(ImageFilter.GaussianBlur(face.width / 100)), np.float64)
    detail = np.asarray(face) - around
    kept = 1 - np.exp(-((detail / _PORES) ** 2))
    return Image.fromarray((around + kept * detail).clip(0, 255).round().astype(np.uint8))


def light(face: Image.Image, times: float) -> Image.Image:
    """Return `face` with so many times the light."""
    return cast(face, times, times, times)


def grey(face: Image.Image) -> Image.Image:
    """Return `face` without its colours, RGB."""
    return face.convert("L").convert("RGB")


def blur(face: Image.Image) -> Image.Image:
    """Return `face` blurred by a normal of 1/64 of its side."""
    return face.filter(ImageFilter.GaussianBlur(face.width / 64))


def cut_off(face: Image.Image, share: float) -> Image.Image:
    """Return the square that is left of `face` where a picture's right edge cuts off `share` of the face's box.

    A detector would move the square to the left, where a crop has no more of the picture: so it is shrunk alone.
    """
    side = round(face.width * (_BOX_RIGHT - share * _BOX_SIDE))
    top = (face.height - side) // 2
    return face.crop((0, top, side, top + side))


def cover(face: Image.Image) -> Image.Image:
    """Return `face` (RGB) with a pale blue mask over nose and mouth, in the light of what it covers."""
    side = face.width
    shape = Image.new("L", face.size)
    ImageDraw.Draw(shape).polygon([(x * side, y * side) for x, y in _MASK], fill=255)
    light_there = np.asarray(face.convert("L").filter(ImageFilter.GaussianBlur(side / 12)), np.float64)[..., np.newaxis]
    # Half of the differences in light: cloth is paler than what it hides.
    cloth = np.array(_MASK_COLOUR) * (0.5 + 0.5 * light_there / max(light_there.mean(), 1.0))
    return Image.composite(Image.fromarray(cloth.clip(0, 255).round().astype(np.uint8)), face, shape)
