"""What a JPEG of 50 megapixels costs: decoding, and the search for its faces, with one face and with forty.

    python -m bench.large_pictures            # two minutes on an idle machine

Both pictures take turns, since other programs slow a machine down from one minute to the next.
"""

import argparse
import io
import statistics
import time
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image

from bench.face_pictures import SCENES, paste, read_crops, read_faceless
from fake_image_detection.bundle import Bundle, find_bundle
from fake_image_detection.geometry import resize
from fake_image_detection.picture import Pixels, read_picture
from fake_image_detection.runtimes.lite import LiteRuntime
from fake_image_detection.search import find_faces

ROOT = Path(__file__).parents[1]
GROUP = next(kind for kind in SCENES if kind.name == "large group")
QUALITY = 90


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each picture (default 5)")
    parser.add_argument("--faces", type=Path, default=ROOT.parent / "shared" / "faces", help="labelled face crops")
    parser.add_argument("--seed", type=int, default=1, help="of the forty faces (default 1)")
    options = parser.parse_args()
    bundle = Bundle(find_bundle())
    manifest, runtime = bundle.manifest, LiteRuntime()
    rule = manifest.face_detector
    graph, smallest = runtime.load(bundle, rule.files), manifest.crop.min_side / manifest.crop.scale
    files = {
        "one enlarged portrait": jpeg(one_face()),
        "forty faces": jpeg(forty_faces(options.faces, options.seed)),
    }
    decoding: dict[str, list[float]] = {name: [] for name in files}
    searching: dict[str, list[float]] = {name: [] for name in files}
    found: dict[str, int] = {}
    for _ in range(options.rounds + 1):
        for name, file in files.items():
            started = time.perf_counter()
            pixels = read_picture(file, manifest.picture).pixels
            decoded = time.perf_counter()
            found[name] = len(find_faces(pixels, graph, rule, smallest).faces)
            decoding[name].append(decoded - started)
            searching[name].append(time.perf_counter() - decoded)
    print(
        f"{runtime.device}, bundle {manifest.version}, {GROUP.width} x {GROUP.height} pixels, least (median) seconds\n"
    )
    print("| JPEG | MB | faces found | decoded in | searched in |\n|---|---|---|---|---|")
    for name, file in files.items():
        # The first run warms up.
        both = (decoding[name][1:], searching[name][1:])
        times = " | ".join(f"{min(runs):.2f} ({statistics.median(runs):.2f})" for runs in both)
        print(f"| {name} | {len(file) / 1e6:.1f} | {found[name]} | {times} |")


def one_face() -> Pixels:
    """A portrait that fills most of the picture, on a smooth ground."""
    picture = np.full((GROUP.height, GROUP.width, 3), 128, np.uint8)
    face = resize(np.asarray(skimage.data.astronaut()), GROUP.height, GROUP.height)
    left = (GROUP.width - GROUP.height) // 2
    picture[:, left : left + GROUP.height] = face
    return picture


def forty_faces(folder: Path, seed: int) -> Pixels:
    """The largest scene of `bench.faces`."""
    return paste(read_crops(folder), list(read_faceless()), GROUP, np.random.default_rng(seed))[0]


def jpeg(pixels: Pixels) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


if __name__ == "__main__":
    main()
