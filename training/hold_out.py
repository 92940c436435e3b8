"""Leave-one-generator-out: how well a recipe finds the faces of a generator that it was not trained on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training import metrics, plots, predict, start_weights, tables
from training.bootstrap import Figure, intervals
from training.conditions import CONDITIONS, SHOWN
from training.configuration import Configuration, RunError
from training.data import HAND_EDITED, Example
from training.released import round_to_float16
from training.train import keep_configuration, train

FIGURES: dict[str, Figure] = {
    "roc_auc": metrics.roc_auc,
    "tpr_at_fpr_1%": lambda labels, scores: metrics.found_at(labels, scores, 0.01),
}


def hold_out(
    recipe: Configuration, examples: Sequence[Example], origins: Sequence[str], folder: Path, draws: int
) -> str:
    """Train by `recipe` once for each of `origins`, without it, and test on it against the validation split's reals.

    Each run lies in `folder`, and hold-out.json, .md and .png there are written after every one: a stopped call goes on
    where it was.

    Args:
        recipe: how to train. Start weights that have seen generators, and a teacher, are replaced by untaught ones.
        examples: all faces.
        origins: generators; all of them where there are none.
        folder: of the results.
        draws: of the bootstrap.

    Returns:
        The text of hold-out.md.

    Raises:
        RunError: an origin is no generator, or `folder` holds the results of another recipe.
    """
    generators = sorted({e.origin for e in examples if e.label == 1 and e.origin not in HAND_EDITED})
    if unknown := sorted(set(origins) - set(generators)):
        raise RunError(f"{', '.join(unknown)}: no generator of these faces; there are: {', '.join(generators)}")
    recipe = _untaught(recipe)
    folder.mkdir(parents=True, exist_ok=True)
    keep_configuration(recipe, folder / "config.json")
    results = folder / "hold-out.json"
    found: dict[str, Any] = json.loads(results.read_text()) if results.exists() else {}
    for origin in origins or generators:
        if origin not in found:
            print(f"without {origin}")
            run = folder / origin
            without = replace(recipe, without=[*recipe.without, origin])
            model = train(without, examples, run, resume=(run / "last.npz").exists())
            round_to_float16(model)
            found[origin] = _figures(model, examples, origin, recipe.input_size, draws)
            results.write_text(json.dumps(found, indent=1) + "\n")
        text = write(found, recipe, draws)
        (folder / "hold-out.md").write_text(text)
        plots.hold_out({name: row[SHOWN[0]] for name, row in found.items()}, folder / "hold-out.png")
    return text


def mean_roc_auc(found: dict[str, Any], condition: str = SHOWN[0]) -> float:
    """Return the mean ROC-AUC of what `hold_out` wrote to hold-out.json."""
    return float(np.mean([row[condition]["roc_auc"] for row in found.values()]))


def write(found: dict[str, Any], recipe: Configuration, draws: int) -> str:
    """Return hold-out.md."""
    rows = [
        " | ".join(
            [
                origin,
                str(row["fakes"]),
                *(tables.between(row[name]["roc_auc"], row[name]["interval"]["roc_auc"]) for name in SHOWN),
                tables.between(row[SHOWN[0]]["tpr_at_fpr_1%"], row[SHOWN[0]]["interval"]["tpr_at_fpr_1%"]),
            ]
        )
        for origin, row in sorted(found.items(), key=lambda item: item[1][SHOWN[0]]["roc_auc"])
    ]
    means = " | ".join(f"{mean_roc_auc(found, name):.3f}" for name in SHOWN)
    mean_found = float(np.mean([row[SHOWN[0]]["tpr_at_fpr_1%"] for row in found.values()]))
    columns = ["generator", "faces", *(f"ROC-AUC, {name}" for name in SHOWN), f"found at 1 % false alarms, {SHOWN[0]}"]
    reals = next(iter(found.values()))["reals"]
    return f"""\
# A generator left out of training

Each row is another training of {recipe.network} at {recipe.input_size} px, {recipe.epochs} epochs of
{recipe.samples_per_epoch} faces from {recipe.start}, that never saw the generator of the row, tested on all of the
generator's faces against the {reals} real faces of the validation split. 95 % intervals from {draws} bootstrap draws.
Relatives stay in training: of the StyleGANs only one at a time is left out.

{tables.table(" | ".join(columns), [*rows, f"**mean** | | {means} | {mean_found:.3f}"])}

![ROC-AUC of each generator left out](hold-out.png)
"""


def _untaught(recipe: Configuration) -> Configuration:
    """Return `recipe` without what has seen the generators: weights of another run, and a teacher."""
    seen = recipe.start not in (*start_weights.SOURCES, "scratch")
    start = start_weights.best_start(recipe.network) if seen else recipe.start
    return replace(recipe, start=start, teacher=None)


def _figures(
    model: keras.Model, examples: Sequence[Example], origin: str, input_size: int, draws: int
) -> dict[str, Any]:
    faces = [e for e in examples if (e.label == 0 and e.split == "val") or (e.label == 1 and e.origin == origin)]
    labels = np.array([face.label for face in faces])
    row: dict[str, Any] = {"fakes": int(labels.sum()), "reals": int((labels == 0).sum())}
    for name in SHOWN:
        scores = predict.logits(model, faces, CONDITIONS[name], input_size, label=f"{origin}, {name}")
        row[name] = {key: figure(labels, scores) for key, figure in FIGURES.items()}
        row[name]["interval"] = intervals(labels, scores, FIGURES, draws)
    return row
