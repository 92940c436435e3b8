"""From logits to probabilities that mean what they say, and to bands that bound false alarms.

Both are set for the world and not for the split that sets them, whose largest source is whatever could be had most of.
Each source counts alike, and what is promised of photographs is promised of each kind of them (training.faces.kinds).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np
from sklearn.linear_model import LogisticRegression

from fake_image_detection.verdict import EAGER, STRICT, USUAL, Bands, Calibration, Sensitivity
from training.errors import TooFewFacesError
from training.figures.metrics import upper_bound

# The share of photographs that each sensitivity may call fake. To call a real person fake is the costly mistake, so a
# band is chosen by the bound on its error rate, not by the rate. What that costs is doubt.
BOUNDS: dict[Sensitivity, float] = {STRICT: 0.005, USUAL: 0.02, EAGER: 0.05}
# The share of generated faces that may be called real, at each sensitivity. More than of photographs called fake: it
# costs less, and each percent less leaves many more photographs in doubt.
MISSED_BOUND = 0.05
CONFIDENCE = 0.95

# Faces from which on a source counts as much as any other. A smaller one counts by its faces: two photographs of one
# camera do not speak for as much of the world as two hundred of another.
ALIKE_FROM = 30


def weigh(sources: Sequence[str]) -> np.ndarray:
    """Return the weights of faces of one class, float64 (n,), by which each of their `sources` counts alike."""
    faces = Counter(sources)
    return np.array([min(1.0, ALIKE_FROM / faces[source]) for source in sources])


def worth(weights: np.ndarray) -> int:
    """Return how many faces of the same weight tell as much as these (Kish 1965): sum(w)^2 / sum(w^2)."""
    return int(weights.sum() ** 2 / (weights**2).sum() + 1e-6)


def faces_needed(bound: float) -> int:
    """Return how many faces without a single error bound a rate: 149 for 2 %, 598 for 0.5 %, 59 for 5 %."""
    return math.ceil(math.log(1 - CONFIDENCE) / math.log(1 - bound))


def calibrate(logits: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> Calibration:
    """Fit a line through the logits (Platt 1999), both classes weighing the same: the prior of the web is unknown.

    Args:
        logits, labels: (n,), 1 for fake.
        weights: (n,) of the faces within their class.
    """
    shares = weights.astype(np.float64)
    for label in (0, 1):
        shares[labels == label] *= len(labels) / 2 / shares[labels == label].sum()
    fit = LogisticRegression(C=1e6).fit(logits[:, None].astype(np.float64), labels, sample_weight=shares)
    return Calibration(scale=round(float(fit.coef_[0, 0]), 4), bias=round(float(fit.intercept_[0]), 4))


def choose_bands(
    probabilities: np.ndarray, labels: np.ndarray, weights: np.ndarray, kinds: np.ndarray
) -> dict[Sensitivity, Bands]:
    """Choose, for each sensitivity, the widest bands that keep its promise.

    A threshold that at most e of n photographs reach bounds the rate at which others of their kind reach it, by the
    binomial distribution, whatever the distribution of scores (Clopper & Pearson 1934; as a tolerance limit, Wilks
    1941). Each bound holds by itself with 95 % confidence; that all of them hold together is less sure.

    Faces are taken for independent, which those of one site or person are not: the bounds are of more photographs like
    these. The same face under several conditions is never counted as several.

    Args:
        probabilities: (conditions, n) in [0, 1], the same n faces under each condition.
        labels: (n,), 1 for fake.
        weights: (n,) of the faces within their class, by which their sources count alike.
        kinds: str (n,), of the photographs.

    Returns:
        `fake_from`: at most a share of BOUNDS of the photographs is called fake,

        - of all kinds together, under each condition by itself, each face counted alike, with 95 % confidence;
        - of all kinds together, under each condition by itself, each source counted alike. Weights make that an
          approximation: the binomial's for as many faces as the weighted ones are worth (Korn & Graubard 1998). Where
          those are too few, at the point estimate;
        - of each kind, over all conditions together, each face counted alike, with 95 % confidence where it has enough
          faces for that (`faces_needed`). Where it has not, at the point estimate: no more than that share of the faces
          there are, and how much more it could be is for the card to say.

        `real_below`: at most MISSED_BOUND of the fakes are called real, over all conditions together, each face and
        each source counted alike in the same way. It is the same at each sensitivity.

        Neither crosses even odds, however good the network.

    Raises:
        TooFewFacesError: not even a band without a single error would bound the rates of the usual sensitivity.
    """
    real, fake = labels == 0, labels == 1
    for faces, bound in ((real, BOUNDS[USUAL]), (fake, MISSED_BOUND)):
        if (there := int(faces.sum())) < (needed := faces_needed(bound)):
            raise TooFewFacesError(f"{there} faces are too few to bound a rate by {bound:.0%}: {needed} are needed")
    evenly = np.ones(len(labels))
    real_below = 1.0 - max(
        _bounding(1.0 - probabilities[:, fake], alike[fake], MISSED_BOUND) for alike in (evenly, weights)
    )
    # Rounded to the side that keeps the bound.
    real_below = min(float(np.floor(real_below * 10_000) / 10_000), 0.5)
    promised = [(scores[None, real], alike[real]) for alike in (evenly, weights) for scores in probabilities]
    for kind in np.unique(kinds[real]):
        members = real & (kinds == kind)
        promised.append((probabilities[:, members], evenly[members]))
    bands: dict[Sensitivity, Bands] = {}
    for sensitivity, bound in BOUNDS.items():
        fake_from = max(_bounding(scores, alike, bound) for scores, alike in promised)
        # To six digits: what a strict band has to leave out may lie that close to 1.
        bands[sensitivity] = Bands(real_below, max(float(np.ceil(fake_from * 1e6) / 1e6), 0.5))
    return bands


def _bounding(scores: np.ndarray, weights: np.ndarray, bound: float) -> float:
    """Return the lowest threshold t for which P(score >= t) is at most `bound`.

    Args:
        scores: (conditions, n). A face over t under one of c conditions counts as a c-th of an event: seen again under
            another condition it is no new evidence.
        weights: (n,).
        bound: of the rate, with 95 % confidence where there are enough faces for that.
    """
    faces = worth(weights)
    shares = np.tile(weights / weights.sum() / len(scores), len(scores))
    order = np.argsort(-scores, axis=None, kind="stable")
    # Rounding must not cost a face; 1e-9 of all faces is no face.
    over = np.searchsorted(np.cumsum(shares[order]), _allowed(faces, bound) / faces + 1e-9, side="right")
    return float(np.nextafter(scores.ravel()[order[over]], 1.0))


@cache
def _allowed(faces: int, bound: float) -> int:
    """Return the most errors among `faces` that bound the rate; where even none would not, those of the rate itself."""
    if faces < faces_needed(bound):
        return int(bound * faces + 1e-9)
    return bisect_right(range(faces), bound, key=lambda errors: upper_bound(errors, faces, CONFIDENCE)) - 1
