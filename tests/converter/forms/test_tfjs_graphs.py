"""Graph models that the WASM backend takes."""

import json
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from converter.errors import ConverterError
from converter.forms import precision, tfjs
from converter.forms.artifacts import run_keras
from converter.forms.precision import Plan, fingerprint
from converter.forms.saved_model import write_bare
from converter.networks.fold import fold
from tests.converter.tiny_networks import SIDE, run_tfjs, tiny_network, with_weights


def normalised() -> keras.Model:
    """BatchNormalization as the Inception networks have it: no scale, and the axis counted from the front."""
    image = keras.Input((SIDE, SIDE, 3), name="image")
    x = keras.layers.Conv2D(8, 3, use_bias=False)(image)
    x = keras.layers.BatchNormalization(axis=3, scale=False)(x)
    return with_weights(keras.Model(image, {"answer": keras.layers.ReLU()(x)}))


def one_channel() -> keras.Model:
    """The head of every network here: a convolution with a bias to one channel."""
    image = keras.Input((SIDE, SIDE, 3), name="image")
    return with_weights(keras.Model(image, {"answer": keras.layers.Conv2D(1, 1)(image)}))


def residual(activation: bool) -> keras.Model:
    """A sum with a convolution that has no bias, as untrained residual networks have it."""
    image = keras.Input((SIDE, SIDE, 3), name="image")
    branch = keras.layers.ReLU()(keras.layers.Conv2D(8, 3, padding="same")(image))
    x = keras.layers.Conv2D(8, 3, padding="same", use_bias=False)(branch)
    x = keras.layers.Add()([x, branch])
    return with_weights(keras.Model(image, {"answer": keras.layers.ReLU()(x) if activation else x}))


def residual_with_activation() -> keras.Model:
    return residual(activation=True)


def residual_without_activation() -> keras.Model:
    return residual(activation=False)


rank_4_biases = pytest.mark.parametrize(
    "build", [normalised, one_channel, residual_with_activation, residual_without_activation]
)


@rank_4_biases
def test_wasm_refuses_folded_biases_without_the_repair(
    node: None, build: Callable[[], keras.Model], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tfjs, "flatten_biases", lambda graph: [])
    monkeypatch.setattr(tfjs, "unfuse_sums", lambda graph: [])
    write_bare(build(), tmp_path / "saved")
    outputs = tfjs.write_tfjs(tmp_path / "saved", tmp_path / "tfjs")
    with pytest.raises(ConverterError, match="only supports rank-1 bias but got rank 4"):
        run_tfjs(tmp_path / "tfjs", outputs, np.zeros((1, SIDE, SIDE, 3), np.uint8))


@rank_4_biases
def test_wasm_agrees_with_keras_after_the_repair(node: None, build: Callable[[], keras.Model], tmp_path: Path) -> None:
    model = build()
    write_bare(model, tmp_path / "saved")
    outputs = tfjs.write_tfjs(tmp_path / "saved", tmp_path / "tfjs")
    images = np.random.default_rng(3).integers(0, 256, (4, SIDE, SIDE, 3)).astype(np.uint8)
    found = run_tfjs(tmp_path / "tfjs", outputs, images)
    np.testing.assert_allclose(found["answer"], run_keras(model, images)["answer"], rtol=1e-5, atol=1e-5)


