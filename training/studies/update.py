"""A released network learns a new generator without forgetting the old ones, or is not released."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training.errors import RunError
from training.faces.conditions import CONDITIONS, SHOWN
from training.faces.examples import HAND_EDITED, Example
from training.figures import metrics, predict, tables
from training.figures.bootstrap import Figure, paired_intervals
from training.figures.scores import Scores
from training.networks.files import round_to_float16
from training.release.licences import of_data
from training.release.publish import check_newer, release
from training.release.trained import open_network, recipe
from training.run.configuration import Configuration
from training.run.train import train

# How much more often than an old origin of the same size a new one is drawn.
NEW_ORIGIN_WEIGHT = 3.0

FIGURES: dict[str, Figure] = {"roc_auc": metrics.roc_auc, "tpr_at_fpr_1%": metrics.found_at_1_percent}
PAIR = "pair_roc_auc"
# How far each may fall on the old faces. Every training moves figures a little; more than this is forgetting, where the
# bootstrap does not put it down to the choice of faces.
LIMITS = {"roc_auc": 0.002, "tpr_at_fpr_1%": 0.02, PAIR: 0.005}
NAMES = {
    "roc_auc": "ROC-AUC",
    "tpr_at_fpr_1%": "found at 1 % false alarms",
    PAIR: "ROC-AUC of the hard pair",
}


def update(
    network: Path,
    old: Sequence[Example],
    new: Sequence[Example],
    changes: dict[str, Any],
    run: Path,
    folder: Path,
    version: str,
    stated: Mapping[str, str],
    draws: int,
) -> str:
    """Train `network` on, on new faces and old ones, and release it to `folder` unless it does worse on the old ones.

    Args:
        network: models/NAME.
        old: the faces that it was trained and measured on; they are replayed along with the new ones.
        new: the others, with a training and, to show a gain, a validation split.
        changes: settings of the run that differ from those the network was trained with, such as epochs.
        run: folder of the run; one that was stopped goes on.
        folder: models/NAME of the release.
        version: its number.
        stated: its licences, as `training.release.publish.release` takes them.
        draws: of the bootstrap.

    Returns:
        The text of update.md, which is written to `run` and `folder`.

    Raises:
        RunError: a figure on the old validation faces fell beyond its limit and beyond noise, and nothing is released;
            `folder` holds this release or a later one; the faces cannot tell what was forgotten, or which are new.
    """
    check_newer(folder, version)
    if {e.label for e in old if e.split == "val" and e.origin not in HAND_EDITED} != {0, 1}:
        raise RunError("the old faces need real and fake ones for validation, or nobody could tell what was forgotten")
    of_data({face.origin for face in [*old, *new]}, stated)
    configuration = continued(network, old, new, changes)
    before = open_network(network)
    model = train(configuration, [*old, *new], run, resume=(run / "last.npz").exists())
    round_to_float16(model)

    faces = [e for e in old if e.split == "val" and e.origin not in HAND_EDITED]
    added = [e for e in new if e.split == "val" and e.origin not in HAND_EDITED]
    found = {
        "old": changed(before.model, model, faces, configuration.input_size, draws),
        "new": changed(
            before.model,
            model,
            [*(e for e in faces if e.label == 0), *added],
            configuration.input_size,
            draws,
        )
        if any(e.label for e in added)
        else {},
    }
    text = write(found, before.name, version, draws)
    (run / "update.json").write_text(json.dumps(found, indent=1) + "\n")
    (run / "update.md").write_text(text)
    if fallen := forgotten(found["old"]):
        raise RunError(
            f"{text}\nnot released: on the old faces {'; '.join(fallen)}. Replay them more: more --epochs, a lower "
            "--learning-rate, or --weight ORIGIN=FACTOR below "
            f"{NEW_ORIGIN_WEIGHT:g} for the new origin"
        )
    release(run, [*old, *new], folder, version, stated)
    shutil.copyfile(run / "update.md", folder / "update.md")
    return text


def continued(network: Path, old: Sequence[Example], new: Sequence[Example], changes: dict[str, Any]) -> Configuration:
    """Return the recipe of `network` as one that goes on from it, with `changes`.

    Raises:
        RunError: fakes of an origin that the network has learned are among the new ones.
    """
    before = recipe(network)
    learned = {(e.label, e.origin) for e in old if e.origin not in before.without}
    if again := sorted({e.origin for e in new if e.label and (1, e.origin) in learned}):
        raise RunError(
            f"new fakes and old ones are both of the origin {', '.join(again)}, so the new would be drawn no more "
            "often than the old: name their generator, by a folder (fake/NAME/) or in index.csv"
        )
    added = sorted({e.origin for e in new} - {origin for _, origin in learned})
    weights = {**before.origin_weights, **dict.fromkeys(added, NEW_ORIGIN_WEIGHT), **changes["origin_weights"]}
    without = [origin for origin in before.without if origin not in added]
    settings = {"start": str(network), "teacher": None, **changes, "without": without, "origin_weights": weights}
    return replace(before, **settings)


def changed(
    before: keras.Model, after: keras.Model, faces: Sequence[Example], input_size: int, draws: int
) -> dict[str, dict[str, Any]]:
    """Return condition -> figure -> before, after, and the 95 % interval of the difference on the same `faces`."""
    labels = np.array([face.label for face in faces])
    pair = Scores(list(faces), {}).pair
    rows: dict[str, dict[str, Any]] = {}
    for name in SHOWN:
        first, second = (
            predict.logits(model, faces, CONDITIONS[name], input_size, label=f"{when}, {name}")
            for when, model in (("before", before), ("after", after))
        )
        rows[name] = _rows(labels, first, second, FIGURES, draws)
        if len(set(labels[pair])) == 2:
            rows[name] |= _rows(labels[pair], first[pair], second[pair], {PAIR: metrics.roc_auc}, draws)
    return rows


def _rows(
    labels: np.ndarray, before: np.ndarray, after: np.ndarray, figures: Mapping[str, Figure], draws: int
) -> dict[str, Any]:
    differences = paired_intervals(labels, before, after, figures, draws)
    return {
        key: {"before": figure(labels, before), "after": figure(labels, after), "interval": differences[key]}
        for key, figure in figures.items()
    }


def forgotten(rows: dict[str, dict[str, Any]]) -> list[str]:
    """Return, in words, the figures of `changed` that fell by more than their limit and more than noise explains."""
    return [
        f"{NAMES[key]} ({condition}) fell from {row['before']:.3f} to {row['after']:.3f}"
        for condition, figures in rows.items()
        for key, row in figures.items()
        if row["before"] - row["after"] > LIMITS[key] and row["interval"][1] < 0
    ]


def write(found: dict[str, Any], before: str, version: str, draws: int) -> str:
    """Return update.md."""
    limits = ", ".join(f"{LIMITS[key]:g} in {name}" for key, name in NAMES.items())
    return f"""\
# From {before} to {version}

## The old validation faces

{_table(found["old"])}

The update is refused where a figure falls by more than {limits}, and the 95 %
interval of the difference, from {draws} bootstrap draws of the same faces for both, lies below zero.

## The new validation faces, against the old real ones

{_table(found["new"]) if found["new"] else "There are none: what was gained cannot be told."}
"""


def _table(rows: dict[str, dict[str, Any]]) -> str:
    return tables.table(
        "condition | figure | before | after | difference (95 % interval)",
        (
            f"{condition} | {NAMES[key]} | {row['before']:.3f} | {row['after']:.3f} "
            f"| {tables.between(row['after'] - row['before'], row['interval'])}"
            for condition, figures in rows.items()
            for key, row in figures.items()
        ),
    )
