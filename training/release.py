"""A finished run becomes a released network: rounded, calibrated, measured, described."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras

from training import card, plots, released
from training.data import Example
from training.evaluation import Scores, figures, fit_verdicts, score
from training.train import restore, split


def release(run: Path, examples: Sequence[Example], folder: Path, version: str) -> None:
    """Write the released network of `run` to `folder`: model.json, weights.npz, network.json, card, metrics, plots.

    The last epoch is released, not the best on the validation split: what is published was not chosen by what it is
    measured on.
    """
    model, configuration, progress = restore(run)
    publish(
        model,
        examples,
        folder,
        version,
        training={
            **configuration.published(),
            "start_weights": progress["start_weights"],
            "earlier": progress.get("earlier", []),
            "faces": len(split(configuration, examples)[0]),
        },
        input_size=configuration.input_size,
        history=progress["history"],
    )
    for name in ("accuracy.png", "loss.png"):
        shutil.copyfile(run / name, folder / name)


def publish(
    model: keras.Model,
    examples: Sequence[Example],
    folder: Path,
    version: str,
    *,
    training: dict[str, Any],
    input_size: int,
    history: Sequence[dict[str, Any]] = (),
    members: Mapping[str, dict[str, Any]] | None = None,
) -> None:
    """Round, calibrate, measure and describe `model`, and write it to `folder`.

    Half of the validation split, chosen by the hash of the file name, sets calibration and bands while the other half
    gives the figures.

    Args:
        model: image -> `logit` and `local_logits`.
        examples: whose validation split calibrates and measures.
        folder: of the released network; its name is the network's.
        version: the release number.
        training: how the network was trained (JSON values), with `start_weights` in words.
        input_size: side of the input in pixels.
        history: a row for each epoch.
        members: figures of the networks that an ensemble is made of, by name.
    """
    released.round_to_float16(model)
    validation = [example for example in examples if example.split == "val"]
    scores = score(model, validation, input_size)
    calibration, bands = fit_verdicts(scores)
    measured = scores.where(scores.unseen)
    metrics = figures(measured, calibration, bands)

    network: dict[str, Any] = {
        "name": folder.name,
        "release": version,
        "input_size": input_size,
        "value_range": [0, 255],
        "calibration": asdict(calibration),
        "bands": asdict(bands),
        "licence": "MIT; the weights were trained on research and non-commercial data sets: see the card",
        "provenance": f"models/{folder.name}, started from {training['start_weights']}",
        "training": training,
        "figures": {name: _headline(row) for name, row in metrics["conditions"].items()},
    }
    if members:
        metrics["members"] = members
    released.write(folder, model, network)
    (folder / "metrics.json").write_text(json.dumps({**metrics, "history": history}, indent=1) + "\n")
    _plots(measured, metrics, calibration.probability, folder)
    (folder / "README.md").write_text(card.write(network, metrics, measured))
    print(f"released {folder}: bands real < {bands.real_below} <= uncertain < {bands.fake_from} <= fake")


def _headline(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "pictures": row["pictures"],
        "roc_auc": round(row["roc_auc"], 4),
        "real_called_fake": round(row["verdicts"]["real_called_fake"], 4),
        "fake_called_fake": round(row["verdicts"]["fake_called_fake"], 4),
    }


def _plots(scores: Scores, metrics: dict[str, Any], probability: Any, folder: Path) -> None:
    scores = scores.where(scores.generated)
    probabilities = {name: probability(logits) for name, logits in scores.logits.items()}
    plots.roc(scores.labels, probabilities, folder / "roc.png")
    plots.histogram(scores.labels, probabilities["as is, q75"], folder / "scores.png")
    plots.confusion(metrics["conditions"]["as is, q75"]["confusion"], folder / "confusion.png")
