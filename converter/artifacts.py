"""The three forms of one network in a bundle: where they lie, how they are made, how they are run."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from converter.browser import run_backends
from converter.lite import run_lite, write_lite
from converter.progress import step
from converter.saved_model import run_saved_model, write_saved_model
from converter.tfjs import run_tfjs, write_tfjs

Outputs = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Artifacts:
    """One network's files in the bundle at `root`; the paths are relative to it."""

    root: Path
    name: str
    tfjs_outputs: dict[str, str]

    @property
    def files(self) -> dict[str, Any]:
        """The network's `files` in the manifest."""
        return {
            "saved_model": f"saved_model/{self.name}",
            "lite": f"lite/{self.name}.tflite",
            "tfjs": {"model": f"tfjs/{self.name}/model.json", "outputs": self.tfjs_outputs},
        }


def write_artifacts(model: keras.Model, root: Path, name: str) -> Artifacts:
    """Write `model` in every form under `root`, printing a line for each."""
    saved_model = root / "saved_model" / name
    with step(f"{name}: SavedModel"):
        write_saved_model(model, saved_model)
    with step(f"{name}: LiteRT"):
        write_lite(saved_model, root / "lite" / f"{name}.tflite")
    with step(f"{name}: TF.js"):
        outputs = write_tfjs(saved_model, root / "tfjs" / name)
    return Artifacts(root, name, outputs)


def run_artifacts(artifacts: Artifacts, images: NDArray[np.float32]) -> Iterator[tuple[str, slice, Outputs]]:
    """Run float32 (n, S, S, 3) pictures through every form; yields (runtime, which pictures were run, their outputs).

    Slow runtimes get a few of the pictures, always the last one among them.
    """
    root, name = artifacts.root, artifacts.name
    with step(f"{name}: {len(images)} pictures through SavedModel"):
        outputs = run_saved_model(root / "saved_model" / name, images)
    yield "SavedModel", slice(None), outputs
    with step(f"{name}: {len(images)} pictures through LiteRT"):
        outputs = run_lite(root / "lite" / f"{name}.tflite", images)
    yield "LiteRT", slice(None), outputs
    with step(f"{name}: {len(images)} pictures through TF.js on WASM"):
        outputs = run_tfjs(root / "tfjs" / name, artifacts.tfjs_outputs, images)
    yield "TF.js WASM in Node", slice(None), outputs
    yield from run_backends(root / "tfjs" / name, images, artifacts.tfjs_outputs)


def run_keras(model: keras.Model, images: NDArray[np.float32]) -> Outputs:
    """Run float32 (n, S, S, 3) pictures, one at a time, through the network itself."""
    rows = [model(image[np.newaxis], training=False) for image in images]
    return {name: np.concatenate([keras.ops.convert_to_numpy(row[name]) for row in rows]) for name in rows[0]}
