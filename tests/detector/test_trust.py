"""What lowers the trust in a verdict."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from fake_image_detection import FakeImageDetector
from fake_image_detection.faces import Face
from fake_image_detection.geometry import Box
from fake_image_detection.trust import chroma, cut_off, sharpness, turned_away


def face(box: Box, *points: tuple[float, float]) -> Face:
    return Face(box, np.array([*points, *[(0.0, 0.0)] * (6 - len(points))]), 64)


def codes(detector: FakeImageDetector, pixels: NDArray[np.uint8]) -> set[str]:
    return {warning.code for warning in detector.check(np.ascontiguousarray(pixels)).warnings}


def portrait(astronaut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return astronaut[:400, 20:420]


def test_a_plain_portrait_gives_no_warning(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    assert codes(detector, portrait(astronaut)) == set()


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_picture_on_its_side_is_judged_upright(
    turns: int, detector: FakeImageDetector, astronaut: NDArray[np.uint8]
) -> None:
    upright = detector.check(np.ascontiguousarray(portrait(astronaut)))
    turned = detector.check(np.ascontiguousarray(np.rot90(portrait(astronaut), turns)))
    assert {warning.code for warning in turned.warnings} == {"turned"}
    assert turned.probability_fake == pytest.approx(upright.probability_fake, abs=0.05)


def test_a_tilted_face_is_not_called_real(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    tilted = np.asarray(Image.fromarray(astronaut).rotate(30, Image.Resampling.BICUBIC))[40:400, 40:420]
    report = detector.check(np.ascontiguousarray(tilted))
    assert "tilted" in {warning.code for warning in report.warnings}
    assert report.verdict != "real"


def test_a_grey_face_is_said_to_be_grey(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    grey = np.asarray(Image.fromarray(portrait(astronaut)).convert("L").convert("RGB"))
    assert "grey" in codes(detector, grey)


def test_a_blurred_face_is_said_to_be_blurred(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    blurred = np.asarray(Image.fromarray(portrait(astronaut)).filter(ImageFilter.GaussianBlur(3)))
    assert "blurred" in codes(detector, blurred)


def test_a_face_at_the_edge_is_cut_off_by_what_lies_beyond_it() -> None:
    assert cut_off(face(Box(-25, 10, 100, 100, 0.9)), 300, 300) == pytest.approx(0.25)
    assert cut_off(face(Box(10, 10, 100, 100, 0.9)), 300, 300) == 0


@pytest.mark.parametrize("angle", [0, 30, 200])
def test_a_nose_beside_the_eyes_is_a_profile_however_the_head_is_tilted(angle: float) -> None:
    turn = np.exp(1j * np.radians(angle))
    points = [(float(place.real), float(place.imag)) for place in turn * np.array([0, 10, 9 + 6j])]
    assert turned_away(face(Box(0, 0, 9, 9, 1), *points)) == pytest.approx(0.4)


def test_chroma_and_sharpness_are_those_of_the_extension() -> None:
    row, column, channel = np.ogrid[:8, :8, :3]
    pixels = ((row * row * 7 + column * 13 + channel * 50) % 256).astype(np.uint8)
    assert chroma(pixels) == pytest.approx(123.1875)
    assert sharpness(pixels) * 32**4 == pytest.approx(6.107862093305497)


def test_several_faces_are_said_to_be_several(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    crop = astronaut[28:208, 135:315]
    assert "several_faces" in codes(detector, np.concatenate([crop, crop], axis=1))
