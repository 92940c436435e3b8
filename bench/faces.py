"""Which faces are found: by size, number and pose, and what is taken for one; in Python and in Chromium.

    python -m bench.faces                                # some minutes on an idle machine
    python -m bench.faces --rounds 30                    # more pictures of each kind, narrower figures
    python -m bench.faces --faceless FOLDER              # pictures without a face: in how many is one seen?
    python -m bench.faces --not-people FOLDER            # drawings, statues, dolls: how many get a verdict?
    python -m bench.faces --portraits FOLDER             # whole photographs: in how many is a face found?
    python -m bench.faces --browser                      # the extension's code in Chromium beside it: the same faces?

Faces are the validation crops of --faces (scikit-image's one portrait where they are absent), pasted into scenes made
of pictures without faces. A face counts as found if a box lies on it, whatever its verdict would be. The faceless
pictures of scikit-image and scikit-learn, each on four canvases, chose the thresholds; --faceless names others to
judge them.
"""

import argparse
import itertools
import json
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from bench.face_pictures import (
    SCENES,
    Place,
    list_pictures,
    on_canvases,
    paste,
    read_crops,
    read_faceless,
)
from converter.proof.pictures import LIMITS
from fake_image_detection import FakeImageDetector
from fake_image_detection.bundle import ROLES, Bundle, find_bundle
from fake_image_detection.faces import look, view_whole
from fake_image_detection.picture import Pixels, read_picture
from fake_image_detection.runtimes.lite import LiteRuntime
from fake_image_detection.search import find_faces
from fake_image_detection.trust import turned_away

ROOT = Path(__file__).parents[1]
SIDES = (60, 70, 85, 120, 10_000)
# Of the crop's side in the picture's longer one.
SHARES = (0, 0.01, 0.02, 0.05, 0.1, 0.2, 1.01)
# How far the nose is from the middle between the eyes, in distances of the eyes.
# A crop with a larger box, of its side, was shrunk to the edge of its picture: it shows a face without surroundings, or
# part of one, as no picture would that was not cut there.
FILLED, CUT_OFF = 0.76, "fills its crop"
POSES = {"towards the camera": 0.0, "half turned away": 0.15, "profile": 0.35}


@dataclass
class Seen:
    """A pasted face: the longer side of its picture, where it is, and whether it was found."""

    longer: int
    place: Place
    hit: bool


@dataclass
class Result:
    """Of one kind of picture: pasted faces, boxes beside them, milliseconds in Python and in Chromium.

    `processor` is what the milliseconds would be on one idle core: on a busy machine the others tell little.
    """

    seen: list[Seen] = field(default_factory=list)
    others: int = 0
    milliseconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    in_browser: list[float] = field(default_factory=list)


@dataclass
class Agreement:
    """Of Chromium with Python."""

    pictures: int = 0
    other_number: int = 0
    apart: float = 0.0


class Finder:
    """Finds faces in Python, and in Chromium beside it if asked for."""

    def __init__(self, bundle: Bundle, browser: "Browser | None") -> None:
        """Load the face detector of a bundle."""
        self.runtime = LiteRuntime()
        manifest = bundle.manifest
        rule, self.scale = manifest.face_detector, manifest.crop.scale
        # On a busy machine a search would be stopped, and the figures would be the machine's.
        self.rule = replace(rule, search=replace(rule.search, max_seconds=1e9))
        self.least_side = manifest.crop.min_side
        self._smallest = manifest.crop.min_side / manifest.crop.scale
        self._graph = self.runtime.load(bundle, rule.files)
        self._browser, self.agreement = browser, Agreement()

    def find(self, picture: Pixels, result: Result | None = None) -> list[list[float]]:
        """Boxes (x, y, width, height) of the faces in a picture; times are added to `result`."""
        start, on_processor = time.perf_counter(), time.process_time()
        faces = find_faces(picture, self._graph, self.rule, self._smallest).faces
        spent, processor = 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - on_processor)
        boxes = [[face.box.x, face.box.y, face.box.width, face.box.height] for face in faces]
        if result is not None:
            result.milliseconds.append(spent)
            result.processor.append(processor)
        if self._browser is not None:
            theirs, took = self._browser.find(picture)
            if result is not None:
                result.in_browser.append(took)
            self.agreement.pictures += 1
            if len(theirs) != len(boxes):
                self.agreement.other_number += 1
            elif boxes:
                self.agreement.apart = max(self.agreement.apart, float(np.abs(np.subtract(theirs, boxes)).max()))
        return boxes

    def pose(self, crop: Pixels) -> str:
        """How far the face in a crop is turned away, as the detector's own key points tell, or that it fills it."""
        seen = look(self._graph, view_whole(crop, self.rule), 0, self.rule.score_threshold, self.rule)
        if not seen:
            return "not told"
        face = max(seen, key=lambda face: face.box.score)
        if max(face.box.width, face.box.height) > FILLED * len(crop):
            return CUT_OFF
        offset = turned_away(face)
        return [name for name, least in POSES.items() if offset >= least][-1]


