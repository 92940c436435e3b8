"""Figures of merit, from probabilities (or any score that grows with suspicion) and labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import binomtest, rankdata
from sklearn.metrics import average_precision_score, confusion_matrix

RELIABILITY_BINS = 15
EVEN_ODDS = 0.5


@dataclass(frozen=True)
class ReliabilityBin:
    """Faces of about the same probability.

    Attributes:
        share: of all faces, both classes weighing the same.
        probability: the mean that they were given.
        fakes: the share of fakes among them.
    """

    share: float
    probability: float
    fakes: float


def summarise(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, Any]:
    """Return the usual figures for `labels` (n,) in {0, 1} and `probabilities` (n,) in [0, 1] that the label is 1."""
    called = probabilities >= EVEN_ODDS
    (true_real, false_fake), (false_real, true_fake) = confusion_matrix(labels, called, labels=[0, 1]).tolist()
    return {
        "pictures": len(labels),
        "threshold": EVEN_ODDS,
        **{name: at_even_odds(name, labels, probabilities) for name in ("accuracy", "precision", "recall", "f1")},
        "roc_auc": roc_auc(labels, probabilities),
        "average_precision": average_precision(labels, probabilities),
        "tpr_at_fpr_1%": found_at(labels, probabilities, 0.01),
        "tpr_at_fpr_0.5%": found_at(labels, probabilities, 0.005),
        "ece": calibration_error(labels, probabilities),
        "confusion": {
            "real_called_real": true_real,
            "real_called_fake": false_fake,
            "fake_called_real": false_real,
            "fake_called_fake": true_fake,
        },
    }


def at_even_odds(figure: str, labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Return accuracy, precision, recall or f1 where probabilities of 0.5 and more are called fake; 0 for 0/0."""
    called, fakes = probabilities >= EVEN_ODDS, labels == 1
    found = float((called & fakes).sum())
    parts = {
        "accuracy": (float((called == fakes).sum()), len(labels)),
        "precision": (found, float(called.sum())),
        "recall": (found, float(fakes.sum())),
        "f1": (2 * found, float(called.sum() + fakes.sum())),
    }
    part, whole = parts[figure]
    return part / whole if whole else 0.0


def roc_auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Return the chance that a fake scores above a real, ties counting half (Mann and Whitney 1947).

    Not a number where a class is missing.
    """
    fakes = labels == 1
    count, total = int(fakes.sum()), len(labels)
    if count in (0, total):
        return float("nan")
    above = float(rankdata(scores)[fakes].sum()) - count * (count + 1) / 2
    return above / (count * (total - count))


def average_precision(labels: np.ndarray, scores: np.ndarray) -> float:
    """Return the mean precision over the fakes in the order of their scores."""
    return float(average_precision_score(labels, scores))


def reliability(labels: np.ndarray, probabilities: np.ndarray) -> list[ReliabilityBin]:
    """Return what became of each probability, in bins of the same width; empty bins are left out.

    Both classes weigh the same, as they do in the calibration: the share of fakes in a data set is not that of the web.
    """
    weights = np.where(labels == 1, 0.5 / max((labels == 1).sum(), 1), 0.5 / max((labels == 0).sum(), 1))
    numbers = np.clip((probabilities * RELIABILITY_BINS).astype(int), 0, RELIABILITY_BINS - 1)
    bins = []
    for number in np.unique(numbers):
        inside = numbers == number
        share = weights[inside].sum()
        probability, fakes = (float((weights * values)[inside].sum() / share) for values in (probabilities, labels))
        bins.append(ReliabilityBin(float(share), probability, fakes))
    return bins


def calibration_error(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the expected calibration error (Naeini et al. 2015), both classes weighing the same."""
    return sum(b.share * abs(b.probability - b.fakes) for b in reliability(labels, probabilities))


def threshold_at(real_scores: np.ndarray, false_positive_rate: float) -> float:
    """Return the lowest threshold (score > threshold is called fake) that flags at most that share of the reals."""
    allowed = int(np.floor(false_positive_rate * len(real_scores) + 1e-9))
    return float(np.sort(real_scores)[::-1][min(allowed, len(real_scores) - 1)])


def found_at(labels: np.ndarray, scores: np.ndarray, false_positive_rate: float) -> float:
    """Return the share of fakes found (true-positive rate) at a given false-positive rate."""
    return float(np.mean(scores[labels == 1] > threshold_at(scores[labels == 0], false_positive_rate)))


def found_at_1_percent(labels: np.ndarray, scores: np.ndarray) -> float:
    """Return the share of fakes found where 1 % of the reals are flagged."""
    return found_at(labels, scores, 0.01)


def upper_bound(events: int, trials: int, confidence: float = 0.95) -> float:
    """Return the one-sided Clopper-Pearson upper bound of a rate (Clopper & Pearson, Biometrika 1934)."""
    return float(_exact(events, trials, "less", confidence).high)


def interval(events: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the two-sided Clopper-Pearson interval of a rate."""
    found = _exact(events, trials, "two-sided", confidence)
    return float(found.low), float(found.high)


def _exact(events: int, trials: int, alternative: str, confidence: float) -> Any:
    return binomtest(events, trials, alternative=alternative).proportion_ci(confidence, method="exact")
