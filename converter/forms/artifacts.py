"""The forms of one network in a bundle: where they lie, how they are made, how they are run."""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from converter.forms.browser import run_backends
from converter.forms.javascript import run_graph_model
from converter.forms.lite import LITE_PRECISIONS, run_lite, write_lite
from converter.forms.saved_model import run_saved_model, write_bare
from converter.forms.tfjs import require_kernels, write_tfjs
from converter.progress import step

Outputs = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Artifacts:
    """One network's files in the bundle at `root`; the paths are relative to it.

    Attributes:
        name: names the files.
        tfjs_outputs: the tensor to execute for each output.
        precisions: of its .tflite files.
        lite: the precision of the .tflite file that runtimes load.
        tfjs_runs: whether there is a Node here to run TF.js with.
    """

    root: Path
    name: str
    tfjs_outputs: dict[str, str]
    precisions: tuple[str, ...] = LITE_PRECISIONS
    lite: str = "float32"
    tfjs_runs: bool = True

    def lite_file(self, precision: str) -> str:
        """The .tflite file of one precision."""
        return f"lite/{self.name}.tflite" if precision == "float32" else f"lite/{self.name}.{precision}.tflite"

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
        return {
            "saved_model": self.saved_model,
            "lite": self.lite_file(self.lite),
            "lite_variants": {precision: self.lite_file(precision) for precision in self.precisions},
            "tfjs": {"model": f"{self.tfjs}/model.json", "outputs": self.tfjs_outputs},
        }


@dataclass(frozen=True)
class Answers:
    """What one runtime answered.

    Attributes:
        runtime: its name in tables.
        form: which of the network's files it ran: `saved_model`, `tfjs`, or `lite <precision>`.
        chosen: which of the pictures it was given; slow runtimes get a few.
        outputs: of those pictures.
        milliseconds: the median of a picture, where it was measured.
    """

    runtime: str
    form: str
    chosen: slice
    outputs: Outputs
    milliseconds: float | None = None


def write_artifacts(
    model: keras.Model,
    write_saved_model: Callable[[keras.Model, Path], None],
    root: Path,
    name: str,
    precisions: tuple[str, ...] = LITE_PRECISIONS,
    tfjs_runs: bool = True,
) -> Artifacts:
    """Write `model` in every form under `root`, printing a line for each.

    Args:
        model: the network as it is to be run, see `converter.networks.fold`.
        write_saved_model: writes its SavedModel into a folder.
        root: the bundle.
        name: names the files.
        precisions: of the .tflite files; TF.js is in float32.
        tfjs_runs: whether there is a Node here, which also knows the kernels that TF.js has.
    """
    with step(f"{name}: SavedModel"):
        write_saved_model(model, root / "saved_model" / name)
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / name
        with step(f"{name}: TF.js"):
            write_bare(model, bare)
            outputs = write_tfjs(bare, root / "tfjs" / name)
            if tfjs_runs:
                require_kernels(root / "tfjs" / name, tuple(model.inputs[0].shape[1:]))
        artifacts = Artifacts(root, name, outputs, precisions, tfjs_runs=tfjs_runs)
        for precision in precisions:
            with step(f"{name}: LiteRT {precision}"):
                write_lite(bare, root / artifacts.lite_file(precision), precision)
    return artifacts


def run_artifacts(artifacts: Artifacts, images: NDArray[np.uint8], browser: bool = True) -> Iterator[Answers]:
    """Run uint8 (n, S, S, 3) pictures through every form and runtime, those of the browser if wanted.

    Slow runtimes get a few of the pictures, always the last one among them.
    """
    root, name = artifacts.root, artifacts.name
    with step(f"{name}: {len(images)} pictures through SavedModel"):
        outputs, spent = collect(run_saved_model(root / artifacts.saved_model, images))
    # It answers more than the network does; that is not compared but made from what is.
    outputs.pop("probability_fake", None)
    yield Answers("SavedModel", "saved_model", slice(None), outputs, spent)
    for precision in artifacts.precisions:
        with step(f"{name}: {len(images)} pictures through LiteRT {precision}"):
            outputs, spent = collect(run_lite(root / artifacts.lite_file(precision), images))
        yield Answers(f"LiteRT {precision}", f"lite {precision}", slice(None), outputs, spent)
    if not artifacts.tfjs_runs:
        return
    with step(f"{name}: {len(images)} pictures through TF.js on WASM"):
        rows, spent = run_graph_model(
            root / artifacts.tfjs / "model.json", images, list(artifacts.tfjs_outputs.values())
        )
    outputs = dict(zip(artifacts.tfjs_outputs, rows, strict=True))
    yield Answers("TF.js WASM in Node", "tfjs", slice(None), outputs, spent)
    if not browser:
        return
    for runtime, chosen, outputs in run_backends(root / artifacts.tfjs, images, artifacts.tfjs_outputs):
        yield Answers(runtime, "tfjs", chosen, outputs)


def run_keras(model: keras.Model, images: NDArray[np.uint8]) -> Outputs:
    """Run uint8 (n, S, S, 3) pictures, one at a time, through the network itself."""
    rows = (model(image[np.newaxis].astype(np.float32), training=False) for image in images)
    return collect({name: keras.ops.convert_to_numpy(value) for name, value in row.items()} for row in rows)[0]


def collect(rows: Iterable[Outputs]) -> tuple[Outputs, float | None]:
    """Put the outputs of single pictures together; also the median time of one, in milliseconds."""
    collected: list[Outputs] = []
    spent = []
    start = time.perf_counter()
    for row in rows:
        spent.append(1000 * (time.perf_counter() - start))
        collected.append(row)
        start = time.perf_counter()
    return {name: np.concatenate([row[name] for row in collected]) for name in sorted(collected[0])}, float(
        np.median(spent)
    )
