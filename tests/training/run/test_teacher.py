from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image
from skimage import data

from training import networks
from training.errors import RunError
from training.faces.examples import read_examples
from training.run.teacher import TEMPERATURE, Teacher
from training.run.train import train

from ..tiny_run import CONFIGURATION, tiny


@pytest.fixture
def face() -> Image.Image:
    return Image.fromarray(data.astronaut()[0:200, 124:324])


def test_teacher_gives_its_softened_calibrated_probabilities(released_folder: Path, face: Image.Image) -> None:
    teacher = Teacher(released_folder)
    ((probability,),) = teacher([face])
    pixels = np.asarray(face.resize((32, 32), Image.Resampling.BICUBIC), np.float32)[None]
    logit = float(keras.ops.convert_to_numpy(teacher.model(pixels)["logit"])[0, 0])
    assert probability == pytest.approx(1 / (1 + np.exp(-(logit + 0.1) / TEMPERATURE)), abs=1e-5)


def test_taught_run_learns_another_network_than_an_untaught_one(
    kaggle_folder: Path, tmp_path: Path, released_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(networks.NETWORKS, "tiny", tiny)
    examples = read_examples(kaggle_folder)
    configuration = replace(CONFIGURATION, epochs=1)
    taught = replace(configuration, teacher=str(released_folder))
    alone, both = (
        train(settings, examples, tmp_path / name, resume=False).get_weights()
        for name, settings in (("alone", configuration), ("taught", taught))
    )
    assert any(not np.allclose(one, other, atol=1e-5) for one, other in zip(alone, both, strict=True))
    with pytest.raises(RunError, match="cannot teach a softmax"):
        replace(taught, loss="softmax", label_smoothing=0.0)
