from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from training import commands, networks
from training.__main__ import main
from training.errors import DataError, RunError
from training.faces.batches import Batches
from training.faces.examples import read_examples
from training.figures import metrics, plots
from training.networks.files import round_to_float16
from training.options import parser
from training.release.trained import open_network
from training.run import checkpoint
from training.run.configuration import Configuration, never_learned
from training.run.folder import restore
from training.run.train import is_exhausted, split, train
from training.run.trainee import trainable

from ...instances import some_of
from ..conftest import lay_out_like_kaggle
from ..tiny_run import CONFIGURATION, tiny


@pytest.fixture
def configuration(monkeypatch: pytest.MonkeyPatch) -> Configuration:
    monkeypatch.setitem(networks.NETWORKS, "tiny", tiny)
    return CONFIGURATION


def run_apart(data: Path, out: Path, how: str, backend: str | None = None) -> int:
    command = [sys.executable, "-m", "tests.training.tiny_run", str(data), str(out), how]
    environment = {**os.environ, "KERAS_BACKEND": backend or keras.backend.backend()}
    return subprocess.run(command, capture_output=True, check=False, timeout=300, env=environment).returncode


@pytest.mark.torch
def test_network_is_trained_on_pytorch_too(kaggle_folder: Path, tmp_path: Path) -> None:
    assert run_apart(kaggle_folder, tmp_path / "run", "undisturbed", "torch") == 0
    history = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert [row["epoch"] for row in history] == [1, 2]
    assert all(np.isfinite(row[figure]) for row in history for figure in ("loss", "val_loss", "val_roc_auc"))
    with np.load(tmp_path / "run" / "final.npz") as weights:
        assert all(np.isfinite(weights[name]).all() for name in weights.files)


@dataclass(frozen=True)
class Run:
    """A run that nobody disturbed.

    Attributes:
        folder: what it left.
        weights: of the network that it returned.
        steps: of whose faces it drew.
    """

    folder: Path
    weights: list[np.ndarray]
    steps: set[int]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, small_plots: Callable[..., None]) -> Run:
    folder = tmp_path_factory.mktemp("undisturbed")
    examples = read_examples(lay_out_like_kaggle(folder / "faces"))
    steps: set[int] = set()
    draw = Batches.__getitem__

    def draw_and_note(self: Batches, index: int) -> object:
        steps.add(self.steps[index])
        return draw(self, index)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plots, "_save", small_plots)
        patch.setitem(networks.NETWORKS, "tiny", tiny)
        patch.setattr(Batches, "__getitem__", draw_and_note)
        model = train(CONFIGURATION, examples, folder / "run", resume=False)
    return Run(folder / "run", model.get_weights(), steps)


@pytest.fixture
def copy(undisturbed: Run, tmp_path: Path) -> Path:
    return Path(shutil.copytree(undisturbed.folder, tmp_path / "copy"))


@pytest.mark.parametrize("how", [pytest.param("killed", marks=pytest.mark.exhaustive), "killed in an epoch"])
def test_killed_and_resumed_run_ends_with_the_weights_of_an_undisturbed_one(
    configuration: Configuration, undisturbed: Run, kaggle_folder: Path, tmp_path: Path, how: str
) -> None:
    assert run_apart(kaggle_folder, tmp_path / "killed", how) == -signal.SIGKILL
    resumed = train(configuration, read_examples(kaggle_folder), tmp_path / "killed", resume=True)
    for whole, array in zip(undisturbed.weights, resumed.get_weights(), strict=True):
        np.testing.assert_allclose(whole, array, rtol=1e-5, atol=1e-6)
    history = json.loads((tmp_path / "killed" / "metrics.json").read_text())
    assert [row["epoch"] for row in history] == [1, 2]


def test_run_leaves_curves_and_a_network_that_can_be_restored(configuration: Configuration, undisturbed: Run) -> None:
    restored, found, _ = restore(undisturbed.folder)
    for array, released in zip(undisturbed.weights, restored.get_weights(), strict=True):
        np.testing.assert_array_equal(array, released)
    assert found == configuration
    assert {"accuracy.png", "loss.png", "metrics.json"} <= {path.name for path in undisturbed.folder.iterdir()}


