"""The forms of one network in a bundle: where they lie, how they are made, how they are run."""

import os
import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from converter.forms.batches import BATCH, Outputs, batches, collect
from converter.forms.browser import run_backends
from converter.forms.javascript import run_graph_model
from converter.forms.lite import LITE_PRECISIONS, run_lite, write_lite
from converter.forms.precision import Plan
from converter.forms.saved_model import run_saved_model, write_bare
from converter.forms.tfjs import quantise_tfjs, require_kernels, write_tfjs
from converter.progress import step

Form = Literal["saved_model", "lite", "tfjs"]


@dataclass(frozen=True)
class Artifacts:
    """One network's files in the bundle at `root`; the paths are relative to it.

    Attributes:
        name: names the files.
        forms: those that the bundle has.
        tfjs_outputs: the tensor to execute for each output; empty without that form.
        precision: what the weights of the .tflite file are stored as.
    """

    root: Path
    name: str
    forms: frozenset[Form]
    tfjs_outputs: dict[str, str]
    precision: str = "float32"

    @property
    def lite(self) -> str:
        """The .tflite file."""
        return f"lite/{self.name}.tflite"

    @property
    def saved_model(self) -> str:
        """The folder of the SavedModel."""
        return f"saved_model/{self.name}"

    @property
    def tfjs(self) -> str:
        """The folder of the TF.js graph model."""
        return f"tfjs/{self.name}"

    @property
    def files(self) -> dict[str, Any]:
        """The network's `files` in the manifest."""
        places = {
            "saved_model": self.saved_model,
            "lite": self.lite,
            "tfjs": {"model": f"{self.tfjs}/model.json", "outputs": self.tfjs_outputs},
        }
        return {form: place for form, place in places.items() if form in self.forms}

    def candidate(self, precision: str) -> Path:
        """The .tflite file of one precision, until one of them is chosen."""
        return self.root / f"lite/{self.name}.{precision}.tflite"


@dataclass(frozen=True)
class Answers:
    """What one runtime answered.

    Attributes:
        runtime: its name in tables.
        form: which of the network's files it ran.
        chosen: which of the pictures it was given; slow runtimes get a few.
        outputs: of those pictures.
        milliseconds: the median of a batch, or of a picture on TF.js; None where it was not measured.
    """

    runtime: str
    form: Form
    chosen: slice
    outputs: Outputs
    milliseconds: float | None = None


def write_artifacts(
    model: keras.Model,
    write_saved_model: Callable[[keras.Model, Path], None],
    root: Path,
    name: str,
    forms: Collection[Form],
    precisions: Collection[str],
) -> Artifacts:
    """Write `model` in some forms under `root`, printing a line for each; `settle` makes them final.

    Args:
        model: the network as it is to be run, see `converter.networks.fold`.
        write_saved_model: writes its SavedModel into a folder.
        root: the bundle.
        name: names the files.
        forms: which forms; `lite` is always among them.
        precisions: of the .tflite files to choose from; TF.js is in float32.
    """
    millions = model.count_params() / 1e6
    outputs: dict[str, str] = {}
    if "saved_model" in forms:
        with step(f"{name}: SavedModel", 3 + millions / 2):
            write_saved_model(model, root / "saved_model" / name)
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / name
        with step(f"{name}: graph of the network alone", 2 + millions / 4):
            write_bare(model, bare)
        if "tfjs" in forms:
            with step(f"{name}: TF.js", 5 + millions / 2):
                outputs = write_tfjs(bare, root / "tfjs" / name)
                require_kernels(root / "tfjs" / name, tuple(model.inputs[0].shape[1:]))
        artifacts = Artifacts(root, name, frozenset(forms), outputs)
        for precision in precisions:
            with step(f"{name}: LiteRT {precision}", 2 + millions / 2):
                write_lite(bare, artifacts.candidate(precision), precision)
    return artifacts


def settle(artifacts: Artifacts, plan: Plan | None, precision: str) -> Artifacts:
    """Keep the .tflite file of one precision, and store the weights of TF.js, if there is that form, as `plan` says."""
    artifacts.candidate(precision).rename(artifacts.root / artifacts.lite)
    for other in LITE_PRECISIONS:
        artifacts.candidate(other).unlink(missing_ok=True)
    if plan is not None:
        quantise_tfjs(artifacts.root / artifacts.tfjs, plan)
    return replace(artifacts, precision=precision)


def run_artifacts(
    artifacts: Artifacts,
    images: NDArray[np.uint8],
    browser: bool = True,
    batch: int = BATCH,
    threads: int = os.cpu_count() or 1,
) -> Iterator[Answers]:
    """Run uint8 (n, S, S, 3) pictures through every form that is there, TF.js in Node and, if wanted, in a browser.

    Slow runtimes get a few of the pictures, always the last one among them.

    Args:
        artifacts: the network's files.
        images: the pictures.
        browser: whether a browser is asked too.
        batch: how many pictures SavedModel and LiteRT get at once, if the graph takes more than one.
        threads: of LiteRT.
    """
    root, name = artifacts.root, artifacts.name
    if "saved_model" in artifacts.forms:
        with step(f"{name}: {len(images)} pictures through SavedModel", len(images) / 4):
            outputs, spent = collect(run_saved_model(root / artifacts.saved_model, images, batch))
        # It answers more than the network does; that is not compared but made from what is.
        outputs.pop("probability_fake", None)
        yield Answers("SavedModel", "saved_model", slice(None), outputs, spent)
    with step(f"{name}: {len(images)} pictures through LiteRT", len(images) / 4):
        outputs, spent = collect(run_lite(root / artifacts.lite, images, batch, threads))
    yield Answers(f"LiteRT {artifacts.precision}", "lite", slice(None), outputs, spent)
    if "tfjs" not in artifacts.forms:
        return
    with step(f"{name}: {len(images)} pictures through TF.js on WASM", len(images) / 10):
        names = list(artifacts.tfjs_outputs.values())
        rows, milliseconds = run_graph_model(root / artifacts.tfjs / "model.json", images, names)
    outputs = dict(zip(artifacts.tfjs_outputs, rows, strict=True))
    yield Answers("TF.js WASM in Node", "tfjs", slice(None), outputs, milliseconds)
    if not browser:
        return
    for runtime, chosen, outputs in run_backends(root / artifacts.tfjs, images, artifacts.tfjs_outputs):
        yield Answers(runtime, "tfjs", chosen, outputs)


def run_keras(model: keras.Model, images: NDArray[np.uint8]) -> Outputs:
    """Run uint8 (n, S, S, 3) pictures through the network itself.

    It is traced once: eager Keras takes several times as long.
    """
    import tensorflow as tf

    given = tf.TensorSpec(model.inputs[0].shape, tf.float32)
    traced = tf.function(lambda image: model(image, training=False), input_signature=[given], autograph=False)
    answers = (traced(tf.cast(few, tf.float32)) for few in batches(images, given.shape[0] or BATCH))
    return collect({name: value.numpy() for name, value in answer.items()} for answer in answers)[0]
