from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)

from training.figures.bootstrap import intervals
from training.figures.calibrate import calibrate, choose_bands
from training.figures.metrics import calibration_error, found_at, interval, roc_auc, summarise, upper_bound


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
    called_fake = probabilities >= 0.4
    skewed = summarise(labels, np.clip(probabilities + 0.1, 0, 1))
    for name, figure in (
        ("accuracy", accuracy_score), ("precision", precision_score), ("recall", recall_score), ("f1", f1_score)
    ):  # fmt: skip
        assert skewed[name] == pytest.approx(figure(labels, called_fake))
    assert skewed["precision"] < skewed["recall"]
    cells = ("real_called_real", "real_called_fake", "fake_called_real", "fake_called_fake")
    assert [skewed["confusion"][cell] for cell in cells] == confusion_matrix(labels, called_fake).ravel().tolist()


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


def test_bands_bound_false_alarms_under_every_condition_and_misses_over_all(
    scored: tuple[np.ndarray, np.ndarray],
) -> None:
    labels, logits = scored
    # One condition is harder for the real faces, the other for the fakes.
    conditions = [1 / (1 + np.exp(-(logits + shift))) for shift in (-0.5, 0.5)]
    bands = choose_bands(np.stack(conditions), labels)
    for probabilities in conditions:
        real = probabilities[labels == 0]
        assert upper_bound(int((real >= bands.fake_from).sum()), len(real)) <= 0.02
    fake = np.stack(conditions)[:, labels == 1]
    missed = (fake < bands.real_below).mean(axis=0).sum()
    assert upper_bound(int(np.ceil(missed)), fake.shape[1]) <= 0.02
    # A face and a half more, and they would not be bounded.
    wider = (fake < np.sort(fake, axis=None)[int(missed * 2) + 3]).mean(axis=0).sum()
    assert upper_bound(int(np.ceil(wider)), fake.shape[1]) > 0.02
    assert bands.real_below < bands.fake_from


def test_too_few_faces_for_the_bound_are_refused() -> None:
    labels = np.array([0] * 50 + [1] * 50)
    with pytest.raises(ValueError, match="too few"):
        choose_bands(np.linspace(0, 1, 100)[None], labels)


def test_roc_auc_with_ties_agrees_with_scikit_learn(scored: tuple[np.ndarray, np.ndarray]) -> None:
    labels, logits = scored
    assert roc_auc(labels, np.round(logits)) == pytest.approx(roc_auc_score(labels, np.round(logits)))


def test_calibration_error_of_a_known_case() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1, 1, 0])
    probabilities = np.array([0.1, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9, 0.9])
    assert calibration_error(labels, probabilities) == pytest.approx(0.15)


def test_calibration_error_does_not_depend_on_the_share_of_fakes() -> None:
    labels = np.array([0, 0, 1, 1])
    probabilities = np.array([0.2, 0.7, 0.6, 0.9])
    more = np.concatenate([np.zeros(20, int), np.ones(2, int)])
    again = np.concatenate([np.repeat([0.2, 0.7], 10), [0.6, 0.9]])
    assert calibration_error(more, again) == pytest.approx(calibration_error(labels, probabilities))


def test_calibrated_probabilities_have_a_small_error() -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.random(40_000)
    labels = (rng.random(40_000) < probabilities).astype(int)
    assert calibration_error(labels, probabilities) < 0.01
    assert calibration_error(labels, probabilities**3) > 0.1


def test_clopper_pearson_interval_of_a_published_case() -> None:
    low, high = interval(1, 20)
    assert [low, high] == pytest.approx([0.00127, 0.24873], abs=1e-5)
    assert interval(0, 10)[0] == 0.0
    assert interval(10, 10)[1] == 1.0


def test_bootstrap_interval_covers_the_true_figure_about_as_often_as_it_says() -> None:
    # Scores of two normal distributions one apart have an ROC-AUC of Phi(1 / sqrt 2).
    truth = 0.7602
    labels = np.repeat([0, 1], 60)
    covered = 0
    for seed in range(40):
        scores = np.random.default_rng(seed).normal(loc=labels)
        low, high = intervals(labels, scores, {"roc_auc": roc_auc}, draws=150, seed=seed)["roc_auc"]
        covered += low <= truth <= high
    assert 34 <= covered <= 40


def test_bootstrap_interval_is_the_same_for_the_same_seed(scored: tuple[np.ndarray, np.ndarray]) -> None:
    labels, logits = (array[:200] for array in scored)
    figures = {"roc_auc": roc_auc}
    assert intervals(labels, logits, figures, draws=20) == intervals(labels, logits, figures, draws=20)
    assert intervals(labels, logits, figures, draws=20) != intervals(labels, logits, figures, draws=20, seed=1)