def test_averages_are_released_while_training_goes_on_from_the_raw_weights(
    configuration: Configuration, undisturbed: Run, kaggle_folder: Path, tmp_path: Path
) -> None:
    examples, averaged = read_examples(kaggle_folder), undisturbed.weights
    plain = train(replace(configuration, average=None), examples, tmp_path / "plain", resume=False).get_weights()
    with np.load(undisturbed.folder / "last.npz") as stored:
        for i, array in enumerate(plain):
            np.testing.assert_allclose(stored[f"{i:04d}"], array, rtol=1e-5, atol=1e-6)
    assert any(not np.allclose(one, other, atol=1e-4) for one, other in zip(averaged, plain, strict=True))
    for one, other in zip(averaged, restore(undisturbed.folder)[0].get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_run_stops_once_patience_is_over() -> None:
    history = [{"val_roc_auc": value} for value in (0.7, 0.9, 0.8, 0.9)]
    assert is_exhausted(history, patience=2)
    assert not is_exhausted(history, patience=3)
    assert not is_exhausted(history[:2], patience=1)
    assert not is_exhausted(history, patience=None)


def test_run_that_stops_early_ends_with_the_weights_of_its_best_epoch(
    uncompiled: None, configuration: Configuration, kaggle_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = iter([0.5, 0.9, 0.6, 0.7])
    monkeypatch.setattr(metrics, "roc_auc", lambda labels, scores: next(figures))
    patient = replace(configuration, epochs=9, patience=2)
    model = train(patient, read_examples(kaggle_folder), tmp_path / "run", resume=False)
    history = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert [row["epoch"] for row in history] == [1, 2, 3, 4]
    best, _ = checkpoint.weights(tmp_path / "run" / "best.npz", len(model.weights))
    assert restore(tmp_path / "run")[2]["epoch"] == 2
    for one, other in zip(model.get_weights(), best, strict=True):
        np.testing.assert_array_equal(one, other)


def test_mixed_precision_computes_in_bfloat16_and_leaves_a_network_of_full_precision(
    configuration: Configuration, kaggle_folder: Path, tmp_path: Path
) -> None:
    mixed = replace(configuration, mixed_precision=True, epochs=1)
    assert computes_in(mixed) == {"bfloat16"}
    assert computes_in(replace(mixed, mixed_precision=False)) == {"float32"}
    model = train(mixed, read_examples(kaggle_folder), tmp_path / "run", resume=False)
    assert keras.config.dtype_policy().name == "float32"
    assert "float16" not in model.to_json()
    assert all(np.isfinite(array).all() for array in model.get_weights())


def computes_in(configuration: Configuration) -> set[str]:
    """Return the number formats in which the convolutions of features compute."""
    layers = trainable(tiny(32, 0.0), configuration)._flatten_layers()
    return {layer.compute_dtype for layer in layers if type(layer) is keras.layers.Conv2D and layer.strides == (2, 2)}


def test_run_that_never_began_leaves_its_folder_free(
    uncompiled: None, configuration: Configuration, kaggle_folder: Path, tmp_path: Path
) -> None:
    examples = read_examples(kaggle_folder)
    with pytest.raises(RunError, match="no folder runs/typo to start from"):
        train(replace(configuration, start="runs/typo"), examples, tmp_path / "run", resume=False)
    train(replace(configuration, epochs=1), examples, tmp_path / "run", resume=False)


def test_resumed_run_writes_what_a_kill_after_the_last_checkpoint_left_out(
    configuration: Configuration, copy: Path, kaggle_folder: Path
) -> None:
    for name in ("metrics.json", "accuracy.png", "loss.png"):
        (copy / name).unlink()
    train(configuration, read_examples(kaggle_folder), copy, resume=True)
    assert len(json.loads((copy / "metrics.json").read_text())) == configuration.epochs
    assert (copy / "loss.png").is_file()


def test_loss_that_is_no_number_ends_the_run_with_advice(
    uncompiled: None, configuration: Configuration, kaggle_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules[train.__module__]
    monkeypatch.setattr(module, "cross_entropy", lambda labels, logits: float("nan"))
    with pytest.raises(RunError, match="epoch 1 ended with a loss that is no number: try a lower --learning-rate"):
        train(configuration, read_examples(kaggle_folder), tmp_path / "run", resume=False)


def test_weight_of_an_origin_that_is_not_there_is_named(
    kaggle_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["train", "--network", "simple_cnn", "--data", str(kaggle_folder), "--out", str(tmp_path / "run")]
    assert main([*options, "--weight", "reall=2"]) == 1
    assert "no faces are of reall; there are: fake, real" in capsys.readouterr().err
    assert main([*options, "--weight", "real=0"]) == 1
    assert "an origin's weight is above 0" in capsys.readouterr().err


def test_every_epoch_is_in_the_log_of_tensorboard(undisturbed: Run) -> None:
    log = EventAccumulator(str(undisturbed.folder / "tensorboard"))
    log.Reload()
    assert [event.step for event in log.Tensors("val_roc_auc")] == [1, 2]


def test_origin_that_is_left_out_is_nowhere_in_the_run(configuration: Configuration, indexed_folder: Path) -> None:
    examples = read_examples(indexed_folder)
    training, validation = split(replace(configuration, without=["sdxl"]), examples)
    assert {e.origin for e in training} == {e.origin for e in validation} == {"ffhq", "utkface", "stylegan1"}
    with pytest.raises(RunError, match=r"sdxll; there are.*sdxl"):
        split(replace(configuration, without=["sdxll"]), examples)
    with pytest.raises(DataError, match="no fake faces for training"):
        split(replace(configuration, without=["sdxl", "stylegan1"]), examples)


def test_what_is_kept_for_control_is_left_out_unasked_and_the_run_says_so(
    uncompiled: None, configuration: Configuration, indexed_folder: Path, tmp_path: Path
) -> None:
    examples = read_examples(indexed_folder)
    short = replace(configuration, epochs=1)
    train(short, examples, tmp_path / "unasked", resume=False)
    train(replace(short, without=["utkface"]), examples, tmp_path / "asked", resume=False)
    written = [(tmp_path / name / "config.json").read_text() for name in ("unasked", "asked")]
    assert written[0] == written[1]
    _, recorded, _ = restore(tmp_path / "unasked")
    assert {e.origin for e in split(recorded, examples)[0]} == {"ffhq", "stylegan1", "sdxl"}
    assert open_network(tmp_path / "unasked").never_learned == {"utkface"}
    # Either way it goes on.
    train(short, examples, tmp_path / "asked", resume=True)


def test_a_network_that_knows_what_is_kept_for_control_may_be_trained_on_and_its_record_says_so() -> None:
    knew = {"name": "old", "settings": asdict(CONFIGURATION)}
    never = {**asdict(CONFIGURATION), "without": ["utkface"]}
    assert never_learned({**never, "earlier": []}) == {"utkface"}
    assert never_learned({**never, "earlier": [knew]}) == frozenset()
    assert never_learned({**asdict(CONFIGURATION), "earlier": []}) == frozenset()
    assert never_learned({**never, "teacher": "models/ensemble", "earlier": []}) == frozenset()
    members = [{"training": {**never, "earlier": []}}, {"training": {**never, "earlier": [knew]}}]
    assert never_learned({"members": members}) == frozenset()
    assert never_learned({"members": members[:1]}) == {"utkface"}


def test_start_that_knows_what_is_left_out_is_refused(
    uncompiled: None, configuration: Configuration, indexed_folder: Path, tmp_path: Path
) -> None:
    examples = read_examples(indexed_folder)
    train(replace(configuration, epochs=1), examples, tmp_path / "knows", resume=False)
    train(replace(configuration, epochs=1, without=["sdxl"]), examples, tmp_path / "does not", resume=False)
    unaware = replace(configuration, epochs=1, without=["sdxl"], start=str(tmp_path / "knows"))
    with pytest.raises(RunError, match="knows has learned from sdxl already"):
        train(unaware, examples, tmp_path / "run", resume=False)
    train(replace(unaware, start=str(tmp_path / "does not")), examples, tmp_path / "other run", resume=False)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"patch_size": 64}, "squares of 64 px cannot be cut out of an input of 32 px"),
        ({"batch_size": 0}, "batch size of 0"),
        ({"patience": 0}, "patience of 0 epochs"),
        ({"average": 1.0}, "such as 0.999"),
        ({"teacher": "models/a", "without": ["sdxl"]}, "a teacher may know sdxl"),
    ],
)
def test_settings_that_no_run_can_have_are_refused(
    configuration: Configuration, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(RunError, match=message):
        replace(configuration, **settings)


def test_folder_of_another_run_is_not_overwritten(
    configuration: Configuration, kaggle_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "last.npz").touch()
    with pytest.raises(RunError, match="--resume"):
        train(configuration, read_examples(kaggle_folder), tmp_path, resume=False)


def test_resuming_with_other_settings_names_them(
    configuration: Configuration, kaggle_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "last.npz").touch()
    (tmp_path / "config.json").write_text(json.dumps({**configuration.__dict__, "learning_rate": 0.5}))
    with pytest.raises(RunError, match="learning_rate"):
        train(configuration, read_examples(kaggle_folder), tmp_path, resume=True)


@pytest.mark.parametrize("name", some_of(networks.NETWORKS, "efficientnet_lite0", "simple_cnn"))
def test_network_learns_from_two_steps_and_reloads_alike(name: str) -> None:
    keras.utils.set_random_seed(1)
    # Xception and Inception-ResNet want more than 70 pixels; to compile the large ones would take a minute.
    model = networks.NETWORKS[name](input_size=80)
    model.compile("sgd", loss={"logit": keras.losses.BinaryCrossentropy(from_logits=True)}, run_eagerly=True)
    faces = np.random.default_rng(0).uniform(0, 255, (4, 80, 80, 3)).astype(np.float32)
    before = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    for _ in range(2):
        model.train_on_batch(faces, np.array([[0], [1], [0], [1]], np.float32))
    assert all(np.isfinite(array).all() for array in model.get_weights())
    after = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    assert any(not np.array_equal(one, other) for one, other in zip(before, after, strict=True))

    round_to_float16(model)
    reloaded = keras.models.model_from_json(model.to_json())
    reloaded.set_weights([array.astype(np.float16).astype(np.float32) for array in model.get_weights()])
    first, second = (keras.ops.convert_to_numpy(either(faces)["logit"]) for either in (model, reloaded))
    assert first.shape == (4, 1)
    np.testing.assert_allclose(first, second, rtol=1e-5, atol=1e-5)


def test_every_module_of_one_network_can_be_chosen_by_its_name() -> None:
    builders = {p.stem for p in Path(networks.__file__).parent.glob("*.py") if "\ndef build(" in p.read_text()}
    assert builders == {name for name, builder in networks.NETWORKS.items() if builder.__name__ == "build"}


def test_network_has_the_input_that_it_is_built_for_unless_told_otherwise() -> None:
    def input_size(*options: str) -> int:
        return commands.configuration(parser().parse_args(["train", "--data", "faces", *options])).input_size

    assert input_size("--network", "efficientnet_lite2") == 256
    assert input_size("--network", "resnet50") == 128
    assert input_size("--network", "mobilenet_v2", "--preset", "classic") == 224
    assert input_size("--network", "resnet50", "--input-size", "96") == 96


@pytest.fixture(scope="module")
def built(request: pytest.FixtureRequest) -> tuple[str, keras.Model]:
    name: str = request.param
    return name, networks.NETWORKS[name](input_size=80, hidden=12)


@pytest.mark.parametrize("built", some_of(networks.NETWORKS, "efficientnet_lite0", "simple_cnn"), indirect=True)
def test_a_network_has_the_name_by_which_it_is_chosen(built: tuple[str, keras.Model]) -> None:
    name, model = built
    assert model.name == name


@pytest.mark.parametrize("built", some_of(networks.NETWORKS, "efficientnet_lite0", "simple_cnn"), indirect=True)
def test_head_has_the_inner_layer_that_is_asked_for(built: tuple[str, keras.Model]) -> None:
    _, model = built
    assert model.get_layer("hidden").kernel.shape[-1] == 12
    assert model.get_layer("local_logits").kernel.shape == (1, 1, 12, 1)


def test_simple_network_has_the_depth_width_and_kernel_that_are_asked_for() -> None:
    model = networks.NETWORKS["simple_cnn"](input_size=64, depth=3, width=8, kernel=5)
    assert model.output["local_logits"].shape == (None, 8, 8, 1)
    assert [model.get_layer(f"stage{i}").kernel.shape[-1] for i in (1, 2, 3)] == [8, 16, 32]
    assert model.get_layer("stage2").kernel.shape[:2] == (5, 5)


def test_inception_resnet_standardises_every_picture_as_facenet_does() -> None:
    model = networks.NETWORKS["inception_resnet_v1"](input_size=80)
    standardise = keras.Model(model.input, model.get_layer("standardise").output)
    faces = np.random.default_rng(0).uniform(0, 255, (3, 80, 80, 3)).astype(np.float32)
    faces[1] = 100 + faces[1] / 50
    faces[2] = 77
    wanted = [(face - face.mean()) / max(face.std(), 1 / np.sqrt(face.size)) for face in faces.astype(np.float64)]
    np.testing.assert_allclose(keras.ops.convert_to_numpy(standardise(faces)), wanted, atol=2e-4)


def test_face_logit_is_the_mean_of_its_regions() -> None:
    model = networks.NETWORKS["efficientnet_lite0"](input_size=96)
    faces = np.random.default_rng(0).uniform(0, 255, (2, 96, 96, 3)).astype(np.float32)
    answer = model.predict_on_batch(faces)
    assert answer["local_logits"].shape == (2, 3, 3, 1)
    np.testing.assert_allclose(answer["logit"], answer["local_logits"].mean(axis=(1, 2)), rtol=1e-4, atol=1e-5)


def test_every_step_of_a_run_draws_new_faces(undisturbed: Run) -> None:
    assert undisturbed.steps == set(range(8))
