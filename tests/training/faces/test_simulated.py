from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image
from skimage import data

from training import networks
from training.errors import RunError
from training.faces import autoencoder
from training.faces.batches import Batches, open_face
from training.faces.examples import read_examples
from training.faces.simulated import UPSAMPLERS, Simulator
from training.run.teacher import TEMPERATURE, Teacher
from training.run.train import train

from ..tiny_run import CONFIGURATION, tiny

Upsampler = Callable[[np.ndarray, np.random.Generator], np.ndarray]

SETTINGS = {"input_size": 32, "batch_size": 16, "seed": 7, "weights": {}, "steps": range(4)}


class Noting:
    """A simulator that only notes what it is given."""

    def __init__(self) -> None:
        self.faked: list[bytes] = []
        self.brought_along: list[bytes] = []

    def fake(self, face: Image.Image, rng: np.random.Generator) -> Image.Image:
        self.faked.append(face.tobytes())
        return face

    def photograph(self, face: Image.Image, rng: np.random.Generator) -> Image.Image:
        self.brought_along.append(face.tobytes())
        return face


@pytest.fixture
def face() -> Image.Image:
    return Image.fromarray(data.astronaut()[0:200, 124:324])


@pytest.mark.parametrize("upsample", UPSAMPLERS)
def test_upsampling_doubles_the_sides_and_keeps_the_colours(upsample: Upsampler, face: Image.Image) -> None:
    pixels = np.asarray(face, np.float32)
    for seed in range(10):
        larger = upsample(pixels, np.random.default_rng(seed))
        assert larger.shape == (400, 400, 3)
        np.testing.assert_allclose(larger.mean(axis=(0, 1)), pixels.mean(axis=(0, 1)), rtol=0.02)


@pytest.mark.parametrize("upsample", UPSAMPLERS)
def test_upsampling_leaves_a_copy_of_the_spectrum_that_interpolation_does_not(upsample: Upsampler) -> None:
    wave = 100 + 50 * np.cos(2 * np.pi * 0.125 * np.arange(64))
    pixels = np.broadcast_to(wave[None, :, None], (64, 64, 3)).astype(np.float32)

    def copy(larger: np.ndarray) -> float:
        spectrum = np.abs(np.fft.fft(larger[..., 0], axis=1)).mean(axis=0)
        return float(spectrum[56] / spectrum[8])

    interpolated = np.asarray(Image.fromarray(pixels[..., 0]).resize((128, 128), Image.Resampling.BICUBIC))
    copies = [copy(upsample(pixels, np.random.default_rng(seed))) for seed in range(20)]
    assert np.median(copies) > 1.5 * copy(interpolated[..., None])


def test_simulated_fake_shows_the_same_face(face: Image.Image) -> None:
    photograph = np.ravel(face.resize((192, 192), Image.Resampling.LANCZOS))
    fakes = [Simulator().fake(face, np.random.default_rng(seed)) for seed in range(30)]
    assert all(fake.size == (192, 192) for fake in fakes)
    assert all(np.corrcoef(np.ravel(fake), photograph)[0, 1] > 0.95 for fake in fakes)


def test_the_same_random_state_gives_the_same_fake(face: Image.Image) -> None:
    first, second = (Simulator().fake(face, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(np.asarray(first), np.asarray(second))


def test_simulated_fakes_are_made_of_photographs_and_are_labelled_fake(kaggle_folder: Path) -> None:
    examples = [example for example in read_examples(kaggle_folder) if example.split == "train"]
    photographs = {open_face(example).tobytes() for example in examples if example.label == 0}
    noting = Noting()
    supply = Batches(examples, **SETTINGS, simulated=0.5, simulator=noting)
    labels = np.concatenate([supply[i][1] for i in range(4)])
    fakes = int(labels.sum())
    assert {*noting.faked, *noting.brought_along} <= photographs
    assert 0.25 * fakes < len(noting.faked) < 0.75 * fakes
    assert 0.25 * (len(labels) - fakes) < len(noting.brought_along) < 0.75 * (len(labels) - fakes)


def test_photographs_get_the_size_and_the_compression_of_simulated_fakes(face: Image.Image) -> None:
    photograph, fake = (make(face, np.random.default_rng(7)) for make in (Simulator().photograph, Simulator().fake))
    assert photograph.size == fake.size == (192, 192)
    plain = np.asarray(face.resize((192, 192), Image.Resampling.LANCZOS), np.float32)
    difference = np.abs(np.asarray(photograph, np.float32) - plain).mean()
    assert 0 < difference < np.abs(np.asarray(fake, np.float32) - plain).mean()


def test_autoencoder_learns_from_real_training_faces_alone(
    kaggle_folder: Path, tmp_path: Path, face: Image.Image
) -> None:
    examples = read_examples(kaggle_folder)
    for example in examples:
        if example.split != "train" or example.label:
            example.path.unlink()
    autoencoder.train(examples, tmp_path, steps=30, seed=1)
    pixels = np.asarray(face.resize((96, 96)), np.float32)[None]
    drawn = [keras.ops.convert_to_numpy(decoder.predict_on_batch(pixels)) for decoder in autoencoder.read(tmp_path)]
    assert [one.shape for one in drawn] == [pixels.shape] * 3
    for one in drawn:
        assert np.abs(one - pixels).mean() < 0.8 * np.abs(pixels - pixels.mean()).mean()
    assert Simulator(str(tmp_path)).fake(face, np.random.default_rng(3)).size == (192, 192)


def test_missing_autoencoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="python -m training autoencoder"):
        Simulator(str(tmp_path))


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
    configuration = replace(CONFIGURATION, epochs=1, simulated=0.5)
    taught = replace(configuration, teacher=str(released_folder))
    alone, both = (
        train(settings, examples, tmp_path / name, resume=False).get_weights()
        for name, settings in (("alone", configuration), ("taught", taught))
    )
    assert any(not np.allclose(one, other, atol=1e-5) for one, other in zip(alone, both, strict=True))
    with pytest.raises(RunError, match="cannot teach a softmax"):
        replace(taught, loss="softmax", label_smoothing=0.0)
