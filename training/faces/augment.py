"""What the web does to a picture, at random: the same for both classes, since no label comes in here."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

FILTERS = (
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
    Image.Resampling.BOX,
    Image.Resampling.HAMMING,
)
SMALLEST_SIDE = 72
# Of a face whose pose is changed: most heads are held upright within these degrees, as one standard deviation.
USUAL_TURN = 18.0
ZOOM = (0.55, 1.0)
JPEG_QUALITY = (35, 95)
QUARTER_TURNS = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
SUBSAMPLINGS = ("4:4:4", "4:2:2", "4:2:0")


def augment(face: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Return `face` (RGB, square) as another page might show it: turned, zoomed, recoloured, rescaled, recompressed.

    The result is square, RGB, at least 72 px wide unless the face itself was smaller or cut smaller by a zoom, and not
    yet at the network's input size, so that the last resize is the one that the detector does.
    """
    if rng.random() < 0.12:
        face = face.transpose(QUARTER_TURNS[rng.integers(len(QUARTER_TURNS))])
    # A third keeps its pixels as they are: to turn is to resample, which blurs what generators leave.
    face = _crop(face, rng) if rng.random() < 0.35 else change_pose(face, rng)
    if rng.random() < 0.5:
        face = face.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if rng.random() < 0.35:
        face = _recolour(face, rng)
    if rng.random() < 0.08:
        face = face.convert("L").convert("RGB")
    if rng.random() < 0.12:
        face = face.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.5)))
    if rng.random() < 0.5:
        face = _rescale(face, rng)
    if rng.random() < 0.75:
        face = _recompress(face, rng)
    # A screenshot or a re-upload: scaled and compressed once more.
    if rng.random() < 0.2:
        face = _recompress(_rescale(face, rng), rng)
    return face


def change_pose(face: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Return `face` (RGB, square) turned, zoomed, shifted and stretched, its pixels as large as before.

    Data sets of aligned faces, and what generators have learned from them, differ from other photographs in pose alone
    as much as in anything: a network that may see one pose a class learns the pose.
    """
    side = face.width * rng.uniform(*ZOOM)
    angle = rng.uniform(-180, 180) if rng.random() < 0.08 else rng.normal(0, USUAL_TURN)
    stretch = np.exp(rng.normal(0, 0.05, 2))
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    # From pixels of the result to pixels of the face, both counted from their centres.
    matrix = np.array([[cosine, -sine], [sine, cosine]]) * stretch
    reach = np.abs(matrix).sum(axis=1) / 2
    pixels = np.asarray(face)
    # Most squares lie inside the face. The others are mirrored at its edges: else the more a face were turned, the
    # closer it would always be.
    margin = 0
    if rng.random() < 0.7:
        side = min(side, face.width / (2 * reach.max()))
    else:
        margin = max(0, int(np.ceil(side * reach.max() - face.width / 2)))
        pixels = np.pad(pixels, ((margin, margin), (margin, margin), (0, 0)), "reflect")
    side = int(side)
    room = np.maximum(face.width / 2 - side * reach, 0)
    centre = face.width / 2 + margin + rng.uniform(-room, room)
    offset = centre - matrix @ (np.ones(2) * side / 2)
    coefficients = (*matrix[0], offset[0], *matrix[1], offset[1])
    kernel = Image.Resampling.BILINEAR if rng.random() < 0.3 else Image.Resampling.BICUBIC
    return Image.fromarray(pixels).transform((side, side), Image.Transform.AFFINE, coefficients, kernel)


def rotate_and_flip(face: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Return `face` (RGB, square) turned by up to 15 degrees and perhaps mirrored: what classic recipes do.

    The turned face is cropped to the largest upright square inside of it, so that no corner is made up.
    """
    if rng.random() < 0.5:
        face = face.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    angle = rng.uniform(-15, 15)
    inside = face.width / (np.cos(np.radians(abs(angle))) + np.sin(np.radians(abs(angle))))
    edge = int(np.ceil((face.width - inside) / 2))
    turned = face.rotate(angle, Image.Resampling.BICUBIC)
    return turned.crop((edge, edge, face.width - edge, face.height - edge))


AUGMENTATIONS: dict[str, Callable[[Image.Image, np.random.Generator], Image.Image]] = {
    "web": augment,
    "rotations-and-flips": rotate_and_flip,
}


def reencode(face: Image.Image, quality: int, subsampling: str = "4:2:0") -> Image.Image:
    """Return `face` after a JPEG round trip at `quality` (1 to 95)."""
    return Image.open(io.BytesIO(jpeg_file(face, quality, subsampling))).convert("RGB")


def jpeg_file(face: Image.Image, quality: int, subsampling: str = "4:2:0") -> bytes:
    """Return `face` as a JPEG file."""
    buffer = io.BytesIO()
    face.save(buffer, "JPEG", quality=quality, subsampling=subsampling)
    return buffer.getvalue()


def _crop(face: Image.Image, rng: np.random.Generator) -> Image.Image:
    side = round(face.width * rng.uniform(ZOOM[0], 1.0) if rng.random() < 0.5 else face.width)
    left = int(rng.integers(0, face.width - side + 1))
    top = int(rng.integers(0, face.height - side + 1))
    return face.crop((left, top, left + side, top + side))


def _recolour(face: Image.Image, rng: np.random.Generator) -> Image.Image:
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        face = enhance(face).enhance(rng.uniform(0.7, 1.3))
    return face


def _rescale(face: Image.Image, rng: np.random.Generator) -> Image.Image:
    smallest = min(SMALLEST_SIDE, face.width)
    # Log-uniform: halving from 256 to 128 is as likely as halving from 160 to 80.
    side = round(float(np.exp(rng.uniform(np.log(smallest), np.log(max(face.width, smallest) * 1.2)))))
    return face.resize((side, side), FILTERS[rng.integers(len(FILTERS))])


def _recompress(face: Image.Image, rng: np.random.Generator) -> Image.Image:
    quality = int(rng.integers(JPEG_QUALITY[0], JPEG_QUALITY[1] + 1))
    if rng.random() < 0.12:
        buffer = io.BytesIO()
        face.save(buffer, "WEBP", quality=quality)
        return Image.open(buffer).convert("RGB")
    return reencode(face, quality, SUBSAMPLINGS[rng.integers(len(SUBSAMPLINGS))])
