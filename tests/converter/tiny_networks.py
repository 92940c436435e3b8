"""Tiny networks as training would leave them, and faces to prove them on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import data

from converter.forms.javascript import run_graph_model
from training.networks import files

SIDE = 32
# A layer with 8 channels.
MIDDLE = "middle"

WriteNetwork = Callable[..., Path]


def tiny_network(seed: int = 1) -> keras.Model:
    """A network of few layers, with the head that all networks have."""
    image = keras.Input((SIDE, SIDE, 3), name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0)(image)
    x = keras.layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
    x = keras.layers.BatchNormalization(axis=3, scale=False)(x)
    x = keras.layers.ReLU()(x)
    x = keras.layers.DepthwiseConv2D(3, strides=2, padding="same", use_bias=False)(x)
    x = keras.layers.BatchNormalization(axis=3, scale=False)(x)
    x = keras.layers.ReLU(name=MIDDLE)(x)
    local_logits = keras.layers.Conv2D(1, 1, name="local_logits")(x)
    logit = keras.layers.GlobalAveragePooling2D(name="logit")(local_logits)
    return with_weights(keras.Model(image, {"logit": logit, "local_logits": local_logits}), seed)


def with_weights(model: keras.Model, seed: int = 1) -> keras.Model:
    """The model, with random weights above 0, for some are variances."""
    random = np.random.default_rng(seed)
    model.set_weights([random.uniform(0.1, 0.5, value.shape).astype(np.float32) for value in model.get_weights()])
    return model


def sensitivities(strict: float, eager: float) -> dict[str, Any]:
    """Sensitivities as a network.json has them, with figures that a test of verdicts made up."""
    cases = json.loads(Path(__file__).parents[1].joinpath("verdict_cases.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = cases["network"]["sensitivities"]
    found["strict"]["fake_from"], found["eager"]["fake_from"] = strict, eager
    return found


def drawn_head(layer: str) -> dict[str, Any]:
    """`drawn` of a network.json, for a layer of 8 channels; its figures are made up."""
    figures = {"drawings": 1, "drawings_told": 1, "real": 1, "real_told": 0, "fake": 1, "fake_told": 0}
    weights = np.random.default_rng(3).normal(scale=0.01, size=16).round(4).tolist()
    return {"layer": layer, "weights": weights, "offset": 0.25, "figures": figures}


def numbers(**changes: Any) -> dict[str, Any]:
    """A network.json that the converter takes, but for the changes."""
    return {
        "name": "tiny",
        "input_size": SIDE,
        "value_range": [0, 255],
        "calibration": {"scale": 1.0, "bias": -1.0},
        "bands": {"real_below": 0.3, "fake_from": 0.8},
        "release": "1.2.3",
        "licences": {"weights": "MIT", "code": "MIT", "data": "CC0-1.0"},
        "provenance": "made by a test",
        "training": {},
        "figures": {},
    } | changes


def write_files(folder: Path, model: keras.Model, content: dict[str, Any]) -> Path:
    """Write models/NAME as training does; returns it."""
    files.write(folder, model, content)
    return folder


def break_numbers(folder: Path, **changes: Any) -> Path:
    """Change the network.json in models/NAME by hand, to one that training may refuse to write."""
    place = folder / files.NUMBERS
    place.write_text(json.dumps(json.loads(place.read_text()) | changes))
    return folder


def save_faces(folder: Path, count: int = 16) -> None:
    """Save `count` different crops around the astronaut's face."""
    astronaut = Image.fromarray(data.astronaut())
    for index in range(count):
        left, top = 100 + 5 * index, 20 + 3 * index
        astronaut.crop((left, top, left + 180, top + 180)).save(folder / f"{index:02d}.png")


def run_tfjs(folder: Path, outputs: dict[str, str], images: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """Answers of a graph model on WASM in Node; `outputs` as from `converter.forms.tfjs.write_tfjs`."""
    results, _ = run_graph_model(folder / "model.json", images, list(outputs.values()))
    return dict(zip(outputs, results, strict=True))
