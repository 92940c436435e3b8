"""What each sensitivity does: to photographs by kind, and to generated faces by generator."""

from __future__ import annotations

from typing import Any

import numpy as np

from fake_image_detection.verdict import FAKE, REAL, UNCERTAIN
from training.faces.examples import generator
from training.figures import metrics
from training.figures.calibrate import BOUNDS, worth
from training.figures.scores import Scores, VerdictsAt


def figures(scores: Scores, verdicts_at: VerdictsAt) -> dict[str, dict[str, Any]]:
    """Return, for each sensitivity, what its verdicts come to, as JSON values; composites edited by hand are left out.

    Shares are means over the conditions. Those of all photographs and of all generated faces count each source alike;
    those of a kind or a generator count each face alike.

    Args:
        scores: of n faces, among them both classes.
        verdicts_at: on the same faces.

    Returns:
        What network.json publishes (`published`), and `kinds` and `generators`. Of a kind, `called_fake` and its
        one-sided 95 % `upper_bound` are under the condition where it is called fake most.
    """
    keep = scores.generated
    faces = scores.where(keep)
    return {
        sensitivity: _figures(faces, np.stack([verdicts[name][keep] for name in scores.logits]), BOUNDS[sensitivity])
        for sensitivity, verdicts in verdicts_at.items()
    }


def _figures(scores: Scores, judged: np.ndarray, bound: float) -> dict[str, Any]:
    real, fake = scores.labels == 0, scores.labels == 1
    called_fake = _share(judged, real, scores.weights, FAKE)
    alike = worth(scores.weights[real])
    return {
        "bound": bound,
        "real_pictures": int(real.sum()),
        "real_called_fake": called_fake,
        "real_called_fake_upper_bound": metrics.upper_bound(int(np.ceil(called_fake * alike - 1e-9)), alike),
        "real_called_uncertain": _share(judged, real, scores.weights, UNCERTAIN),
        "fake_pictures": int(fake.sum()),
        "fake_called_fake": _share(judged, fake, scores.weights, FAKE),
        "fake_called_uncertain": _share(judged, fake, scores.weights, UNCERTAIN),
        "fake_called_real": _share(judged, fake, scores.weights, REAL),
        "kinds": {
            str(kind): _kind(judged[:, real & (scores.kinds == kind)], list(scores.logits))
            for kind in np.unique(scores.kinds[real])
        },
        "generators": _generators(scores, judged),
    }


def published(found: dict[str, Any]) -> dict[str, Any]:
    """Return of `figures` what network.json publishes of a sensitivity, shares to four digits."""
    kinds: dict[str, dict[str, Any]] = found["kinds"]
    # Of several that are called fake as often, the one of which that is known best.
    name = max(kinds, key=lambda kind: (kinds[kind]["called_fake"], kinds[kind]["pictures"]))
    worst = {key: kinds[name][key] for key in ("condition", "pictures", "called_fake", "upper_bound")}
    alone = {key: value for key, value in found.items() if key not in ("kinds", "generators")}
    return _rounded({**alone, "worst_kind": _rounded({"kind": name, **worst})})


def _share(judged: np.ndarray, faces: np.ndarray, weights: np.ndarray, verdict: str) -> float:
    return float(np.average((judged[:, faces] == verdict).mean(axis=0), weights=weights[faces]))


def _kind(judged: np.ndarray, conditions: list[str]) -> dict[str, Any]:
    events = (judged == FAKE).sum(axis=1)
    worst, faces = int(np.argmax(events)), judged.shape[1]
    return {
        "pictures": faces,
        "condition": conditions[worst],
        "called_fake": float(events[worst] / faces),
        "upper_bound": metrics.upper_bound(int(events[worst]), faces),
        "called_uncertain": float(np.mean(judged == UNCERTAIN)),
    }


def _generators(scores: Scores, judged: np.ndarray) -> dict[str, Any]:
    makers = np.array([generator(example) if example.label else "" for example in scores.examples])
    return {
        str(maker): {
            "pictures": int((makers == maker).sum()),
            "called_fake": float(np.mean(judged[:, makers == maker] == FAKE)),
            "called_real": float(np.mean(judged[:, makers == maker] == REAL)),
        }
        for maker in np.unique(makers[scores.labels == 1])
    }


def _rounded(found: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in found.items()}
