"""Every network that can be trained can be converted."""

import json
from pathlib import Path

import keras
import pytest
from tiny_networks import numbers, save_faces, write_files

from converter.cli import main
from training.networks import NETWORKS

# Xception and Inception-ResNet want more than 70 pixels.
SMALL = 80


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_of_training_becomes_a_bundle(node: None, no_chromium: None, name: str, tmp_path: Path) -> None:
    keras.utils.set_random_seed(1)
    network = write_files(tmp_path / name, NETWORKS[name](input_size=SMALL), numbers(name=name, input_size=SMALL))
    save_faces(tmp_path)
    out = tmp_path / "out"
    assert main(["--network", str(network), "--pictures", str(tmp_path), "--out", str(out)]) == 0
    assert json.loads((out / "manifest.json").read_text())["roles"] == {"strong": name, "light": name}
