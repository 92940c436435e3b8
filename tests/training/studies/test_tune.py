from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from training.__main__ import main
from training.faces.examples import Example, read_examples
from training.run.configuration import Configuration
from training.run.train import train
from training.studies import tune

pytestmark = pytest.mark.usefixtures("uncompiled")

BASE = Configuration(network="simple_cnn", input_size=128, start="scratch")


def suggested(base: Configuration) -> Configuration:
    return tune.suggest(optuna.create_study().ask(), base)


def test_search_covers_the_plain_network_s_shape_and_every_network_s_head_size_and_learning_rate() -> None:
    found = suggested(BASE)
    assert found.network_parameters.keys() == {"hidden", "depth", "width", "kernel"}
    other = suggested(Configuration(network="resnet50", input_size=128))
    assert other.network_parameters.keys() == {"hidden"}
    study = optuna.create_study()
    tune.suggest(study.ask(), BASE)
    assert {"input_size", "dropout", "learning_rate"} < study.trials[0].params.keys()


@pytest.mark.exhaustive
def test_stopped_search_goes_on_and_repeats_the_trial_that_was_stopped(
    kaggle_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ["tune", "--data", str(kaggle_folder), "--out", str(tmp_path), "--epochs", "1"]
    options += ["--samples-per-epoch", "64", "--trials", "3"]

    def train_small_and_stop(
        configuration: Configuration, examples: Sequence[Example], folder: Path, resume: bool
    ) -> None:
        if folder.name == "trial001":
            raise KeyboardInterrupt
        small = replace(configuration, input_size=32, network_parameters={"depth": 2, "width": 4, "kernel": 3})
        train(small, examples, folder, resume)

    monkeypatch.setattr(tune, "train", train_small_and_stop)
    assert main(options) == 130
    assert main(options) == 0
    text = (tmp_path / "tune.md").read_text()
    rows = [line.split(" | ") for line in text.splitlines() if line[2:3].isdigit()]
    assert sorted(row[0] for row in rows) == ["| 0", "| 2", "| 3"]
    assert "python -m training train --network simple_cnn" in text
    assert (tmp_path / "tune.png").stat().st_size > 0
    with closing(sqlite3.connect(tmp_path / "study.db")) as database:
        values = database.execute(
            "select trial_id, param_value from trial_params where param_name = 'learning_rate' order by trial_id"
        ).fetchall()
    assert values[1][1] == values[2][1]
    assert values[0][1] != values[3][1]


def test_trial_that_cannot_be_trained_is_not_tried_again(
    kaggle_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(tune, "train", fail)
    examples = read_examples(kaggle_folder)
    for _ in range(2):
        with pytest.raises(MemoryError):
            tune.tune(BASE, examples, tmp_path, trials=1)
    study = optuna.load_study(study_name="simple_cnn", storage=f"sqlite:///{tmp_path / 'study.db'}")
    first, second = study.trials
    assert (first.state, second.state) == (TrialState.FAIL, TrialState.FAIL)
    assert first.params["learning_rate"] != second.params["learning_rate"]
