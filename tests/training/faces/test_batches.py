from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fake_image_detection.picture import read_picture
from tests.picture_corpus.entry import profile_named
from training.errors import DataError
from training.faces import traces
from training.faces.batches import Batches, open_face
from training.faces.examples import LIMITS, Example, read_examples

SETTINGS: dict[str, Any] = {"input_size": 32, "batch_size": 16, "seed": 7, "weights": {}, "steps": range(4)}


@pytest.fixture
def photographs(kaggle_folder: Path) -> list[Example]:
    return [example for example in read_examples(kaggle_folder) if example.split == "train"]


@pytest.fixture
def pairs(photographs: list[Example], tmp_path: Path) -> list[tuple[Example, Example]]:
    def same(pictures: np.ndarray) -> np.ndarray:
        return pictures

    traces.draw_again(photographs, same, tmp_path / "drawn")
    return traces.pairs(photographs, tmp_path / "drawn")


def test_a_face_is_learned_in_the_colours_that_the_detector_sees(tmp_path: Path) -> None:
    stored = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    path = tmp_path / "face.png"
    Image.fromarray(stored).save(path, icc_profile=profile_named("display_p3"))
    learned = np.asarray(open_face(Example(path, 0, "phones", "train")))
    assert np.array_equal(learned, read_picture(path, LIMITS).pixels)
    assert not np.array_equal(learned, stored)


def test_both_of_a_pair_are_treated_alike_to_the_last_pixel(
    photographs: list[Example], pairs: list[tuple[Example, Example]]
) -> None:
    supply = Batches(photographs, **SETTINGS, patch_size=24, pairs=pairs, paired=0.5)
    for step in range(4):
        faces, labels = supply[step]
        assert isinstance(labels, np.ndarray)
        assert labels.shape == (16, 1)
        assert labels[8:, 0].tolist() == [0, 1] * 4
        assert np.array_equal(faces[8::2], faces[9::2])


def test_a_run_without_pairs_is_the_same_as_ever(
    photographs: list[Example], pairs: list[tuple[Example, Example]]
) -> None:
    usual, also = Batches(photographs, **SETTINGS), Batches(photographs, **SETTINGS, pairs=pairs, paired=0.0)
    assert np.array_equal(usual[1][0], also[1][0])


def test_only_photographs_of_the_training_split_are_drawn_again_and_those_there_are_kept(
    photographs: list[Example], tmp_path: Path
) -> None:
    other = [replace(photographs[0], split="val")]
    drawn: list[int] = []

    def darker(pictures: np.ndarray) -> np.ndarray:
        drawn.append(len(pictures))
        return pictures // 2

    for _ in range(2):
        count = traces.draw_again([*photographs, *other], darker, tmp_path / "drawn")
    real = [example for example in photographs if example.label == 0]
    assert count == len(drawn) == len(real) == len(list((tmp_path / "drawn").iterdir()))
    for photograph, again in traces.pairs(photographs, tmp_path / "drawn"):
        assert again.label == 1
        before, after = (np.asarray(Image.open(example.path)) for example in (photograph, again))
        assert np.array_equal(after, before // 2)


def test_a_folder_of_other_faces_is_refused(photographs: list[Example], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds none of the photographs"):
        traces.pairs(photographs, tmp_path)