class Browser:
    """The extension's code in Chromium, by bench/faces.mjs; one picture at a time."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        """Take over a script that waits for questions, and the folder that it reads pictures from."""
        self._process, self._file = process, folder / "picture.rgb"

    def find(self, picture: Pixels) -> tuple[list[list[float]], float]:
        """Boxes of the faces, and milliseconds."""
        self._file.write_bytes(picture.tobytes())
        question = {"width": picture.shape[1], "height": picture.shape[0]}
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("Chromium ended; see above.")
        answer = json.loads(line)
        return answer["boxes"], answer["milliseconds"]


def main() -> None:
    """Measure and print Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=4, help="rounds of pictures of each kind (default 4)")
    parser.add_argument("--faces", type=Path, default=ROOT.parent / "shared" / "faces", help="labelled face crops")
    parser.add_argument("--faceless", type=Path, help="folder of pictures without a face")
    parser.add_argument("--not-people", type=Path, help="folder of drawings, statues, dolls and the like")
    parser.add_argument("--portraits", type=Path, help="folder of photographs that show a face each")
    parser.add_argument("--browser", action="store_true", help="run the extension's code in Chromium beside it")
    parser.add_argument("--largest", type=int, default=50, help="leave out pictures of more megapixels (default 50)")
    parser.add_argument("--seed", type=int, default=1, help="of the pictures that are made (default 1)")
    options = parser.parse_args()
    bundle = Bundle(find_bundle())
    with started_browser(bundle) if options.browser else nothing() as browser:
        finder = Finder(bundle, browser)
        crops = read_crops(options.faces)
        print(f"{finder.runtime.device}, bundle {bundle.manifest.version}, {len(crops)} faces to paste")
        results = measure_scenes(finder, crops, options.rounds, options.largest, options.seed)
        print_scenes(results, options.browser)
        print_sizes(results)
        print_poses(results, finder, crops)
        canvases = (canvas for picture in read_faceless() for canvas in on_canvases(picture))
        print_alarms("faceless pictures that chose the thresholds", finder, enumerate(canvases))
        for folder, name in ((options.faceless, "faceless pictures"), (options.portraits, "photographs with a face")):
            if folder is not None:
                files = list_pictures(folder)
                print_alarms(
                    f"{name} of {folder}", finder, ((file, read_picture(file, LIMITS).pixels) for file in files)
                )
        if options.not_people is not None:
            print_verdicts(options.not_people)
        if options.browser:
            told = finder.agreement
            print(
                f"\nChromium: another number of faces in {told.other_number} of {told.pictures} pictures; "
                f"boxes apart by at most {told.apart:.2f} pixels"
            )


def measure_scenes(finder: Finder, crops: list[Pixels], rounds: int, largest: int, seed: int) -> dict[str, Result]:
    """Paste faces into scenes and look for them."""
    faceless, results = list(read_faceless()), {}
    for number, kind in enumerate(SCENES):
        if kind.width * kind.height > largest * 1_000_000:
            continue
        random = np.random.default_rng([seed, number])
        result = results[kind.name] = Result()
        for _ in tqdm(range(rounds * kind.pictures), desc=kind.name, leave=False, mininterval=2):
            scene, places = paste(crops, faceless, kind, random)
            boxes = finder.find(scene, result)
            longer = max(kind.width, kind.height)
            result.seen += [
                Seen(longer, place, any(place.holds(box, finder.scale) for box in boxes)) for place in places
            ]
            result.others += sum(not any(place.holds(box, finder.scale) for place in places) for box in boxes)
    return results


def print_scenes(results: dict[str, Result], browser: bool) -> None:
    """Print recall and time by kind of picture."""
    more = " in Chromium |" if browser else ""
    print(f"\n| picture | pixels | faces | found | other boxes | median ms | of processor |{more}")
    print(f"|---|---|---|---|---|---|---|{'---|' if browser else ''}")
    sizes = {kind.name: f"{kind.width} x {kind.height}" for kind in SCENES}
    for name, result in results.items():
        hits = [seen.hit for seen in result.seen]
        chromium = f" {np.median(result.in_browser):.0f} |" if browser else ""
        print(
            f"| {name} | {sizes[name]} | {len(hits)} | {share(hits)} | {result.others} | "
            f"{np.median(result.milliseconds):.0f} | {np.median(result.processor):.0f} |{chromium}"
        )


