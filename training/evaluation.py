"""The figures of a calibrated network on held-out faces."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from training import metrics, predict
from training.calibrate import (
    Bands,
    Calibration,
    TooFewFacesError,
    calibrate,
    choose_bands,
)
from training.conditions import CONDITIONS
from training.data import HAND_EDITED, Example

PHOTOGRAPHED_LIKE_STYLEGAN = frozenset({"ffhq", "ffhq-celebahq"})
# Photographs as people put them beside their names.
PROFILE_PHOTOGRAPHS = frozenset({"speakers", "athletes", "unsplash", "phone-portraits"})
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

    @property
    def generated(self) -> np.ndarray:
        """Boolean (n,): whether a face counts in the figures; composites edited by hand do not."""
        return ~np.isin(self.origins, list(HAND_EDITED))

    @property
    def unseen(self) -> np.ndarray:
        """Boolean (n,): whether calibration and bands were set without a face."""
        return np.array([not sets_verdicts(example) for example in self.examples], dtype=bool)

    @property
    def pair(self) -> np.ndarray:
        """Boolean (n,): FFHQ photographs and the faces that StyleGAN makes of them, which look the same."""
        return np.isin(self.origins, list(PHOTOGRAPHED_LIKE_STYLEGAN | STYLEGANS))

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


def sets_verdicts(example: Example) -> bool:
    """Return whether a face is of the half of the validation split that sets calibration and bands."""
    digest = hashlib.sha256(example.path.name.encode() + example.origin.encode()).digest()
    return example.split == "val" and digest[0] % 2 == 0


def fit_verdicts(scores: Scores) -> tuple[Calibration, Bands]:
    """Set calibration and bands on the half of the validation split that is for that, under all conditions.

    Raises:
        TooFewFacesError: the half is too small to bound the bands' error rates.
    """
    chosen = scores.where(~scores.unseen & scores.generated)
    if len(set(chosen.labels)) < 2:
        raise TooFewFacesError("the validation split has too few faces to set a calibration: it needs both classes")
    logits = np.stack(list(chosen.logits.values()))
    calibration = calibrate(logits.ravel(), np.tile(chosen.labels, len(logits)))
    return calibration, choose_bands(calibration.probability(logits), chosen.labels)


def figures(scores: Scores, calibration: Calibration, bands: Bands) -> dict[str, Any]:
    """Return all figures as JSON values; composites edited by hand are left out but for their own row.

    Shares of verdicts are those of the faces that did not set the verdicts.
    """
    generated = scores.where(scores.generated)
    pair = generated.where(generated.pair)
    return {
        "conditions": {
            name: {
                **metrics.summarise(generated.labels, calibration.probability(logits)),
                "verdicts": _verdicts(generated.labels, calibration.probability(logits), bands, generated.unseen),
            }
            for name, logits in generated.logits.items()
        },
        "pair_roc_auc": {
            name: metrics.roc_auc(pair.labels, calibration.probability(logits))
            for name, logits in pair.logits.items()
            if len(set(pair.labels)) == 2
        },
        "origins": _origins(scores, calibration, bands),
    }


def _verdicts(labels: np.ndarray, probabilities: np.ndarray, bands: Bands, unseen: np.ndarray) -> dict[str, Any]:
    real, fake = (probabilities[(labels == label) & unseen] for label in (0, 1))
    false_alarms = int(np.sum(real >= bands.fake_from))
    (_, *of_real), of_fake = called(real, bands), called(fake, bands)
    return {
        "real_pictures": len(real),
        "real_called_fake": of_real[1],
        "real_called_fake_upper_bound": metrics.upper_bound(false_alarms, len(real)),
        "real_called_uncertain": of_real[0],
        "fake_pictures": len(fake),
        "fake_called_fake": of_fake[2],
        "fake_called_uncertain": of_fake[1],
        "fake_called_real": of_fake[0],
    }


def called(probabilities: np.ndarray, bands: Bands) -> tuple[float, float, float] | tuple[None, None, None]:
    """Return the shares called real, uncertain and fake; nothing where there are no faces."""
    if not len(probabilities):
        return None, None, None
    real = float(np.mean(probabilities < bands.real_below))
    fake = float(np.mean(probabilities >= bands.fake_from))
    uncertain = float(np.mean((probabilities >= bands.real_below) & (probabilities < bands.fake_from)))
    return real, uncertain, fake


def _origins(scores: Scores, calibration: Calibration, bands: Bands) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    condition = next(iter(CONDITIONS))
    probabilities = calibration.probability(scores.logits[condition])
    labels, generated, unseen = scores.labels, scores.generated, scores.unseen
    threshold = metrics.threshold_at(probabilities[labels == 0], 0.01)
    for label, name in ((0, "real"), (1, "fake")):
        others = (labels != label) & generated
        for origin in sorted(set(scores.origins[labels == label])):
            here = (scores.origins == origin) & (labels == label)
            real, uncertain, fake = called(probabilities[here & unseen], bands)
            rows[f"{name}/{origin}"] = {
                "pictures": int(here.sum()),
                "roc_auc": metrics.roc_auc(labels[here | others], probabilities[here | others]),
                "above_1%_threshold": float(np.mean(probabilities[here] > threshold)),
                "above_interval": metrics.interval(int((probabilities[here] > threshold).sum()), int(here.sum())),
                "judged": int((here & unseen).sum()),
                "called_fake": fake,
                "called_uncertain": uncertain,
                "called_real": real,
            }
    return rows
