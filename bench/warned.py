"""What each warning of a face tells: how many faces in such a state, how many of the others.

    python -m bench.warned                     # 300 training faces of each class; some minutes

The faces are those that the networks were trained with, which no threshold of a warning was set by, treated as for the
card of a network (training/faces/conditions.py), which has the figures of verdicts on such faces.
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from bench.labelled_faces import drawn
from fake_image_detection.bundle import Bundle, Manifest, NetworkRule, find_bundle
from fake_image_detection.geometry import Square, resize
from fake_image_detection.runtimes.lite import LiteRuntime
from fake_image_detection.runtimes.runtime import Graph
from fake_image_detection.trust import face_warnings, middle
from training.faces.batches import open_face
from training.faces.conditions import WARNED_OF, as_is
from training.faces.examples import HAND_EDITED, Example, read_examples
from training.figures.profiles import best_face

ROOT = Path(__file__).parents[1]
AS_IS = "as is, q90"


class Warner:
    """Warns of crops, with the face where the face detector sees it."""

    def __init__(self, bundle: Bundle, network: NetworkRule) -> None:
        """Load the face detector; the warnings are those of a verdict by `network`."""
        self._manifest: Manifest = bundle.manifest
        self._network = network
        self._graph: Graph = LiteRuntime().load(bundle, bundle.manifest.face_detector.files)

    def codes(self, crop: Image.Image) -> set[str]:
        """The codes of the warnings of a crop; what needs key points is told only where a face is seen."""
        pixels, face = np.asarray(crop), best_face(crop, self._graph, self._manifest.face_detector)
        if face is None:
            return {"no face is seen"}
        trust = self._manifest.trust
        seen = resize(pixels, self._network.input_size, self._network.input_size)
        notices = face_warnings(
            face,
            Square(0, 0, len(pixels)),
            seen,
            middle(pixels, trust.middle_side),
            (len(pixels), len(pixels)),
            trust,
            self._network,
        )
        return {notice.code for notice in notices}


def main() -> None:
    """Measure and print Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, default=ROOT.parent / "shared" / "faces", help="labelled face crops")
    parser.add_argument("--each", type=int, default=300, help="so many training faces of each class (default 300)")
    options = parser.parse_args()
    examples = [example for example in read_examples(options.faces) if example.origin not in HAND_EDITED]
    bundle = Bundle(find_bundle())
    light = bundle.manifest.network("light")
    print_told(Warner(bundle, light), examples, options.each)


def print_told(warner: Warner, examples: list[Example], each: int) -> None:
    """Print for each state how many training faces get its warning, and which others."""
    faces = [face for label in (0, 1) for face in drawn(examples, "train", label, each)]
    print(f"\n{len(faces)} training faces, half of them generated\n\n| state | told | other warnings |\n|---|---|---|")
    for name, condition in {AS_IS: as_is, **WARNED_OF}.items():
        code = name.split(":")[0]
        count: Counter[str] = Counter()
        for face in tqdm(faces, name, leave=False, mininterval=2):
            count.update(warner.codes(condition(open_face(face))))
        told = "" if name == AS_IS else f"{count.pop(code, 0) / len(faces):.1%}"
        others = ", ".join(f"{other} {number / len(faces):.1%}" for other, number in count.most_common())
        print(f"| {name} | {told} | {others} |", flush=True)


if __name__ == "__main__":
    main()
