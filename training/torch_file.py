"""Weights that PyTorch stored, as plain arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from training.errors import StartWeightsError


def read_state(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of the state dict in `path` by name; of it nothing is run.

    Raises:
        StartWeightsError: PyTorch, which reads such files, is not installed.
    """
    try:
        import torch
    except ImportError as error:
        raise StartWeightsError(
            f"{path.name} is a PyTorch file: pip install -r requirements/torch.txt (or train with --start scratch)"
        ) from error
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return {name: value.numpy() for name, value in state.items()}
