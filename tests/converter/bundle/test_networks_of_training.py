"""Every network that can be trained can be converted."""

from pathlib import Path

import keras
import pytest

from converter.forms.artifacts import run_keras, settle, write_artifacts
from converter.forms.saved_model import write_bare
from converter.networks.fold import fold
from converter.networks.trained_network import read_network
from converter.proof.golden import golden_faces
from converter.proof.parity import prove_network
from converter.proof.quantisation import FIXED
from tests.converter.tiny_networks import numbers, write_files
from tests.instances import some_of
from training.networks import NETWORKS

# Xception and Inception-ResNet want more than 70 pixels.
SMALL = 80
# EfficientNet-Lite0 is proved with its trained weights whenever the project's own bundle is made.
UNPROVED = sorted(NETWORKS.keys() - {"efficientnet_lite0"})


@pytest.mark.parametrize("name", some_of(UNPROVED, "simple_cnn"))
def test_a_network_of_training_answers_alike_in_lite_and_tfjs(node: None, name: str, tmp_path: Path) -> None:
    keras.utils.set_random_seed(1)
    model = NETWORKS[name](input_size=SMALL)
    network = read_network(write_files(tmp_path / name, model, numbers(name=name, input_size=SMALL)))
    choice = FIXED["uint16"]
    written = write_artifacts(fold(network.model), write_bare, tmp_path, name, ("lite", "tfjs"), (choice.lite,))
    images = golden_faces(SMALL)
    expected = run_keras(network.model, images)
    artifacts = settle(written, choice.tfjs, choice.lite)
    proof = prove_network(network.verdicts, artifacts, choice, images, expected, None, browser=False)
    assert [row[0] for row in proof.rows] == ["LiteRT float32", "TF.js WASM in Node"]
    assert proof.failures == ()
