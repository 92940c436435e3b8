"""Finding faces: from a picture to the face detector's input, and from its output to boxes in the picture."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fake_image_detection.bundle import FaceDetectorRule
from fake_image_detection.errors import BundleError
from fake_image_detection.geometry import Box, resize
from fake_image_detection.picture import Pixels
from fake_image_detection.runtimes import Graph


@dataclass(frozen=True)
class Placement:
    """Where the picture lies in the face detector's square input, in pixels of that input."""

    left: int
    top: int
    width: int
    height: int


def place(width: int, height: int, rule: FaceDetectorRule) -> Placement:
    """Where a picture of `width` x `height` goes by the manifest's `fit`."""
    size = rule.input_size
    if rule.fit == "stretch":
        return Placement(0, 0, size, size)
    longer = max(width, height)
    new_width = max(1, math.floor(width * size / longer + 0.5))
    new_height = max(1, math.floor(height * size / longer + 0.5))
    return Placement((size - new_width) // 2, (size - new_height) // 2, new_width, new_height)


def detector_input(pixels: Pixels, placement: Placement, size: int) -> Pixels:
    """The face detector's input, uint8 (1, size, size, 3), RGB, black beside the picture."""
    canvas = np.zeros((1, size, size, 3), np.uint8)
    rows = slice(placement.top, placement.top + placement.height)
    columns = slice(placement.left, placement.left + placement.width)
    canvas[0, rows, columns] = resize(pixels, placement.width, placement.height)
    return canvas


def suppress(rows: NDArray[np.float64], rule: FaceDetectorRule) -> NDArray[np.float64]:
    """Keep one row per face out of rows (score, x, y, width, height), shape (n, 5), best score first.

    Rows that overlap a better one by more than the threshold are blended into it: the mean, weighted by score, under
    the best score (Bazarevsky et al. 2019, arXiv:1907.05047). The training faces were found in this way.
    """
    rows = rows[rows[:, 0] >= rule.score_threshold]
    rows = rows[np.argsort(-rows[:, 0], kind="stable")]
    kept = []
    while len(rows):
        best = rows[0]
        same = _overlap(best, rows) > rule.iou_threshold
        same[0] = True
        blended = np.average(rows[same, 1:], axis=0, weights=rows[same, 0])
        kept.append(np.concatenate((best[:1], blended)))
        rows = rows[~same]
    return np.array(kept, np.float64).reshape(-1, 5)


def find_faces(pixels: Pixels, graph: Graph, rule: FaceDetectorRule) -> list[Box]:
    """All faces of a picture uint8 (height, width, 3), largest area first."""
    height, width, _ = pixels.shape
    placement = place(width, height, rule)
    anchors = graph(detector_input(pixels, placement, rule.input_size))["faces"]
    scale_x, scale_y = width / placement.width, height / placement.height
    boxes = [
        Box(
            x=(x * rule.input_size - placement.left) * scale_x,
            y=(y * rule.input_size - placement.top) * scale_y,
            width=box_width * rule.input_size * scale_x,
            height=box_height * rule.input_size * scale_y,
            score=score,
        )
        for score, x, y, box_width, box_height in suppress(anchors[0].astype(np.float64), rule).tolist()
    ]
    return sorted(boxes, key=lambda box: -box.area)


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


def _overlap(box: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of one row (score, x, y, width, height) with many."""
    left, top = np.maximum(box[1], others[:, 1]), np.maximum(box[2], others[:, 2])
    right = np.minimum(box[1] + box[3], others[:, 1] + others[:, 3])
    bottom = np.minimum(box[2] + box[4], others[:, 2] + others[:, 4])
    both = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    union = box[3] * box[4] + others[:, 3] * others[:, 4] - both
    return np.asarray(np.divide(both, union, out=np.zeros_like(both), where=union > 0))
