from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training import networks
from training.__main__ import main
from training.errors import RunError
from training.faces.examples import Example, read_examples
from training.figures import predict
from training.figures.bootstrap import paired_intervals
from training.figures.metrics import roc_auc
from training.networks.files import read
from training.studies.update import NEW_ORIGIN_WEIGHT, changed, continued, forgotten

from ..conftest import draw_face
from ..tiny_run import tiny

pytestmark = pytest.mark.usefixtures("uncompiled")


@pytest.fixture
def trained_folder(released_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(networks.NETWORKS, "tiny", tiny)
    return released_folder


@pytest.fixture
def new_folder(tmp_path: Path) -> Path:
    """Return a folder with faces of a new generator alone."""
    for split, count in (("train", 8), ("valid", 6)):
        for i in range(count):
            draw_face(
                tmp_path / "new" / split / "fake" / "newgan" / f"{i}.jpg", True, 5000 + i + 50 * (split == "train")
            )
    return tmp_path / "new"


def options(trained: Path, old: Path, new: Path, tmp_path: Path) -> list[str]:
    return [
        "update", "--network", str(trained), "--data", str(old), "--new", str(new), "--out", str(tmp_path / "run"),
        "--models", str(trained.parent), "--version", "1.1.0", "--draws", "50", "--epochs", "1",
        "--samples-per-epoch", "16", "--data-licence", "CC0-1.0",
    ]  # fmt: skip


def fake_logits(after: float) -> object:
    """Return what stands in for predict.logits: a good network before, and one that is worth `after` after it."""

    def logits(
        model: object, examples: list[Example], treatment: object, input_size: int, label: str = ""
    ) -> np.ndarray:
        labels = np.array([example.label for example in examples])
        noise = np.random.default_rng(0).normal(size=len(labels))
        return (noise + labels * (after if label.startswith("after") else 3.0)).astype(np.float32)

    return logits


def test_updated_network_is_released_with_its_figures_before_and_after(
    trained_folder: Path,
    releasable_folder: Path,
    new_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = read(trained_folder)[0].get_weights()
    monkeypatch.setattr(predict, "logits", fake_logits(after=4.0))
    assert main(options(trained_folder, releasable_folder, new_folder, tmp_path)) == 0
    model, numbers = read(trained_folder)
    assert numbers["release"] == "1.1.0"
    assert numbers["training"]["start_weights"] == "tiny 1.0.0, which started from random"
    assert [run["name"] for run in numbers["training"]["earlier"]] == ["tiny 1.0.0"]
    assert Path(numbers["training"]["start"]).parts[0] == "models"
    assert any(not np.array_equal(one, other) for one, other in zip(before, model.get_weights(), strict=True))
    text = (trained_folder / "update.md").read_text()
    assert text.count("| as is, q90 | ROC-AUC | ") == 2


def test_network_that_forgot_the_old_faces_is_not_released(
    trained_folder: Path,
    releasable_folder: Path,
    new_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(predict, "logits", fake_logits(after=1.0))
    assert main(options(trained_folder, releasable_folder, new_folder, tmp_path)) == 1
    assert "not released: on the old faces ROC-AUC (as is, q90) fell from 0.98" in capsys.readouterr().err
    assert read(trained_folder)[1]["release"] == "1.0.0"
    assert (tmp_path / "run" / "update.md").is_file()


def test_fall_within_noise_or_within_its_limit_is_no_forgetting() -> None:
    def row(after: float, high: float) -> dict[str, dict[str, dict[str, object]]]:
        return {"as is, q90": {"roc_auc": {"before": 0.990, "after": after, "interval": (-0.05, high)}}}

    assert forgotten(row(0.980, -0.004)) == ["ROC-AUC (as is, q90) fell from 0.990 to 0.980"]
    assert not forgotten(row(0.980, 0.001))
    assert not forgotten(row(0.989, -0.0005))
    assert not forgotten(row(0.995, 0.02))


def test_fall_on_the_hard_pair_alone_is_forgetting(indexed_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faces = [example for example in read_examples(indexed_folder) if example.origin != "photoshop-composite"]

    def logits(
        model: object, examples: list[Example], treatment: object, input_size: int, label: str = ""
    ) -> np.ndarray:
        lost = label.startswith("after")
        return np.array([-1.0 if lost and e.origin == "stylegan1" else float(e.label) for e in examples], np.float32)

    monkeypatch.setattr(predict, "logits", logits)
    rows = changed(tiny(32, 0.0), tiny(32, 0.0), faces, 32, draws=50)
    pair = rows["as is, q90"]["pair_roc_auc"]
    assert (pair["before"], pair["after"]) == (1.0, 0.0)
    assert "ROC-AUC of the hard pair (as is, q90) fell from 1.000 to 0.000" in forgotten(rows)


def test_new_generator_is_drawn_more_often_and_the_recipe_is_kept(
    trained_folder: Path, releasable_folder: Path, new_folder: Path
) -> None:
    old, new = read_examples(releasable_folder), read_examples(new_folder, both_classes=False)
    found = continued(trained_folder, old, new, {"epochs": 3, "origin_weights": {}})
    assert (found.network, found.average, found.epochs) == ("tiny", 0.7, 3)
    assert found.start == str(trained_folder)
    assert found.origin_weights == {"newgan": NEW_ORIGIN_WEIGHT}
    assert continued(trained_folder, old, new, {"origin_weights": {"newgan": 1.0}}).origin_weights == {"newgan": 1.0}


def test_new_fakes_of_a_known_name_are_refused_but_not_of_one_that_was_left_out(
    trained_folder: Path, releasable_folder: Path
) -> None:
    old = read_examples(releasable_folder)
    again = [replace(old[0], label=1, origin="fake")]
    changes: dict[str, object] = {"origin_weights": {}}
    with pytest.raises(RunError, match=r"both of the origin fake.*fake/NAME/"):
        continued(trained_folder, old, again, changes)
    numbers = json.loads((trained_folder / "network.json").read_text())
    numbers["training"]["without"] = ["fake"]
    (trained_folder / "network.json").write_text(json.dumps(numbers))
    found = continued(trained_folder, old, again, changes)
    assert (found.without, found.origin_weights) == ([], {"fake": NEW_ORIGIN_WEIGHT})


def test_update_that_could_not_tell_what_was_forgotten_is_refused(
    trained_folder: Path,
    releasable_folder: Path,
    new_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    old = tmp_path / "old"
    shutil.copytree(releasable_folder / "train", old / "train")
    shutil.copytree(releasable_folder / "valid" / "real", old / "valid" / "real")
    assert main(options(trained_folder, old, new_folder, tmp_path)) == 1
    assert "nobody could tell what was forgotten" in capsys.readouterr().err


def test_paired_interval_is_narrower_than_the_figures_own() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 200)
    before = rng.normal(loc=labels)
    after = before + rng.normal(scale=0.1, size=400)
    low, high = paired_intervals(labels, before, after, {"roc_auc": roc_auc}, draws=200)["roc_auc"]
    assert low < roc_auc(labels, after) - roc_auc(labels, before) < high
    assert high - low < 0.03
