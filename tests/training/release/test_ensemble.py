from __future__ import annotations

import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from fake_image_detection.verdict import Bands, Calibration
from training.__main__ import main
from training.errors import NetworkError
from training.faces.conditions import WARNED_OF, as_is
from training.faces.examples import Example, read_examples
from training.figures import predict, warned
from training.figures.scores import Scores, figures
from training.networks import NETWORKS, files
from training.networks.files import read
from training.release import ensemble, publish
from training.release.ensemble import combine, release_ensemble, take
from training.release.trained import Trained, open_network
from training.studies.evaluate import Measured, measure

from ..conftest import numbers_of, release_by_hand
from ..tiny_run import tiny

FACES = np.random.default_rng(0).uniform(0, 255, (4, 32, 32, 3)).astype(np.float32)

# The settings of `plain`.
PLAINLY = {"network": "simple_cnn", "network_parameters": {"depth": 2, "width": 4}}


def member(name: str, model: keras.Model, scale: float, bias: float) -> Trained:
    return Trained(
        name,
        model,
        model.input.shape[1],
        (Calibration(scale, bias), {"usual": Bands(0.4, 0.6)}),
        None,
        frozenset(),
        1000,
    )


def plain(input_size: int = 32) -> keras.Model:
    return NETWORKS["simple_cnn"](input_size=input_size, depth=2, width=4)


def no_worse_than_chance(model: keras.Model, examples: list[Example]) -> keras.Model:
    """Return `model`, turned round if it takes photographs for fakes: a network that does is not released."""
    faces = [example for example in examples if example.split == "train"]
    logits, labels = predict.logits(model, faces, as_is, 32), np.array([face.label for face in faces])
    if logits[labels == 1].mean() < logits[labels == 0].mean():
        head = model.get_layer("local_logits")
        head.set_weights([-weight for weight in head.get_weights()])
    return model


def uncalibrated(scores: Scores) -> Scores:
    """Return what a member calibrated as those above answers where the ensemble answers `scores`."""
    return Scores(scores.examples, {name: logits - 0.1 for name, logits in scores.logits.items()})


def test_ensemble_answers_with_the_mean_of_the_calibrated_logits() -> None:
    members = [member("a", tiny(32, 0.0), 2.0, 0.5), member("b", plain(), 0.5, -1.0)]
    answer = combine(members).predict_on_batch(FACES)
    one, other = (m.model.predict_on_batch(FACES)["logit"] for m in members)
    np.testing.assert_allclose(answer["logit"], (2.0 * one + 0.5 + 0.5 * other - 1.0) / 2, rtol=1e-4, atol=1e-5)


def test_map_of_an_ensemble_keeps_the_logit_for_its_mean_whatever_the_members_grids() -> None:
    first, second = tiny(32, 0.0), plain()
    assert [model.output["local_logits"].shape[1] for model in (first, second)] == [15, 8]
    answer = combine([member("a", first, 2.0, 0.5), member("b", second, 0.5, -1.0)]).predict_on_batch(FACES)
    assert answer["local_logits"].shape == (4, 120, 120, 1)
    np.testing.assert_allclose(answer["logit"], answer["local_logits"].mean(axis=(1, 2)), rtol=1e-4, atol=1e-5)
    like = combine([member("a", first, 2.0, 0.5), member("b", tiny(32, 0.0), 1.0, 0.0)])
    assert like.output["local_logits"].shape == (None, 15, 15, 1)


