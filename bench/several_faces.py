"""How often a photograph of several people is wrongly suspected, with the correction for their number and without.

    python -m bench.several_faces                  # both networks; some minutes

Pictures are put together of validation faces: photographs of so many photographed faces, and the same with one of them
generated. The faces of a picture are drawn independently, while those of one true picture share camera and light: true
rates lie between these and that of a single face. The bands were chosen on the same faces, so that the rate of a single
one is nearer to the promised one than on others.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from tqdm import tqdm

from converter.proof.pictures import LIMITS
from fake_image_detection.bundle import Bundle, NetworkRule, find_bundle
from fake_image_detection.geometry import resize
from fake_image_detection.network import Network
from fake_image_detection.picture import read_picture
from fake_image_detection.runtimes.lite import LiteRuntime
from fake_image_detection.verdict import FAKE, USUAL

ROOT = Path(__file__).parents[1]
NUMBERS = (1, 2, 3, 5, 10, 20, 40)
BATCH = 16


def main() -> None:
    """Measure and print a Markdown table for each network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, default=ROOT.parent / "shared" / "faces", help="labelled face crops")
    parser.add_argument("--every", type=int, default=1, help="take every so many-th face (default 1)")
    parser.add_argument("--pictures", type=int, default=20_000, help="of each number of faces (default 20000)")
    options = parser.parse_args()
    bundle, runtime = Bundle(find_bundle()), LiteRuntime()
    for role in bundle.manifest.roles:
        rule = bundle.manifest.network(role)
        network = Network(runtime.load(bundle, rule.files), rule)
        real, fake = (judged(network, options.faces, label, options.every) for label in ("real", "fake"))
        print(f"\n{rule.name}, {len(real)} photographed and {len(fake)} generated validation faces\n")
        print(
            "| faces | called fake, all photographs: uncorrected | corrected | one generated: uncorrected | corrected |"
        )
        print("|---|---|---|---|---|")
        for number in NUMBERS:
            print(row(number, real, fake, rule, options.pictures))


def judged(network: Network, folder: Path, label: str, every: int) -> np.ndarray:
    """The probabilities, (n,), of validation faces of a label; those edited by hand are left out."""
    with (folder / "index.csv").open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["split"] == "val" and row["label"] == label]
    files = [folder / row["file"] for row in rows if row["origin"] != "photoshop-composite"][::every]
    size, probabilities = network.rule.input_size, []
    for start in tqdm(range(0, len(files), BATCH), desc=label, leave=False, mininterval=2):
        faces = [resize(read_picture(file, LIMITS).pixels, size, size) for file in files[start : start + BATCH]]
        probabilities += [judgement.probability_fake for judgement in network.judge(faces)]
    return np.array(probabilities)


def row(number: int, real: np.ndarray, fake: np.ndarray, rule: NetworkRule, pictures: int) -> str:
    """A row of the table: of pictures of so many faces, the shares that are called fake."""
    random = np.random.default_rng(number)
    faces = random.choice(real, (pictures, number))
    with_fake = faces.copy()
    with_fake[:, 0] = random.choice(fake, pictures)
    shares = [
        float((bands.verdicts(drawn) == FAKE).any(axis=1).mean())
        for drawn in (faces, with_fake)
        for bands in (rule.bands[USUAL], rule.bands[USUAL].among(number))
    ]
    return f"| {number} | {' | '.join(f'{share:.1%}' for share in shares)} |"


if __name__ == "__main__":
    main()
