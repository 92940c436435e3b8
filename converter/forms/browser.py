"""Chromium, where TF.js runs on the backends that people's browsers use."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from converter.errors import ConverterError
from converter.forms.javascript import run_script
from converter.progress import step

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
BACKENDS = {"wasm": "WASM", "webgl": "WebGL", "cpu": "CPU"}
# Without a graphics card WebGL takes the better part of a second for a picture and seconds to begin, and TF.js's
# backend in plain JavaScript is no faster. What goes wrong there is a kernel, which few pictures show as well as many.
FEW_PICTURES = 3
SLOW_BACKENDS = ("webgl", "cpu")


class ChromiumMissingError(ConverterError):
    """There is no Chromium to run the proof in."""


def find_chromium() -> str:
    """The path of Chromium, Chrome or Edge; the environment variable CHROMIUM names another.

    Raises:
        ChromiumMissingError: there is none; the message names the fix.
    """
    named = os.environ.get("CHROMIUM")
    if named and shutil.which(named) is None:
        raise ChromiumMissingError(f"CHROMIUM names {named}, which is no program. Mend or unset that variable.")
    found = named or next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if found is None:
        raise ChromiumMissingError(
            "Chromium is not found. On Debian: sudo apt install chromium; elsewhere install Chrome, Chromium or Edge, "
            "or name its program: CHROMIUM=/path/to/chrome"
        )
    return found


def run_in_chromium(
    model: Path, images: NDArray[Any], outputs: dict[str, str], backend: str
) -> dict[str, NDArray[np.float32]]:
    """Run a graph model in headless Chromium, one picture at a time; WebGL is computed in software.

    Args:
        model: path of model.json; its shards lie beside it.
        images: (n, S, S, 3), the graph's only input.
        outputs: for each output its tensor, as from `converter.forms.tfjs.write_tfjs`.
        backend: one of `BACKENDS`.

    Returns:
        For each output an array with n rows.

    Raises:
        ChromiumMissingError: there is no Chromium.
        ConverterError: Node or its packages are missing, Chromium does not start, or the backend refuses the graph.
    """
    what = f"TF.js on {BACKENDS[backend]} in Chromium"
    rows, _ = run_script("run_in_chromium.mjs", [find_chromium(), backend], model, images, list(outputs.values()), what)
    return dict(zip(outputs, rows, strict=True))


def run_backends(
    folder: Path, images: NDArray[Any], outputs: dict[str, str]
) -> Iterator[tuple[str, slice, dict[str, NDArray[np.float32]]]]:
    """Run the graph model in `folder` on every backend; where there is no Chromium nothing, as `describe_proof` says.

    Yields:
        (runtime, which of the pictures were run, their outputs). The slow backends get a few, the last one among them.
    """
    try:
        find_chromium()
    except ChromiumMissingError:
        return
    for backend, label in BACKENDS.items():
        chosen = _spread(len(images)) if backend in SLOW_BACKENDS else slice(None)
        with step(f"{folder.name}: {len(images[chosen])} pictures through TF.js on {label} in Chromium"):
            answers = run_in_chromium(folder / "model.json", images[chosen], outputs, backend)
        yield f"TF.js {label} in Chromium", chosen, answers


def describe_proof() -> str:
    """Of the proof in the browser: what it is made with, or that it was left out and what that means."""
    try:
        program = find_chromium()
    except ChromiumMissingError as error:
        return (
            "**TF.js was not run in a browser here**, so what its WebGL and CPU backends make of these graphs is not "
            f"known; on WASM, which the extension uses, it was run in Node. {error}"
        )
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return (
        f"In the browser ({version or program}, headless, WebGL in software) WebGL and CPU are slow and got "
        "a few of the pictures. A network that only the server uses is not run there."
    )


def _spread(count: int) -> slice:
    """About `FEW_PICTURES` of `count` items, evenly spaced, the last one among them."""
    step_size = max(1, count // FEW_PICTURES)
    return slice((count - 1) % step_size, None, step_size)
