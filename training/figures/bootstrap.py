"""How far a figure would move with other pictures of the same kind: bootstrap intervals (Efron 1979)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from training.figures import metrics

Figure = Callable[[np.ndarray, np.ndarray], float]
Interval = tuple[float, float]

DRAWS = 1000

HEADLINE: dict[str, Figure] = {
    **{name: partial(metrics.at_even_odds, name) for name in ("accuracy", "precision", "recall", "f1")},
    "roc_auc": metrics.roc_auc,
    "average_precision": metrics.average_precision,
    "tpr_at_fpr_1%": metrics.found_at_1_percent,
    "tpr_at_fpr_0.5%": lambda labels, scores: metrics.found_at(labels, scores, 0.005),
    "ece": metrics.calibration_error,
}


def intervals(
    labels: np.ndarray,
    scores: np.ndarray,
    figures: Mapping[str, Figure] = HEADLINE,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, Interval]:
    """Return the 95 % percentile interval of each figure of `labels` (n,) and `scores` (n,).

    Pictures are drawn again within their class, so that every draw has as many reals and fakes as the data. What the
    interval does not know is another origin: it is for more pictures of the same sources.
    """
    values: dict[str, list[float]] = {name: [] for name in figures}
    for drawn in _draws(labels, draws, seed):
        for name, figure in figures.items():
            values[name].append(figure(labels[drawn], scores[drawn]))
    return {name: _middle(np.array(found)) for name, found in values.items()}


def paired_intervals(
    labels: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    figures: Mapping[str, Figure] = HEADLINE,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, Interval]:
    """Return the 95 % percentile interval of each figure's change from scores `before` to `after`, of the same faces.

    Both are drawn alike, so that what makes a draw easy or hard for both does not count as change.
    """
    values: dict[str, list[float]] = {name: [] for name in figures}
    for drawn in _draws(labels, draws, seed):
        for name, figure in figures.items():
            values[name].append(figure(labels[drawn], after[drawn]) - figure(labels[drawn], before[drawn]))
    return {name: _middle(np.array(found)) for name, found in values.items()}


def _draws(labels: np.ndarray, draws: int, seed: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(seed)
    classes = [np.flatnonzero(labels == label) for label in (0, 1)]
    for _ in range(draws):
        yield np.concatenate([rng.choice(members, len(members)) for members in classes])


def _middle(values: np.ndarray) -> Interval:
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def roc_auc_with_interval(labels: np.ndarray, scores: np.ndarray, draws: int) -> dict[str, Any]:
    """Return the `roc_auc` of `labels` (n,) and `scores` (n,), and its `interval`."""
    found = intervals(labels, scores, {"roc_auc": metrics.roc_auc}, draws)
    return {"roc_auc": metrics.roc_auc(labels, scores), "interval": found["roc_auc"]}
