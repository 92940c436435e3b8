"""Writes resize.golden.json, what Pillow makes of a known pattern: `python resize.golden.py` beside this file."""

import hashlib
import json
import pathlib

import numpy as np
import PIL
from PIL import Image

SIZES = [
    (1, 1, 7, 5), (2, 3, 160, 160), (3, 2, 1, 1), (59, 59, 160, 160), (60, 60, 160, 160), (61, 61, 160, 160),
    (100, 80, 100, 160), (80, 100, 160, 100), (159, 159, 160, 160), (160, 160, 160, 160), (161, 161, 160, 160),
    (255, 255, 256, 256), (256, 256, 160, 160), (257, 193, 256, 192), (320, 240, 256, 192), (319, 480, 170, 256),
    (480, 319, 256, 170), (512, 512, 256, 256), (640, 427, 256, 171), (799, 600, 256, 192), (1000, 37, 256, 9),
    (37, 1000, 9, 256), (1024, 768, 256, 192), (1600, 4, 256, 1), (4, 1600, 1, 256), (97, 89, 224, 224),
    (700, 700, 224, 224), (200, 400, 50, 100), (200, 401, 50, 100), (150, 170, 160, 160),
]  # fmt: skip

# Width, height and the factor that they are reduced by.
REDUCED = [
    (1, 1, 2), (7, 3, 2), (64, 48, 2), (319, 481, 2), (320, 240, 3), (641, 427, 3), (799, 601, 4), (1000, 37, 5),
    (97, 890, 7), (300, 200, 13), (5, 5, 9),
]  # fmt: skip


def pattern(width: int, height: int) -> np.ndarray:
    """Smooth, noisy and clipped regions at once, from integer arithmetic alone; uint8 (height, width, 3)."""
    row, column, channel = np.ogrid[:height, :width, :3]
    noise = (row * 7919 + column * 104729 + channel * 1299709) % 65521 * 31 % 256
    smooth = (row * 3 + column * 5 + channel * 40) % 256
    blocks = ((row // 8 + column // 8 + channel) % 2) * 255
    kind = (row // 16 + column // 16) % 3
    return np.where(kind == 0, noise, np.where(kind == 1, smooth, blocks)).astype(np.uint8)


def answer(picture: Image.Image) -> dict[str, object]:
    """What is kept of a picture."""
    pixels = np.asarray(picture)
    return {"start": pixels.reshape(-1)[:12].tolist(), "sha256": hashlib.sha256(pixels.tobytes()).hexdigest()}


cases, reduced = [], []
for width, height, new_width, new_height in SIZES:
    out = Image.fromarray(pattern(width, height)).resize((new_width, new_height), Image.Resampling.BICUBIC)
    cases.append({"from": [width, height], "to": [new_width, new_height], **answer(out)})
for width, height, factor in REDUCED:
    out = Image.fromarray(pattern(width, height)).reduce(factor)
    reduced.append({"from": [width, height], "factor": factor, **answer(out)})
golden = {"pillow": PIL.__version__, "cases": cases, "reduced": reduced}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
