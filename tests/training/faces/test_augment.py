from __future__ import annotations

import inspect
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from training.faces.augment import AUGMENTATIONS, augment, change_pose
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


def test_a_face_of_one_colour_keeps_it_to_its_corners_however_it_is_turned() -> None:
    face = Image.new("RGB", (120, 120), (200, 100, 50))
    for seed in range(300):
        turned = np.asarray(change_pose(face, np.random.default_rng(seed)))
        assert (turned == (200, 100, 50)).all()


def test_poses_turn_both_ways_and_zoom_by_as_much_as_they_promise() -> None:
    # Light grows from left to right, by as much in each row: where it grows after the turn tells the angle.
    face = Image.fromarray(np.broadcast_to(np.arange(200, dtype=np.uint8)[None, :, None], (200, 200, 3)))
    angles, sides = [], []
    for seed in range(300):
        pixels = np.asarray(change_pose(face, np.random.default_rng(seed)), np.float64)[..., 0]
        down, right = ((part[-30] - part[30])[30:-30].mean() for part in (pixels, pixels.T))
        angles.append(np.degrees(np.arctan2(down, right)))
        sides.append(len(pixels))
    assert 100 <= min(sides) < 120
    assert max(sides) > 180
    assert 10 < np.median(np.abs(angles)) < 20
    assert abs(np.mean(np.sign(angles))) < 0.2


def test_a_batch_depends_on_seed_and_step_alone(kaggle_folder: Path) -> None:
    examples = read_examples(kaggle_folder)
    settings: dict[str, Any] = {"input_size": 32, "batch_size": 4, "seed": 7, "weights": {}}
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


def test_hosts_of_an_origin_are_drawn_by_the_root_of_their_size() -> None:
    sizes = {(0, "camera", ""): 10, (1, "sites", "large"): 25, (1, "sites", "small"): 1, (1, "gan", ""): 4}
    examples = [
        Example(Path("x"), label, origin, "train", host=host)
        for (label, origin, host), size in sizes.items()
        for _ in range(size)
    ]
    supply = Batches(examples, input_size=32, batch_size=4, steps=range(1), seed=1, weights={})
    odds = {
        host: supply.odds[[e.host == host and e.origin == "sites" for e in examples]].sum()
        for host in ("large", "small")
    }
    of_sites = 0.5 * 26**0.5 / (26**0.5 + 2)
    assert odds == pytest.approx({"large": of_sites * 5 / 6, "small": of_sites * 1 / 6})


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_a_face_is_treated_alike_whatever_it_is_called(name: str, kaggle_folder: Path) -> None:
    real = [e for e in read_examples(kaggle_folder) if e.split == "train" and e.label == 0]
    # The same eight pictures in the same places of the list, once real first and once fake first.
    faces = [[replace(e, label=label) for label in order for e in real] for order in ((0, 1), (1, 0))]
    (one, labels), (other, opposite) = (
        Batches(examples, input_size=32, batch_size=8, steps=range(1), seed=1, weights={}, augmentation=name)[0]
        for examples in faces
    )
    assert np.array_equal(np.asarray(labels), 1 - np.asarray(opposite))
    assert np.array_equal(one, other)


def test_network_input_keeps_the_range_of_bytes(face: Image.Image) -> None:
    pixels = load_input(face, 64)
    assert pixels.shape == (64, 64, 3)
    assert pixels.dtype == np.float32
    assert pixels.min() >= 0 and pixels.max() <= 255 and pixels.max() > 1
