"""The figures of a calibrated network on held-out faces."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from fake_image_detection.verdict import FAKE, REAL, UNCERTAIN, USUAL, Bands, Calibration, Sensitivity
from training.errors import TooFewFacesError
from training.faces.conditions import CONDITIONS
from training.faces.examples import HAND_EDITED, Example
from training.faces.kinds import kind
from training.figures import metrics, predict
from training.figures.calibrate import calibrate, choose_bands, weigh

PHOTOGRAPHED_LIKE_STYLEGAN = frozenset({"ffhq", "ffhq-celebahq"})
STYLEGANS = frozenset({"stylegan1", "stylegan2", "stylegan3"})
# Nine tenths of the faces set nearly the bands that all of them set: what is measured is nearly what is shipped.
FOLDS = 10

# Condition -> str (n,) of REAL, UNCERTAIN and FAKE.
Verdicts = dict[str, np.ndarray]
BandsAt = Mapping[Sensitivity, Bands]
VerdictsAt = Mapping[Sensitivity, Verdicts]


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
    def kinds(self) -> np.ndarray:
        """str (n,): of photographs, empty for fakes."""
        return np.array(["" if example.label else kind(example.origin) for example in self.examples])

    @property
    def weights(self) -> np.ndarray:
        """float64 (n,): by which the sources within each class count alike."""
        # A word of the class before the origin: the same site may have both.
        return weigh([f"{example.label} {example.origin}" for example in self.examples])

    @property
    def generated(self) -> np.ndarray:
        """Boolean (n,): whether a face counts in the figures; composites edited by hand do not."""
        return ~np.isin(self.origins, list(HAND_EDITED))

    @property
    def of_hosts(self) -> np.ndarray:
        """Boolean (n,): whether the web site or collection that a face comes from is told."""
        return np.array([bool(example.host) for example in self.examples], dtype=bool)

    @property
    def folds(self) -> np.ndarray:
        """int (n,) in [0, FOLDS), chosen by the hash of name and origin."""
        names = [example.path.name.encode() + example.origin.encode() for example in self.examples]
        return np.array([int.from_bytes(hashlib.sha256(name).digest()[:8]) % FOLDS for name in names])

    @property
    def pair(self) -> np.ndarray:
        """Boolean (n,): FFHQ photographs and the faces that StyleGAN makes of them, which look the same."""
        return np.isin(self.origins, list(PHOTOGRAPHED_LIKE_STYLEGAN | STYLEGANS))

    def where(self, keep: np.ndarray) -> Scores:
        """Return the faces for which the boolean (n,) `keep` holds."""
        examples = [example for example, kept in zip(self.examples, keep, strict=True) if kept]
        return Scores(examples, {name: logits[keep] for name, logits in self.logits.items()})


def score(
    model: keras.Model, examples: Sequence[Example], input_size: int, conditions: Iterable[str] = CONDITIONS
) -> Scores:
    """Run `model` over `examples` under every condition, with a progress bar for each."""
    return Scores(
        list(examples),
        {name: predict.logits(model, examples, CONDITIONS[name], input_size, label=name) for name in conditions},
    )


def fit_verdicts(scores: Scores) -> tuple[Calibration, BandsAt]:
    """Set calibration, and bands at each sensitivity, by the generated and the real faces under all conditions.

    Raises:
        TooFewFacesError: they are too few to bound the bands' error rates.
    """
    chosen = scores.where(scores.generated)
    if len(set(chosen.labels)) < 2:
        raise TooFewFacesError("there are too few faces to set a calibration: it needs both classes")
    logits = np.stack(list(chosen.logits.values()))
    labels, weights = chosen.labels, chosen.weights
    calibration = calibrate(logits.ravel(), np.tile(labels, len(logits)), np.tile(weights, len(logits)))
    return calibration, choose_bands(calibration.probability_fake(logits), labels, weights, chosen.kinds)


def judge(scores: Scores, calibration: Calibration, bands: Bands) -> Verdicts:
    """Judge faces that had no part in setting `calibration` and `bands`."""
    return {name: bands.verdicts(calibration.probability_fake(logits)) for name, logits in scores.logits.items()}


def judge_at(scores: Scores, calibration: Calibration, bands: BandsAt) -> VerdictsAt:
    """Judge such faces at each sensitivity that has bands."""
    return {sensitivity: judge(scores, calibration, each) for sensitivity, each in bands.items()}


def judge_crosswise(scores: Scores) -> VerdictsAt:
    """Judge the faces that set calibration and bands, each fold by what all others by themselves would have set.

    Raises:
        TooFewFacesError: the others are too few to bound the bands' error rates.
    """
    folds = scores.folds
    joined: dict[Sensitivity, Verdicts] = {}
    for fold in np.unique(folds):
        mine = folds == fold
        for sensitivity, judged in judge_at(scores.where(mine), *fit_verdicts(scores.where(~mine))).items():
            whole = joined.setdefault(sensitivity, {name: np.full(len(folds), UNCERTAIN) for name in scores.logits})
            for name, verdicts in judged.items():
                whole[name][mine] = verdicts
    return joined


def figures(scores: Scores, calibration: Calibration, verdicts_at: VerdictsAt) -> dict[str, Any]:
    """Return the figures of `scores` as JSON values; composites edited by hand are left out but for their own row.

    Verdicts are those at the usual sensitivity; what becomes of them at each is for training.figures.sensitivities.
    """
    verdicts = verdicts_at[USUAL]
    keep = scores.generated
    generated, pair = scores.where(keep), scores.where(keep & scores.pair)
    return {
        "conditions": by_condition(generated, calibration, {name: told[keep] for name, told in verdicts.items()}),
        "pair_roc_auc": {
            name: metrics.roc_auc(pair.labels, logits)
            for name, logits in pair.logits.items()
            if len(set(pair.labels)) == 2
        },
        "origins": _origins(scores, verdicts),
    }


def by_condition(scores: Scores, calibration: Calibration, verdicts: Verdicts) -> dict[str, dict[str, Any]]:
    """Return condition -> the figures of `scores` under it, as JSON values."""
    return {
        name: {
            **metrics.summarise(scores.labels, calibration.probability_fake(logits)),
            "verdicts": _verdicts(scores.labels, verdicts[name]),
        }
        for name, logits in scores.logits.items()
    }


def _verdicts(labels: np.ndarray, verdicts: np.ndarray) -> dict[str, Any]:
    real, fake = (verdicts[labels == label] for label in (0, 1))
    (_, *of_real), of_fake = called(real), called(fake)
    return {
        "real_pictures": len(real),
        "real_called_fake": of_real[1],
        "real_called_fake_upper_bound": metrics.upper_bound(int(np.sum(real == FAKE)), len(real)),
        "real_called_uncertain": of_real[0],
        "fake_pictures": len(fake),
        "fake_called_fake": of_fake[2],
        "fake_called_uncertain": of_fake[1],
        "fake_called_real": of_fake[0],
    }


def called(verdicts: np.ndarray) -> tuple[float, float, float]:
    """Return the shares called real, uncertain and fake."""
    real, uncertain, fake = (float(np.mean(verdicts == verdict)) for verdict in (REAL, UNCERTAIN, FAKE))
    return real, uncertain, fake


def _origins(scores: Scores, verdicts: Verdicts) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    condition = next(iter(CONDITIONS))
    logits, labels, generated = scores.logits[condition], scores.labels, scores.generated
    threshold = metrics.threshold_at(logits[labels == 0], 0.01)
    for label, name in ((0, "real"), (1, "fake")):
        others = (labels != label) & generated
        for origin in sorted(set(scores.origins[labels == label])):
            here = (scores.origins == origin) & (labels == label)
            real, uncertain, fake = called(verdicts[condition][here])
            rows[f"{name}/{origin}"] = {
                "pictures": int(here.sum()),
                "roc_auc": metrics.roc_auc(labels[here | others], logits[here | others]),
                "above_1%_threshold": float(np.mean(logits[here] > threshold)),
                "above_interval": metrics.interval(int((logits[here] > threshold).sum()), int(here.sum())),
                "called_fake": fake,
                "called_uncertain": uncertain,
                "called_real": real,
            }
    return rows
