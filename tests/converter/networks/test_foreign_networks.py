"""Networks that training/ did not write."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from converter.errors import ConverterError
from converter.forms.artifacts import run_keras
from converter.forms.saved_model import write_bare
from converter.forms.tfjs import write_tfjs
from converter.networks.fold import fold
from converter.networks.trained_network import read_network
from converter.proof.golden import golden_faces
from tests.converter.tiny_networks import SIDE, numbers, run_tfjs, tiny_network, with_weights, write_files


def classifier(units: int, activation: str | None) -> keras.Model:
    """As people have them: pixels of -1..1, a dense layer at the end, no heat map."""
    image = keras.Input((SIDE, SIDE, 3), name="pixels")
    x = keras.layers.Conv2D(4, 3, strides=2)(image)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.ReLU()(x))
    return with_weights(keras.Model(image, keras.layers.Dense(units, activation=activation)(x)))


def describe(folder: Path, **changes: Any) -> None:
    content = numbers(value_range=[-1, 1], **changes)
    (folder / "network.json").write_text(json.dumps(content))


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


@pytest.mark.parametrize(
    ("units", "activation", "output", "probability"),
    [
        (1, None, {"kind": "logit"}, lambda answer: sigmoid(answer[:, 0])),
        (1, "sigmoid", {"kind": "probability"}, lambda answer: answer[:, 0]),
        (2, None, {"kind": "two_logits", "fake_class": 0}, lambda answer: sigmoid(answer[:, 0] - answer[:, 1])),
        (2, "softmax", {"kind": "two_probabilities", "fake_class": 1}, lambda answer: answer[:, 1]),
    ],
)
def test_a_keras_file_gives_the_probability_that_it_gave(
    units: int,
    activation: str | None,
    output: dict[str, object],
    probability: Callable[[np.ndarray], np.ndarray],
    tmp_path: Path,
) -> None:
    model = classifier(units, activation)
    model.save(tmp_path / "mine.keras")
    describe(tmp_path, output=output)
    pictures = golden_faces(SIDE)
    answer = np.asarray(model(pictures.astype(np.float32) / 127.5 - 1))
    found = run_keras(read_network(tmp_path / "mine.keras").model, pictures)
    np.testing.assert_allclose(sigmoid(found["logit"][:, 0]), probability(answer), atol=1e-5)
    assert found["local_logits"].shape == (len(pictures), 1, 1, 1)


def test_a_saved_model_is_converted(node: None, tmp_path: Path) -> None:
    write_bare(classifier(1, None), tmp_path / "mine")
    describe(tmp_path, output={"kind": "logit"})
    network = read_network(tmp_path / "mine")
    write_bare(fold(network.model), tmp_path / "bare")
    outputs = write_tfjs(tmp_path / "bare", tmp_path / "tfjs")
    pictures = golden_faces(SIDE)
    found = run_tfjs(tmp_path / "tfjs", outputs, pictures)
    np.testing.assert_allclose(found["logit"], run_keras(network.model, pictures)["logit"], rtol=1e-4)


def test_an_ensemble_is_converted(node: None, tmp_path: Path) -> None:
    image = keras.Input((SIDE, SIDE, 3), name="image")
    members = [tiny_network(seed) for seed in (1, 2)]
    for seed, member in enumerate(members):
        member.name = f"member_{seed}"
    answers = [member(image) for member in members]
    mean = {name: keras.layers.Average(name=name)([answer[name] for answer in answers]) for name in answers[0]}
    network = read_network(write_files(tmp_path / "two", keras.Model(image, mean), numbers(name="two")))
    write_bare(fold(network.model), tmp_path / "bare")
    outputs = write_tfjs(tmp_path / "bare", tmp_path / "tfjs")
    pictures = golden_faces(SIDE)
    found = run_tfjs(tmp_path / "tfjs", outputs, pictures)
    for name, expected in run_keras(network.model, pictures).items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "output is None, but has to tell what the network's answer is"),
        ({"output": {"kind": "two_logits", "fake_class": 1}}, r"which is \(n, 2\), but the network gives"),
        ({"output": {"kind": "logit"}, "input_size": 64}, "input_size is 64, but the network takes"),
        (
            {"output": {"kind": "logit"}, "calibration": {}},
            r"calibration: 'scale' is a required property; .*release write the file",
        ),
    ],
)
def test_a_description_that_does_not_fit_is_told(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    classifier(1, None).save(tmp_path / "mine.keras")
    describe(tmp_path, **changes)
    with pytest.raises(ConverterError, match=message):
        read_network(tmp_path / "mine.keras")


def test_a_network_without_a_description_is_told_to_write_one(tmp_path: Path) -> None:
    classifier(1, None).save(tmp_path / "mine.keras")
    with pytest.raises(ConverterError, match="--description"):
        read_network(tmp_path / "mine.keras")
