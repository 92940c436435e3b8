"""A sheet of the worst mistakes. It shows faces of people: it is for the eyes of the evaluator, not to be published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from training.faces.batches import open_face
from training.faces.conditions import as_is
from training.faces.examples import Example

COLUMNS, ROWS = 8, 3
TILE, CAPTION, TITLE = 128, 28, 24


def sheet(examples: list[Example], probabilities: np.ndarray, path: Path) -> None:
    """Write one picture: the most suspicious of the real faces above, the least suspicious of the fakes below.

    Under each face stand its origin and the probability, of `probabilities` (n,), that it is fake.
    """
    labels = np.array([example.label for example in examples])
    order = np.argsort(-probabilities, kind="stable")
    parts = {
        "photographed, most suspicious first": order[labels[order] == 0],
        "generated, least suspicious first": order[::-1][labels[order[::-1]] == 1],
    }
    height = TITLE + ROWS * (TILE + CAPTION)
    picture = Image.new("RGB", (COLUMNS * TILE, len(parts) * height), "white")
    draw = ImageDraw.Draw(picture)
    for number, (title, members) in enumerate(parts.items()):
        draw.text((4, number * height + 6), title, fill="black")
        for place, index in enumerate(members[: COLUMNS * ROWS]):
            left = place % COLUMNS * TILE
            top = number * height + TITLE + place // COLUMNS * (TILE + CAPTION)
            face = as_is(open_face(examples[index]))
            picture.paste(face.resize((TILE, TILE), Image.Resampling.BICUBIC), (left, top))
            caption = f"{examples[index].origin[:20]}\n{probabilities[index]:.3f}"
            draw.text((left + 3, top + TILE), caption, fill="black", spacing=1)
    picture.save(path)
