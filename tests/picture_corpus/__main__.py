"""Write the corpus: `python -m tests.picture_corpus FOLDER`, with what Python makes of each file in `index.json`."""

import argparse
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np

from fake_image_detection import PictureError
from fake_image_detection.bundle import PictureLimits
from fake_image_detection.picture import Picture, decode
from tests.picture_corpus import corpus

LIMITS = PictureLimits(("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"), 10**8, 10**8)
# Means over a grid of this many cells a side stand for the pixels.
CELLS = 8


def seen(picture: Picture) -> dict[str, Any]:
    """Size, warnings and the mean colours of the cells, row by row."""
    height, width, _ = picture.pixels.shape
    rows, columns = (np.arange(CELLS + 1) * side // CELLS for side in (height, width))
    cells = [
        picture.pixels[top:bottom, left:right].reshape(-1, 3).mean(axis=0).round(2).tolist()
        for top, bottom in itertools.pairwise(rows)
        for left, right in itertools.pairwise(columns)
        if bottom > top and right > left
    ]
    return {"width": width, "height": height, "warnings": [notice.code for notice in picture.warnings], "cells": cells}


def main() -> None:
    """Write the files and the index into a folder that need not exist yet."""
    parser = argparse.ArgumentParser(prog="python -m tests.picture_corpus", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    index: dict[str, dict[str, Any]] = {}
    for entry in corpus():
        (folder / entry.name).write_bytes(entry.data)
        try:
            index[entry.name] = seen(decode(entry.data, LIMITS))
        except PictureError as error:
            index[entry.name] = {"refused": error.code}
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")


main()
