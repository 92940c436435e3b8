"""Which looks a picture gets, and what is believed of what they show."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fake_image_detection.bundle import Bundle, FaceDetectorRule, Golden, GraphFiles, SearchRule
from fake_image_detection.faces import look, look_at_several, suppress, view_around, view_whole
from fake_image_detection.geometry import Box
from fake_image_detection.runtimes.lite import LiteRuntime
from fake_image_detection.runtimes.runtime import Graph
from fake_image_detection.search import find_faces

SMALLEST = 60 / 1.7

SEARCH = SearchRule(
    smallest_size=14, best_size=64, confirmed_score=0.8, turned_score=0.86, doubtful_score=0.4, hopeful_score=0.55,
    sure_score=0.88, max_tilt=60, piece_share=0.6, finer_by=1.2, coarser_by=3, overlap=64, max_tiles=160,
    max_candidates=120, max_seconds=60,
)  # fmt: skip
RULE = FaceDetectorRule(
    input_size=256, score_threshold=0.4, iou_threshold=0.3, blend_score=0.6, search=SEARCH,
    files=GraphFiles("", ""), golden=Golden("", {}, 0.02),
)  # fmt: skip

# Places of the key points of an upright face in its box.
POINTS = np.array([(0.3, 0.35), (0.7, 0.35), (0.5, 0.6), (0.5, 0.8), (0.05, 0.45), (0.95, 0.45)])


def row(score: float, x: float, y: float, width: float, height: float) -> list[float]:
    """A row of the detector's output for an upright face."""
    return [score, x, y, width, height, *(np.array([x, y]) + POINTS * [width, height]).ravel().tolist()]


