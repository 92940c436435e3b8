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

from .tiny_run import CONFIGURATION, tiny


def test_run_is_measured_as_its_release_is(
    releasable_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = read_examples(releasable_folder)
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
    card = (tmp_path / "models" / "tiny" / "README.md").read_text()
    assert "--average 0.7" in card
    assert "every third real face uncertain" in card
    assert {"README.md", "model.json", "weights.npz", "network.json", "roc.png", "confusion.png"} <= written
