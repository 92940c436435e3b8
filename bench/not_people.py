"""Which layers of a network tell drawings, statues and dolls from faces? The study behind `python -m training drawn`.

    python -m bench.not_people            # some minutes

The folder of labelled faces has crops that show no person, though a face detector sees a face in them (`other.csv`). A
logistic regression sees the mean and the standard deviation of some layers of a network over a crop. It is fitted five
times, each time without a fifth of the origins of drawings and without a fifth of the origins of faces, and judges
these alone; so nothing is judged by a fit that has seen its origin.
"""

import argparse
import tempfile
from collections import Counter
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from tqdm import tqdm

from converter.environment import quiet
from training.faces.batches import load_input, open_face
from training.faces.examples import Example, read_examples
from training.networks.files import read
from training.release.drawn import DRAWING, divide, judge_crosswise, read_drawings, some_faces

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


def main() -> None:
    """Measure and print Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, default=ROOT.parent / "shared" / "faces", help="labelled face crops")
    parser.add_argument("--network", type=Path, default=ROOT / "models" / "efficientnet_lite0", help="a released one")
    parser.add_argument("--each", type=int, default=70, help="training faces of each origin (default 70)")
    parser.add_argument("--seed", type=int, default=0, help="of the division into folds (default 0)")
    options = parser.parse_args()
    examples = read_drawings(options.faces) + some_faces(read_examples(options.faces), options.each)
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
        scores = judge_crosswise(columns, labels == DRAWING, folds, inverse)
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


if __name__ == "__main__":
    main()
