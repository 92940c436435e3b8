"""Networks with copied weights must compute what their originals compute: those are run here in their own terms."""

from __future__ import annotations

import json
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from PIL import Image
from skimage import data

from training import networks
from training.errors import StartWeightsError
from training.networks import start_weights
from training.networks.start_weights import SOURCES, Source


@pytest.fixture
def face() -> np.ndarray:
    """Return the face of an astronaut, 160 pixels wide, values in [0, 255]."""
    picture = Image.fromarray(data.astronaut()[0:200, 124:324])
    return np.asarray(picture.resize((160, 160), Image.Resampling.BICUBIC), np.float32)[None]


def fetch(source: Source) -> Any:
    try:
        return start_weights.fetch(source)
    except StartWeightsError as error:
        pytest.skip(str(error))


def features(network: str, start: str, face: np.ndarray) -> np.ndarray:
    """Return what reaches the head of a network that starts from `start`."""
    model = networks.NETWORKS[network](input_size=face.shape[1])
    start_weights.load(model, start)
    base = keras.Model(model.input, model.get_layer("dropout").output)
    return keras.ops.convert_to_numpy(base(face))


def normalised(x: Any, state: Any, norm: str, epsilon: float, activation: bool) -> Any:
    """Return what PyTorch makes of a convolution's output by the file's statistics."""
    import torch

    parts = (state[f"{norm}.{part}"] for part in ("running_mean", "running_var", "weight", "bias"))
    x = torch.nn.functional.batch_norm(x, *parts, eps=epsilon)
    return torch.nn.functional.relu6(x) if activation else x


def test_network_without_such_weights_says_what_there_is() -> None:
    with pytest.raises(
        StartWeightsError, match="inception_resnet_v1: train it with --start facenet or --start scratch"
    ):
        start_weights.load(keras.Sequential(name="inception_resnet_v1"), "imagenet")


def test_best_start_is_the_one_that_there_is() -> None:
    starts = {name: start_weights.best_start(name) for name in networks.NETWORKS}
    assert starts.pop("inception_resnet_v1") == "facenet"
    assert {name for name, start in starts.items() if start == "imagenet"} == {
        "efficientnet_lite0",
        "efficientnet_lite2",
        "mobilenet_v2",
    }
    assert start_weights.best_start("resnet50") == "scratch"


def test_file_that_was_changed_is_refused(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_weights, "CACHE", tmp_path)
    (tmp_path / "facenet_keras.h5").write_bytes(b"something else")
    with pytest.raises(StartWeightsError, match="SHA-256 differs"):
        start_weights.fetch(SOURCES["facenet"]["inception_resnet_v1"])


