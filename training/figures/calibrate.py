"""From logits to probabilities that mean what they say, and to bands that bound false alarms."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

import numpy as np
from sklearn.linear_model import LogisticRegression

from fake_image_detection.verdict import Bands, Calibration
from training.errors import TooFewFacesError
from training.figures.metrics import upper_bound

# Calling a real person fake is the costly mistake, so a band is chosen by the bound on its error rate, not by the rate;
# whoever reads "real" is promised the same. What that costs is doubt.
ERROR_BOUND = 0.02


def calibrate(logits: np.ndarray, labels: np.ndarray) -> Calibration:
    """Fit a line through the logits (Platt 1999), both classes weighing the same: the prior of the web is unknown."""
    fit = LogisticRegression(C=1e6, class_weight="balanced").fit(logits[:, None].astype(np.float64), labels)
    return Calibration(scale=round(float(fit.coef_[0, 0]), 4), bias=round(float(fit.intercept_[0]), 4))


def choose_bands(probabilities: np.ndarray, labels: np.ndarray) -> Bands:
    """Choose the widest bands whose error rates are bounded with 95 % confidence (one-sided Clopper-Pearson).

    Args:
        probabilities: (conditions, n) in [0, 1], the same n faces under each condition.
        labels: (n,), 1 for fake.

    Returns:
        `fake_from`: at most ERROR_BOUND of the real faces are called fake, under every condition by itself, as this is
        the costly mistake. `real_below`: at most as many of the fakes are called real, over all conditions together.
        Neither crosses even odds, however good the network.

    Raises:
        TooFewFacesError: not even a band without a single error would be bounded.
    """
    real, fake = probabilities[:, labels == 0], probabilities[:, labels == 1]
    fake_from = max(_bounding(scores[None]) for scores in real)
    real_below = 1.0 - _bounding(1.0 - fake)
    # To four digits, which is all that a card can use, and to the side that keeps the bound.
    fake_from = float(np.ceil(fake_from * 10_000) / 10_000)
    real_below = float(np.floor(real_below * 10_000) / 10_000)
    return Bands(real_below=min(real_below, 0.5), fake_from=max(fake_from, 0.5))


def _bounding(scores: np.ndarray) -> float:
    """Return the lowest threshold t for which P(score >= t) is at most ERROR_BOUND with 95 % confidence.

    Args:
        scores: (conditions, n). A face over t under one of c conditions counts as a c-th of an event: seen again under
            another condition it is no new evidence.
    """
    conditions, faces = scores.shape
    ranked = np.sort(scores, axis=None)[::-1]
    return float(np.nextafter(ranked[_allowed(faces) * conditions], 1.0))


@cache
def _allowed(faces: int) -> int:
    """Return the most errors among `faces` that still bound the rate by ERROR_BOUND."""
    allowed = bisect_right(range(faces), ERROR_BOUND, key=lambda errors: upper_bound(errors, faces)) - 1
    if allowed < 0:
        raise TooFewFacesError(f"{faces} faces are too few to bound a rate by {ERROR_BOUND:.0%}: 149 are needed")
    return allowed
