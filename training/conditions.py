"""The conditions under which a detector is measured: how the web shows faces. Both classes are treated alike."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from training.augment import reencode

Condition = Callable[[Image.Image], Image.Image]


def as_is(face: Image.Image) -> Image.Image:
    """Keep the size; JPEG quality 90, so that no class keeps its own last compression."""
    return reencode(face, 90)


def quality_75(face: Image.Image) -> Image.Image:
    """Keep the size; JPEG quality 75."""
    return reencode(face, 75)


def small(face: Image.Image) -> Image.Image:
    """At most 200 px, JPEG quality 70: a profile page."""
    return reencode(_at_most(face, 200), 70)


def avatar(face: Image.Image) -> Image.Image:
    """96 px, JPEG quality 75: an avatar."""
    return reencode(face.resize((96, 96), Image.Resampling.LANCZOS), 75)


def screenshot(face: Image.Image) -> Image.Image:
    """Scaled to 71 % by the browser, then a screenshot saved at JPEG quality 85."""
    side = round(face.width * 0.71)
    return reencode(face.resize((side, side), Image.Resampling.BILINEAR), 85)


CONDITIONS: dict[str, Condition] = {
    "as is, q90": as_is,
    "as is, q75": quality_75,
    "<= 200 px, q70": small,
    "96 px, q75": avatar,
    "screenshot, q85": screenshot,
}


def _at_most(face: Image.Image, side: int) -> Image.Image:
    return face if face.width <= side else face.resize((side, side), Image.Resampling.LANCZOS)
