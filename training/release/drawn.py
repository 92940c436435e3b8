"""A small head on a layer of a released network, that tells drawings, statues and dolls from photographed faces.

What the last layers see was trained to tell something else; layers in the middle tell more (docs/faces.md).
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training.errors import DataError, NetworkError
from training.faces.conditions import CONDITIONS, WARNED_OF
from training.faces.examples import Example
from training.figures import predict
from training.networks import files
from training.release import card

LAYER = "block7_add"
# Crops that show no person, though a face detector sees a face in them.
NO_PEOPLE = "other.csv"
DRAWING = -1
# Small and much compressed photographs look painted, if nothing says otherwise.
SEEN_UNDER = {
    **{name: CONDITIONS[name] for name in ("as is, q90", "96 px, q75", "turned by 20°, q90")},
    "JPEG quality 20": WARNED_OF["recompressed: JPEG quality 20"],
}
# The share of faces that may lose their verdict for it.
LOST = 0.005
TRAINING_FACES = 20
FOLDS = 5
# The inverse of the regularisation's strength: there are more numbers than drawings.
INVERSE = 0.01


def teach_drawn(folder: Path, examples: Sequence[Example], data: Path) -> dict[str, Any]:
    """Fit the head of the released network in `folder`, measure it, and write both into its numbers and its card.

    Every head that is measured has seen neither the origin nor the face that it judges: five are fitted, each without a
    fifth of the origins of drawings and of faces. The one that is written has seen all, and its threshold is the one at
    which those five lose at most `LOST` of the photographed, and of the generated, faces under any of the conditions.

    Args:
        folder: of the network.
        examples: labelled faces; those of the validation split count, and some of the training split.
        data: the folder with NO_PEOPLE.

    Returns:
        `drawn` of network.json.

    Raises:
        DataError: there are no such pictures, or all are of one origin.
        NetworkError: the network has no layer LAYER.
    """
    model, numbers = files.read(folder)
    shown = read_drawings(data) + some_faces(examples, TRAINING_FACES)
    path, seeing = watching(model, LAYER)
    features = [
        predict.answers(seeing, "features", shown, condition, numbers["input_size"], name)
        for name, condition in SEEN_UNDER.items()
    ]
    labels = np.tile([example.label for example in shown], len(features))
    groups = np.tile([f"{example.label} {example.origin}" for example in shown], len(features))
    columns = np.concatenate(features)
    folds = divide(groups, np.random.default_rng(0))
    scores = judge_crosswise(columns, labels == DRAWING, folds)
    threshold = max(
        float(np.quantile(part[labels[: len(shown)] == label], 1 - LOST))
        for part in np.split(scores, len(SEEN_UNDER))
        for label in (0, 1)
    )
    weights, offset = fit(columns, labels == DRAWING)
    told = scores > threshold
    counted = Counter(example.label for example in shown)
    head = {
        "layer": path,
        "weights": [float(f"{weight:.5g}") for weight in weights],
        "offset": round(offset - threshold, 4),
        "figures": {
            "drawings": counted[DRAWING],
            "drawings_told": round(float(told[labels == DRAWING].mean()), 4),
            "real": counted[0],
            "real_told": round(float(told[labels == 0].mean()), 4),
            "fake": counted[1],
            "fake_told": round(float(told[labels == 1].mean()), 4),
        },
    }
    numbers["drawn"] = head
    files.write_numbers(folder, numbers)
    metrics = json.loads((folder / "metrics.json").read_text())
    (folder / "README.md").write_text(card.write(numbers, metrics))
    for number, condition in enumerate(SEEN_UNDER):
        here = slice(number * len(shown), (number + 1) * len(shown))
        print(f"{condition}: {_by_group(groups[here], told[here])}")
    return head


def watching(model: keras.Model, name: str) -> tuple[str, keras.Model]:
    """Return where the layer `name` lies, and a model from `image` to `features` (n, 2c).

    They are the means and the standard deviations of its channels. Of an ensemble the first member with such a layer is
    taken.

    Raises:
        NetworkError: there is no such layer.
    """
    parts = {"": model, **{f"{layer.name}/": layer for layer in model.layers if isinstance(layer, keras.Model)}}
    place = next((place for place, part in parts.items() if name in {layer.name for layer in part.layers}), None)
    if place is None:
        raise NetworkError(f"{model.name} has no layer {name}, nor has a member of it")
    part = parts[place]
    seen = part.get_layer(name).output
    mean = keras.ops.mean(seen, axis=(1, 2), keepdims=True)
    spread = keras.ops.sqrt(keras.ops.mean(keras.ops.square(seen - mean), axis=(1, 2)))
    features = keras.ops.concatenate([keras.ops.squeeze(mean, (1, 2)), spread], axis=1)
    return place + name, keras.Model(part.input, {"features": features})


def read_drawings(data: Path) -> list[Example]:
    """Return what NO_PEOPLE lists, labelled DRAWING.

    Raises:
        DataError: there is no such list, or it knows one origin only.
    """
    listed = data / NO_PEOPLE
    if not listed.is_file():
        raise DataError(f"{data} has no {NO_PEOPLE}: wanted are lines of file,origin for pictures that show no person")
    with listed.open(newline="", encoding="utf-8") as lines:
        drawings = [Example(data / row["file"], DRAWING, row["origin"], "val") for row in csv.DictReader(lines)]
    if len({drawing.origin for drawing in drawings}) < 2:
        raise DataError(f"{listed} has pictures of one origin only: what tells others cannot be measured on them")
    return drawings


def some_faces(examples: Sequence[Example], each: int) -> list[Example]:
    """Return all of the validation split, and of each origin so many of the training split, drawn evenly."""
    faces = [example for example in examples if example.split == "val"]
    for label, origin in sorted({(example.label, example.origin) for example in examples}):
        some = [one for one in examples if (one.label, one.origin, one.split) == (label, origin, "train")]
        faces += [some[index] for index in np.linspace(0, len(some) - 1, min(each, len(some))).round().astype(int)]
    return faces


def divide(groups: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return a fold for each example, int64 (n,): whole groups, each fold with about as many drawings and faces.

    Args:
        groups: label and origin of each, as text with a space between.
        random: decides which go together.
    """
    fold: dict[str, int] = {}
    counted = Counter(groups.tolist())
    drawings = sorted(group for group in counted if group.startswith(f"{DRAWING} "))
    for some in (drawings, sorted(counted.keys() - set(drawings))):
        load = [0] * FOLDS
        # The largest first, so that the smaller ones can make up for them; equal ones in any order.
        for group in sorted(random.permutation(some).tolist(), key=lambda group: -counted[group]):
            fold[group] = least = int(np.argmin(load))
            load[least] += counted[group]
    return np.array([fold[group] for group in groups])


