"""Whether the whole detector minds how a picture is turned: it finds the face, turns it upright, judges it.

    python -m bench.turned                     # both networks, 240 validation faces; some minutes

The pictures are validation faces of both classes, each saved as a JPEG of quality 90 after it was turned. By 20 and by
30 degrees that is the largest upright square inside. A picture without a verdict counts as uncertain, and in ROC-AUC
between both classes.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from bench.labelled_faces import drawn
from fake_image_detection import FakeImageDetector
from fake_image_detection.bundle import ROLES
from fake_image_detection.verdict import FAKE, REAL
from training.faces.batches import open_face
from training.faces.conditions import Condition
from training.faces.examples import HAND_EDITED, read_examples
from training.faces.poses import turn

ROOT = Path(__file__).parents[1]
DEGREES = (0, 20, 30, 90, 180, 270)


def main() -> None:
    """Measure and print a Markdown table for each network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, default=ROOT.parent / "shared" / "faces", help="labelled face crops")
    parser.add_argument("--each", type=int, default=120, help="so many faces of each class (default 120)")
    options = parser.parse_args()
    examples = [example for example in read_examples(options.faces) if example.origin not in HAND_EDITED]
    faces = [face for label in (0, 1) for face in drawn(examples, "val", label, options.each)]
    labels = np.array([face.label for face in faces])
    for role in ROLES:
        detector = FakeImageDetector(network=role)
        print(f"\n{detector.network}, {(labels == 0).sum()} photographed and {(labels == 1).sum()} generated faces\n")
        print("| turned by | ROC-AUC | found | photographs called fake | generated faces called fake | called real |")
        print("|---|---|---|---|---|---|")
        for degrees in DEGREES:
            turned = Condition(partial(turn, degrees=degrees), 90)
            pictures = (turned.file(open_face(face)) for face in faces)
            reports = [
                detector.check(picture) for picture in tqdm(pictures, f"{degrees}°", len(faces), False, mininterval=2)
            ]
            scores = [0.5 if report.probability_fake is None else report.probability_fake for report in reports]
            verdicts = np.array([report.verdict for report in reports])
            print(
                f"| {degrees}° | {roc_auc_score(labels, scores):.3f} "
                f"| {np.mean([report.probability_fake is not None for report in reports]):.1%} "
                f"| {np.mean(verdicts[labels == 0] == FAKE):.1%} | {np.mean(verdicts[labels == 1] == FAKE):.1%} "
                f"| {np.mean(verdicts[labels == 1] == REAL):.1%} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
