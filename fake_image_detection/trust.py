"""Reasons to trust the verdict on a face less, each by a measured rule. The extension's `trust.ts` is its twin."""

import math
from collections.abc import Iterator

import numpy as np

from fake_image_detection.bundle import NetworkRule, TrustRule
from fake_image_detection.faces import Face
from fake_image_detection.geometry import Square
from fake_image_detection.picture import Pixels
from fake_image_detection.report import Notice

# ITU-R BT.601, in thousandths.
_LUMA = np.array([299, 587, 114])

# The side in pixels of the faces that the manifest's sharpness was measured on.
_MEASURED_AT = 256


def is_tilted(face: Face, network: NetworkRule) -> bool:
    """Whether a face, upright by quarter turns, is still turned further than the network was measured."""
    return network.max_roll is not None and abs(face.roll) > network.max_roll


def face_warnings(
    face: Face, square: Square, pixels: Pixels, size: tuple[int, int], rule: TrustRule, network: NetworkRule
) -> Iterator[Notice]:
    """What lowers the trust in the verdict on a face.

    Args:
        face: where it is.
        square: what was cut out.
        pixels: what the network saw, uint8 (S, S, 3), RGB.
        size: width and height of the picture.
        rule: the manifest's rule.
        network: which network judged.
    """
    side, seen = square.side, network.input_size
    if side < seen / 2:
        yield Notice(
            "enlarged",
            f"a face of {side} x {side} pixels was enlarged to {seen} x {seen}: the verdict rests on few pixels",
        )
    if face.turns:
        yield Notice(
            "turned", f"a face lies on its side or upside down: it was judged turned by {90 * face.turns} degrees"
        )
    if is_tilted(face, network):
        yield Notice(
            "tilted",
            f"a face is tilted by {math.floor(abs(face.roll) + 0.5)} degrees, and the network was measured up to "
            f"{network.max_roll:g}: it is never called real",
        )
    if cut_off(face, *size) > rule.cut_off_share:
        yield Notice("cut_off", "a face reaches beyond the edge of the picture")
    if turned_away(face) > rule.profile_offset:
        yield Notice("profile", "a face is turned away from the camera")
    if chroma(pixels) < rule.grey_chroma:
        yield Notice("grey", "a face is in shades of grey, so that nothing can be told by its colours")
    if sharpness(pixels) < rule.blurred_sharpness:
        yield Notice("blurred", "a face is blurred, so that its details cannot be seen")


def cut_off(face: Face, width: int, height: int) -> float:
    """Which part of the face's box lies beyond the picture, 0..1."""
    box = face.box
    inside_x = max(0.0, min(box.x + box.width, width) - max(box.x, 0.0))
    inside_y = max(0.0, min(box.y + box.height, height) - max(box.y, 0.0))
    return 1 - inside_x * inside_y / box.area


def turned_away(face: Face) -> float:
    """How far the nose is from the middle between the eyes, along their line, in distances of the eyes."""
    left, right, nose = face.points[:3]
    eyes = right - left
    return float(abs((nose - (left + right) / 2) @ eyes) / max(eyes @ eyes, 1e-9))


def chroma(pixels: Pixels) -> float:
    """The mean difference between the largest and the smallest of a pixel's three values, 0..255."""
    return float((pixels.max(axis=2).astype(np.int64) - pixels.min(axis=2)).mean())


def sharpness(pixels: Pixels) -> float:
    """The power of the Laplacian of the luma over the variance of the luma, as in a square of 256 pixels."""
    luma = (pixels.astype(np.int64) @ _LUMA) // 1000
    middle = luma[1:-1, 1:-1]
    laplacian = 4 * middle - luma[:-2, 1:-1] - luma[2:, 1:-1] - luma[1:-1, :-2] - luma[1:-1, 2:]
    # Where much is blurred, the power falls with the fourth power of the size that the same face is shown at.
    return float((laplacian * laplacian).mean() / max(luma.var(), 1e-9) * (len(luma) / _MEASURED_AT) ** 4)