@pytest.fixture(scope="module")
def both(releasable_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a released ensemble, beside those of its members."""
    models = tmp_path_factory.mktemp("models")
    examples = read_examples(releasable_folder)
    with pytest.MonkeyPatch.context() as patch:
        # Untrained networks have not learned that a pose means nothing.
        patch.setattr(publish, "refuse_pose", lambda conditions: None)
        patch.setattr(warned, "WARNED_OF", {"grey: without colours": WARNED_OF["grey: without colours"]})
        members = [
            release_by_hand(models / name, no_worse_than_chance(model, examples))
            for name, model in (("a", tiny(32, 0.0)), ("b", plain()))
        ]
        options = ["--data", str(releasable_folder), "--name", "both", "--models", str(models), "--version", "1.2.0"]
        assert main(["ensemble", *map(str, members), *options]) == 0
    return models / "both"


@pytest.fixture(scope="module")
def measured(both: Path, releasable_folder: Path) -> Measured:
    return measure(open_network(both), read_examples(releasable_folder), "val")


def test_ensemble_is_released_as_one_network(both: Path) -> None:
    model, numbers = read(both)
    assert (numbers["name"], numbers["release"], numbers["input_size"]) == ("both", "1.2.0", 32)
    assert numbers["licences"] == {"weights": "MIT", "code": "MIT", "data": "CC0-1.0"}
    assert model.output.keys() == {"logit", "local_logits"}
    members = [member(name, read(both.parent / name)[0], 1.0, 0.1) for name in ("a", "b")]
    expected = combine(members).predict_on_batch(FACES)
    np.testing.assert_allclose(model.predict_on_batch(FACES)["logit"], expected["logit"], rtol=1e-4, atol=1e-5)
    assert [recipe["name"] for recipe in numbers["training"]["members"]] == ["a", "b"]
    assert numbers["training"]["start_weights"] == "a 1.0.0 from random; b 1.0.0 from random"


def test_ensemble_is_measured_against_its_members(both: Path, measured: Measured) -> None:
    metrics = json.loads((both / "metrics.json").read_text())
    assert measured.crosswise
    for name, row in figures(measured.scores, measured.calibration, measured.verdicts_at)["conditions"].items():
        assert metrics["conditions"][name]["roc_auc"] == pytest.approx(row["roc_auc"], abs=1e-3)
        assert metrics["conditions"][name]["ece"] == pytest.approx(row["ece"], abs=1e-3)
    assert metrics["members"].keys() == {"a 1.0.0", "b 1.0.0"}
    card = (both / "README.md").read_text()
    assert "python -m training ensemble" in card
    assert card.count("--out runs/a\n") == card.count("--out runs/b\n") == 1
    for row in ("a 1.0.0", "b 1.0.0", "**both 1.2.0**"):
        assert f"| {row} |" in card


def test_ensemble_is_released_with_a_new_calibration(
    both: Path, measured: Measured, releasable_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(NETWORKS, "tiny", tiny)
    monkeypatch.setattr(publish, "refuse_pose", lambda conditions: None)
    # The test above is about the members' figures: here each is taken to answer as the whole did.
    monkeypatch.setattr(ensemble, "score", lambda *_: uncalibrated(measured.scores))
    monkeypatch.setattr(warned, "WARNED_OF", {})
    folder = Path(shutil.copytree(both, tmp_path / "both"))
    model, numbers = read(folder)
    for recipe in numbers["training"]["members"]:
        if recipe["name"] == "b":
            recipe["training"] |= PLAINLY
    files.write(folder, model, {**numbers, "calibration": {"scale": 9.0, "bias": 9.0}})
    assert main(["recalibrate", "--network", str(folder), "--data", str(releasable_folder), "--version", "1.2.1"]) == 0
    again, renewed = read(folder)
    np.testing.assert_array_equal(again.predict_on_batch(FACES)["logit"], model.predict_on_batch(FACES)["logit"])
    assert renewed["release"] == "1.2.1"
    assert renewed["calibration"] == pytest.approx(numbers["calibration"], abs=2e-3)
    renewed_metrics = json.loads((folder / "metrics.json").read_text())
    assert renewed_metrics["members"].keys() == {"a 1.0.0", "b 1.0.0"}


def test_member_can_be_rebuilt_from_the_ensemble_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NETWORKS, "tiny", tiny)
    parts = {"a": tiny(32, 0.0), "b": plain()}
    numbers, settings = numbers_of("both"), numbers_of("both")["training"]
    recipes = {"a": settings, "b": {**settings, **PLAINLY}}
    described = [{"name": name, "release": "1.0.0", "training": recipes[name]} for name in parts]
    whole = combine([member(name, model, 2.0, 0.5) for name, model in parts.items()])
    files.write(tmp_path / "both", whole, {**numbers, "training": {"members": described}})
    for name, model in parts.items():
        files.round_to_float16(model)
        rebuilt, training = take(*read(tmp_path / "both"), name)
        assert training == recipes[name]
        expected = model.predict_on_batch(FACES)["logit"]
        np.testing.assert_allclose(rebuilt.predict_on_batch(FACES)["logit"], expected, rtol=1e-5, atol=1e-6)
    with pytest.raises(NetworkError, match="no member c; it has: a, b"):
        take(*read(tmp_path / "both"), "c")


def test_ensemble_of_an_ensemble_is_refused(releasable_folder: Path, tmp_path: Path) -> None:
    folder = release_by_hand(tmp_path / "a", tiny(32, 0.0))
    numbers = json.loads((folder / "network.json").read_text())
    (folder / "network.json").write_text(json.dumps({**numbers, "training": {"members": []}}))
    with pytest.raises(NetworkError, match="a: an ensemble itself; name its members"):
        release_ensemble([folder, folder], read_examples(releasable_folder), tmp_path / "both", "1.0.0", {})


def test_members_that_do_not_fit_are_named() -> None:
    small, large = member("a", plain(), 1.0, 0.0), member("b", plain(48), 1.0, 0.0)
    with pytest.raises(NetworkError, match=r"32 px, 48 px.*--input-size"):
        combine([small, large])
    with pytest.raises(NetworkError, match="b: not released"):
        combine([small, Trained("b", plain(), 32, None, None, frozenset(), 1000)])
    with pytest.raises(NetworkError, match="at least two"):
        combine([small])