def test_the_same_saved_model_gives_the_same_bytes(tmp_path: Path) -> None:
    write_bare(tiny_network(), tmp_path / "saved")
    for name in ("one", "two"):
        tfjs.write_tfjs(tmp_path / "saved", tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_only_biases_of_fused_convolutions_are_flattened() -> None:
    def constant(name: str, shape: list[int]) -> dict[str, object]:
        dim = [{"size": str(side)} for side in shape]
        return {"name": name, "op": "Const", "attr": {"value": {"tensor": {"tensorShape": {"dim": dim}}}}}

    shapes = {"kernel": [1, 1, 1, 8], "bias": [1, 1, 1, 8], "offset": [1, 1, 1, 8]}
    graph = {
        "modelTopology": {
            "node": [
                *(constant(name, shape) for name, shape in shapes.items()),
                {"name": "conv", "op": "_FusedConv2D", "input": ["image", "kernel", "bias"]},
                {"name": "sum", "op": "AddV2", "input": ["conv", "offset"]},
            ]
        },
        "weightsManifest": [
            {"paths": [], "weights": [{"name": name, "shape": shape} for name, shape in shapes.items()]}
        ],
    }
    assert tfjs.flatten_biases(graph) == ["bias"]
    assert [weight["shape"] for weight in graph["weightsManifest"][0]["weights"]] == [[1, 1, 1, 8], [8], [1, 1, 1, 8]]  # type: ignore[index]


class Odd(keras.layers.Layer):
    """A layer that computes what it is told to."""

    def __init__(self, function: Callable[[object], object]) -> None:
        super().__init__(name="odd")
        self.function = function

    def call(self, x: object) -> object:
        return self.function(x)


def odd(function: Callable[[object], object], folder: Path) -> Path:
    image = keras.Input((SIDE, SIDE, 3), name="image")
    write_bare(keras.Model(image, {"answer": Odd(function)(image)}), folder)
    return folder


def test_an_operation_that_tfjs_does_not_know_is_told_with_its_layer(tmp_path: Path) -> None:
    with pytest.raises(ConverterError, match=r"TF.js has no Lgamma, which .*/odd.*/Lgamma needs\. Build that layer"):
        tfjs.write_tfjs(odd(tf.math.lgamma, tmp_path / "saved"), tmp_path / "tfjs")


def test_an_operation_without_a_kernel_in_browsers_is_told_with_its_layer(node: None, tmp_path: Path) -> None:
    saved = odd(lambda x: tf.einsum("bhwc,bhwd->bcd", x, x), tmp_path / "saved")
    tfjs.write_tfjs(saved, tmp_path / "tfjs")
    with pytest.raises(ConverterError, match=r"Einsum in .*/odd.* has no kernel Einsum on wasm\. Build that layer"):
        tfjs.require_kernels(tmp_path / "tfjs", (SIDE, SIDE, 3))


def test_a_network_of_ours_has_all_kernels(node: None, tmp_path: Path) -> None:
    write_bare(tiny_network(), tmp_path / "saved")
    tfjs.write_tfjs(tmp_path / "saved", tmp_path / "tfjs")
    tfjs.require_kernels(tmp_path / "tfjs", (SIDE, SIDE, 3))


def test_kernels_of_few_weights_are_not_rounded_unless_they_are_named() -> None:
    few, many = np.ones((3, 3, 3, 32), np.float32), np.ones((1, 1, 64, 64), np.float32)
    named = Plan("mixed", "uint16", frozenset({fingerprint(few)}))
    assert [precision.plain("uint16").stored_as(kernel) for kernel in (few, many)] == ["float32", "uint16"]
    assert [named.stored_as(kernel) for kernel in (few, many)] == ["uint8", "uint16"]


def test_rounded_weights_are_in_tfjs_what_the_plan_says_in_keras(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "FEW_WEIGHTS", 0)
    model = fold(tiny_network())
    kernels = [value for value in model.get_weights() if value.ndim > 1]
    plan = Plan("mixed", "uint16", frozenset({fingerprint(kernels[0])}))
    write_bare(model, tmp_path / "saved")
    tfjs.write_tfjs(tmp_path / "saved", tmp_path / "tfjs")
    tfjs.quantise_tfjs(tmp_path / "tfjs", plan)
    stored = list(tfjs.read_weights(tmp_path / "tfjs").values())
    with plan.applied(model):
        for kernel in (value for value in model.get_weights() if value.ndim > 1):
            assert any(kernel.shape == value.shape and (kernel == value).all() for value in stored)
    dtypes = {
        weight.get("quantization", {}).get("dtype", "float32")
        for group in json.loads((tmp_path / "tfjs" / "model.json").read_text())["weightsManifest"]
        for weight in group["weights"]
    }
    assert dtypes == {"float32", "uint8", "uint16"}
    assert all((new == old).all() for new, old in zip(model.get_weights()[:1], kernels[:1], strict=True))
