from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score, roc_curve

from training.calibrate import calibrate, choose_bands
from training.metrics import found_at, summarise, upper_bound


@pytest.fixture
def scored() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 3000)
    return labels, rng.normal(loc=3.0 * labels - 1.5, scale=1.0)


def test_summary_agrees_with_scikit_learn(scored: tuple[np.ndarray, np.ndarray]) -> None:
    labels, logits = scored
    probabilities = 1 / (1 + np.exp(-logits))
    summary = summarise(labels, probabilities)
    assert summary["roc_auc"] == pytest.approx(roc_auc_score(labels, probabilities))
    assert summary["f1"] == pytest.approx(f1_score(labels, probabilities >= 0.5))
    assert sum(summary["confusion"].values()) == len(labels)


def test_found_at_a_false_positive_rate_agrees_with_the_roc_curve(scored: tuple[np.ndarray, np.ndarray]) -> None:
    labels, logits = scored
    false_positives, true_positives, _ = roc_curve(labels, logits, drop_intermediate=False)
    assert found_at(labels, logits, 0.01) == pytest.approx(true_positives[false_positives <= 0.01].max(), abs=0.002)


def test_upper_bound_of_no_events_is_the_rule_of_three() -> None:
    assert upper_bound(0, 300) == pytest.approx(3 / 300, rel=0.01)
    assert upper_bound(5, 5) == 1.0


def test_calibration_recovers_a_known_line() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(scale=3, size=40_000)
    labels = (rng.random(40_000) < 1 / (1 + np.exp(-(0.5 * logits)))).astype(int)
    fitted = calibrate(logits, labels)
    assert fitted.scale == pytest.approx(0.5, abs=0.03)
    assert fitted.bias == pytest.approx(0.0, abs=0.05)


def test_bands_bound_the_error_rates(scored: tuple[np.ndarray, np.ndarray]) -> None:
    labels, logits = scored
    probabilities = 1 / (1 + np.exp(-logits))
    bands = choose_bands(probabilities[None], labels)
    real, fake = probabilities[labels == 0], probabilities[labels == 1]
    assert upper_bound(int((real >= bands.fake_from).sum()), len(real)) <= 0.02
    assert upper_bound(int((fake < bands.real_below).sum()), len(fake)) <= 0.02
    assert bands.real_below < bands.fake_from


def test_too_few_faces_for_the_bound_are_refused() -> None:
    labels = np.array([0] * 50 + [1] * 50)
    with pytest.raises(ValueError, match="too few"):
        choose_bands(np.linspace(0, 1, 100)[None], labels)
