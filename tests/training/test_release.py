from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training import networks
from training.data import read_examples
from training.evaluate import measure
from training.release import release
from training.train import train
from training.trained import open_network

from .conftest import draw_face
from .tiny_run import CONFIGURATION, tiny

# Its half must hold 149 of each class to bound a rate by 2 %.
FACES = 360


def test_run_is_measured_as_its_release_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for label in ("real", "fake"):
        for i in range(FACES):
            draw_face(tmp_path / "faces" / "valid" / label / f"{i}.jpg", label == "fake", i, side=32)
        for i in range(8):
            draw_face(tmp_path / "faces" / "train" / label / f"{i}.jpg", label == "fake", FACES + i, side=32)
    examples = read_examples(tmp_path / "faces")
    monkeypatch.setitem(networks.NETWORKS, "tiny", tiny)
    train(CONFIGURATION, examples, tmp_path / "run", resume=False)
    release(tmp_path / "run", examples, tmp_path / "models" / "tiny", "1.0.0")

    run, released = (measure(open_network(tmp_path / name), examples, "val") for name in ("run", "models/tiny"))
    assert (run.calibration, run.bands) == (released.calibration, released.bands)
    for name, probabilities in released.probabilities.items():
        np.testing.assert_allclose(run.probabilities[name], probabilities, rtol=1e-4, atol=1e-5)
    metrics = json.loads((tmp_path / "models" / "tiny" / "metrics.json").read_text())
    assert metrics["conditions"]["as is, q90"]["pictures"] == int(released.generated.unseen.sum())
    written = {path.name for path in (tmp_path / "models" / "tiny").iterdir()}
    assert {"README.md", "model.json", "weights.npz", "network.json", "roc.png", "confusion.png"} <= written
