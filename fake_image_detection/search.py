"""Finding every face of a picture, in as many looks as the picture needs.

The whole picture first; then tiles at finer scales, where a face large enough to be judged could still hide. What a
look shows is a candidate, believed after a second look that is centred on it at the detector's best scale.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeVar, get_args

import numpy as np

from fake_image_detection.bundle import FaceDetectorRule
from fake_image_detection.faces import Face, View, angle_from, look, look_at_several, view_around, view_whole
from fake_image_detection.geometry import Box, reduce, resize
from fake_image_detection.picture import Pixels
from fake_image_detection.runtimes.runtime import Graph

T = TypeVar("T")
R = TypeVar("R")

# What the look that candidates share tells of one that needs a look of its own; what is poor, only where no face is
# found otherwise.
Unsettled = Literal["doubtful", "poor"]

# Of the whole picture; upright first, then on either side and upside down.
_ORIENTATIONS = (0, 1, 3, 2)

# Candidates that get a second look in one run of the detector: so many views of half its side fit into its input.
_TOGETHER = 4


@dataclass(frozen=True, eq=False)
class _Picture:
    """A picture and, where looks need less than its pixels, one smaller by a whole factor, which costs less to view."""

    pixels: Pixels
    small: Pixels
    factor: int

    def around(self, box: Box, rule: FaceDetectorRule, size: int) -> View:
        if self.factor == 1 or max(box.width, box.height) < rule.search.best_size * self.factor:
            return view_around(self.pixels, box, rule, size)
        x, y, width, height = (value / self.factor for value in (box.x, box.y, box.width, box.height))
        smaller = Box(x, y, width, height, box.score)
        return view_around(self.small, smaller, rule, size).times(self.factor, self.factor)


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes:
        faces: largest area first.
        finished: whether the search came to its end within its bounds of time and of candidates; if not, faces may be
            missing.
        smallest: the longer side in pixels of the smallest box that was searched for.
    """

    faces: list[Face]
    finished: bool
    smallest: float


def find_faces(pixels: Pixels, graph: Graph, rule: FaceDetectorRule, smallest: float) -> Found:
    """All faces of a picture.

    Args:
        pixels: uint8 (height, width, 3), RGB.
        graph: the face detector.
        rule: the manifest's rule for it.
        smallest: the longer side, in pixels, of the smallest box worth finding.
    """
    height, width, _ = pixels.shape
    end = time.monotonic() + rule.search.max_seconds
    sizes, scale = _levels(width, height, rule, smallest)
    factor = math.floor(1 / scale) if sizes else 1
    picture = _Picture(pixels, reduce(pixels, factor) if factor > 1 else pixels, factor)
    levels = _resized(picture.small, sizes)
    coarsest = levels[-1] if levels else picture.small
    whole = _lying_in(picture, view_whole(coarsest, rule), coarsest)
    faces: list[Face] = []
    finished = True
    for turns in _ORIENTATIONS:
        seen = look(graph, whole, turns, rule.score_threshold, rule)
        if turns == 0:
            for face in _largest_first(seen):
                if _is_sure(face, rule) and not _is_piece(face.box, faces, rule):
                    faces.append(face)
            tiles = _tiles(picture, levels, rule.input_size, rule.search.overlap)
            for there in _each(partial(_look_in_time, rule=rule, end=end), tiles, graph):
                finished = finished and there is not None
                seen += there or []
        finished = _believe(faces, seen, picture, graph, rule, end) and finished
        if faces:
            break
    return Found(_largest_first(faces), finished, max(smallest, rule.search.smallest_size / scale))


def _each(work: Callable[[Graph, T], R], items: Iterable[T], graph: Graph) -> Iterator[R]:
    """What comes of the items, in order; several at a time where the graph gains by it, else one after another."""
    items = list(items)
    parallel = graph.parallel if len(items) > 1 else graph
    if parallel.callers == 1:
        yield from (work(parallel, item) for item in items)
        return
    with ThreadPoolExecutor(parallel.callers) as pool:
        yield from pool.map(partial(work, parallel), items)


def _look_in_time(graph: Graph, view: View, rule: FaceDetectorRule, end: float) -> list[Face] | None:
    """The faces in an upright view; None where the time is over."""
    return None if time.monotonic() > end else look(graph, view, 0, rule.score_threshold, rule)


def _largest_first(faces: list[Face]) -> list[Face]:
    return sorted(faces, key=lambda face: -face.box.area)


def _is_sure(face: Face, rule: FaceDetectorRule) -> bool:
    """Whether a face seen in the upright picture needs no second look."""
    return face.box.score >= rule.search.sure_score and face.seen >= rule.search.best_size / 2 and face.turns == 0


