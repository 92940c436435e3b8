"""All that a run must remember to go on after a kill as if nothing had happened."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

AVERAGE = "average"


def save(
    path: Path, model: keras.Model, progress: dict[str, Any], averages: Sequence[np.ndarray] | None = None
) -> None:
    """Write the variables of a compiled `model` and of its optimizer, and `progress` (JSON values), in one step.

    `averages` are averaged weights, in the order of the model's, for `weights` to return in place of the raw ones.
    """
    arrays: dict[str, Any] = {"progress": np.array(json.dumps(progress))}
    arrays |= {f"{i:04d}": keras.ops.convert_to_numpy(variable.value) for i, variable in enumerate(_variables(model))}
    arrays |= {f"{AVERAGE}{i:04d}": array for i, array in enumerate(averages or ())}
    beside = path.with_suffix(".partial")
    with beside.open("wb") as stream:
        np.savez(stream, **arrays)
    beside.replace(path)


def load(path: Path, model: keras.Model) -> dict[str, Any]:
    """Put back what `save` wrote into a model that is built and compiled alike, and return the progress."""
    with np.load(path) as arrays:
        variables = _variables(model)
        if len([name for name in arrays.files if name.isdigit()]) != len(variables):
            raise ValueError(f"{path} was written for another network or optimizer")
        for i, variable in enumerate(variables):
            variable.assign(arrays[f"{i:04d}"])
        return _progress(arrays)


def weights(path: Path, count: int) -> tuple[list[np.ndarray], dict[str, Any]]:
    """Return the `count` weights that the run is judged by, averages if there are any, and the progress."""
    with np.load(path) as arrays:
        prefix = AVERAGE if f"{AVERAGE}0000" in arrays.files else ""
        return [arrays[f"{prefix}{i:04d}"] for i in range(count)], _progress(arrays)


def _progress(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    progress: dict[str, Any] = json.loads(str(arrays["progress"]))
    return progress


def _variables(model: keras.Model) -> list[keras.Variable]:
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    seeds = [v for v in model.variables if not any(v is w for w in model.weights)]
    return [*model.weights, *seeds, *model.optimizer.variables]