def judge_crosswise(
    columns: np.ndarray, drawings: np.ndarray, folds: np.ndarray, inverse: float = INVERSE
) -> np.ndarray:
    """Return how much each example looks like a drawing, float64 (n,), to a head that has not seen its fold."""
    scores = np.empty(len(columns))
    for fold in range(FOLDS):
        inside = folds == fold
        weights, offset = fit(columns[~inside], drawings[~inside], inverse)
        scores[inside] = columns[inside] @ weights + offset
    return scores


def fit(columns: np.ndarray, drawings: np.ndarray, inverse: float = INVERSE) -> tuple[np.ndarray, float]:
    """Return weights, float64 (c,), and an offset by logistic regression; both classes count alike."""
    # It takes a second to import.
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    head = LogisticRegression(C=inverse, class_weight="balanced", max_iter=1000)
    head.fit(scaler.fit_transform(columns.astype(np.float64)), drawings)
    weights = head.coef_[0] / scaler.scale_
    return weights, float(head.intercept_[0] - weights @ scaler.mean_)


def _by_group(groups: np.ndarray, told: np.ndarray) -> str:
    """Which part of each kind is told, and of which origin of faces most is lost."""
    labels = np.array([int(group.split()[0]) for group in groups])
    words = {DRAWING: "drawings", 0: "photographed faces", 1: "generated faces"}
    shares = [f"{told[labels == label].mean():.1%} of {word}" for label, word in words.items()]
    lost = {group: told[groups == group].mean() for group in set(groups[labels != DRAWING])}
    worst = max(sorted(lost), key=lambda group: lost[group])
    return f"told are {', '.join(shares)}; most of {worst.split(' ', 1)[1]}: {lost[worst]:.1%}"
