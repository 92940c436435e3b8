"""Which faces are found: by size, number and orientation, and what is taken for one; in Python and in the extension.

    python -m bench.faces                      # a minute or so on an idle machine
    python -m bench.faces --rounds 20          # more pictures of each kind, narrower figures
    python -m bench.faces --browser            # the extension's code in Node beside it: the same faces?

Faces are the validation crops of --faces (scikit-image's one portrait where they are absent), pasted into scenes
made of pictures without faces; the faceless pictures are those of scikit-image and scikit-learn, each on four canvases.
A face counts as found if a box lies on it, whatever its verdict would be.
"""

import argparse
import csv
import itertools
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image
from sklearn.datasets import load_sample_image

from fake_image_detection.bundle import Bundle, find_bundle
from fake_image_detection.geometry import resize
from fake_image_detection.picture import Pixels
from fake_image_detection.runtimes.lite import LiteRuntime
from fake_image_detection.search import find_faces

ROOT = Path(__file__).parents[1]
FACELESS = ("brick", "cell", "chelsea", "coffee", "coins", "colorwheel", "grass", "gravel", "horse", "moon", "page",
            "hubble_deep_field", "immunohistochemistry", "logo", "retina", "rocket", "text")  # fmt: skip
# Name, width, height, faces, and quarter turns of the faces.
SCENES = (
    ("avatar", 400, 400, 1, 0),
    ("portrait", 1024, 1024, 1, 0),
    ("portrait on its side", 800, 800, 1, 1),
    ("portrait upside down", 800, 800, 1, 2),
    ("three faces", 1600, 1200, 3, 0),
    ("group", 4000, 3000, 12, 0),
    ("large group", 8660, 5773, 40, 0),
)
SIDES = (60, 70, 85, 120, 10_000)
LARGEST = 400

Square = tuple[int, int, int]


@dataclass
class Result:
    """Of one kind of picture: each pasted face's side and whether it was found, other boxes, milliseconds."""

    hits: list[tuple[int, bool]] = field(default_factory=list)
    others: int = 0
    milliseconds: list[float] = field(default_factory=list)


def main() -> None:
    """Measure and print Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=4, help="pictures of each kind (default 4)")
    parser.add_argument("--faces", type=Path, default=ROOT.parent / "shared" / "faces", help="labelled face crops")
    parser.add_argument("--browser", action="store_true", help="run the extension's code in Node on the same pictures")
    parser.add_argument("--largest", type=int, default=50, help="leave out pictures of more megapixels (default 50)")
    options = parser.parse_args()
    bundle = Bundle(find_bundle())
    rule, crop = bundle.manifest.face_detector, bundle.manifest.crop
    runtime = LiteRuntime()
    graph = runtime.load(bundle, rule.files)
    random = np.random.default_rng(1)
    crops, faceless = list(read_crops(options.faces)), [*read_faceless()]
    results: dict[str, Result] = {}
    compared: list[tuple[Pixels, list[list[float]]]] = []
    for name, width, height, count, turns in SCENES:
        if width * height > options.largest * 1_000_000:
            continue
        result = results.setdefault(name, Result())
        for _ in range(options.rounds):
            scene, places = paste(crops, faceless, (width, height), count, turns, random)
            start = time.perf_counter()
            boxes = [face.box for face in find_faces(scene, graph, rule, crop.min_side / crop.scale).faces]
            result.milliseconds.append(1000 * (time.perf_counter() - start))
            found = [[box.x, box.y, box.width, box.height] for box in boxes]
            hits = [any(on_face(box, place, crop.scale) for box in found) for place in places]
            result.hits += [(side, hit) for (_, _, side), hit in zip(places, hits, strict=True)]
            result.others += sum(not any(on_face(box, place, crop.scale) for place in places) for box in found)
            compared.append((scene, found))
    canvases = [canvas for picture in faceless for canvas in on_canvases(picture)]
    alarms = 0
    for canvas in canvases:
        faces = find_faces(canvas, graph, rule, crop.min_side / crop.scale).faces
        alarms += bool(faces)
        compared.append((canvas, [[face.box.x, face.box.y, face.box.width, face.box.height] for face in faces]))
    print(f"{runtime.device}, bundle {bundle.manifest.version}, {len(crops)} faces to paste\n")
    print_tables(results)
    print(f"\nFaceless pictures with something taken for a face: {alarms} of {len(canvases)}")
    if options.browser:
        print(f"\n{compare(bundle, compared)}")


def read_crops(folder: Path) -> Iterator[Pixels]:
    """Validation crops of photographed faces with enough pixels, or one portrait of scikit-image."""
    index = folder / "index.csv"
    if not index.is_file():
        yield np.asarray(skimage.data.astronaut())[28:208, 135:315]
        return
    with index.open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["split"] == "val" and row["label"] == "real"]
    for row in [row for row in rows if int(row["side_px"]) >= 150][::8]:
        with Image.open(folder / row["file"]) as image:
            yield np.asarray(image.convert("RGB"))


def read_faceless() -> Iterator[Pixels]:
    """Pictures without a face, uint8 (height, width, 3)."""
    for name in FACELESS:
        picture = np.asarray(getattr(skimage.data, name)())
        if picture.dtype == np.bool_:
            picture = picture.astype(np.uint8) * 255
        if picture.ndim == 2:
            picture = np.repeat(picture[:, :, np.newaxis], 3, axis=2)
        yield np.ascontiguousarray(picture[:, :, :3])
    yield np.asarray(skimage.data.stereo_motorcycle()[0])
    yield from (load_sample_image(name) for name in ("china.jpg", "flower.jpg"))


def on_canvases(picture: Pixels) -> Iterator[Pixels]:
    """A picture as it is, on a tall white and on a wide grey canvas, and its middle alone."""
    height, width, _ = picture.shape
    yield picture
    tall = np.full((max(height, 2 * width), width, 3), 255, np.uint8)
    tall[:height] = picture
    yield tall
    wide = np.full((height, 2 * width, 3), 128, np.uint8)
    wide[:, width // 2 : width // 2 + width] = picture
    yield wide
    yield np.ascontiguousarray(picture[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4])


def paste(
    crops: list[Pixels],
    scenes: list[Pixels],
    size: tuple[int, int],
    count: int,
    turns: int,
    random: np.random.Generator,
) -> tuple[Pixels, list[Square]]:
    """A scene with faces beside each other; sides are drawn evenly by their logarithm."""
    width, height = size
    scene = resize(scenes[random.integers(len(scenes))], width, height).copy()
    places: list[Square] = []
    while len(places) < count:
        side = round(float(np.exp(random.uniform(np.log(SIDES[0]), np.log(min(LARGEST, width, height))))))
        left, top = int(random.integers(0, width - side + 1)), int(random.integers(0, height - side + 1))
        if any(left < x + s and x < left + side and top < y + s and y < top + side for x, y, s in places):
            continue
        crop = resize(crops[random.integers(len(crops))], side, side)
        scene[top : top + side, left : left + side] = np.rot90(crop, turns)
        places.append((left, top, side))
    return scene, places


def on_face(box: list[float], place: Square, scale: float) -> bool:
    """Whether a box lies on a pasted crop's face and has about its size."""
    x, y, width, height = box
    left, top, side = place
    off = max(abs(x + width / 2 - left - side / 2), abs(y + height / 2 - top - side / 2))
    return off < 0.3 * side and 0.4 < max(width, height) * scale / side < 1.8