@pytest.mark.torch
def test_mobilenet_computes_what_torchvision_computes(face: np.ndarray) -> None:
    import torch

    state = torch.load(fetch(SOURCES["imagenet"]["mobilenet_v2"]), weights_only=True)

    def convolution(x: Any, key: str, norm: str, stride: int = 1, activation: bool = True) -> Any:
        kernel = state[f"{key}.weight"]
        groups = x.shape[1] // kernel.shape[1]
        x = torch.nn.functional.conv2d(x, kernel, stride=stride, padding=kernel.shape[-1] // 2, groups=groups)
        return normalised(x, state, norm, 1e-5, activation)

    x = torch.tensor(face.transpose(0, 3, 1, 2) / 255)
    x = (x - torch.tensor([0.485, 0.456, 0.406])[:, None, None]) / torch.tensor([0.229, 0.224, 0.225])[:, None, None]
    x = convolution(x, "features.0.0", "features.0.1", stride=2)
    x = convolution(x, "features.1.conv.0.0", "features.1.conv.0.1")
    x = convolution(x, "features.1.conv.1", "features.1.conv.2", activation=False)
    for i in range(2, 18):
        key = f"features.{i}.conv"
        y = convolution(x, f"{key}.0.0", f"{key}.0.1")
        y = convolution(y, f"{key}.1.0", f"{key}.1.1", stride=2 if i in (2, 4, 7, 14) else 1)
        y = convolution(y, f"{key}.2", f"{key}.3", activation=False)
        x = x + y if x.shape == y.shape else y
    x = convolution(x, "features.18.0", "features.18.1")

    # It sees the suit: the copy is of the right network, and of its input's colours.
    scores = torch.nn.functional.linear(x.mean((2, 3)), state["classifier.1.weight"], state["classifier.1.bias"])
    assert scores.argmax() >= 398
    np.testing.assert_allclose(
        features("mobilenet_v2", "imagenet", face), x.numpy().transpose(0, 2, 3, 1), rtol=1e-4, atol=1e-4
    )


@pytest.mark.torch
@pytest.mark.parametrize(
    ("network", "halved"),
    [
        ("efficientnet_lite0", (1, 3, 5, 11)),
        pytest.param("efficientnet_lite2", (1, 4, 7, 15), marks=pytest.mark.exhaustive),
    ],
)
def test_efficientnet_lite_computes_what_the_published_weights_say(
    network: str, halved: tuple[int, ...], face: np.ndarray
) -> None:
    import torch

    state = torch.load(fetch(SOURCES["imagenet"][network]), weights_only=True)

    def convolution(x: Any, key: str, norm: str, stride: int = 1, activation: bool = True) -> Any:
        kernel = state[f"{key}.weight"]
        groups = x.shape[1] // kernel.shape[1]
        # As TensorFlow pads, where the weights come from: the odd pixel at the end.
        needed = [
            max((-(-side // stride) - 1) * stride + kernel.shape[-1] - side, 0) for side in (x.shape[3], x.shape[2])
        ]
        x = torch.nn.functional.pad(x, [part for side in needed for part in (side // 2, side - side // 2)])
        x = torch.nn.functional.conv2d(x, kernel, stride=stride, groups=groups)
        return normalised(x, state, norm, 1e-3, activation)

    x = convolution((torch.tensor(face.transpose(0, 3, 1, 2)) - 127) / 128, "_conv_stem", "_bn0", stride=2)
    for block in range(sum(key.endswith("_depthwise_conv.weight") for key in state)):
        key, y = f"_blocks.{block}", x
        if f"{key}._expand_conv.weight" in state:
            y = convolution(y, f"{key}._expand_conv", f"{key}._bn0")
        y = convolution(y, f"{key}._depthwise_conv", f"{key}._bn1", stride=2 if block in halved else 1)
        y = convolution(y, f"{key}._project_conv", f"{key}._bn2", activation=False)
        x = x + y if x.shape == y.shape else y
    x = convolution(x, "_conv_head", "_bn1")

    # It sees the suit: the copy is of the right network, and of its input's colours.
    scores = torch.nn.functional.linear(x.mean((2, 3)), state["_fc.weight"], state["_fc.bias"])
    assert scores.argmax() >= 398
    np.testing.assert_allclose(
        features(network, "imagenet", face), x.numpy().transpose(0, 2, 3, 1), rtol=1e-3, atol=1e-3
    )


def test_inception_resnet_computes_what_the_graph_in_the_facenet_file_says(face: np.ndarray) -> None:
    with h5py.File(fetch(SOURCES["facenet"]["inception_resnet_v1"])) as file:
        layers = json.loads(file.attrs["model_config"])["config"]["layers"]
        results = {"input_1": keras.ops.convert_to_tensor((face - face.mean()) / face.std())}
        for layer in layers[1:]:
            name, config = layer["name"], layer["config"]
            inputs = [results[node[0]] for node in layer["inbound_nodes"][0]]
            group = file["model_weights"][name]
            arrays = {key[:-2]: keras.ops.convert_to_tensor(group[name][key][()]) for key in group.get(name, ())}
            if name == "AvgPool":
                break
            results[name] = run_layer(layer["class_name"], config, inputs, arrays)
    original = keras.ops.convert_to_numpy(results["Block8_6_ScaleSum"])
    assert original.shape == (1, 3, 3, 1792)
    np.testing.assert_allclose(features("inception_resnet_v1", "facenet", face), original, rtol=1e-4, atol=1e-4)


def run_layer(kind: str, config: dict[str, Any], inputs: list[Any], arrays: dict[str, Any]) -> Any:
    x = inputs[0]
    if kind == "Conv2D":
        x = keras.ops.conv(x, arrays["kernel"], tuple(config["strides"]), config["padding"])
        return x + arrays["bias"] if config["use_bias"] else x
    if kind == "BatchNormalization":
        deviation = keras.ops.sqrt(arrays["moving_variance"] + config["epsilon"])
        return (x - arrays["moving_mean"]) / deviation + arrays["beta"]
    if kind == "MaxPooling2D":
        return keras.ops.max_pool(x, tuple(config["pool_size"]), tuple(config["strides"]), config["padding"])
    if kind == "Concatenate":
        return keras.ops.concatenate(inputs, axis=config["axis"])
    if kind == "Lambda":
        return inputs[0] + inputs[1] * config["arguments"]["scale"]
    assert (kind, config["activation"]) == ("Activation", "relu")
    return keras.ops.relu(x)
