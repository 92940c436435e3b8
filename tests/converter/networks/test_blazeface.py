"""The rebuilt BlazeFace is the published one, and finds faces."""

from pathlib import Path

import keras
import numpy as np
import pytest
from skimage import data

from converter.errors import ConverterError
from converter.networks.blazeface import load_blazeface
from tests.converter.networks.blazeface_golden import GOLDEN, golden_pictures

WEIGHTS = Path(__file__).parents[3] / "models" / "blazeface_back"


@pytest.fixture(scope="module")
def detector() -> keras.Model:
    return load_blazeface(WEIGHTS)


def test_agrees_with_the_published_graph(detector: keras.Model) -> None:
    with np.load(GOLDEN) as golden:
        logits, boxes = golden["logits"].astype(np.float64), golden["boxes"].astype(np.float64)
    # Decoded here by other means than in the graph.
    centres = [((x + 0.5) * stride, (y + 0.5) * stride)
               for stride, anchors in ((16, 2), (32, 6))
               for y in range(256 // stride) for x in range(256 // stride) for _ in range(anchors)]  # fmt: skip
    expected = np.empty((2, 896, 17))
    expected[..., 0] = 1 / (1 + np.exp(-logits))
    expected[..., 1:3] = (boxes[..., :2] + centres - boxes[..., 2:4] / 2) / 256
    expected[..., 3:5] = boxes[..., 2:4] / 256
    expected[..., 5:] = (boxes[..., 4:] + np.tile(centres, 6)) / 256
    found = np.concatenate([detector(picture[np.newaxis])["faces"] for picture in golden_pictures()])
    np.testing.assert_allclose(found, expected, atol=1e-4, rtol=0)


def test_finds_the_one_face_of_a_portrait(detector: keras.Model) -> None:
    picture = data.astronaut()[::2, ::2].astype(np.float32)
    faces = np.asarray(detector(picture[np.newaxis])["faces"])[0]
    certain = faces[faces[:, 0] >= 0.6]
    centres = (certain[:, 1:3] + certain[:, 3:5] / 2) * 512
    assert len(certain) > 0
    # Her nose is at about (225, 125) of 512; all anchors that see a face see hers.
    np.testing.assert_allclose(centres, np.broadcast_to([225, 125], centres.shape), atol=20)


def test_the_key_points_come_eyes_first_then_nose_mouth_and_ears(detector: keras.Model) -> None:
    picture = data.astronaut()[::2, ::2].astype(np.float32)
    faces = np.asarray(detector(picture[np.newaxis])["faces"])[0]
    points = faces[faces[:, 0].argmax(), 5:].reshape(6, 2) * 512
    # As they can be seen in the picture.
    expected = [(204, 103), (248, 104), (224, 128), (223, 150), (179, 112), (274, 117)]
    np.testing.assert_allclose(points, expected, atol=8)


def test_sees_no_face_in_a_brick_wall(detector: keras.Model) -> None:
    wall = np.repeat(data.brick()[::2, ::2, np.newaxis], 3, axis=2).astype(np.float32)
    assert np.asarray(detector(wall[np.newaxis])["faces"])[0, :, 0].max() < 0.6


def test_missing_weights_name_the_fix(tmp_path: Path) -> None:
    with pytest.raises(ConverterError, match="git checkout"):
        load_blazeface(tmp_path)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "weights.npz", other=np.zeros(3))
    with pytest.raises(ConverterError, match="not the weights of BlazeFace-back"):
        load_blazeface(tmp_path)
