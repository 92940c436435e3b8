"""Controls that show whether a figure was earned: what the header tells alone, and faces otherwise held or lit."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import keras
import numpy as np
from PIL import Image, ImageOps
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fake_image_detection.verdict import FAKE, REAL, Bands, Calibration
from training.faces.augment import reencode
from training.faces.batches import open_face
from training.faces.conditions import CONDITIONS, SHOWN, Condition, Treatment, as_is
from training.faces.examples import Example
from training.faces.looks import blur, blur_background, cast, grey, light, sharpen, smooth_skin
from training.faces.poses import stretch, turn, zoom
from training.figures import metrics, predict
from training.figures.bootstrap import intervals
from training.figures.scores import Scores

# The control has six numbers to fit: more faces would cost minutes and change nothing.
TRAINING_FACES = 3000
# An ROC-AUC further than this from 0.5 is called a shortcut.
NEAR_CHANCE = 0.05

UNTOUCHED = "the files as they lie"
TURNED_BY_A_NORMAL = "each turned by a normal of 15°"

File = Callable[[Example], bytes]
Open = Callable[[Example], Image.Image]


def like_sizes(examples: Sequence[Example]) -> Open:
    """Return what opens each of `examples` no larger than it is, and such that both classes have the same sizes.

    A face becomes as large as the smaller one of the two faces, one of each class, that have its rank among the sizes
    of their class.
    """
    labels = np.array([example.label for example in examples])
    sides = np.array([_side(example) for example in examples])
    wanted = sides.copy()
    for label in (0, 1):
        own, others = np.flatnonzero(labels == label), np.sort(sides[labels != label])
        ranks = (np.argsort(np.argsort(sides[own], kind="stable"), kind="stable") + 0.5) / len(own)
        wanted[own] = np.minimum(sides[own], others[(ranks * len(others)).astype(int)])
    side_of = dict(zip(examples, wanted.tolist(), strict=True))

    def opened(example: Example) -> Image.Image:
        face, side = open_face(example), side_of[example]
        return face if face.width <= side else face.resize((side, side), Image.Resampling.LANCZOS)

    return opened


def _side(example: Example) -> int:
    with Image.open(example.path) as picture:
        return min(picture.size)


def header(file: bytes) -> list[float]:
    """Return what a file says of itself without its pixels: width, height, sums of its quantisation tables, bytes."""
    with Image.open(io.BytesIO(file)) as picture:
        tables = getattr(picture, "quantization", None) or {}
        sums = [float(sum(tables.get(number, ()))) for number in (0, 1)]
        return [*np.log([picture.width, picture.height]).tolist(), *sums, float(np.log(len(file)))]


def header_control(
    training: Sequence[Example], measured: Sequence[Example], draws: int, seed: int = 0
) -> dict[str, dict[str, Any]]:
    """Return what size and file header alone give away to a logistic regression that sees nothing else.

    Args:
        training: faces to fit it on.
        measured: other faces.
        draws: of the bootstrap.
        seed: of the choice among `training`.

    Returns:
        A row of figures for the files as they lie and for every condition; under conditions with another row below
        `like_sizes`. Nothing where `training` lacks a class.
    """
    if len({example.label for example in training}) < 2:
        return {}
    if len(training) > TRAINING_FACES:
        drawn = np.random.default_rng(seed).choice(len(training), TRAINING_FACES, replace=False)
        training = [training[i] for i in drawn]

    def row(fitted: File, told: File) -> dict[str, Any]:
        return _header_row(training, [*map(fitted, training)], measured, [*map(told, measured)], draws)

    def file(condition: Condition, opened: Open) -> File:
        return lambda example: condition.file(opened(example))

    fitting, telling = like_sizes(training), like_sizes(measured)
    rows = {UNTOUCHED: row(lambda example: example.path.read_bytes(), lambda example: example.path.read_bytes())}
    for name, condition in CONDITIONS.items():
        plain = file(condition, open_face)
        like = row(file(condition, fitting), file(condition, telling))
        rows[name] = {**row(plain, plain), "like_sizes": like}
    return rows


def _header_row(
    training: Sequence[Example], fitted: list[bytes], measured: Sequence[Example], told: list[bytes], draws: int
) -> dict[str, Any]:
    facts, asked = (np.array([header(file) for file in files]) for files in (fitted, told))
    labels = np.array([example.label for example in measured])
    found: dict[str, Any] = {}
    # The number of bytes is no fact of the header: it tells how well the pixels compress.
    for name, columns in (("roc_auc", slice(-1)), ("with_bytes_roc_auc", slice(None))):
        classifier = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=1000))
        classifier.fit(facts[:, columns], [example.label for example in training])
        scores = np.asarray(classifier.decision_function(asked[:, columns]))
        found[name] = metrics.roc_auc(labels, scores)
        if name == "roc_auc":
            found["interval"] = intervals(labels, scores, {"roc_auc": metrics.roc_auc}, draws)["roc_auc"]
    return found


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
        "figure on faces of like sizes, not the plain one"
    )


def _enlarged(face: Image.Image) -> Image.Image:
    third = max(1, face.width // 3)
    return face.resize((third, third), Image.Resampling.LANCZOS).resize(face.size, Image.Resampling.BICUBIC)


def _tilted_as_people_do(face: Image.Image) -> Image.Image:
    """Turn `face` by a normal of 15 degrees, that which its own pixels seed."""
    return turn(face, np.random.default_rng(zlib.crc32(face.tobytes())).normal(0.0, 15.0))


# Beside the tilts of `training.faces.conditions`. Nothing lies outside of a stored crop: it can only be moved inside.
_POSES: dict[str, Treatment] = {
    **{f"turned by {degrees}°": partial(turn, degrees=degrees) for degrees in (5, 10, 90, 180)},
    TURNED_BY_A_NORMAL: _tilted_as_people_do,
    "middle 90 %": partial(zoom, share=0.9),
    "middle 65 %": partial(zoom, share=0.65),
    "88 %, moved 6 % left and up": partial(zoom, share=0.88, right=-0.06, down=-0.06),
    "88 %, moved 6 % right and down": partial(zoom, share=0.88, right=0.06, down=0.06),
    "12 % wider": partial(stretch, factor=1.12),
    "12 % higher": partial(stretch, factor=1 / 1.12),
}
_LOOKS: dict[str, Treatment] = {
    "mirrored": ImageOps.mirror,
    "greyscale": grey,
    # What the detector warns of, see `fake_image_detection.trust`.
    "a quarter of the light": partial(light, times=0.25),
    "twice the light": partial(light, times=2.0),
    "blurred": blur,
    "enlarged three times": _enlarged,
    "warm light": partial(cast, red=1.15, blue=0.85),
    "cold light": partial(cast, red=0.85, blue=1.15),
    "background out of focus": blur_background,
    "sharpened": sharpen,
    "skin smoothed": smooth_skin,
    "saved before, q50": partial(reencode, quality=50),
}
POSES = {name: Condition(change, as_is.quality) for name, change in _POSES.items()}
CONTROLS = POSES | {name: Condition(change, as_is.quality) for name, change in _LOOKS.items()}


def as_is_mirrored(face: Image.Image) -> Image.Image:
    """Return the mirror image of `face` as a detector makes it, which sees the file only."""
    return as_is(face).transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def control_row(labels: np.ndarray, probabilities: np.ndarray, usual: np.ndarray, bands: Bands) -> dict[str, Any]:
    """Return figures of `probabilities` (n,), and how often they fall on the side of even odds that `usual` did."""
    verdicts = bands.verdicts(probabilities)
    return {
        "roc_auc": metrics.roc_auc(labels, probabilities),
        "tpr_at_fpr_1%": metrics.found_at(labels, probabilities, 0.01),
        "same_side": float(np.mean((probabilities >= 0.5) == (usual >= 0.5))),
        "real_called_fake": float(np.mean(verdicts[labels == 0] == FAKE)),
        "fake_called_fake": float(np.mean(verdicts[labels == 1] == FAKE)),
        "fake_called_real": float(np.mean(verdicts[labels == 1] == REAL)),
    }


def poses(
    model: keras.Model, scores: Scores, input_size: int, calibration: Calibration, bands: Bands
) -> dict[str, dict[str, Any]]:
    """Return the `control_row` of a split's faces as they are, and of each of `POSES`.

    Args:
        model: image -> `logit`.
        scores: of the split, as they are at least; composites edited by hand are left out.
        input_size: side of the input in pixels.
        calibration, bands: of the network; the poses have no part in setting them.
    """
    faces = scores.where(scores.generated)
    logits = {"as is": faces.logits[SHOWN[0]]} | {
        name: predict.logits(model, faces.examples, pose, input_size, label=name) for name, pose in POSES.items()
    }
    probabilities = {name: calibration.probability_fake(each) for name, each in logits.items()}
    return {
        name: control_row(faces.labels, each, probabilities["as is"], bands) for name, each in probabilities.items()
    }
