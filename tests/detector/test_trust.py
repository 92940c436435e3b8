"""What lowers the trust in a verdict."""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from fake_image_detection import FakeImageDetector
from fake_image_detection.bundle import Bundle, CoveredRule, Golden, GraphFiles, NetworkRule, TrustRule
from fake_image_detection.faces import Face
from fake_image_detection.geometry import Box, Square
from fake_image_detection.runtimes.lite import LiteRuntime
from fake_image_detection.runtimes.runtime import Graph
from fake_image_detection.trust import (
    blockiness,
    chroma,
    covering,
    cut_off,
    exposure,
    face_warnings,
    fineness,
    is_covered,
    sharpness,
    turned_away,
)
from fake_image_detection.verdict import Calibration
from tests.detector.bundle_editing import EditBundle


def face(box: Box, *points: tuple[float, float]) -> Face:
    return Face(box, np.array([*points, *[(0.0, 0.0)] * (6 - len(points))]), 64)


def codes(detector: FakeImageDetector, pixels: NDArray[np.uint8]) -> set[str]:
    return {warning.code for warning in detector.check(np.ascontiguousarray(pixels)).warnings}


def portrait(astronaut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return astronaut[:400, 20:420]


def test_a_plain_portrait_gives_no_warning(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    assert codes(detector, portrait(astronaut)) == set()


def painted(photograph: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The photograph in flat patches of six colours, as if it were painted."""
    smooth = Image.fromarray(photograph).filter(ImageFilter.MedianFilter(7))
    return np.asarray(smooth.quantize(6, dither=Image.Dither.NONE).convert("RGB"))


def test_a_painting_gets_no_verdict(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    report = detector.check(painted(astronaut[:360, 60:420]))
    assert (report.verdict, "drawn" in {warning.code for warning in report.warnings}) == ("uncertain", True)


class TakesAllForDrawings(LiteRuntime):
    def load(self, bundle: Bundle, files: GraphFiles) -> Graph:
        return TellsDrawings(super().load(bundle, files))


class TellsDrawings(Graph):
    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def __call__(self, images: NDArray[np.uint8]) -> Mapping[str, NDArray[np.float32]]:
        return {**self.graph(images), "drawn": np.full(len(images), 0.1, np.float32)}


def test_what_the_network_takes_for_drawn_gets_no_verdict(
    detector: FakeImageDetector, bundle: Path, astronaut: NDArray[np.uint8]
) -> None:
    photograph = detector.check(np.ascontiguousarray(portrait(astronaut)))
    drawing = FakeImageDetector(bundle, device="cpu", runtime=TakesAllForDrawings()).check(
        np.ascontiguousarray(portrait(astronaut))
    )
    assert photograph.verdict == "real"
    assert (drawing.verdict, [face.verdict for face in drawing.faces]) == ("uncertain", ["uncertain"])
    assert drawing.probability_fake == photograph.probability_fake
    assert {warning.code for warning in drawing.warnings} == {"drawn"}


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_picture_on_its_side_is_judged_upright(
    turns: int, detector: FakeImageDetector, astronaut: NDArray[np.uint8]
) -> None:
    upright = detector.check(np.ascontiguousarray(portrait(astronaut)))
    turned = detector.check(np.ascontiguousarray(np.rot90(portrait(astronaut), turns)))
    assert {warning.code for warning in turned.warnings} == {"turned"}
    assert turned.probability_fake == pytest.approx(upright.probability_fake, abs=0.05)


def test_a_tilted_face_is_not_called_real(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    tilted = np.asarray(Image.fromarray(astronaut).rotate(42, Image.Resampling.BICUBIC))[40:400, 40:420]
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


def known(side: int) -> NDArray[np.uint8]:
    """The same picture as in the extension's test."""
    row, column, channel = np.ogrid[:side, :side, :3]
    return np.asarray((row * row * 7 + column * 13 + channel * 50) % 256, np.uint8)


def test_chroma_and_sharpness_are_those_of_the_extension() -> None:
    assert chroma(known(8)) == pytest.approx(123.1875)
    assert sharpness(known(8), 256) * 32**4 == pytest.approx(6.107862093305497)


def test_blocks_fineness_and_exposure_are_those_of_the_extension() -> None:
    assert blockiness(known(45)) == pytest.approx(0.10581355425609784)
    assert fineness(known(45)) == pytest.approx(1.896833690802549)
    assert exposure(known(45), 250) == pytest.approx((128.40831758034025, 0.0))


# Key points in a crop of 100 pixels.
UPRIGHT = np.array([(35, 40), (64.5, 42), (51, 58), (50, 74), (20, 45), (80, 45)])
MASKS = CoveredRule(patch=0.18, brow=0.35, chin=0.55, weights=(0.069, 0.047, -1.821, -0.025, -0.046, 1.026))


def test_what_tells_a_covered_mouth_is_that_of_the_extension() -> None:
    told = (7.9451311564018186, 17.858902819840207, 3.871834705711254, -8.08545684113866, 2.2548209366391188)
    assert covering(known(100), UPRIGHT, MASKS) == pytest.approx(told)
    assert covering(known(100), UPRIGHT + np.array([300, 0]), MASKS) is None


def test_an_even_mask_in_another_colour_covers_a_face() -> None:
    skin = np.random.default_rng(1).normal([200, 150, 130], 8, (100, 100, 3)).clip(0, 255).astype(np.uint8)
    masked = skin.copy()
    masked[55:] = [120, 170, 220]
    assert is_covered(masked, UPRIGHT, MASKS)
    assert not is_covered(skin, UPRIGHT, MASKS)


@pytest.mark.parametrize("turns", range(4))
def test_a_mask_is_told_however_the_head_lies(turns: int) -> None:
    picture = np.random.default_rng(1).normal([200, 150, 130], 8, (100, 100, 3)).clip(0, 255).astype(np.uint8)
    picture[55:] = [120, 170, 220]
    # As the face lies in the picture: turned clockwise, which the crop undoes.
    points = UPRIGHT.copy()
    for _ in range(turns):
        points = np.stack((100 - points[:, 1], points[:, 0]), axis=1)
    lying = Face(Box(0, 0, 100, 100, 0.9), points + np.array([40, 20]), 64)
    network = NetworkRule("", 100, Calibration(1, 0), {}, None, GraphFiles("", ""), Golden("", {}, 0))
    trust = TrustRule(0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, MASKS)
    found = face_warnings(lying, Square(40, 20, 100), picture, picture, (300, 300), trust, network)
    assert "covered" in {warning.code for warning in found}


def test_each_reason_has_its_code() -> None:
    rule = TrustRule(0.5, 0.15, 0.35, 3, 256, 0.002, 256, 0.75, 0.18, 40, 250, 0.25, MASKS)
    network = NetworkRule("", 256, Calibration(1, 0), {}, 10, GraphFiles("", ""), Golden("", {}, 0))

    def found(left: float, points: list[tuple[float, float]], side: int, shade: int) -> list[str]:
        """What is said of a face on an even crop, in a picture of 300 pixels."""
        crop = np.full((8, 8, 3), shade, np.uint8)
        seen = face(Box(left, 10, 100, 100, 0.9), *points)
        return [item.code for item in face_warnings(seen, Square(0, 0, side), crop, crop, (300, 300), rule, network)]

    even = ["grey", "blurred", "upscaled"]
    assert found(10, [(40, 50), (60, 50), (50, 62)], 200, 90) == even
    # As in the extension's test.
    turned = ["enlarged", "turned", "tilted", "cut_off"]
    assert found(-30, [(40, 50), (50, 70), (62, 54)], 100, 90) == [*turned, *even]
    assert found(10, [(40, 50), (60, 50), (58, 62)], 200, 90) == ["profile", *even]
    assert found(10, [(40, 50), (60, 50), (50, 62)], 200, 30) == [*even, "dark"]
    assert found(10, [(40, 50), (60, 50), (50, 62)], 200, 255) == [*even, "overexposed"]


def jpeg(pixels: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("RGB"))


def test_a_strongly_compressed_face_is_said_to_be(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    assert "recompressed" in codes(detector, jpeg(portrait(astronaut), 8))
    assert "recompressed" not in codes(detector, jpeg(portrait(astronaut), 85))


def test_blocks_are_found_wherever_they_begin(astronaut: NDArray[np.uint8]) -> None:
    compressed = jpeg(astronaut, 20)[3:240, 5:242]
    assert blockiness(compressed) > 2 * blockiness(np.ascontiguousarray(astronaut[3:240, 5:242]))


def test_an_enlarged_face_is_said_to_be_upscaled(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    large = Image.fromarray(portrait(astronaut)).resize((1000, 1000), Image.Resampling.BICUBIC)
    assert "upscaled" in codes(detector, np.asarray(large))


def test_a_dark_face_is_said_to_be_dark(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    assert "dark" in codes(detector, (portrait(astronaut) // 5).astype(np.uint8))


def test_a_face_in_too_much_light_is_said_to_be_overexposed(
    detector: FakeImageDetector, astronaut: NDArray[np.uint8]
) -> None:
    bright = np.clip(portrait(astronaut).astype(np.int64) * 9 // 5, 0, 255).astype(np.uint8)
    assert "overexposed" in codes(detector, bright)


def test_a_picture_too_large_for_the_smallest_faces_says_so(edit_bundle: EditBundle) -> None:
    # Few tiles, so that a picture need not be large; and time enough on any machine.
    bundle = edit_bundle(lambda manifest: manifest["face_detector"]["search"].update(max_tiles=4, max_seconds=3600))
    report = FakeImageDetector(bundle, device="cpu").check(np.full((2000, 2000, 3), 200, np.uint8))
    assert [warning.code for warning in report.warnings] == ["search_stopped"]
    assert "not looked for" in report.warnings[0].detail


def test_several_faces_are_said_to_be_several(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    crop = astronaut[28:208, 135:315]
    assert "several_faces" in codes(detector, np.concatenate([crop, crop], axis=1))