def _believe(
    faces: list[Face], candidates: list[Face], picture: _Picture, graph: Graph, rule: FaceDetectorRule, end: float
) -> bool:
    """Add to `faces` what a second look finds again; returns whether all candidates got one."""
    left = _distinct(candidates, faces, picture, rule)
    places = _largest_first(left[: rule.search.max_candidates])
    told: dict[Face, Face | Unsettled | None] = {
        place: place if _is_sure(place, rule) else "doubtful" for place in places
    }

    def glance(graph: Graph, together: list[Face]) -> list[Face | Unsettled | None]:
        return ["doubtful"] * len(together) if time.monotonic() > end else _glance(together, picture, graph, rule)

    def second_look(graph: Graph, candidate: Face) -> Face | Unsettled | None:
        return "doubtful" if time.monotonic() > end else _second_look(candidate, picture, graph, rule)

    doubted = [place for place in places if told[place] == "doubtful"]
    groups = [doubted[start : start + _TOGETHER] for start in range(0, len(doubted), _TOGETHER)]
    for together, seen in zip(groups, _each(glance, groups, graph), strict=True):
        told |= zip(together, seen, strict=True)
    poor = [place for place in places if told[place] == "poor"]
    for tried in ([place for place in places if place not in poor], poor):
        doubted = _doubtful(tried, told, faces, rule)
        told |= zip(doubted, _each(second_look, doubted, graph), strict=True)
        for candidate in tried:
            if _is_piece(candidate.box, faces, rule):
                continue
            if time.monotonic() > end:
                return False
            face = told[candidate]
            if face in get_args(Unsettled):
                # It was taken for a piece of a face that is none after all.
                face = _second_look(candidate, picture, graph, rule)
            if isinstance(face, Face) and not _is_piece(face.box, faces, rule):
                faces.append(face)
        if faces:
            break
    return len(left) <= rule.search.max_candidates


def _doubtful(
    places: list[Face], told: dict[Face, Face | Unsettled | None], faces: list[Face], rule: FaceDetectorRule
) -> list[Face]:
    """The candidates that are still in doubt, without pieces of the faces that are known so far."""
    doubtful: list[Face] = []
    known = list(faces)
    for candidate in places:
        face = told[candidate]
        if _is_piece(candidate.box, known, rule):
            continue
        if face in get_args(Unsettled):
            doubtful.append(candidate)
        elif isinstance(face, Face) and not _is_piece(face.box, known, rule):
            known.append(face)
    return doubtful


def _distinct(candidates: list[Face], faces: list[Face], picture: _Picture, rule: FaceDetectorRule) -> list[Face]:
    """The best candidate of each place where no face was found yet, best score first."""
    kept: list[Face] = []
    for candidate in sorted(candidates, key=lambda face: -face.box.score):
        known = _is_piece(candidate.box, faces, rule) or not _touches(candidate.box, picture.pixels)
        if not known and all(_overlap(candidate.box, other.box) <= rule.iou_threshold for other in kept):
            kept.append(candidate)
    return kept


