"""The figures of a calibrated network on held-out faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from training import metrics, predict
from training.calibrate import Bands, Calibration
from training.conditions import CONDITIONS
from training.data import HAND_EDITED, Example

PHOTOGRAPHED_LIKE_STYLEGAN = frozenset({"ffhq", "ffhq-celebahq"})
STYLEGANS = frozenset({"stylegan1", "stylegan2", "stylegan3"})


@dataclass(frozen=True)
class Scores:
    """Logits of the same faces under every condition.

    Attributes:
        examples: n faces.
        logits: condition -> float32 (n,).
    """

    examples: list[Example]
    logits: dict[str, np.ndarray]

    @property
    def labels(self) -> np.ndarray:
        """int (n,): 1 for fake."""
        return np.array([example.label for example in self.examples])

    @property
    def origins(self) -> np.ndarray:
        """str (n,)."""
        return np.array([example.origin for example in self.examples])

    def where(self, keep: np.ndarray) -> Scores:
        """Return the faces for which the boolean (n,) `keep` holds."""
        examples = [example for example, kept in zip(self.examples, keep, strict=True) if kept]
        return Scores(examples, {name: logits[keep] for name, logits in self.logits.items()})


def score(model: keras.Model, examples: Sequence[Example], input_size: int) -> Scores:
    """Run `model` over `examples` under every condition, with a progress bar for each."""
    return Scores(
        list(examples),
        {name: predict.logits(model, examples, apply, input_size, label=name) for name, apply in CONDITIONS.items()},
    )


def figures(scores: Scores, calibration: Calibration, bands: Bands) -> dict[str, Any]:
    """Return all figures as JSON values; composites edited by hand are left out but for their own row."""
    generated = scores.where(~np.isin(scores.origins, list(HAND_EDITED)))
    return {
        "conditions": {
            name: _condition(generated.labels, calibration.probability(logits), bands)
            for name, logits in generated.logits.items()
        },
        "pair": {
            name: metrics.summarise(pair.labels, calibration.probability(logits))["roc_auc"]
            for pair in [generated.where(np.isin(generated.origins, list(PHOTOGRAPHED_LIKE_STYLEGAN | STYLEGANS)))]
            for name, logits in pair.logits.items()
        },
        "origins": _origins(scores, calibration, bands),
    }


def _condition(labels: np.ndarray, probabilities: np.ndarray, bands: Bands) -> dict[str, Any]:
    real, fake = probabilities[labels == 0], probabilities[labels == 1]
    false_alarms = int(np.sum(real >= bands.fake_from))
    return {
        **metrics.summarise(labels, probabilities),
        "verdicts": {
            "real_called_fake": false_alarms / len(real),
            "real_called_fake_upper_bound": metrics.upper_bound(false_alarms, len(real)),
            "real_called_uncertain": float(np.mean((real >= bands.real_below) & (real < bands.fake_from))),
            "fake_called_fake": float(np.mean(fake >= bands.fake_from)),
            "fake_called_uncertain": float(np.mean((fake >= bands.real_below) & (fake < bands.fake_from))),
            "fake_called_real": float(np.mean(fake < bands.real_below)),
        },
    }


def _origins(scores: Scores, calibration: Calibration, bands: Bands) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    condition = next(iter(CONDITIONS))
    probabilities = calibration.probability(scores.logits[condition])
    threshold = metrics.threshold_at(probabilities[scores.labels == 0], 0.01)
    for label, name in ((0, "real"), (1, "fake")):
        for origin in sorted(set(scores.origins[scores.labels == label])):
            part = probabilities[(scores.origins == origin) & (scores.labels == label)]
            rows[f"{name}/{origin}"] = {
                "pictures": len(part),
                "above_1%_threshold": float(np.mean(part > threshold)),
                "called_fake": float(np.mean(part >= bands.fake_from)),
                "called_uncertain": float(np.mean((part >= bands.real_below) & (part < bands.fake_from))),
                "called_real": float(np.mean(part < bands.real_below)),
            }
    return rows
