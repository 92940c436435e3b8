"""Node.js: runs TF.js on the WASM backend that the browsers run too, and drives the browser."""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from converter.errors import ConverterError

FOLDER = Path(__file__).parents[1] / "node"
MODULES = FOLDER / "node_modules"
_PACKAGE: dict[str, Any] = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
OLDEST: str = _PACKAGE["engines"]["node"].removeprefix(">=")
FIX = "npm ci --prefix converter/node"


def require_node() -> str:
    """The path of a Node that can run the proof.

    Raises:
        ConverterError: Node or the packages of converter/node are missing; the message names the fix.
    """
    node = shutil.which("node")
    if node is None:
        raise ConverterError(
            "Node.js is not found, and without it TF.js cannot be proved, which the extension runs. "
            f"Install Node {OLDEST} or newer (https://nodejs.org), then: {FIX}. For a server alone: --without-node"
        )
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    numbers = re.findall(r"\d+", answer)
    if not numbers or [int(number) for number in numbers] < [int(number) for number in OLDEST.split(".")]:
        raise ConverterError(f"{node} is version {answer or 'unknown'}; Node {OLDEST} or newer is needed.")
    if not all((MODULES / package).is_dir() for package in _packages()):
        raise ConverterError(f"TF.js for Node is not installed, or is older. In the repository's root run: {FIX}")
    return node


def tfjs_version() -> str:
    """The version of TF.js that `run_graph_model` uses; `require_node` has to pass first."""
    package = MODULES / "@tensorflow" / "tfjs-backend-wasm" / "package.json"
    return str(json.loads(package.read_text(encoding="utf-8"))["version"])


def run_graph_model(
    model: Path, images: NDArray[Any], outputs: list[str]
) -> tuple[list[NDArray[np.float32]], float | None]:
    """Run a graph model (its model.json) on TF.js WASM, one picture at a time.

    Args:
        model: path of model.json; its shards lie beside it.
        images: (n, height, width, channels).
        outputs: names of the tensors wanted.

    Returns:
        For each output an array with n rows, and the median time of a picture in milliseconds.

    Raises:
        ConverterError: Node or its packages are missing, or TF.js refuses the graph.
    """
    return run_script("run_graph_model.mjs", [], model, images, outputs, "TF.js on WASM")


def missing_kernels(model: Path, shape: tuple[int, ...]) -> list[dict[str, Any]]:
    """The kernels that a graph model needs and a backend lacks: `kernel`, `backends`, `op` and `node` of the first use.

    Args:
        model: path of model.json; its shards lie beside it.
        shape: of one picture: height, width, channels.

    Raises:
        ConverterError: Node or its packages are missing, or TF.js cannot read the graph.
    """
    command = [require_node(), str(FOLDER / "missing_kernels.mjs"), str(model), ",".join(map(str, shape))]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise ConverterError(f"TF.js cannot read {model.parent.name}: {_reason(ran.stderr)}")
    found: list[dict[str, Any]] = json.loads(ran.stdout)
    return found


def run_script(
    script: str, arguments: list[str], model: Path, images: NDArray[Any], outputs: list[str], what: str
) -> tuple[list[NDArray[np.float32]], float | None]:
    """Run a script of this folder that runs a graph model; `what` names that in errors, the rest is as above.

    Args:
        script: file name. It takes `arguments`, then model, file of the pixels, shape, folder for the results and
            outputs, and prints the outputs' shapes and, if it measures it, the time of a picture.
    """
    node = require_node()
    with tempfile.TemporaryDirectory() as folder:
        pixels = Path(folder) / "input.f32"
        pixels.write_bytes(np.ascontiguousarray(images, "<f4").tobytes())
        shape = ",".join(map(str, images.shape))
        command = [node, str(FOLDER / script), *arguments, str(model), str(pixels), shape, folder, *outputs]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise ConverterError(f"{what} cannot run {model.parent.name}: {_reason(ran.stderr)}")
        told = json.loads(ran.stdout)
        rows = [
            np.fromfile(Path(folder) / f"{place}.f32", "<f4").reshape(len(images), *shape[1:])
            for place, shape in enumerate(told["shapes"])
        ]
        return rows, told.get("milliseconds")


def _packages() -> list[str]:
    return list(_PACKAGE["dependencies"])


def _reason(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if "Error" in line]
    return lines[0].removeprefix("page.evaluate: ") if lines else stderr.strip()[-500:] or "it stopped without a word"