def _glance(
    candidates: list[Face], picture: _Picture, graph: Graph, rule: FaceDetectorRule
) -> list[Face | Unsettled | None]:
    """Each candidate as a look centred on it, which up to four share, sees it, or None if that sees no face."""
    if len(candidates) == 1:
        return ["doubtful"]
    views = [picture.around(candidate.box, rule, rule.input_size // 2) for candidate in candidates]
    turns = [candidate.turns for candidate in candidates]
    told: list[Face | Unsettled | None] = []
    for candidate, seen in zip(
        candidates, look_at_several(graph, views, turns, rule.search.doubtful_score, rule), strict=True
    ):
        there = [face for face in seen if _overlap(face.box, candidate.box) > rule.iou_threshold]
        best = _best(there, candidate.turns, rule.search.sure_score, rule)
        if best is not None:
            told.append(_placed(best, candidate, rule))
        elif there:
            score = max(face.box.score for face in there)
            told.append("poor" if score < rule.search.hopeful_score else "doubtful")
        else:
            told.append(None)
    return told


def _second_look(candidate: Face, picture: _Picture, graph: Graph, rule: FaceDetectorRule) -> Face | None:
    """The candidate as a look at nothing but its surroundings sees it, or None if that sees no face."""
    view = picture.around(candidate.box, rule, rule.input_size)
    best: Face | None = None
    best_turns = 0
    # A face that is upside down looks like a poor upright one, so both are tried unless the first leaves no doubt.
    for turns in (candidate.turns, (candidate.turns + 2) % 4):
        least = rule.search.turned_score if turns else rule.search.confirmed_score
        there = [
            face
            for face in look(graph, view, turns, min(least, rule.search.doubtful_score), rule)
            if _overlap(face.box, candidate.box) > rule.iou_threshold
        ]
        face = _best(there, turns, least, rule)
        if face is not None and (best is None or face.box.score > best.box.score):
            best, best_turns = face, turns
        if not there or (best is not None and best.box.score >= rule.search.sure_score):
            break
    if best is None or not _holds_mirrored(best, best_turns, view, graph, rule):
        return None
    return _placed(best, candidate, rule)


def _best(faces: list[Face], turns: int, least: float, rule: FaceDetectorRule) -> Face | None:
    """The best of the faces that are upright in a view turned so, if it has the least score."""
    upright = [face for face in faces if abs(angle_from(face.angle, turns)) <= rule.search.max_tilt]
    best = max(upright, key=lambda face: face.box.score, default=None)
    return best if best is not None and best.box.score >= least else None


def _placed(seen: Face, candidate: Face, rule: FaceDetectorRule) -> Face:
    """A face where that look tells it in which it was larger."""
    if seen.turns != candidate.turns or candidate.seen < rule.search.best_size:
        return seen
    box = candidate.box
    return Face(Box(box.x, box.y, box.width, box.height, seen.box.score), candidate.points, candidate.seen)


def _holds_mirrored(face: Face, turns: int, view: View, graph: Graph, rule: FaceDetectorRule) -> bool:
    """Whether a face has, in the mean of a view and of its mirror image, the score that confirms it.

    A face is one in the mirror too; what only looks like one by chance often is not.
    """
    if face.box.score >= rule.search.sure_score:
        return True
    box, axis = face.box, 2 * view.left + rule.input_size * view.scale_x
    expected = Box(axis - box.x - box.width, box.y, box.width, box.height, box.score)
    mirrored = replace(view, canvas=view.canvas[:, ::-1])
    # What turns a picture one way turns its mirror image the other way.
    seen = look(graph, mirrored, -turns % 4, rule.search.doubtful_score, rule)
    score = max((other.box.score for other in seen if _overlap(other.box, expected) > rule.iou_threshold), default=0.0)
    return (box.score + score) / 2 >= (rule.search.turned_score if turns else rule.search.confirmed_score)


def _levels(width: int, height: int, rule: FaceDetectorRule, smallest: float) -> tuple[list[tuple[int, int]], float]:
    """Sizes of the picture, finest first, whose tiles show what the whole is too coarse for; and the finest scale."""
    whole = rule.input_size / max(width, height)
    scale = min(1.0, rule.search.smallest_size / smallest)
    while True:
        sizes: list[tuple[int, int]] = []
        level = scale
        while level > whole * rule.search.finer_by:
            sizes.append((max(1, math.floor(width * level + 0.5)), max(1, math.floor(height * level + 0.5))))
            level /= rule.search.coarser_by
        if sum(_count(*size, rule) for size in sizes) <= rule.search.max_tiles:
            return sizes, scale
        scale *= 0.95


def _count(width: int, height: int, rule: FaceDetectorRule) -> int:
    size, overlap = rule.input_size, rule.search.overlap
    return len(_starts(width, size, overlap)) * len(_starts(height, size, overlap))


def _starts(length: int, size: int, overlap: int) -> list[int]:
    """Where tiles of `size` begin that cover `length`, evenly spaced, each over at least `overlap` of the next."""
    if length <= size:
        return [0]
    count = math.ceil((length - overlap) / (size - overlap))
    return [math.floor(index * (length - size) / (count - 1) + 0.5) for index in range(count)]


def _resized(pixels: Pixels, sizes: list[tuple[int, int]]) -> list[Pixels]:
    """The picture at each of the sizes, finest first."""
    levels: list[Pixels] = []
    for width, height in sizes:
        levels.append(resize(levels[-1] if levels else pixels, width, height))
    return levels


def _lying_in(picture: _Picture, view: View, level: Pixels) -> View:
    """A view of a level, as it lies in the picture."""
    height, width, _ = picture.small.shape
    return view.times(picture.factor * width / level.shape[1], picture.factor * height / level.shape[0])


def _tiles(picture: _Picture, levels: list[Pixels], size: int, overlap: int) -> Iterator[View]:
    """The tiles of every level, coarsest first."""
    for level in reversed(levels):
        height, width, _ = level.shape
        for top in _starts(height, size, overlap):
            for left in _starts(width, size, overlap):
                part = level[top : top + size, left : left + size]
                canvas = np.zeros((size, size, 3), np.uint8)
                canvas[: part.shape[0], : part.shape[1]] = part
                goes_on = (left > 0, top > 0, left + size < width, top + size < height)
                yield _lying_in(picture, View(canvas, left, top, 1, 1, goes_on), level)


def _is_piece(box: Box, faces: list[Face], rule: FaceDetectorRule) -> bool:
    """Whether a box is a face already found, a piece of one, or one with much around it."""
    return any(_intersection(box, face.box) > rule.search.piece_share * min(box.area, face.box.area) for face in faces)


def _touches(box: Box, pixels: Pixels) -> bool:
    height, width, _ = pixels.shape
    middle_x, middle_y = box.x + box.width / 2, box.y + box.height / 2
    return 0 <= middle_x < width and 0 <= middle_y < height and box.area > 0


def _intersection(one: Box, other: Box) -> float:
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(width, 0.0) * max(height, 0.0)


def _overlap(one: Box, other: Box) -> float:
    both = _intersection(one, other)
    union = one.area + other.area - both
    return both / union if union > 0 else 0.0
