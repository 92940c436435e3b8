"""One look of the face detector: a part of a picture goes in, the faces in it come out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fake_image_detection.bundle import FaceDetectorRule
from fake_image_detection.errors import BundleError
from fake_image_detection.geometry import Box, reduce, resize
from fake_image_detection.picture import Pixels
from fake_image_detection.runtimes.runtime import Graph

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Face:
    """A face in a picture.

    Attributes:
        box: where it is.
        points: float64 (6, 2), x and y in pixels of the picture: the eye that is on the picture's left when the face
            is upright, the other eye, the nose, the mouth, the ear on the left, the other ear.
        seen: the longer side of the box as the face detector saw it, in pixels of its input.
    """

    box: Box
    points: Points
    seen: float

    @property
    def angle(self) -> float:
        """How far the face is turned clockwise, in degrees above -180 and up to 180: the slope of the eyes."""
        (left, top), (right, bottom) = self.points[0], self.points[1]
        return math.degrees(math.atan2(bottom - top, right - left))

    @property
    def turns(self) -> int:
        """How many quarter turns counterclockwise make it upright, 0 to 3."""
        return math.floor(self.angle / 90 + 0.5) % 4

    @property
    def roll(self) -> float:
        """How far it is turned clockwise after these quarter turns, -45 to 45 degrees."""
        return angle_from(self.angle, self.turns)


def angle_from(angle: float, turns: int) -> float:
    """What is left of an angle clockwise after quarter turns counterclockwise, -180 to 180 degrees."""
    return (angle - 90 * turns + 180) % 360 - 180


@dataclass(frozen=True, eq=False)
class View:
    """An input of the face detector and where it lies in the picture.

    Attributes:
        canvas: uint8 (size, size, 3), RGB, black beside the picture.
        left, top: the canvas's corner, in pixels of the picture.
        scale_x, scale_y: pixels of the picture for one of the canvas.
        goes_on: whether the picture goes on beyond the canvas's left, top, right and bottom edge. A face that reaches
            beyond such an edge is seen in part only, and is another look's to find.
    """

    canvas: Pixels
    left: float
    top: float
    scale_x: float
    scale_y: float
    goes_on: tuple[bool, bool, bool, bool] = (False, False, False, False)

    def times(self, x: float, y: float) -> "View":
        """The same canvas, as it lies in a picture that is so many times as wide and as high."""
        return View(self.canvas, self.left * x, self.top * y, self.scale_x * x, self.scale_y * y, self.goes_on)


def view_whole(pixels: Pixels, rule: FaceDetectorRule) -> View:
    """The whole picture, as large as it fits into the detector's input, black beside it."""
    height, width, _ = pixels.shape
    size = rule.input_size
    longer = max(width, height)
    new_width = max(1, math.floor(width * size / longer + 0.5))
    new_height = max(1, math.floor(height * size / longer + 0.5))
    left, top = (size - new_width) // 2, (size - new_height) // 2
    canvas = np.zeros((size, size, 3), np.uint8)
    canvas[top : top + new_height, left : left + new_width] = resize(pixels, new_width, new_height)
    scale_x, scale_y = width / new_width, height / new_height
    return View(canvas, -left * scale_x, -top * scale_y, scale_x, scale_y)


def view_around(pixels: Pixels, box: Box, rule: FaceDetectorRule, size: int) -> View:
    """The surroundings of a face that lies at least in part in the picture, so large that the detector sees it best.

    `size` is the canvas's: how much of the surroundings is shown.
    """
    height, width, _ = pixels.shape
    side = max(1, math.floor(max(box.width, box.height) * size / rule.search.best_size + 0.5))
    left = math.floor(box.x + box.width / 2 - side / 2 + 0.5)
    top = math.floor(box.y + box.height / 2 - side / 2 + 0.5)
    from_x, to_x, new_left, new_width, scale_x = _inside(left, side, width, size)
    from_y, to_y, new_top, new_height, scale_y = _inside(top, side, height, size)
    part, factor = pixels[from_y:to_y, from_x:to_x], side // size
    if factor > 1:
        # Of a large face this costs less than the resizing of all its pixels.
        part = reduce(part, factor)
    canvas = np.zeros((size, size, 3), np.uint8)
    canvas[new_top : new_top + new_height, new_left : new_left + new_width] = resize(part, new_width, new_height)
    return View(canvas, from_x - new_left * scale_x, from_y - new_top * scale_y, scale_x, scale_y)


def look(graph: Graph, view: View, turns: int, least_score: float, rule: FaceDetectorRule) -> list[Face]:
    """The faces that the detector sees in a view turned by quarter turns counterclockwise, best score first."""
    rows = _rows(graph, np.rot90(view.canvas, turns), least_score, rule)
    return [_in_picture(row, view) for row in _turn_back(rows, turns, rule.input_size) if _is_whole(row, view, rule)]


