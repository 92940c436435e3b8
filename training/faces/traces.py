"""A folder of photographs drawn again by an autoencoder, each named by the SHA-256 of the file that it was made of."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from training.errors import DataError
from training.faces.batches import open_face
from training.faces.examples import Example

# Not among the origins of any data set: what bears it counts in no figure.
ORIGIN = "drawn-again"


def draw_again(examples: Sequence[Example], autoencoder: Callable[[np.ndarray], np.ndarray], folder: Path) -> int:
    """Write each photograph among the training faces of `examples` to `folder`, as `autoencoder` draws it, as PNG.

    What is there already stays, so that a stopped command goes on. About a second for a face of 256 px on a CPU.

    Returns:
        The number of pictures in `folder` that belong to `examples`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    photographs = [example for example in examples if example.label == 0 and example.split == "train"]
    for example in tqdm(photographs, desc="drawn again", unit="face"):
        path = _place(example, folder)
        if not path.exists():
            (drawn,) = autoencoder(np.asarray(open_face(example))[None])
            unfinished = path.with_suffix(".part")
            Image.fromarray(drawn).save(unfinished, "PNG")
            unfinished.rename(path)
    return len(photographs)


def pairs(examples: Sequence[Example], folder: Path) -> list[tuple[Example, Example]]:
    """Return the photographs of `examples` that `draw_again` drew into `folder`, each with what became of it.

    Raises:
        DataError: there are none.
    """
    found = [
        (example, replace(example, path=path, label=1, origin=ORIGIN))
        for example in examples
        if example.label == 0 and (path := _place(example, folder)).exists()
    ]
    if not found:
        raise DataError(f"{folder} holds none of the photographs of --data: make them with python -m training traces")
    return found


def _place(example: Example, folder: Path) -> Path:
    return folder / f"{hashlib.sha256(example.path.read_bytes()).hexdigest()[:32]}.png"