def print_tables(results: dict[str, Result]) -> None:
    """Print recall by kind of picture and by the side of the crop."""
    print("| picture | faces | found | other boxes | median ms |\n|---|---|---|---|---|")
    for name, result in results.items():
        found = np.mean([hit for _, hit in result.hits])
        spent = np.median(result.milliseconds)
        print(f"| {name} | {len(result.hits)} | {found:.1%} | {result.others} | {spent:.0f} |")
    print("\n| side of the crop, pixels | faces | found |\n|---|---|---|")
    hits = [hit for result in results.values() for hit in result.hits]
    for low, high in itertools.pairwise(SIDES):
        inside = [hit for side, hit in hits if low <= side < high]
        if inside:
            print(f"| {low} to {high} | {len(inside)} | {np.mean(inside):.1%} |")


def compare(bundle: Bundle, compared: list[tuple[Pixels, list[list[float]]]]) -> str:
    """Run the extension's code on the same pictures; says in how many it finds other faces."""
    with tempfile.TemporaryDirectory() as folder:
        listed = []
        for index, (picture, _) in enumerate(compared):
            file = Path(folder) / f"{index}.rgb"
            file.write_bytes(picture.tobytes())
            listed.append({"file": str(file), "width": picture.shape[1], "height": picture.shape[0]})
        pictures = Path(folder) / "pictures.json"
        pictures.write_text(json.dumps(listed), encoding="utf-8")
        command = ["node", str(ROOT / "bench" / "faces.mjs"), str(bundle.root), str(pictures)]
        answers = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    numbers = sum(len(answer["boxes"]) != len(found) for answer, (_, found) in zip(answers, compared, strict=True))
    moved = [
        float(np.abs(np.array(answer["boxes"]) - np.array(found)).max())
        for answer, (_, found) in zip(answers, compared, strict=True)
        if found and len(answer["boxes"]) == len(found)
    ]
    spent = np.median([answer["milliseconds"] for answer in answers])
    return (
        f"The extension's code in Node (TF.js WASM): another number of faces in {numbers} of {len(compared)} pictures; "
        f"boxes apart by at most {max(moved, default=0.0):.2f} pixels; median {spent:.0f} ms a picture"
    )


if __name__ == "__main__":
    main()
