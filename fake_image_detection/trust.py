"""Reasons to trust the verdict on a face less, each by a measured rule. The extension's `trust.ts` is its twin."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fake_image_detection.bundle import CoveredRule, NetworkRule, TrustRule
from fake_image_detection.faces import Face, Points
from fake_image_detection.geometry import Square, reduce
from fake_image_detection.picture import Pixels
from fake_image_detection.report import Notice

# ITU-R BT.601, in thousandths.
_LUMA = np.array([299, 587, 114])

# The side of JPEG's blocks.
_BLOCK = 8


def is_tilted(face: Face, network: NetworkRule) -> bool:
    """Whether a face, upright by quarter turns, is still turned further than the network was measured."""
    return network.max_roll is not None and abs(face.roll) > network.max_roll


def face_warnings(
    face: Face,
    square: Square,
    pixels: Pixels,
    stored: Pixels,
    size: tuple[int, int],
    rule: TrustRule,
    network: NetworkRule,
) -> Iterator[Notice]:
    """What lowers the trust in the verdict on a face.

    Args:
        face: where it is.
        square: what was cut out.
        pixels: what the network saw, uint8 (S, S, 3), RGB.
        stored: `middle` of the crop as the picture holds it, uint8.
        size: width and height of the picture.
        rule: the manifest's rule.
        network: which network judged.
    """
    side, seen = square.side, network.input_size
    if side < seen * rule.enlarged_share:
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
    grey = chroma(pixels) < rule.grey_chroma
    # It is told by colours.
    if not grey and is_covered(pixels, _in_crop(face, square, len(pixels)), rule.covered):
        yield Notice(
            "covered", "something seems to cover mouth and nose, so that the verdict rests on the rest of a face"
        )
    if grey:
        yield Notice("grey", "a face is in shades of grey, so that nothing can be told by its colours")
    if sharpness(pixels, rule.sharpness_side) < rule.blurred_sharpness:
        yield Notice("blurred", "a face is blurred, so that its details cannot be seen")
    if blockiness(stored) > rule.recompressed_blocks:
        yield Notice("recompressed", "a face was strongly compressed: the blocks of JPEG hide its details")
    if fineness(stored) < rule.upscaled_fineness:
        yield Notice("upscaled", "a face was enlarged at some time, so that it has fewer details than pixels")
    brightness, white = exposure(pixels, rule.white_luma)
    if brightness < rule.dark_luma:
        yield Notice("dark", "a face is very dark, so that its details cannot be seen")
    if white > rule.overexposed_share:
        yield Notice("overexposed", "parts of a face are plain white from too much light")


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


def sharpness(pixels: Pixels, side: int) -> float:
    """The power of the Laplacian of the luma over the variance of the luma, as in a square of `side` pixels."""
    luma = _luma(pixels)
    # Where much is blurred, the power falls with the fourth power of the size that the same face is shown at.
    return _laplacian_power(luma) / max(float(luma.var()), 1e-9) * (len(luma) / side) ** 4


def middle(crop: Pixels, most: int) -> Pixels:
    """The middle of a square crop, at most `most` pixels high and wide, as a copy: a large face costs no more."""
    side = min(len(crop), most)
    start = (len(crop) - side) // 2
    return crop[start : start + side, start : start + side].copy()


def blockiness(pixels: Pixels) -> float:
    """How much more neighbours differ across the edges of blocks of 8 pixels, wherever these begin, than elsewhere.

    The mean over both directions of (differences at the edges - those elsewhere) / mean difference of the luma
    (after Wang, Sheikh & Bovik 2002, https://doi.org/10.1109/ICIP.2002.1038064); under 17 pixels nothing is told: 0.
    """
    luma = _luma(pixels)
    if len(luma) <= 2 * _BLOCK:
        return 0.0
    shares = []
    for lines in (luma, luma.T):
        differences = np.abs(np.diff(lines, axis=1)).mean(axis=0)
        phases = np.array([differences[phase::_BLOCK].mean() for phase in range(_BLOCK)])
        edges = phases.max()
        elsewhere = (phases.sum() - edges) / (_BLOCK - 1)
        shares.append((edges - elsewhere) / max(phases.mean(), 1e-9))
    return float(sum(shares) / 2)


def fineness(pixels: Pixels) -> float:
    """The power of the luma's Laplacian over that at half the size: low where neighbours were interpolated."""
    return _laplacian_power(_luma(pixels)) / max(_laplacian_power(_luma(reduce(pixels, 2))), 1e-9)


def exposure(pixels: Pixels, white: float) -> tuple[float, float]:
    """The mean luma, 0..255, of the inner half of a crop's height and width, and which part of it has `white`, 0..1."""
    side = len(pixels)
    luma = _luma(pixels[side // 4 : side - side // 4, side // 4 : side - side // 4])
    return float(luma.mean()), float((luma >= white).mean())


def covering(pixels: Pixels, points: Points, rule: CoveredRule) -> tuple[float, ...] | None:
    """What tells a covered mouth and nose: how their colours differ from the brow's, and how even the mouth is.

    Args:
        pixels: what the network saw, uint8 (S, S, 3), RGB.
        points: the face's key points in it, float64 (6, 2), as `Face.points`.
        rule: where to look.

    Returns:
        The distance in colour from the brow to the chin and to the nose, the logarithm of the mouth's deviation in
        luma, and by how much mouth and chin are redder than the brow; None where one of them lies beyond the crop.
    """
    left, right, nose, mouth = points[:4]
    eyes = (left + right) / 2
    radius = rule.patch * float(np.hypot(*(right - left)))
    patches = []
    for x, y in (eyes + (eyes - mouth) * rule.brow, nose, mouth, mouth + (mouth - nose) * rule.chin):
        top, bottom = max(0, math.floor(y - radius)), math.ceil(y + radius)
        start, end = max(0, math.floor(x - radius)), math.ceil(x + radius)
        patch = pixels[top : max(bottom, 0), start : max(end, 0)]
        if patch.size == 0:
            return None
        luma = _luma(patch)
        patches.append((float((patch[..., 2] - luma).mean()), float((patch[..., 0] - luma).mean()), float(luma.std())))
    brow, nose_tip, lips, chin = patches
    return (
        math.hypot(chin[0] - brow[0], chin[1] - brow[1]),
        math.hypot(nose_tip[0] - brow[0], nose_tip[1] - brow[1]),
        math.log(1 + lips[2]),
        lips[1] - brow[1],
        chin[1] - brow[1],
    )


def is_covered(pixels: Pixels, points: Points, rule: CoveredRule) -> bool:
    """Whether something seems to cover mouth and nose; args as for `covering`."""
    told = covering(pixels, points, rule)
    *weights, bias = rule.weights
    return told is not None and sum(weight * value for weight, value in zip(weights, told, strict=True)) + bias > 0


def _in_crop(face: Face, square: Square, size: int) -> Points:
    """The key points of a face in its crop, made upright and resized to `size`."""
    points: Points = (face.points - np.array([square.left, square.top])) * size / square.side
    for _ in range(face.turns):
        points = np.stack((points[:, 1], size - points[:, 0]), axis=1)
    return points


def _luma(pixels: Pixels) -> NDArray[np.int64]:
    return np.asarray((pixels.astype(np.int64) @ _LUMA) // 1000)


def _laplacian_power(luma: NDArray[np.int64]) -> float:
    inner = luma[1:-1, 1:-1]
    laplacian = 4 * inner - luma[:-2, 1:-1] - luma[2:, 1:-1] - luma[1:-1, :-2] - luma[1:-1, 2:]
    return float((laplacian * laplacian).mean())
