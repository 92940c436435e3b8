"""Controls that show whether a figure was earned: what is known without seeing the face, and other crops of it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from training import metrics
from training.batches import open_face
from training.bootstrap import intervals
from training.conditions import CONDITIONS, Treatment, as_is
from training.data import Example

# The control has six numbers to fit: more faces would cost minutes and change nothing.
TRAINING_FACES = 3000
# An ROC-AUC further than this from 0.5 is called a shortcut.
NEAR_CHANCE = 0.05
STRATA = 10

UNTOUCHED = "the files as they lie"

File = Callable[[Example], bytes]
FILES: dict[str, File] = {UNTOUCHED: lambda example: example.path.read_bytes()} | {
    name: lambda example, condition=condition: condition.file(open_face(example))  # type: ignore[misc]
    for name, condition in CONDITIONS.items()
}


def header(file: bytes) -> list[float]:
    """Return what a file says of itself without its pixels: width, height, bytes, sums of its quantisation tables."""
    with Image.open(io.BytesIO(file)) as picture:
        tables = getattr(picture, "quantization", None) or {}
        sums = [float(sum(tables.get(number, ()))) for number in (0, 1)]
        return [*np.log([picture.width, picture.height, len(file)]).tolist(), *sums]


def header_scores(training: Sequence[Example], measured: Sequence[Example], file: File, seed: int = 0) -> np.ndarray:
    """Return float64 (n,): how fake each of `measured` looks to a logistic regression that sees only the header."""
    if len(training) > TRAINING_FACES:
        drawn = np.random.default_rng(seed).choice(len(training), TRAINING_FACES, replace=False)
        training = [training[i] for i in drawn]
    classifier = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=1000))
    classifier.fit([header(file(example)) for example in training], [example.label for example in training])
    return np.asarray(classifier.decision_function([header(file(example)) for example in measured]))


def matched_auc(labels: np.ndarray, scores: np.ndarray, control: np.ndarray) -> float | None:
    """Return the ROC-AUC of `scores` among faces that the control cannot tell apart.

    Faces are compared only with those in the same tenth of the control's scores, so that what the control knows helps
    nobody. Nothing where no tenth has both classes.
    """
    edges = np.unique(np.quantile(control, np.linspace(0, 1, STRATA + 1)[1:-1]))
    strata = np.searchsorted(edges, control, side="right")
    pairs, won = 0, 0.0
    for stratum in np.unique(strata):
        inside = strata == stratum
        fakes = int(labels[inside].sum())
        if here := fakes * (int(inside.sum()) - fakes):
            won += here * metrics.roc_auc(labels[inside], scores[inside])
            pairs += here
    return won / pairs if pairs else None


def header_control(
    training: Sequence[Example],
    measured: Sequence[Example],
    probabilities: dict[str, np.ndarray],
    draws: int,
) -> dict[str, dict[str, Any]]:
    """Return what size and file header alone give away, for the files as they lie and under every condition.

    Args:
        training: faces to fit the header-only classifier on.
        measured: n other faces.
        probabilities: condition -> (n,), the network's.
        draws: of the bootstrap.

    Returns:
        A row for each, or nothing where `training` lacks a class.
    """
    if len({example.label for example in training}) < 2:
        return {}
    labels = np.array([example.label for example in measured])
    rows: dict[str, dict[str, Any]] = {}
    for name, file in FILES.items():
        control = header_scores(training, measured, file)
        row: dict[str, Any] = {
            "roc_auc": metrics.roc_auc(labels, control),
            "interval": intervals(labels, control, {"roc_auc": metrics.roc_auc}, draws)["roc_auc"],
            "matched_roc_auc": matched_auc(labels, control, control),
        }
        if name in probabilities:
            row["network_roc_auc"] = metrics.roc_auc(labels, probabilities[name])
            row["network_matched_roc_auc"] = matched_auc(labels, probabilities[name], control)
        rows[name] = row
    return rows


def warning(rows: dict[str, dict[str, Any]]) -> str:
    """Return a sentence that names the conditions under which the header alone tells the classes apart, or nothing."""
    telling = [
        f"'{name}' (ROC-AUC {row['roc_auc']:.3f})"
        for name, row in rows.items()
        if name != UNTOUCHED and abs(row["roc_auc"] - 0.5) > NEAR_CHANCE
    ]
    if not telling:
        return ""
    return (
        f"size and file header alone tell the classes apart under {', '.join(telling)}; there, trust the network's "
        "figure among faces of like headers, not the plain one"
    )


def _window(share: float, right: float, down: float) -> Treatment:
    """Return a crop of `share` of the side whose centre is moved by shares of the side."""

    def crop(face: Image.Image) -> Image.Image:
        side = round(face.width * share)
        left, top = (round(face.width * ((1 - share) / 2 + shift)) for shift in (right, down))
        return as_is(face.crop((left, top, left + side, top + side)))

    return crop


# Nothing lies outside of a stored crop, so that a crop can only be moved inside of it.
CROPS: dict[str, Treatment] = {
    "90 % of the crop": _window(0.9, 0, 0),
    "88 %, moved 6 % left and up": _window(0.88, -0.06, -0.06),
    "88 %, moved 6 % right and down": _window(0.88, 0.06, 0.06),
    "mirrored": lambda face: as_is(face.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
    "greyscale": lambda face: as_is(face.convert("L").convert("RGB")),
}


def as_is_mirrored(face: Image.Image) -> Image.Image:
    """Return the mirror image of `face` as a detector makes it, which sees the file only."""
    return as_is(face).transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def crop_row(labels: np.ndarray, probabilities: np.ndarray, usual: np.ndarray) -> dict[str, Any]:
    """Return figures of `probabilities` (n,), and how often they fall on the side of even odds that `usual` did."""
    return {
        "roc_auc": metrics.roc_auc(labels, probabilities),
        "tpr_at_fpr_1%": metrics.found_at(labels, probabilities, 0.01),
        "same_side": float(np.mean((probabilities >= 0.5) == (usual >= 0.5))),
    }