def look_at_several(
    graph: Graph, views: Sequence[View], turns: Sequence[int], least_score: float, rule: FaceDetectorRule
) -> list[list[Face]]:
    """The faces in each of up to four views of half the input's side, in one run; else as `look`."""
    size = rule.input_size // 2
    canvas = np.zeros((rule.input_size, rule.input_size, 3), np.uint8)
    corners = [(size * (index % 2), size * (index // 2)) for index in range(len(views))]
    for (left, top), view, turned in zip(corners, views, turns, strict=True):
        canvas[top : top + size, left : left + size] = np.rot90(view.canvas, turned)
    rows = _rows(graph, canvas, least_score, rule)
    middles = rows[:, 1:3] + rows[:, 3:5] / 2
    found = []
    for (left, top), view, turned in zip(corners, views, turns, strict=True):
        inside = (middles >= (left, top)).all(axis=1) & (middles < (left + size, top + size)).all(axis=1)
        own = rows[inside]
        own[:, 1:3] -= (left, top)
        own[:, 5:] -= (left, top) * (own[:, 5:].shape[1] // 2)
        found.append([_in_picture(row, view) for row in _turn_back(own, turned, size)])
    return found


def _rows(graph: Graph, canvas: Pixels, least_score: float, rule: FaceDetectorRule) -> NDArray[np.float64]:
    """What the detector sees in its input, one row for each face, in pixels of it."""
    rows = graph(np.ascontiguousarray(canvas)[np.newaxis])["faces"][0]
    rows = rows[rows[:, 0] >= least_score].astype(np.float64)
    rows[:, 1:] *= rule.input_size
    return suppress(rows, least_score, rule)


def suppress(rows: NDArray[np.float64], least_score: float, rule: FaceDetectorRule) -> NDArray[np.float64]:
    """Keep one row per face out of rows (score, x, y, width, height, points), shape (n, 17), best score first.

    Rows that overlap a better one by more than the threshold are of the same face. It lies at the mean, weighted by
    score, of those that have the blending score, and of the best (Bazarevsky et al. 2019, arXiv:1907.05047). The
    training faces were found in this way.
    """
    rows = rows[rows[:, 0] >= least_score]
    rows = rows[np.argsort(-rows[:, 0], kind="stable")]
    columns = rows.shape[1]
    kept = []
    while len(rows):
        best = rows[0]
        same = _overlap(best, rows) > rule.iou_threshold
        same[0] = True
        blend = same & (rows[:, 0] >= min(rule.blend_score, best[0]))
        blended = np.average(rows[blend, 1:], axis=0, weights=rows[blend, 0])
        kept.append(np.concatenate((best[:1], blended)))
        rows = rows[~same]
    return np.array(kept, np.float64).reshape(-1, columns)


def check_golden(pictures: Pixels, graph: Graph, rule: FaceDetectorRule, form: str) -> None:
    """Raise BundleError if the graph, as this machine runs it, does not find the golden picture's face where it is.

    Args:
        pictures: the bundle's golden picture, uint8 (1, size, size, 3).
        graph: the face detector on a runtime.
        rule: its rule.
        form: of the graph, `lite` or `saved_model`.
    """
    faces = graph(pictures)["faces"][0]
    best = faces[faces[:, 0].argmax()]
    # "not <=" rather than ">": a NaN must fail.
    if not np.abs(best - np.array(rule.golden.answers[form])).max() <= rule.golden.max_delta:
        raise BundleError(
            "The face detector does not find the face of the bundle's golden picture where it is, so it could not be "
            "trusted. Use another device (--device cpu), or build the bundle anew."
        )


def _inside(start: int, side: int, length: int, size: int) -> tuple[int, int, int, int, float]:
    """What of a window lies in the picture, along one axis.

    Args:
        start: of the window, in pixels of the picture; may be negative.
        side: of the window.
        length: of the picture.
        size: of the canvas that shows the window.

    Returns:
        Where the part begins and ends in the picture, where it begins on the canvas and how long it is there, and
        pixels of the picture for one of the canvas.
    """
    begin, end = max(start, 0), min(start + side, length)
    new_begin = min(math.floor((begin - start) * size / side + 0.5), size - 1)
    new_end = max(math.floor((end - start) * size / side + 0.5), new_begin + 1)
    return begin, end, new_begin, new_end - new_begin, (end - begin) / (new_end - new_begin)


def _turn_back(rows: NDArray[np.float64], turns: int, size: int) -> NDArray[np.float64]:
    """Rows found in a canvas turned by quarter turns counterclockwise, as they lie in the canvas before."""
    rows = rows.copy()
    for _ in range(turns):
        x, y, width, height = rows[:, 1:5].T.copy()
        rows[:, 1:5] = np.stack((size - y - height, x, height, width), axis=1)
        columns = rows[:, 5::2].copy()
        rows[:, 5::2] = size - rows[:, 6::2]
        rows[:, 6::2] = columns
    return rows


def _is_whole(row: NDArray[np.float64], view: View, rule: FaceDetectorRule) -> bool:
    x, y, width, height = row[1:5].tolist()
    size = rule.input_size
    beyond = (x < 0, y < 0, x + width > size, y + height > size)
    return not any(cut and goes_on for cut, goes_on in zip(beyond, view.goes_on, strict=True))


def _in_picture(row: NDArray[np.float64], view: View) -> Face:
    score, x, y, width, height = row[:5].tolist()
    box = Box(
        view.left + x * view.scale_x, view.top + y * view.scale_y, width * view.scale_x, height * view.scale_y, score
    )
    points = np.array([view.left, view.top]) + row[5:].reshape(-1, 2) * np.array([view.scale_x, view.scale_y])
    return Face(box, points, max(width, height))


def _overlap(box: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of one row (score, x, y, width, height) with many."""
    left, top = np.maximum(box[1], others[:, 1]), np.maximum(box[2], others[:, 2])
    right = np.minimum(box[1] + box[3], others[:, 1] + others[:, 3])
    bottom = np.minimum(box[2] + box[4], others[:, 2] + others[:, 4])
    both = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    union = box[3] * box[4] + others[:, 3] * others[:, 4] - both
    return np.asarray(np.divide(both, union, out=np.zeros_like(both), where=union > 0))
