"""A picture of where the network saw signs of a fake."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from fake_image_detection.picture import Pixels
from fake_image_detection.report import Report

# Blue for real, red for fake: told apart with every common kind of colour blindness.
_REAL, _NEITHER, _FAKE = (33, 102, 172), (247, 247, 247), (178, 24, 43)
_STRENGTH = 0.5


def write_heatmap(pixels: Pixels, report: Report, path: Path) -> None:
    """Write a PNG file: the picture with the heat map of each judged face over the square that the network saw.

    Args:
        pixels: the picture that was judged, uint8 (height, width, 3), RGB, upright.
        report: its report, made with heat maps.
        path: the file to write.

    Raises:
        OSError: the file cannot be written.
    """
    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    outline = max(1, min(image.size) // 250)
    # Largest first, so that a small face beside a large one keeps its own map.
    for face in report.faces:
        if face.heatmap is None:
            continue
        left, top, side, _ = face.crop
        region = (left, top, left + side, top + side)
        heat = Image.fromarray(_colours(_enlarged(np.array(face.heatmap, np.float32), side)))
        image.paste(Image.blend(image.crop(region), heat, _STRENGTH), region[:2])
        draw.rectangle(
            (left, top, left + side - 1, top + side - 1),
            outline=_FAKE if face.verdict == "fake" else _REAL,
            width=outline,
        )
    image.save(path, format="PNG")


def _enlarged(heat: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    return np.asarray(Image.fromarray(heat).resize((side, side), Image.Resampling.BILINEAR))


def _colours(heat: NDArray[np.float32]) -> Pixels:
    channels = [np.interp(heat, (0.0, 0.5, 1.0), ends) for ends in zip(_REAL, _NEITHER, _FAKE, strict=True)]
    return np.stack(channels, axis=-1).astype(np.uint8)
