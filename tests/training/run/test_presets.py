from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from training import networks
from training.__main__ import main
from training.commands import configuration as configuration_of
from training.errors import RunError
from training.faces.augment import rotate_and_flip
from training.faces.examples import read_examples
from training.options import parser
from training.run.configuration import PRESETS, Configuration, options
from training.run.folder import restore, start_network
from training.run.train import train
from training.run.trainee import network_weights, trainable

from ..tiny_run import CONFIGURATION, tiny


@pytest.fixture
def classic(monkeypatch: pytest.MonkeyPatch) -> Configuration:
    monkeypatch.setitem(networks.NETWORKS, "tiny", tiny)
    return replace(CONFIGURATION, **{**PRESETS["classic"], "input_size": 32})


def chosen(*options: str) -> Configuration:
    return configuration_of(parser().parse_args(["train", "--data", "faces", "--start", "scratch", *options]))


def test_softmax_head_becomes_the_one_logit_without_loss(classic: Configuration) -> None:
    keras.utils.set_random_seed(2)
    model, _ = start_network(classic)
    trainee = trainable(model, classic)
    faces = np.random.default_rng(0).uniform(0, 255, (8, 32, 32, 3)).astype(np.float32)

    def log_odds() -> np.ndarray:
        real, fake = keras.ops.convert_to_numpy(trainee(faces)).T
        return np.log(fake / real)

    logit = keras.ops.convert_to_numpy(model(faces)["logit"])[:, 0]
    np.testing.assert_allclose(log_odds(), logit, rtol=1e-4, atol=1e-5)
    *features, kernel, bias = trainee.get_weights()
    rng = np.random.default_rng(1)
    trainee.set_weights([*features, rng.normal(size=kernel.shape), rng.normal(size=bias.shape)])
    model.set_weights(network_weights(trainee.get_weights(), classic))
    other = keras.ops.convert_to_numpy(model(faces)["logit"])[:, 0]
    assert np.abs(other - logit).max() > 0.1
    np.testing.assert_allclose(log_odds(), other, rtol=1e-4, atol=1e-5)


def test_classic_run_changes_the_head_alone_and_can_be_restored(
    classic: Configuration, kaggle_folder: Path, tmp_path: Path
) -> None:
    keras.utils.set_random_seed(classic.seed)
    before = start_network(classic)[0].get_weights()
    model = train(classic, read_examples(kaggle_folder), tmp_path / "run", resume=False)
    for one, other in zip(before[:-2], model.get_weights()[:-2], strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(before[-2], model.get_weights()[-2])
    for one, other in zip(restore(tmp_path / "run")[0].get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_preset_sets_what_is_not_given() -> None:
    found = chosen("--network", "mobilenet_v2", "--preset", "classic", "--learning-rate", "0.01")
    assert (found.input_size, found.loss, found.frozen, found.augmentation) == (
        224, "softmax", True, "rotations-and-flips",
    )  # fmt: skip
    assert found.learning_rate == 0.01
    assert chosen("--network", "mobilenet_v2", "--preset", "classic", "--input-size", "96").input_size == 96
    assert chosen("--network", "mobilenet_v2").loss == "logit"


def test_parameters_of_the_plain_network_reach_the_run_s_configuration(
    kaggle_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    options = ["--data", str(kaggle_folder), "--out", str(run), "--input-size", "32"]
    options += ["--samples-per-epoch", "8", "--batch-size", "4", "--epochs", "1", "--mixed-precision", "off"]
    plain = ["--depth", "2", "--width", "4", "--kernel", "5", "--dropout", "0.4"]
    assert main(["train", "--network", "simple_cnn", *options, *plain]) == 0
    stored = json.loads((run / "config.json").read_text())
    assert stored["network_parameters"] == {"depth": 2, "width": 4, "kernel": 5}
    assert stored["dropout"] == 0.4
    assert restore(run)[0].get_layer("stage2").kernel.shape == (5, 5, 4, 8)
    assert main(["train", "--network", "resnet50", *options, "--depth", "2"]) == 1
    assert "resnet50 has no depth" in capsys.readouterr().err


def test_options_that_a_card_tells_lead_back_to_the_configuration() -> None:
    given = [
        "--network",
        "mobilenet_v2",
        "--preset",
        "classic",
        "--epochs",
        "3",
        "--weight",
        "ffhq=2",
        "--without",
        "sdxl",
    ]
    given += ["--average", "0.99", "--patience", "4", "--mixed-precision", "on"]
    found = chosen(*given)
    again = configuration_of(parser().parse_args(["train", "--data", "faces", *" ".join(options(vars(found))).split()]))
    assert again == found
    plain = chosen("--network", "simple_cnn", "--depth", "3", "--teacher", "models/other")
    told = options(vars(plain))
    assert told == [
        "--network simple_cnn", "--input-size 128", "--start scratch", "--teacher models/other", "--depth 3",
        "--mixed-precision off",
    ]  # fmt: skip


def test_unknown_network_and_impossible_settings_are_named() -> None:
    with pytest.raises(RunError, match=r"no network is called resnet; there are: .*resnet50"):
        chosen("--network", "resnet")
    with pytest.raises(RunError, match=r"such as 0\.999"):
        chosen("--network", "simple_cnn", "--average", "1")


def test_turned_faces_stay_square_and_show_no_made_up_corner() -> None:
    white = Image.new("RGB", (100, 100), "white")
    for seed in range(50):
        turned = np.asarray(rotate_and_flip(white, np.random.default_rng(seed)))
        assert turned.shape[0] == turned.shape[1] >= 80
        assert turned.min() >= 250
