"""Boxes and crops."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fake_image_detection.bundle import CropRule, FaceDetectorRule, Golden, GraphFiles
from fake_image_detection.faces import detector_input, find_faces, place, suppress
from fake_image_detection.geometry import Box, crop_square, cut, resize

RULE = CropRule(scale=1.7, raise_by=0.08, min_side=60)


def face_rule(**changes: object) -> FaceDetectorRule:
    fields: dict[str, object] = {
        "input_size": 256,
        "fit": "letterbox",
        "score_threshold": 0.6,
        "iou_threshold": 0.3,
        "files": GraphFiles("", ""),
        "golden": Golden("", {}, 0.02),
    }
    return FaceDetectorRule(**(fields | changes))  # type: ignore[arg-type]


def test_crop_follows_the_rule_where_there_is_room() -> None:
    square = crop_square(Box(400, 400, 100, 80, 0.9), 1000, 1000, RULE)
    assert (square.left, square.top, square.side) == (365, 347, 170)


def test_crop_is_moved_into_the_picture() -> None:
    square = crop_square(Box(-20, -30, 100, 100, 0.9), 1000, 1000, RULE)
    assert (square.left, square.top, square.side) == (0, 0, 170)


def test_crop_is_shrunk_to_the_picture() -> None:
    square = crop_square(Box(50, 100, 100, 100, 0.9), 150, 400, RULE)
    assert (square.left, square.side) == (0, 150)


def test_any_crop_is_a_square_inside_the_picture() -> None:
    random = np.random.default_rng(1)
    for _ in range(5000):
        width, height = random.integers(1, 900, 2).tolist()
        x, y = random.uniform(-500, 1200, 2).tolist()
        box_width, box_height = random.uniform(0.1, 1500, 2).tolist()
        square = crop_square(Box(x, y, box_width, box_height, 0.9), width, height, RULE)
        assert 0 <= square.left <= width - square.side
        assert 0 <= square.top <= height - square.side
        assert cut(np.zeros((height, width, 3), np.uint8), square).shape == (square.side, square.side, 3)


def test_resize_is_pillows_bicubic(astronaut: NDArray[np.uint8]) -> None:
    expected = np.asarray(Image.fromarray(astronaut).resize((160, 90), Image.Resampling.BICUBIC))
    assert (resize(astronaut, 160, 90) == expected).all()


def test_resize_to_the_same_size_changes_nothing(astronaut: NDArray[np.uint8]) -> None:
    assert (resize(astronaut, 512, 512) == astronaut).all()


@pytest.mark.parametrize(
    ("width", "height"), [(400, 300), (300, 400), (1, 5000), (5000, 1), (256, 256), (7, 3), (999, 1000)]
)
def test_letterbox_keeps_the_aspect_and_is_centred(width: int, height: int) -> None:
    placement = place(width, height, face_rule())
    assert max(placement.width, placement.height) == 256
    assert abs(placement.width / width - placement.height / height) * min(width, height) <= 1
    assert placement.left == math.floor((256 - placement.width) / 2)
    assert placement.top == math.floor((256 - placement.height) / 2)


def test_the_detectors_input_is_black_beside_the_picture() -> None:
    pixels = np.full((100, 200, 3), 255, np.uint8)
    canvas = detector_input(pixels, place(200, 100, face_rule()), 256)
    assert canvas.shape == (1, 256, 256, 3)
    assert (canvas[0, :64] == 0).all()
    assert (canvas[0, 64:192] == 255).all()
    assert (canvas[0, 192:] == 0).all()


def rows(*values: tuple[float, float, float, float, float]) -> NDArray[np.float64]:
    return np.array(values, np.float64)


def test_boxes_under_the_threshold_are_dropped() -> None:
    kept = suppress(rows((0.59, 0, 0, 0.1, 0.1), (0.6, 0.5, 0.5, 0.1, 0.1)), face_rule())
    assert kept[:, 0].tolist() == [0.6]


def test_overlapping_boxes_become_their_mean_under_the_best_score() -> None:
    kept = suppress(rows((0.6, 0.15, 0.1, 0.2, 0.2), (0.9, 0.1, 0.1, 0.2, 0.2), (0.8, 0.6, 0.6, 0.2, 0.2)), face_rule())
    assert kept == pytest.approx(rows((0.9, 0.12, 0.1, 0.2, 0.2), (0.8, 0.6, 0.6, 0.2, 0.2)))


def test_no_boxes_give_no_faces() -> None:
    assert suppress(np.zeros((0, 5)), face_rule()).shape == (0, 5)


@pytest.mark.parametrize("fit", ["letterbox", "stretch"])
def test_boxes_come_back_in_pixels_of_the_picture_largest_first(fit: str) -> None:
    small, large = (0.95, 0.5, 0.5, 0.1, 0.1), (0.7, 0.25, 0.25, 0.2, 0.2)

    def graph(images: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        return {"faces": np.array([[small, large]], np.float32)}

    boxes = find_faces(np.zeros((300, 600, 3), np.uint8), graph, face_rule(fit=fit))
    assert [round(box.score, 2) for box in boxes] == [0.7, 0.95]
    y, height = (0.25 * 600 - 150, 120) if fit == "letterbox" else (75, 60)
    assert [boxes[0].x, boxes[0].y, boxes[0].width, boxes[0].height] == pytest.approx([150, y, 120, height], abs=1e-3)
