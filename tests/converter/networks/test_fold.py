"""Folding changes how a network is computed, never what it answers."""

from collections.abc import Callable

import keras
import numpy as np
import pytest

from converter.forms.artifacts import run_keras
from converter.networks.fold import fold
from converter.proof.golden import golden_faces
from tests.converter.tiny_networks import SIDE, tiny_network, with_weights

FOLDED_AWAY = (keras.layers.BatchNormalization, keras.layers.Rescaling, keras.layers.Dropout)


def model_of(build: Callable[[keras.KerasTensor], keras.KerasTensor]) -> keras.Model:
    image = keras.Input((SIDE, SIDE, 3), name="image")
    return with_weights(keras.Model(image, {"answer": build(image)}))


def depthwise(x: keras.KerasTensor) -> keras.KerasTensor:
    x = keras.layers.DepthwiseConv2D(3, depth_multiplier=2, use_bias=False)(x)
    return keras.layers.BatchNormalization(scale=False)(x)


def separable(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.BatchNormalization(center=False)(keras.layers.SeparableConv2D(5, 3)(x))


def padded_input(x: keras.KerasTensor) -> keras.KerasTensor:
    x = keras.layers.Rescaling([1 / 58, 1 / 57, 1 / 57], offset=[-2.1, -2.0, -1.8])(x)
    x = keras.layers.Conv2D(4, 3, 2, use_bias=False)(keras.layers.ZeroPadding2D(1)(x))
    return keras.layers.ReLU()(keras.layers.BatchNormalization()(x))


def scaled_residual(x: keras.KerasTensor) -> keras.KerasTensor:
    mixed = keras.layers.Rescaling(0.17)(keras.layers.Dropout(0.5)(keras.layers.Conv2D(3, 1)(x)))
    return keras.layers.Add()([x, mixed])


def twice_normalised(x: keras.KerasTensor) -> keras.KerasTensor:
    x = keras.layers.Dense(4)(x)
    return keras.layers.BatchNormalization()(keras.layers.BatchNormalization()(x))


@pytest.mark.parametrize("build", [depthwise, separable, padded_input, scaled_residual, twice_normalised])
def test_nothing_is_left_of_what_can_be_folded_and_the_answers_stay(
    build: Callable[[keras.KerasTensor], keras.KerasTensor],
) -> None:
    model = model_of(build)
    folded = fold(model)
    assert not [layer.name for layer in folded.layers if isinstance(layer, FOLDED_AWAY)]
    assert_same_answers(folded, model)


def after_an_activation(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 3, activation="relu")(x))


def over_rows(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.BatchNormalization(axis=1)(keras.layers.Conv2D(4, 3)(x))


def into_two_branches(x: keras.KerasTensor) -> keras.KerasTensor:
    x = keras.layers.Conv2D(4, 1)(x)
    return keras.layers.Add()([x, keras.layers.BatchNormalization()(x)])


@pytest.mark.parametrize("build", [after_an_activation, over_rows, into_two_branches])
def test_what_cannot_be_folded_keeps_its_answers(build: Callable[[keras.KerasTensor], keras.KerasTensor]) -> None:
    model = model_of(build)
    assert_same_answers(fold(model), model)


def test_the_network_itself_is_left_as_it_was() -> None:
    model = tiny_network()
    before = model.to_json(), [value.copy() for value in model.get_weights()]
    fold(model)
    assert model.to_json() == before[0]
    assert all((value == old).all() for value, old in zip(model.get_weights(), before[1], strict=True))


def test_a_model_that_is_used_twice_stays_one() -> None:
    member = tiny_network()
    image = keras.Input((SIDE, SIDE, 3), name="image")
    both = keras.layers.Average()([member(image)["logit"], member(image[:, :, ::-1])["logit"]])
    model = keras.Model(image, {"answer": both})
    folded = fold(model)
    assert folded.count_params() == fold(member).count_params()
    assert_same_answers(folded, model)


def assert_same_answers(folded: keras.Model, model: keras.Model) -> None:
    pictures = golden_faces(SIDE)
    for name, expected in run_keras(model, pictures).items():
        np.testing.assert_allclose(run_keras(folded, pictures)[name], expected, rtol=1e-4, atol=1e-3)
