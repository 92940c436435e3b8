"""Could a small head on a network's features tell drawings, statues and dolls from faces? A study; nothing uses it.

    python -m bench.not_people            # some minutes

The folder of labelled faces has crops that show no person, though a face detector sees a face in them (`other.csv`). A
logistic regression sees the mean and the standard deviation of some layers of a network over a crop. It is fitted five
times, each time without a fifth of the origins of drawings and without a fifth of the origins of faces, and judges
these alone; so nothing is judged by a fit that has seen its origin.
"""

import argparse
import csv
import tempfile
from collections import Counter
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from converter.environment import quiet
from training.faces.batches import load_input, open_face
from training.faces.examples import Example, read_examples
from training.networks.files import read

ROOT = Path(__file__).parents[1]
LAYERS = ("stem_relu", "block0_project_norm", "block2_add", "block4_add", "block7_add", "block10_add", "block14_add",
          "top_relu")  # fmt: skip
# What a head may see, and how strongly it is kept from fitting single drawings.
HEADS = {
    "the last layer": (("top_relu",), 0.01),
    "block 14": (("block14_add",), 0.01),
    "block 7": (("block7_add",), 0.01),
    "block 4": (("block4_add",), 0.1),
    "the stem and blocks 0, 2, 4, 7, 10": (LAYERS[:6], 0.01),
    "all of these": (LAYERS, 0.001),
}
LOST = (0.005, 0.02)
FOLDS, DRAWING = 5, -1


def main() -> None:
    """Measure and print Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, default=ROOT.parent / "shared" / "faces", help="labelled face crops")
    parser.add_argument("--network", type=Path, default=ROOT / "models" / "efficientnet_lite0", help="a released one")
    parser.add_argument("--each", type=int, default=70, help="training faces of each origin (default 70)")
    parser.add_argument("--seed", type=int, default=0, help="of the division into folds (default 0)")
    options = parser.parse_args()
    examples = read_drawings(options.faces) + read_faces(options.faces, options.each)
    features = see(options.network, examples)
    labels = np.array([example.label for example in examples])
    groups = np.array([f"{example.label} {example.origin}" for example in examples])
    folds = divide(groups, np.random.default_rng(options.seed))
    counted = Counter(labels.tolist())
    print(f"{counted[DRAWING]} drawings, statues and dolls, {counted[0]} photographed and {counted[1]} generated faces")
    print("\n| the head sees | told | photographed, generated faces lost | told | photographed, generated faces lost |")
    print("|---|---|---|---|---|")
    for name, (layers, inverse) in HEADS.items():
        columns = np.concatenate([features[layer] for layer in layers], axis=1)
        scores = judge(columns, labels == DRAWING, folds, inverse)
        cells = []
        for lost in LOST:
            told = scores >= np.quantile(scores[labels != DRAWING], 1 - lost)
            share = {label: told[labels == label].mean() for label in (DRAWING, 0, 1)}
            cells += [f"{share[DRAWING]:.0%}", f"{share[0]:.1%}, {share[1]:.1%}"]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
        told = scores >= np.quantile(scores[labels != DRAWING], 1 - LOST[0])
        worst = max(set(groups[labels != DRAWING]), key=lambda group: told[groups == group].sum())
        origins = ", ".join(f"{origin[3:]} {told[groups == origin].sum()} of {count}"
                            for origin, count in Counter(groups[labels == DRAWING]).most_common(6))  # fmt: skip
        print(f"  {origins}; most faces lost of {worst[2:]}: {told[groups == worst].mean():.1%}", flush=True)


def read_drawings(folder: Path) -> list[Example]:
    """What shows no person."""
    with (folder / "other.csv").open(newline="", encoding="utf-8") as lines:
        return [Example(folder / row["file"], DRAWING, row["origin"], "val") for row in csv.DictReader(lines)]


def read_faces(folder: Path, each: int) -> list[Example]:
    """All validation faces, and so many training faces of each origin, drawn evenly."""
    examples = read_examples(folder)
    faces = [example for example in examples if example.split == "val"]
    for label, origin in sorted({(example.label, example.origin) for example in examples}):
        some = [one for one in examples if (one.label, one.origin, one.split) == (label, origin, "train")]
        picked = np.linspace(0, len(some) - 1, min(each, len(some))).round().astype(int)
        faces += [some[index] for index in picked]
    return faces


def see(network: Path, examples: list[Example]) -> dict[str, NDArray[np.float32]]:
    """Mean and standard deviation over each crop of each layer's channels, float32 (n, 2 channels)."""
    model, _ = read(network)
    size = model.input_shape[1]
    seen = []
    for name in LAYERS:
        layer = model.get_layer(name).output
        mean = keras.ops.mean(layer, axis=(1, 2))
        spread = keras.ops.mean(keras.ops.square(layer), axis=(1, 2)) - keras.ops.square(mean)
        seen.append(keras.ops.concatenate([mean, keras.ops.sqrt(keras.ops.relu(spread))], axis=1))
    ends = np.cumsum([output.shape[1] for output in seen])
    # LiteRT takes a third of the time that Keras takes.
    alone = keras.Model(model.inputs, keras.ops.concatenate(seen, axis=1))
    with tempfile.TemporaryDirectory() as folder, quiet():
        alone.export(folder, format="tf_saved_model", verbose=False)
        content = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    interpreter = Interpreter(model_content=content, num_threads=2)
    interpreter.allocate_tensors()
    place, answer = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    rows = []
    for example in tqdm(examples, network.name, leave=False, mininterval=2):
        interpreter.set_tensor(place, load_input(open_face(example), size)[np.newaxis])
        interpreter.invoke()
        rows.append(interpreter.get_tensor(answer)[0])
    return dict(zip(LAYERS, np.split(np.array(rows), ends[:-1], axis=1), strict=True))


def divide(groups: NDArray[np.str_], random: np.random.Generator) -> NDArray[np.int64]:
    """A fold for each example: whole origins, each fold with about as many of each label."""
    fold: dict[str, int] = {}
    counted = Counter(groups.tolist())
    for label in sorted({group.split()[0] for group in counted}):
        load = [0] * FOLDS
        origins = sorted(group for group in counted if group.split()[0] == label)
        # The largest first, so that the smaller ones can make up for them; equal ones in any order.
        for group in sorted(random.permutation(origins).tolist(), key=lambda group: -counted[group]):
            least = int(np.argmin(load))
            fold[group] = least
            load[least] += counted[group]
    return np.array([fold[group] for group in groups])


def judge(
    columns: NDArray[np.float32], drawings: NDArray[np.bool_], folds: NDArray[np.int64], inverse: float
) -> NDArray[np.float64]:
    """How much each example looks like a drawing to a head that has not seen its origin."""
    scores = np.empty(len(columns))
    for fold in range(FOLDS):
        inside = folds == fold
        head = make_pipeline(
            StandardScaler(), LogisticRegression(C=inverse, class_weight="balanced", max_iter=400)
        )  # fmt: skip
        head.fit(columns[~inside], drawings[~inside])
        scores[inside] = head.decision_function(columns[inside])
    return scores


if __name__ == "__main__":
    main()
