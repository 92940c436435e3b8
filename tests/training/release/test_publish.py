from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training import networks
from training.errors import RunError
from training.faces.examples import Example, read_examples
from training.release import card
from training.release.publish import release
from training.release.trained import open_network
from training.run.train import train
from training.studies.evaluate import measure

from ..tiny_run import CONFIGURATION, tiny


@pytest.fixture
def examples(releasable_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Example]:
    """Return the faces that the run in tmp_path / "run" was trained on."""
    examples = read_examples(releasable_folder)
    monkeypatch.setitem(networks.NETWORKS, "tiny", tiny)
    train(CONFIGURATION, examples, tmp_path / "run", resume=False)
    return examples


def test_run_is_measured_as_its_release_is(examples: list[Example], tmp_path: Path) -> None:
    release(tmp_path / "run", examples, tmp_path / "models" / "tiny", "1.0.0")

    run, released = (measure(open_network(tmp_path / name), examples, "val") for name in ("run", "models/tiny"))
    assert (run.calibration, run.bands) == (released.calibration, released.bands)
    assert run.crosswise
    assert released.crosswise
    for name, probabilities in released.probabilities.items():
        np.testing.assert_allclose(run.probabilities[name], probabilities, rtol=1e-4, atol=1e-5)
    metrics = json.loads((tmp_path / "models" / "tiny" / "metrics.json").read_text())
    assert metrics["conditions"]["as is, q90"]["pictures"] == len(released.scores.examples)
    written = {path.name for path in (tmp_path / "models" / "tiny").iterdir()}
    card = (tmp_path / "models" / "tiny" / "README.md").read_text()
    assert "--average 0.7" in card
    assert json.loads((tmp_path / "models" / "tiny" / "network.json").read_text())["training"]["origins"] == {
        "real": {"real": 8}, "fake": {"fake": 8}
    }  # fmt: skip
    assert {"README.md", "model.json", "weights.npz", "network.json", "roc.png", "confusion.png"} <= written


def test_release_number_is_given_once_and_what_was_measured_of_it_goes_with_it(
    examples: list[Example], tmp_path: Path
) -> None:
    folder = tmp_path / "models" / "tiny"
    release(tmp_path / "run", examples, folder, "1.9.0")
    (folder / "report").mkdir()
    (folder / "report" / "report.md").write_text("of 1.9.0")
    for version in ("1.9.0", "1.8.0"):
        with pytest.raises(RunError, match=r"is at 1\.9\.0 already: give a newer --version"):
            release(tmp_path / "run", examples, folder, version)
    assert (folder / "report").is_dir()
    with pytest.raises(RunError, match=r"such as 1\.1\.0, not new"):
        release(tmp_path / "run", examples, folder, "new")
    release(tmp_path / "run", examples, folder, "1.10.0")
    assert not (folder / "report").exists()


def test_release_that_fails_changes_nothing(
    examples: list[Example], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "models" / "tiny"
    release(tmp_path / "run", examples, folder, "1.0.0")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with monkeypatch.context() as broken, pytest.raises(KeyError):
        broken.setattr(card, "write", lambda *_: {}["no card"])
        release(tmp_path / "run", examples, folder, "1.1.0")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    release(tmp_path / "run", examples, folder, "1.1.0")
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]


def test_run_is_not_released_nor_resumed_with_other_faces(examples: list[Example], tmp_path: Path) -> None:
    with pytest.raises(RunError, match="run on other faces"):
        release(tmp_path / "run", examples[1:], tmp_path / "models" / "tiny", "1.0.0")
    with pytest.raises(RunError, match="run on other faces"):
        train(CONFIGURATION, examples[1:], tmp_path / "run", resume=True)
