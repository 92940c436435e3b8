"""Figures of merit, from probabilities (or any score that grows with suspicion) and labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import beta
from sklearn.metrics import average_precision_score, confusion_matrix, precision_recall_fscore_support, roc_auc_score


def summarise(labels: np.ndarray, probabilities: np.ndarray, threshold: float = 0.5) -> dict[str, Any]:
    """Return the usual figures for `labels` (n,) in {0, 1} and `probabilities` (n,) in [0, 1] that the label is 1."""
    called = probabilities >= threshold
    precision, recall, f1, _ = precision_recall_fscore_support(labels, called, average="binary", zero_division=0.0)
    (true_real, false_fake), (false_real, true_fake) = confusion_matrix(labels, called, labels=[0, 1]).tolist()
    return {
        "pictures": len(labels),
        "threshold": threshold,
        "accuracy": float(np.mean(called == labels)),
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(f1),
        "roc_auc": float(roc_auc_score(labels, probabilities)),
        "average_precision": float(average_precision_score(labels, probabilities)),
        "tpr_at_fpr_1%": found_at(labels, probabilities, 0.01),
        "tpr_at_fpr_0.5%": found_at(labels, probabilities, 0.005),
        "confusion": {
            "real_called_real": true_real,
            "real_called_fake": false_fake,
            "fake_called_real": false_real,
            "fake_called_fake": true_fake,
        },
    }


def threshold_at(real_scores: np.ndarray, false_positive_rate: float) -> float:
    """Return the lowest threshold (score > threshold is called fake) that flags at most that share of the reals."""
    allowed = int(np.floor(false_positive_rate * len(real_scores) + 1e-9))
    return float(np.sort(real_scores)[::-1][min(allowed, len(real_scores) - 1)])


def found_at(labels: np.ndarray, scores: np.ndarray, false_positive_rate: float) -> float:
    """Return the share of fakes found (true-positive rate) at a given false-positive rate."""
    return float(np.mean(scores[labels == 1] > threshold_at(scores[labels == 0], false_positive_rate)))


def upper_bound(events: int, trials: int, confidence: float = 0.95) -> float:
    """Return the one-sided Clopper-Pearson upper bound of a rate (Clopper & Pearson, Biometrika 1934)."""
    return 1.0 if events >= trials else float(beta.ppf(confidence, events + 1, trials - events))