def print_sizes(results: dict[str, Result]) -> None:
    """Print recall by the side of the crop, in pixels and in the picture's longer side."""
    upright = {kind.name for kind in SCENES if not kind.turns and not kind.tilt}
    seen = [one for name, result in results.items() if name in upright for one in result.seen]
    print("\n| side of the crop, pixels | faces | found |\n|---|---|---|")
    for low, high in itertools.pairwise(SIDES):
        hits = [one.hit for one in seen if low <= one.place.side < high]
        if hits:
            print(
                f"| {low} and more |" if high == SIDES[-1] else f"| {low} to {high} |", f"{len(hits)} | {share(hits)} |"
            )
    print("\n| side of the crop in the picture's longer side | faces | found |\n|---|---|---|")
    for least, most in itertools.pairwise(SHARES):
        hits = [one.hit for one in seen if least <= one.place.side / one.longer < most]
        if hits:
            print(f"| {least:.0%} to {min(most, 1):.0%} | {len(hits)} | {share(hits)} |")


def print_poses(results: dict[str, Result], finder: Finder, crops: list[Pixels]) -> None:
    """Print recall by pose, of upright faces."""
    upright = {kind.name for kind in SCENES if not kind.turns and not kind.tilt}
    seen = [one for name, result in results.items() if name in upright for one in result.seen]
    poses = {crop: finder.pose(crops[crop]) for crop in {one.place.crop for one in seen}}
    print("\n| pose | faces | found |\n|---|---|---|")
    for pose in (*POSES, CUT_OFF, "not told"):
        hits = [one.hit for one in seen if poses[one.place.crop] == pose]
        if hits:
            print(f"| {pose} | {len(hits)} | {share(hits)} |")
    single = {kind.name for kind in SCENES if kind.faces == 1}
    for names, what in ((upright & single, "single portraits"), (upright - single, "groups")):
        hits = [
            one.hit
            for name, result in results.items()
            if name in names
            for one in result.seen
            if poses[one.place.crop] != CUT_OFF
        ]
        if hits:
            print(f"\nOf {len(hits)} faces in {what} that do not fill their crops {share(hits)} are found")


def print_alarms(name: str, finder: Finder, pictures: Iterable[tuple[object, Pixels]]) -> None:
    """Print in how many pictures a face is seen that would get a verdict, and in which; and how many are too small."""
    some, asked, small = [], 0, 0
    for which, picture in tqdm(pictures, desc=name, leave=False, mininterval=2):
        found = finder.find(picture)
        large = sum(max(box[2:]) * finder.scale >= finder.least_side for box in found)
        asked, small = asked + 1, small + len(found) - large
        if large:
            some.append(which)
    print(f"\nA face to judge is seen in {len(some)} of {asked} {name} (and {small} that are too small for a verdict)")
    if len(some) <= asked / 2:
        print("".join(f"- {which}\n" for which in some), end="")


def print_verdicts(folder: Path) -> None:
    """Print how many pictures that show no person get which verdict, by each network."""
    files = list_pictures(folder)
    for role in ROLES:
        detector = FakeImageDetector(network=role)
        verdicts = Counter(report.verdict for report in tqdm(detector.check_many(files), leave=False))
        told = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
        print(f"\n{len(files)} pictures that show no person, {detector.network}: {told}")


def share(hits: list[bool]) -> str:
    """A share with its 95 % interval (Wilson 1927)."""
    n, p, z = len(hits), float(np.mean(hits)), 1.96
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = ((middle + sign * half) / (1 + z * z / n) for sign in (-1, 1))
    return f"{p:.1%} ({low:.1%} to {high:.1%})"


@contextmanager
def started_browser(bundle: Bundle) -> Iterator[Browser]:
    """Chromium with the extension's code, as long as the context lasts."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["node", str(ROOT / "bench" / "faces.mjs"), str(bundle.root), str(Path(folder) / "picture.rgb")]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield Browser(process, Path(folder))
            finally:
                assert process.stdin is not None
                process.stdin.close()


@contextmanager
def nothing() -> Iterator[None]:
    """A context without a browser."""
    yield None


if __name__ == "__main__":
    main()