class CountingGraph(Graph):
    """Answers with the given rows, look after look, and then with nothing."""

    def __init__(self, *answers: list[list[float]]) -> None:
        self.answers, self.seen = list(answers), []  # type: ignore[var-annotated]

    def __call__(self, images: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        self.seen.append(images[0])
        rows = self.answers.pop(0) if self.answers else []
        return {"faces": np.array([rows], np.float32).reshape(1, -1, 17)}


def blank(width: int, height: int) -> NDArray[np.uint8]:
    return np.full((height, width, 3), 255, np.uint8)


@pytest.mark.parametrize(
    ("width", "height"), [(400, 300), (300, 400), (1, 5000), (5000, 1), (256, 256), (7, 3), (999, 1000)]
)
def test_the_whole_picture_is_fitted_in_and_centred(width: int, height: int) -> None:
    view = view_whole(blank(width, height), RULE)
    rows, columns = np.nonzero(view.canvas.all(axis=2))
    assert max(np.ptp(rows), np.ptp(columns)) == 255
    assert abs(rows.min() - (255 - rows.max())) <= 1
    assert abs(columns.min() - (255 - columns.max())) <= 1


def test_a_window_at_the_edge_is_black_beside_the_picture() -> None:
    view = view_around(blank(300, 300), Box(-20, 100, 64, 64, 0.9), RULE, 256)
    assert (view.left, view.top, view.scale_x, view.scale_y) == (-116, 4, 1, 1)
    assert not view.canvas[:, :116].any()
    assert view.canvas[:, 116:].all()


def test_boxes_under_the_threshold_are_dropped() -> None:
    rows = np.array([row(0.39, 0, 0, 0.1, 0.1), row(0.4, 0.5, 0.5, 0.1, 0.1)])
    assert suppress(rows, 0.4, RULE)[:, 0].tolist() == [0.4]


def test_boxes_of_one_face_become_the_mean_of_the_good_ones_under_the_best_score() -> None:
    rows = np.array([row(0.6, 0.15, 0.1, 0.2, 0.2), row(0.9, 0.1, 0.1, 0.2, 0.2), row(0.5, 0.05, 0.1, 0.2, 0.2)])
    (kept,) = suppress(rows, 0.4, RULE)
    assert kept[:5] == pytest.approx([0.9, 0.12, 0.1, 0.2, 0.2])


@pytest.mark.parametrize("turns", range(4))
def test_what_a_turned_look_finds_comes_back_where_it_is(turns: int) -> None:
    picture = blank(512, 512)
    (face,) = look(CountingGraph([row(0.9, 0.1, 0.2, 0.25, 0.25)]), view_whole(picture, RULE), turns, 0.4, RULE)
    corner = {0: (51.2, 102.4), 1: (281.6, 51.2), 2: (332.8, 281.6), 3: (102.4, 332.8)}[turns]
    assert (face.box.x, face.box.y) == pytest.approx(corner, abs=1e-3)
    assert face.turns == turns
    assert face.roll == pytest.approx(0, abs=1e-3)


def test_a_small_picture_with_one_large_face_gets_one_look() -> None:
    graph = CountingGraph([row(0.9, 0.25, 0.25, 0.5, 0.5)])
    found = find_faces(blank(600, 600), graph, RULE, SMALLEST)
    assert len(found.faces) == len(graph.seen) == 1


def test_a_candidate_that_a_second_look_does_not_find_again_is_no_face() -> None:
    graph = CountingGraph([row(0.7, 0.25, 0.25, 0.5, 0.5)])
    assert find_faces(blank(600, 600), graph, RULE, SMALLEST).faces == []


def test_a_second_look_is_centred_on_the_candidate_at_the_best_size() -> None:
    graph = CountingGraph([row(0.7, 0.5, 0.25, 0.1, 0.1)], [row(0.95, 96 / 256, 96 / 256, 0.25, 0.25)])
    (face,) = find_faces(blank(600, 600), graph, RULE, SMALLEST).faces
    assert (face.box.x, face.box.y) == pytest.approx((300, 150), abs=1)
    assert face.box.width == pytest.approx(60, abs=1)
    assert face.box.score == pytest.approx(0.95)


def test_several_candidates_share_a_second_look() -> None:
    candidates = [row(0.7, 0.1, 0.1, 0.2, 0.2), row(0.6, 0.6, 0.6, 0.19, 0.19), row(0.5, 0.1, 0.6, 0.18, 0.18)]
    graph = CountingGraph(candidates, [row(0.95, 32 / 256, 32 / 256, 0.25, 0.25), row(0.9, 0.625, 0.125, 0.25, 0.25)])
    one, other = find_faces(blank(600, 600), graph, RULE, SMALLEST).faces
    assert (one.box.x, one.box.y, one.box.width) == pytest.approx((60, 60, 120), abs=1)
    assert (other.box.x, other.box.y, other.box.width) == pytest.approx((360, 360, 114), abs=1)
    assert len(graph.seen) == 2


def test_a_candidate_that_a_shared_look_leaves_in_doubt_gets_one_of_its_own() -> None:
    candidates = [row(0.7, 0.1, 0.1, 0.2, 0.2), row(0.6, 0.6, 0.6, 0.19, 0.19)]
    shared = [row(0.6, 0.625, 0.125, 0.25, 0.25)]
    graph = CountingGraph(candidates, shared, [row(0.95, 96 / 256, 96 / 256, 0.25, 0.25)])
    (face,) = find_faces(blank(600, 600), graph, RULE, SMALLEST).faces
    assert (face.box.x, face.box.y) == pytest.approx((360, 360), abs=1)
    assert len(graph.seen) == 3


POOR_OR_SURE = [row(0.7, 0.1, 0.1, 0.2, 0.2), row(0.6, 0.6, 0.6, 0.19, 0.19)]
OWN = [row(0.95, 96 / 256, 96 / 256, 0.25, 0.25)]


def test_a_candidate_that_a_shared_look_shows_poorly_gets_none_of_its_own_beside_a_face() -> None:
    shared = [row(0.95, 32 / 256, 32 / 256, 0.25, 0.25), row(0.5, 0.625, 0.125, 0.25, 0.25)]
    graph = CountingGraph(POOR_OR_SURE, shared, OWN)
    (face,) = find_faces(blank(600, 600), graph, RULE, SMALLEST).faces
    assert (face.box.x, face.box.y) == pytest.approx((60, 60), abs=1)
    assert len(graph.seen) == 2


def test_a_candidate_that_a_shared_look_shows_poorly_gets_one_of_its_own_where_there_is_no_face() -> None:
    shared = [row(0.5, 0.625, 0.125, 0.25, 0.25)]
    graph = CountingGraph(POOR_OR_SURE, shared, OWN)
    (face,) = find_faces(blank(600, 600), graph, RULE, SMALLEST).faces
    assert (face.box.x, face.box.y) == pytest.approx((360, 360), abs=1)
    assert len(graph.seen) == 3


@pytest.mark.parametrize("turns", range(4))
def test_what_a_shared_look_finds_comes_back_where_it_is(turns: int) -> None:
    view = view_around(blank(512, 512), Box(200, 100, 64, 64, 0.9), RULE, 128)
    black = replace(view, canvas=np.zeros_like(view.canvas))
    graph = CountingGraph([row(0.9, 128 / 256 + 0.05, 0.1, 0.25, 0.25)])
    nothing, (face,) = look_at_several(graph, [black, view], [0, turns], 0.4, RULE)
    assert nothing == []
    x, y, size = 0.05 * 256, 0.1 * 256, 128 - 64
    corner = {0: (x, y), 1: (size - y, x), 2: (size - x, size - y), 3: (y, size - x)}[turns]
    assert (face.box.x - view.left, face.box.y - view.top) == pytest.approx(corner, abs=1e-3)
    assert face.turns == turns
    assert not graph.seen[0][:128, :128].any()
    assert graph.seen[0][:128, 128:].all()


def test_pieces_of_a_face_are_no_faces() -> None:
    graph = CountingGraph([row(0.9, 0.25, 0.25, 0.5, 0.5), row(0.9, 0.3, 0.3, 0.2, 0.2)])
    assert len(find_faces(blank(600, 600), graph, RULE, SMALLEST).faces) == 1


def test_other_orientations_are_tried_only_when_nothing_was_found() -> None:
    graph = CountingGraph()
    find_faces(blank(600, 600), graph, RULE, SMALLEST)
    assert len(graph.seen) == 4


def test_what_vanishes_in_the_second_look_is_not_looked_for_upside_down() -> None:
    graph = CountingGraph([row(0.7, 0.25, 0.25, 0.5, 0.5)])
    find_faces(blank(600, 600), graph, RULE, SMALLEST)
    assert len(graph.seen) == 1 + 1 + 3


def test_of_too_many_candidates_the_best_are_looked_at_again_and_it_is_said() -> None:
    bounded = replace(RULE, search=replace(SEARCH, max_candidates=1))
    poor, good = row(0.5, 0.1, 0.1, 0.3, 0.3), row(0.7, 0.5, 0.5, 0.25, 0.25)
    graph = CountingGraph([poor, good], [row(0.95, 96 / 256, 96 / 256, 0.25, 0.25)])
    found = find_faces(blank(600, 600), graph, bounded, SMALLEST)
    assert [round(face.box.x) for face in found.faces] == [300]
    assert not found.finished


def test_a_large_picture_is_viewed_in_a_smaller_copy_where_it_lies() -> None:
    graph = CountingGraph([row(0.9, 0.25, 0.25, 0.5, 0.5)])
    (face,) = find_faces(blank(4000, 4000), graph, RULE, SMALLEST).faces
    assert (face.box.x, face.box.width) == pytest.approx((1000, 2000))


def test_a_face_that_is_none_in_the_mirror_is_not_believed() -> None:
    doubtful, second = [row(0.7, 0.5, 0.25, 0.1, 0.1)], [row(0.85, 98 / 256, 96 / 256, 0.25, 0.25)]
    vanished = CountingGraph(doubtful, second)
    assert find_faces(blank(600, 600), vanished, RULE, SMALLEST).faces == []
    there = [row(0.85, 94 / 256, 96 / 256, 0.25, 0.25)]
    (face,) = find_faces(blank(600, 600), CountingGraph(doubtful, second, [], there), RULE, SMALLEST).faces
    assert face.box.score == pytest.approx(0.85)


def test_a_face_that_a_tile_shows_without_doubt_gets_no_second_look() -> None:
    graph = CountingGraph([], [row(0.9, 0.25, 0.25, 0.15, 0.15)])
    (face,) = find_faces(blank(1024, 1024), graph, RULE, SMALLEST).faces
    assert face.box.score == pytest.approx(0.9)
    assert len(graph.seen) == 1 + 4


def test_the_number_of_looks_is_bounded() -> None:
    graph = CountingGraph()
    found = find_faces(blank(8660, 5773), graph, RULE, SMALLEST)
    assert 100 < len(graph.seen) <= SEARCH.max_tiles + 4
    assert found.smallest > SMALLEST


def test_a_search_that_takes_too_long_says_that_it_stopped() -> None:
    impatient = replace(RULE, search=replace(SEARCH, max_seconds=1e-9))
    assert not find_faces(blank(1600, 1200), CountingGraph(), impatient, SMALLEST).finished


@pytest.fixture(scope="module")
def search(bundle: Path) -> Callable[[NDArray[np.uint8]], list[Box]]:
    """The real detector's faces in a picture."""
    read = Bundle(bundle)
    rule = read.manifest.face_detector
    graph: Graph = LiteRuntime().load(read, rule.files)
    return lambda pixels: [face.box for face in find_faces(pixels, graph, rule, SMALLEST).faces]


def portrait(side: int) -> Image.Image:
    import skimage.data

    return Image.fromarray(skimage.data.astronaut()).crop((135, 28, 315, 208)).resize((side, side))


def test_a_face_of_100_pixels_is_found_in_a_large_picture(search: Callable[[NDArray[np.uint8]], list[Box]]) -> None:
    scene = Image.new("RGB", (3840, 2160), (90, 110, 130))
    scene.paste(portrait(100), (2900, 1500))
    (box,) = search(np.asarray(scene))
    assert (box.x + box.width / 2, box.y + box.height / 2) == pytest.approx((2950, 1554), abs=12)


def test_every_face_of_a_grid_is_found_once(search: Callable[[NDArray[np.uint8]], list[Box]]) -> None:
    scene = Image.new("RGB", (1600, 1600), (90, 110, 130))
    for place in range(16):
        scene.paste(portrait(100), (place % 4 * 400 + 150, place // 4 * 400 + 150))
    assert len(search(np.asarray(scene))) == 16


def test_several_looks_at_a_time_find_what_one_after_another_finds(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Bundle(bundle)
    rule = read.manifest.face_detector
    scene = Image.new("RGB", (1600, 1200), (90, 110, 130))
    for place, side in enumerate(range(70, 190, 10)):
        scene.paste(portrait(side), (place % 4 * 400 + 50, place // 4 * 400 + 50))
    found = []
    for cores in (1, 3):
        monkeypatch.setattr("fake_image_detection.runtimes.lite._cores", partial(int, cores))
        graph = LiteRuntime().load(read, rule.files)
        assert graph.parallel.callers == cores
        faces = find_faces(np.asarray(scene), graph, rule, SMALLEST).faces
        found.append([(face.box.x, face.box.y, face.box.width) for face in faces])
    assert len(found[0]) == 12
    assert np.array(found[1]) == pytest.approx(np.array(found[0]), abs=0.01)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_face_is_found(turns: int, search: Callable[[NDArray[np.uint8]], list[Box]]) -> None:
    scene = np.full((600, 600, 3), 120, np.uint8)
    scene[200:400, 200:400] = np.rot90(np.asarray(portrait(200)), -turns)
    assert len(search(scene)) == 1


def test_a_cup_of_coffee_is_no_face(search: Callable[[NDArray[np.uint8]], list[Box]]) -> None:
    import skimage.data

    canvas = np.full((1200, 600, 3), 255, np.uint8)
    canvas[:400] = skimage.data.coffee()
    assert search(canvas) == []
