"""Labelled faces that the benches draw."""

from collections.abc import Sequence

import numpy as np

from training.faces.examples import Example, Split


def drawn(examples: Sequence[Example], split: Split, label: int, number: int) -> list[Example]:
    """So many faces of a split and a label, drawn evenly from all."""
    faces = [example for example in examples if example.split == split and example.label == label]
    return [faces[index] for index in np.linspace(0, len(faces) - 1, number).round().astype(int)]
