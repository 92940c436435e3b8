from __future__ import annotations

import inspect
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.faces.augment import AUGMENTATIONS, augment
from training.faces.batches import Batches, load_input
from training.faces.examples import Example, read_examples


@pytest.fixture
def face() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8))


def test_augmentation_cannot_see_the_label() -> None:
    assert list(inspect.signature(augment).parameters) == ["face", "rng"]


def test_the_same_random_state_gives_the_same_face(face: Image.Image) -> None:
    first, second = (augment(face, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(np.asarray(first), np.asarray(second))


def test_faces_stay_square_rgb_and_large_enough(face: Image.Image) -> None:
    for seed in range(200):
        result = augment(face, np.random.default_rng(seed))
        assert result.mode == "RGB"
        assert result.width == result.height
        assert 72 <= result.width <= 300


def test_faces_smaller_than_the_smallest_rescale_survive(face: Image.Image) -> None:
    for seed in range(50):
        assert augment(face.resize((40, 40)), np.random.default_rng(seed)).width >= 20


def test_a_batch_depends_on_seed_and_step_alone(kaggle_folder: Path) -> None:
    examples = read_examples(kaggle_folder)
    settings = {"input_size": 32, "batch_size": 4, "seed": 7, "weights": {}}
    whole, resumed = (Batches(examples, steps=range(first, 6), **settings) for first in (0, 3))
    assert np.array_equal(whole[4][0], resumed[1][0])
    assert not np.array_equal(whole[4][0], resumed[0][0])


def test_classes_are_drawn_evenly_and_origins_by_the_root_of_their_size_times_their_weight() -> None:
    sizes = {(0, "large"): 36, (0, "small"): 4, (1, "gan"): 9}
    examples = [Example(Path("x"), *kind, "train") for kind, size in sizes.items() for _ in range(size)]
    supply = Batches(examples, input_size=32, batch_size=4, steps=range(1), seed=1, weights={"small": 2.0})
    odds = {origin: supply.odds[[e.origin == origin for e in examples]].sum() for _, origin in sizes}
    # Of the real ones 6 to 2, and the small origin twice as often.
    assert odds == pytest.approx({"large": 0.5 * 6 / 10, "small": 0.5 * 4 / 10, "gan": 0.5})


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_a_face_is_treated_alike_whatever_it_is_called(name: str, kaggle_folder: Path) -> None:
    real = [e for e in read_examples(kaggle_folder) if e.split == "train" and e.label == 0]
    # The same eight pictures in the same places of the list, once real first and once fake first.
    faces = [[replace(e, label=label) for label in order for e in real] for order in ((0, 1), (1, 0))]
    settings = {"input_size": 32, "batch_size": 8, "steps": range(1), "seed": 1, "weights": {}, "augmentation": name}
    (one, labels), (other, opposite) = (Batches(examples, **settings)[0] for examples in faces)
    assert np.array_equal(labels, 1 - opposite)
    assert np.array_equal(one, other)


def test_network_input_keeps_the_range_of_bytes(face: Image.Image) -> None:
    pixels = load_input(face, 64)
    assert pixels.shape == (64, 64, 3)
    assert pixels.dtype == np.float32
    assert pixels.min() >= 0 and pixels.max() <= 255 and pixels.max() > 1
