from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from training.faces.batches import Batches, open_face
from training.faces.examples import read_examples

SETTINGS = {"input_size": 32, "batch_size": 16, "seed": 7, "weights": {}, "steps": range(4)}


class Noting:
    """A simulator that only notes what it is given."""

    def __init__(self) -> None:
        self.faked: list[bytes] = []
        self.brought_along: list[bytes] = []

    def fake(self, face: Image.Image, rng: np.random.Generator) -> Image.Image:
        self.faked.append(face.tobytes())
        return face

    def photograph(self, face: Image.Image, rng: np.random.Generator) -> Image.Image:
        self.brought_along.append(face.tobytes())
        return face


def test_simulated_fakes_are_made_of_photographs_and_are_labelled_fake(kaggle_folder: Path) -> None:
    examples = [example for example in read_examples(kaggle_folder) if example.split == "train"]
    photographs = {open_face(example).tobytes() for example in examples if example.label == 0}
    noting = Noting()
    supply = Batches(examples, **SETTINGS, simulated=0.5, simulator=noting)
    labels = np.concatenate([supply[i][1] for i in range(4)])
    fakes = int(labels.sum())
    assert {*noting.faked, *noting.brought_along} <= photographs
    assert 0.25 * fakes < len(noting.faked) < 0.75 * fakes
    assert 0.25 * (len(labels) - fakes) < len(noting.brought_along) < 0.75 * (len(labels) - fakes)
