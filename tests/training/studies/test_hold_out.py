from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training import networks
from training.__main__ import main
from training.errors import NetworkError, RunError
from training.faces.examples import Example, read_examples
from training.figures import predict
from training.release.trained import recipe, recipes
from training.run.configuration import Configuration
from training.run.train import train
from training.studies import hold_out
from training.studies.hold_out import generators, mean_roc_auc, shortened

from ..tiny_run import CONFIGURATION, tiny

pytestmark = pytest.mark.usefixtures("uncompiled")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(networks.NETWORKS, "tiny", tiny)
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(asdict(CONFIGURATION)))
    return folder


def test_every_generator_is_left_out_once_and_a_stopped_command_goes_on(
    run: Path, indexed_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    options = ["evaluate", "--network", str(run), "--data", str(indexed_folder), "--out", str(out), "--draws", "5"]
    options += ["--epochs", "1", "--samples-per-epoch", "8", "--average", "0.5", "--hold-out-origin"]
    assert main([*options, "sdxl"]) == 0
    trained: list[list[str]] = []

    def train_and_note(configuration: Configuration, *others: Any, **named: Any) -> object:
        trained.append(configuration.without)
        return train(configuration, *others, **named)

    monkeypatch.setattr(hold_out, "train", train_and_note)
    assert main([*options, "all"]) == 0
    assert trained == [["stylegan1"]]
    found = json.loads((out / "hold-out" / "hold-out.json").read_text())
    assert found.keys() == {"sdxl", "stylegan1"}
    assert (found["sdxl"]["fakes"], found["sdxl"]["reals"]) == (12, 12)
    text = (out / "hold-out" / "hold-out.md").read_text()
    assert f"| **mean** | | {mean_roc_auc(found):.3f} |" in text
    assert (out / "hold-out" / "hold-out.png").stat().st_size > 0
    assert "python -m training train --network tiny --input-size 32 --start scratch --epochs 1" in text
    # In the recipe, and in the command that does all of them.
    assert text.count("--average 0.5") == 2


@pytest.mark.exhaustive
def test_members_of_an_ensemble_are_trained_each_and_their_mean_logit_is_measured(
    indexed_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(networks.NETWORKS, "tiny", tiny)
    short = replace(CONFIGURATION, epochs=1)
    members = {"one": short, "two": replace(short, seed=2)}
    asked: dict[str, list[np.ndarray]] = {}

    def logits(model: object, faces: list[Example], treatment: object, input_size: int, label: str) -> np.ndarray:
        # Each network misses another half of the fakes.
        fakes = np.array([face.label for face in faces], float)
        answers = asked.setdefault(label, [])
        half = np.cumsum(fakes) > fakes.sum() / 2
        answers.append(np.where(half == bool(answers), -1.0, 2.0) * fakes)
        return answers[-1]

    monkeypatch.setattr(predict, "logits", logits)
    text = hold_out.hold_out(members, read_examples(indexed_folder), ["sdxl"], tmp_path, draws=5)
    row = json.loads((tmp_path / "hold-out.json").read_text())["sdxl"]
    assert row["members"] == {"one": 0.5, "two": 0.5}
    assert row["as is, q90"]["roc_auc"] == 1.0
    assert all((tmp_path / member / "sdxl" / "last.npz").is_file() for member in members)
    assert text.count("python -m training train --network tiny") == 2
    assert "| 1.000 | 0.500 | 0.500 |" in text


def test_squares_that_do_not_fit_a_smaller_input_give_way_to_whole_faces() -> None:
    squares = replace(CONFIGURATION, input_size=64, patch_size=48)
    assert shortened(squares, {"epochs": 1}).patch_size == 48
    assert shortened(squares, {"input_size": 32}) == replace(squares, input_size=32, patch_size=None)


def test_all_that_a_generator_made_is_left_out_with_it(indexed_folder: Path) -> None:
    examples = [
        *read_examples(indexed_folder),
        Example(Path("tile.jpg"), 1, "stylegan1-128", "train"),
    ]
    assert generators(examples) == {"sdxl": ["sdxl"], "stylegan1": ["stylegan1", "stylegan1-128"]}


def test_mean_of_some_generators_is_not_reported_as_that_of_all(indexed_folder: Path, tmp_path: Path) -> None:
    examples = read_examples(indexed_folder)
    row = {"as is, q90": {"roc_auc": 0.8}}
    (tmp_path / "config.json").write_text(json.dumps(asdict(CONFIGURATION)))
    (tmp_path / "hold-out.json").write_text(json.dumps({"sdxl": row}))
    assert hold_out.published(tmp_path, examples) is None
    (tmp_path / "hold-out.json").write_text(json.dumps({"sdxl": row, "stylegan1": row}))
    found = hold_out.published(tmp_path, examples)
    assert found is not None
    assert found["roc_auc"] == pytest.approx(0.8)
    assert found["commands"].startswith("python -m training train --network tiny --input-size 32")


def test_what_has_seen_the_generator_is_left_out_too(run: Path) -> None:
    taught = replace(CONFIGURATION, network="mobilenet_v2", start=str(run), teacher=str(run))
    untaught = hold_out._untaught(taught)
    assert (untaught.start, untaught.teacher) == ("imagenet", None)
    assert hold_out._untaught(CONFIGURATION) == CONFIGURATION


def test_origin_that_is_no_generator_is_named(run: Path, indexed_folder: Path, tmp_path: Path) -> None:
    for origin in ("ffhq", "photoshop-composite"):
        with pytest.raises(RunError, match=f"{origin}: no generator.*sdxl, stylegan1"):
            hold_out.hold_out(recipes(run), read_examples(indexed_folder), [origin], tmp_path, draws=5)


def test_recipe_of_a_released_network_is_the_one_it_was_trained_by(released_folder: Path) -> None:
    numbers = json.loads((released_folder / "network.json").read_text())
    training = {**asdict(CONFIGURATION), "start_weights": "random", "faces": 3}
    (released_folder / "network.json").write_text(json.dumps({**numbers, "training": training}))
    assert recipe(released_folder) == CONFIGURATION
    members = [{"name": "a", "training": training}, {"name": "b", "training": training}]
    (released_folder / "network.json").write_text(json.dumps({**numbers, "training": {"members": members}}))
    assert recipes(released_folder) == {"a": CONFIGURATION, "b": CONFIGURATION}
    with pytest.raises(NetworkError, match="ensemble"):
        recipe(released_folder)
