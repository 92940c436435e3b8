from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from converter.networks.trained_network import read_network
from fake_image_detection.verdict import FAKE, SENSITIVITIES
from training import networks
from training.errors import DataError, RunError
from training.faces.batches import load_input, open_face
from training.faces.conditions import TILTS, WARNED_OF
from training.faces.examples import Example, read_examples
from training.figures import shortcuts, warned
from training.figures.warned import AS_IS, PROFILE
from training.networks import files
from training.release import card, drawn, ensemble, publish
from training.release.drawn import divide, read_drawings, teach_drawn
from training.release.ensemble import recalibrate
from training.release.publish import refuse_pose, release, renew_card
from training.release.trained import open_network
from training.run.train import train
from training.studies.evaluate import Measured, measure

from ..tiny_run import CONFIGURATION, tiny

# Enough to tell the made-up classes apart, which no release goes without.
QUICKLY = replace(CONFIGURATION, learning_rate=1e-2, samples_per_epoch=64)


# Of faces that the test draws.
OWN = {"data": "CC0-1.0"}


@pytest.fixture(scope="module")
def examples(releasable_folder: Path) -> list[Example]:
    return read_examples(releasable_folder)


@pytest.fixture(scope="module")
def made(examples: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder with a run, and its release in models/."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(networks.NETWORKS, "tiny", tiny)
        # In so short a training no network learns that a pose means nothing.
        patch.setattr(publish, "refuse_pose", lambda conditions: None)
        train(QUICKLY, examples, folder / "run", resume=False)
        release(folder / "run", examples, folder / "models" / "tiny", "1.9.0", OWN)
        yield folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


@pytest.fixture(scope="module")
def released(made: Path, examples: list[Example]) -> Measured:
    return measure(open_network(made / "models" / "tiny"), examples, "val")


@pytest.fixture
def scored_before(made: Path, monkeypatch: pytest.MonkeyPatch, released: Measured) -> None:
    """Spare scoring again what has been scored: the same faces by the same network."""
    metrics = json.loads((made / "models" / "tiny" / "metrics.json").read_text())
    monkeypatch.setattr(publish, "score", lambda *_: released.scores)
    monkeypatch.setattr(shortcuts, "poses", lambda *_: metrics["poses"])
    monkeypatch.setattr(warned, "measure", lambda *_: metrics["warned_of"])


def test_run_is_measured_as_its_release_is(examples: list[Example], made: Path, released: Measured) -> None:
    run = measure(open_network(made / "run"), examples, "val")
    assert (run.calibration, run.bands_at) == (released.calibration, released.bands_at)
    assert run.crosswise
    assert released.crosswise
    for name, probabilities in released.probabilities.items():
        np.testing.assert_allclose(run.probabilities[name], probabilities, rtol=1e-4, atol=1e-5)
    metrics = json.loads((made / "models" / "tiny" / "metrics.json").read_text())
    assert metrics["conditions"]["as is, q90"]["pictures"] == len(released.scores.examples)
    assert list(metrics["poses"]) == ["as is", *shortcuts.POSES]
    assert metrics["poses"]["as is"]["roc_auc"] == metrics["conditions"]["as is, q90"]["roc_auc"]
    assert list(metrics["warned_of"]) == [AS_IS, *WARNED_OF, PROFILE]
    assert metrics["warned_of"][PROFILE]["pictures"] == -(-len(released.scores.examples) // 2)
    assert metrics["warned_of"]["as is, q90"]["roc_auc"] == metrics["conditions"]["as is, q90"]["roc_auc"]


def test_release_has_its_files_and_tells_how_it_was_made(made: Path) -> None:
    folder = made / "models" / "tiny"
    written = {path.name for path in folder.iterdir()}
    assert {"README.md", "LICENSE", "model.json", "weights.npz", "network.json", "roc.png", "confusion.png"} <= written
    assert "--average 0.7" in (folder / "README.md").read_text()
    origins = {"real": {"real": 8}, "fake": {"fake": 8}}
    assert files.read_numbers(folder)["training"]["origins"] == origins


def test_converter_reads_what_training_wrote(made: Path) -> None:
    folder = made / "models" / "tiny"
    network = read_network(folder)
    model, numbers = files.read(folder)
    assert (network.name, network.numbers) == ("tiny", numbers)
    faces = np.random.default_rng(0).uniform(0, 255, (4, 32, 32, 3)).astype(np.float32)
    ours, theirs = (either.predict_on_batch(faces)["logit"] for either in (model, network.model))
    np.testing.assert_array_equal(theirs, ours)
    assert open_network(folder).verdicts == (network.verdicts.calibration, network.verdicts.bands_at)
    assert list(network.verdicts.bands_at) == list(SENSITIVITIES)


def test_release_publishes_what_each_sensitivity_was_measured_to_do(made: Path, released: Measured) -> None:
    published = files.read_numbers(made / "models" / "tiny")["sensitivities"]
    assert [published[name]["figures"]["bound"] for name in SENSITIVITIES] == [0.005, 0.02, 0.05]
    called = [published[name]["figures"]["fake_called_fake"] for name in SENSITIVITIES]
    assert called == sorted(called)
    labels, verdicts = released.scores.labels, np.stack(list(released.verdicts_at["eager"].values()))
    assert published["eager"]["figures"]["real_called_fake"] == pytest.approx(
        np.mean(verdicts[:, labels == 0] == FAKE), abs=1e-4
    )
    assert published["usual"]["figures"]["worst_kind"]["kind"] == "other photographs"


def test_release_number_is_given_once_and_what_was_measured_of_it_goes_with_it(
    examples: list[Example], copy: Path, scored_before: None
) -> None:
    folder = copy / "models" / "tiny"
    (folder / "report").mkdir()
    (folder / "report" / "report.md").write_text("of 1.9.0")
    for version in ("1.9.0", "1.8.0"):
        with pytest.raises(RunError, match=r"is at 1\.9\.0 already: give a newer --version"):
            release(copy / "run", examples, folder, version, OWN)
    assert (folder / "report").is_dir()
    with pytest.raises(RunError, match=r"such as 1\.1\.0, not 2\.0"):
        release(copy / "run", examples, folder, "2.0", OWN)
    release(copy / "run", examples, folder, "1.10.0", OWN)
    assert not (folder / "report").exists()


def test_release_that_fails_changes_nothing(
    examples: list[Example], copy: Path, scored_before: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy / "models" / "tiny"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with monkeypatch.context() as broken, pytest.raises(KeyError):
        broken.setattr(card, "write", lambda *_: {"card": ""}["no card"])
        release(copy / "run", examples, folder, "1.10.0", OWN)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    release(copy / "run", examples, folder, "1.10.0", OWN)
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]


def test_network_that_ranks_faces_the_wrong_way_round_is_not_released(
    examples: list[Example], copy: Path, released: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = released.scores
    wrong = replace(scores, logits={name: -logits for name, logits in scores.logits.items()})
    monkeypatch.setattr(publish, "score", lambda *_: wrong)
    with pytest.raises(RunError, match="no higher for generated faces"):
        release(copy / "run", examples, copy / "models" / "other", "1.0.0", OWN)


def test_run_is_not_released_nor_resumed_with_other_faces(examples: list[Example], copy: Path) -> None:
    with pytest.raises(RunError, match="run on other faces"):
        release(copy / "run", examples[1:], copy / "models" / "other", "1.0.0", OWN)
    with pytest.raises(RunError, match="run on other faces"):
        train(QUICKLY, examples[1:], copy / "run", resume=True)


def conditions(upright: float, **tilted: float) -> dict[str, Any]:
    """Return figures of a network, with ROC-AUC by tilt, none of whose generated faces are called real."""
    rows = {"as is, q90": upright, **{f"turned by {name[1:]}°, q90": value for name, value in tilted.items()}}
    return {name: {"roc_auc": value, "verdicts": {"fake_called_real": 0.0}} for name, value in rows.items()}


def test_a_network_that_falls_with_a_tilt_is_refused() -> None:
    refuse_pose(conditions(0.990, _20=0.971, _30=0.961))
    with pytest.raises(RunError, match=r"turned by 20° ROC-AUC is 0\.969, 0\.021 below 0\.990"):
        refuse_pose(conditions(0.990, _20=0.969, _30=0.989))
    with pytest.raises(RunError, match=r"turned by 30° ROC-AUC is 0\.959"):
        refuse_pose(conditions(0.990, _20=0.989, _30=0.959))


def test_a_network_that_calls_tilted_generated_faces_real_is_refused() -> None:
    figures = conditions(0.990, _20=0.990, _30=0.990)
    figures["turned by 30°, q90"]["verdicts"]["fake_called_real"] = 0.051
    with pytest.raises(RunError, match=r"of generated faces turned by 30° 5\.1% are called real; 5% is promised"):
        refuse_pose(figures)


def test_a_release_is_judged_by_its_tilted_faces(
    examples: list[Example], copy: Path, scored_before: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(conditions: dict[str, Any]) -> None:
        raise RunError(f"asked about {', '.join(conditions)}")

    monkeypatch.setattr(publish, "refuse_pose", refuse)
    monkeypatch.setitem(networks.NETWORKS, "tiny", tiny)
    with pytest.raises(RunError, match=r"asked about .*turned by 20°, q90, turned by 30°, q90"):
        release(copy / "run", examples, copy / "models" / "tiny", "2.0.0", OWN)


def test_the_same_weights_are_released_with_a_new_calibration(
    examples: list[Example], copy: Path, released: Measured, scored_before: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(networks.NETWORKS, "tiny", tiny)
    monkeypatch.setattr(ensemble, "score", lambda *_: released.scores)
    monkeypatch.setattr(publish, "refuse_pose", lambda conditions: None)
    folder = copy / "models" / "tiny"
    before, numbers = files.read(folder)
    assert numbers["max_roll"] == max(TILTS)
    numbers |= {"calibration": {"scale": 9.0, "bias": 9.0}, "max_roll": 10}
    del numbers["sensitivities"]
    files.write(folder, before, numbers)
    with pytest.raises(RunError, match="give a newer --version"):
        recalibrate(folder, examples, "1.9.0")
    recalibrate(folder, examples, "1.9.1")
    after, renewed = files.read(folder)
    for old, new in zip(before.get_weights(), after.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert renewed["calibration"] != numbers["calibration"]
    assert (renewed["release"], renewed["max_roll"], renewed["training"]) == ("1.9.1", 10, numbers["training"])
    assert renewed["licences"] == numbers["licences"]
    assert "loss.png" in {path.name for path in folder.iterdir()}
    assert renewed["sensitivities"].keys() == set(SENSITIVITIES)


def test_a_card_is_renewed_with_the_states_that_are_warned_of_now(examples: list[Example], copy: Path) -> None:
    folder = copy / "models" / "tiny"
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    metrics = json.loads((folder / "metrics.json").read_text())
    old = {**metrics, "warned_of": {name: row for name, row in metrics["warned_of"].items() if "cut_off" not in name}}
    (folder / "metrics.json").write_text(json.dumps(old))
    (folder / "README.md").write_text("of old")
    with pytest.raises(RunError, match="other validation faces"):
        renew_card(folder, [example for example in examples if example.split != "val"])
    renew_card(folder, examples)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def draw_stripes(folder: Path, origins: int = 5, each: int = 4) -> None:
    """Pictures that look like no made-up face, real or fake, and the list that says so."""
    lines = ["file,origin"]
    for number in range(origins * each):
        origin, name = f"press{number % origins}", f"stripes/{number}.png"
        (folder / "stripes").mkdir(parents=True, exist_ok=True)
        pixels = np.zeros((64, 64, 3), np.uint8)
        pixels[:, number % 8 :: 8] = pixels[:, (number + 1) % 8 :: 8] = 255
        Image.fromarray(pixels).save(folder / name)
        lines.append(f"{name},{origin}")
    (folder / "other.csv").write_text("\n".join(lines) + "\n")


def test_a_release_learns_to_tell_what_shows_no_face_and_says_of_faces_what_it_said(
    copy: Path, examples: list[Example], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy / "models" / "tiny"
    before = read_network(folder).model
    monkeypatch.setattr(drawn, "LAYER", next(layer.name for layer in before.layers if "batch_norm" in layer.name))
    draw_stripes(tmp_path)
    head = teach_drawn(folder, examples, tmp_path)
    found = head["figures"]
    assert (found["drawings"], found["drawings_told"]) == (20, 1)
    assert found["real"] + found["fake"] <= len(examples)
    assert max(found["real_told"], found["fake_told"]) <= 0.005
    assert "100% of 20 such pictures" in (folder / "README.md").read_text()
    after = read_network(folder).model
    shown = [*read_drawings(tmp_path), *examples[:8]]
    pictures = np.stack([load_input(open_face(example), 32) for example in shown])
    answer = after.predict_on_batch(pictures)
    assert (np.asarray(answer["drawn"]) > 0).tolist() == [True] * 20 + [False] * 8
    np.testing.assert_allclose(answer["logit"], before.predict_on_batch(pictures)["logit"], rtol=1e-5)


def test_faces_without_a_list_of_what_shows_none_are_refused(
    copy: Path, examples: list[Example], tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"has no other\.csv: wanted are lines of file,origin"):
        teach_drawn(copy / "models" / "tiny", examples, tmp_path)


def test_a_head_is_judged_by_origins_that_it_has_not_seen() -> None:
    groups = np.array([f"{label} origin{number % 7}" for label in (-1, 0, 1) for number in range(50)])
    folds = divide(groups, np.random.default_rng(0))
    assert all(len(set(folds[groups == group])) == 1 for group in groups)
    drawings = np.char.startswith(groups, "-1")
    assert len(set(folds[drawings])) == len(set(folds[~drawings])) == 5
