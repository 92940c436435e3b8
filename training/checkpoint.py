"""All that a run must remember to go on after a kill as if nothing had happened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np


def save(path: Path, model: keras.Model, progress: dict[str, Any]) -> None:
    """Write the variables of a compiled `model` and of its optimizer, and `progress` (JSON values), in one step."""
    arrays = {f"{i:04d}": keras.ops.convert_to_numpy(variable.value) for i, variable in enumerate(_variables(model))}
    beside = path.with_suffix(".partial")
    with beside.open("wb") as stream:
        np.savez(stream, progress=np.array(json.dumps(progress)), **arrays)
    beside.replace(path)


def load(path: Path, model: keras.Model) -> dict[str, Any]:
    """Put back what `save` wrote into a model that is built and compiled alike, and return the progress."""
    with np.load(path) as arrays:
        variables = _variables(model)
        if len(arrays.files) != len(variables) + 1:
            raise ValueError(f"{path} was written for another network or optimizer")
        for i, variable in enumerate(variables):
            variable.assign(arrays[f"{i:04d}"])
        progress: dict[str, Any] = json.loads(str(arrays["progress"]))
    return progress


def _variables(model: keras.Model) -> list[keras.Variable]:
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    seeds = [v for v in model.variables if not any(v is w for w in model.weights)]
    return [*model.weights, *seeds, *model.optimizer.variables]
