"""The SavedModel: its signatures, its one copy of the weights, its bytes."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
import tensorflow as tf
from PIL import Image

from converter.forms.artifacts import run_keras
from converter.forms.saved_model import write_network
from converter.networks.fold import fold
from converter.networks.trained_network import TrainedNetwork, read_network
from converter.proof.golden import golden_faces
from tests.converter.tiny_networks import SIDE, numbers, tiny_network, write_files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("network"), tiny_network(), numbers())


@pytest.fixture(scope="module")
def network(folder: Path) -> TrainedNetwork:
    return read_network(folder)


@pytest.fixture(scope="module")
def saved(network: TrainedNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "tiny"
    write_network(network, fold(network.model), folder)
    return folder


@pytest.fixture(scope="module")
def loaded(saved: Path) -> Any:
    return tf.saved_model.load(str(saved))


def test_serving_default_judges_a_batch_of_crops(loaded: Any, network: TrainedNetwork) -> None:
    crops = np.concatenate([golden_faces(SIDE)] * 2)
    outputs = loaded.signatures["serving_default"](image=tf.constant(crops))
    expected = run_keras(network.model, crops)
    assert set(outputs) == {"logit", "local_logits", "probability_fake"}
    np.testing.assert_allclose(outputs["logit"], expected["logit"], rtol=1e-5)
    np.testing.assert_allclose(outputs["local_logits"], expected["local_logits"], rtol=1e-5)
    np.testing.assert_allclose(
        outputs["probability_fake"], network.verdicts.calibration.probability_fake(expected["logit"]), atol=1e-6
    )


def test_explain_gives_the_heat_map_in_probabilities(loaded: Any, network: TrainedNetwork) -> None:
    crops = golden_faces(SIDE)
    outputs = loaded.signatures["explain"](image=tf.constant(crops))
    expected = run_keras(network.model, crops)
    assert set(outputs) == {"heatmap", "probability_fake"}
    np.testing.assert_allclose(
        outputs["heatmap"], network.verdicts.calibration.probability_fake(expected["local_logits"])[..., 0], atol=1e-6
    )


def test_serve_image_bytes_judges_files_of_any_size(loaded: Any, network: TrainedNetwork) -> None:
    portrait = Image.fromarray(skimage.data.astronaut()).crop((135, 28, 315, 208))
    files, crops = [], []
    for side, kind in ((180, "PNG"), (90, "PNG"), (20, "JPEG")):
        picture, file = portrait.resize((side, side)), io.BytesIO()
        picture.save(file, kind, quality=90)
        files.append(file.getvalue())
        with Image.open(file) as opened:
            crops.append(np.asarray(opened.resize((SIDE, SIDE), Image.Resampling.BICUBIC)))
    outputs = loaded.signatures["serve_image_bytes"](image_bytes=tf.constant(files))
    # TensorFlow's resize is not Pillow's to the last bit.
    expected = network.verdicts.calibration.probability_fake(run_keras(network.model, np.stack(crops))["logit"])
    np.testing.assert_allclose(outputs["probability_fake"], expected, atol=0.005)


def test_the_weights_are_stored_once(saved: Path, network: TrainedNetwork) -> None:
    stored = (saved / "variables" / "variables.data-00000-of-00001").stat().st_size
    assert stored < 4 * network.model.count_params() + 2000
