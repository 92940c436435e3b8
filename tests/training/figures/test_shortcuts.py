from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.faces.conditions import as_is
from training.faces.examples import Example
from training.figures import shortcuts


@pytest.fixture
def giveaway(tmp_path: Path) -> list[Example]:
    """Return faces that look alike, the real ones stored as PNG and the fakes as JPEG."""
    rng = np.random.default_rng(0)
    examples = []
    for i in range(240):
        label = i % 2
        path = tmp_path / f"{i}.{('png', 'jpg')[label]}"
        coarse = Image.fromarray(rng.integers(40, 215, (5, 5, 3), dtype=np.uint8))
        coarse.resize((40, 40), Image.Resampling.BICUBIC).save(path, quality=95)
        examples.append(Example(path, label, "made-up", "train" if i < 120 else "val"))
    return examples


def test_header_gives_the_class_away_in_the_files_and_is_near_chance_once_all_are_encoded_alike(
    giveaway: list[Example],
) -> None:
    training, measured = giveaway[:120], giveaway[120:]
    rows = shortcuts.header_control(training, measured, draws=5)
    assert rows[shortcuts.UNTOUCHED]["roc_auc"] > 0.95
    assert rows["as is, q90"]["roc_auc"] == pytest.approx(0.5, abs=0.15)


def test_header_is_read_from_the_condition_s_own_file(giveaway: list[Example]) -> None:
    face = Image.new("RGB", (40, 30))
    width, height, luma, chroma, size = shortcuts.header(as_is.file(face))
    assert np.exp([width, height]) == pytest.approx([40, 30])
    assert np.exp(size) == pytest.approx(len(as_is.file(face)))
    assert 0 < luma < chroma
    assert shortcuts.header(giveaway[0].path.read_bytes())[2:4] == [0.0, 0.0]


def test_condition_shows_what_its_file_holds() -> None:
    face = Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 40, 3), dtype=np.uint8))
    assert not np.array_equal(np.asarray(as_is(face)), np.asarray(face))
    assert as_is(face).size == (40, 40)


def test_faces_of_like_sizes_leave_nothing_to_a_header_that_knew_the_size(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    examples = []
    for i in range(300):
        label = i % 3 == 0
        side = int(rng.integers(20, 40)) + 10 * label
        path = tmp_path / f"{i}.png"
        Image.fromarray(rng.integers(0, 255, (side, side, 3), dtype=np.uint8)).save(path)
        examples.append(Example(path, int(label), "made-up", "train" if i < 150 else "val"))
    row = shortcuts.header_control(examples[:150], examples[150:], draws=5)["as is, q90"]
    assert row["roc_auc"] > 0.8
    assert row["like_sizes"]["roc_auc"] == pytest.approx(0.5, abs=0.03)
    opened = shortcuts.like_sizes(examples)
    for example in examples:
        with Image.open(example.path) as picture:
            assert 20 <= opened(example).width <= picture.width
    sides = [sorted(opened(e).width for e in examples if e.label == label) for label in (0, 1)]
    assert np.abs(np.quantile(sides[0], [0.1, 0.5, 0.9]) - np.quantile(sides[1], [0.1, 0.5, 0.9])).max() <= 1


def test_a_telling_header_is_warned_of() -> None:
    rows = {shortcuts.UNTOUCHED: {"roc_auc": 0.9}, "as is, q90": {"roc_auc": 0.76}, "96 px, q75": {"roc_auc": 0.51}}
    assert "'as is, q90' (ROC-AUC 0.760);" in shortcuts.warning(rows)
    assert "96 px" not in shortcuts.warning(rows)
    assert not shortcuts.warning({"96 px, q75": {"roc_auc": 0.51}})


@pytest.mark.parametrize("name", shortcuts.CONTROLS)
def test_controls_stay_square_and_inside_of_the_face(name: str) -> None:
    white = shortcuts.CONTROLS[name](Image.new("RGB", (101, 101), "white"))
    assert white.width == white.height
    # Of green, which no colour of light changes: nothing from beyond the face is dark.
    assert np.ptp(np.asarray(white)[..., 1]) < 6
