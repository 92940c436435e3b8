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

from fake_image_detection.verdict import Sensitivity
from training.figures.bootstrap import intervals
from training.figures.calibrate import BOUNDS, calibrate, choose_bands, faces_needed, weigh, worth
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
    fitted = calibrate(logits, labels, np.ones(40_000))
    assert fitted.scale == pytest.approx(0.5, abs=0.03)
    assert fitted.bias == pytest.approx(0.0, abs=0.05)


def test_bands_bound_false_alarms_under_every_condition_and_misses_over_all(
    scored: tuple[np.ndarray, np.ndarray],
) -> None:
    labels, logits = scored
    # One condition is harder for the real faces, the other for the fakes.
    conditions = [1 / (1 + np.exp(-(logits + shift))) for shift in (-0.5, 0.5)]
    chosen = choose_bands(np.stack(conditions), labels, np.ones(len(labels)), np.full(len(labels), "one"))
    for probabilities in conditions:
        real = probabilities[labels == 0]
        for sensitivity, bound in BOUNDS.items():
            assert upper_bound(int((real >= chosen[sensitivity].fake_from).sum()), len(real)) <= bound
    bands = chosen["usual"]
    fake = np.stack(conditions)[:, labels == 1]
    missed = (fake < bands.real_below).mean(axis=0).sum()
    assert upper_bound(int(np.ceil(missed)), fake.shape[1]) <= 0.05
    # A face and a half more, and they would not be bounded.
    wider = (fake < np.sort(fake, axis=None)[int(missed * 2) + 3]).mean(axis=0).sum()
    assert upper_bound(int(np.ceil(wider)), fake.shape[1]) > 0.05
    assert bands.real_below < bands.fake_from
    assert {each.real_below for each in chosen.values()} == {bands.real_below}
    assert chosen["strict"].fake_from > bands.fake_from > chosen["eager"].fake_from


def test_bound_holds_for_each_kind_of_photograph_with_confidence_where_it_has_enough_faces() -> None:
    rng = np.random.default_rng(0)
    kinds = np.repeat(["usual", "harder", "few"], [2000, 300, 31])
    suspicion = np.repeat([-3.0, -1.0, 1.0], [2000, 300, 31])
    real = np.stack([rng.normal(suspicion), rng.normal(suspicion + 0.2)])
    scores = 1 / (1 + np.exp(-np.concatenate([real, rng.normal(4.0, 1.0, (2, 500))], axis=1)))
    labels = np.repeat([0, 1], [2331, 500])
    kinds = np.concatenate([kinds, np.repeat("", 500)])
    chosen = choose_bands(scores, labels, np.ones(len(labels)), kinds)
    alone = choose_bands(scores, labels, np.ones(len(labels)), np.full(len(labels), "all"))
    for sensitivity, bound in BOUNDS.items():
        called = scores >= chosen[sensitivity].fake_from
        for kind in ("usual", "harder", "few"):
            faces = int((kinds == kind).sum())
            events = called[:, kinds == kind].mean(axis=0).sum()
            shown = upper_bound(int(events), faces) if faces >= faces_needed(bound) else events / faces
            assert shown <= bound, (sensitivity, kind)
        # What holds of all photographs together does not hold of their kinds.
        if sensitivity != "strict":
            events = (scores >= alone[sensitivity].fake_from)[:, kinds == "harder"].mean(axis=0).sum()
            assert upper_bound(int(events), 300) > bound


@pytest.mark.parametrize(("sensitivity", "faces"), [("strict", 598), ("usual", 149), ("eager", 59)])
def test_so_many_faces_without_an_error_are_enough_to_show_a_bound(sensitivity: Sensitivity, faces: int) -> None:
    assert faces_needed(BOUNDS[sensitivity]) == faces
    assert upper_bound(0, faces) <= BOUNDS[sensitivity] < upper_bound(0, faces - 1)


def test_each_source_counts_alike_and_a_small_one_by_its_faces() -> None:
    weights = weigh(["large"] * 300 + ["medium"] * 60 + ["small"] * 3)
    shares = [weights[:300].sum(), weights[300:360].sum(), weights[360:].sum()]
    assert shares == pytest.approx([30, 30, 3])
    # sum(w)^2 / sum(w^2) = 63^2 / (30^2/300 + 30^2/60 + 3)
    assert worth(weights) == 189
    assert worth(np.full(190, 30 / 190)) == 190


def test_a_small_source_beside_a_large_one_leaves_the_bound_of_all_faces_to_be_shown() -> None:
    rng = np.random.default_rng(2)
    sources = ["large"] * 190 + ["small"] * 6
    labels = np.repeat([0, 1], 196)
    scores = 1 / (1 + np.exp(-rng.normal(8.0 * labels - 4.0)))[None]
    weights = np.concatenate([weigh(sources)] * 2)
    assert worth(weigh(sources)) < faces_needed(0.02)
    bands = choose_bands(scores, labels, weights, np.full(392, "one"))["usual"]
    assert upper_bound(int((scores[0, :196] >= bands.fake_from).sum()), 196) <= 0.02
    assert upper_bound(int((scores[0, 196:] < bands.real_below).sum()), 196) <= 0.02


def test_more_faces_of_one_source_change_neither_calibration_nor_bands() -> None:
    rng = np.random.default_rng(1)
    sources = np.repeat(["a", "b", "generator"], [200, 200, 400])
    labels = np.repeat([0, 1], 400)
    logits = np.concatenate([rng.normal(-4, 1, 200), rng.normal(-1, 1, 200), rng.normal(3, 1, 400)])
    # Each face of one source five times, so that it tells nothing new.
    again = np.concatenate([np.arange(800), np.tile(np.arange(200), 4)])

    def calibrated(faces: np.ndarray) -> tuple[float, float]:
        fitted = calibrate(logits[faces], labels[faces], weigh(sources[faces].tolist()))
        return fitted.scale, fitted.bias

    assert calibrated(again) == pytest.approx(calibrated(np.arange(800)), abs=2e-3)


def test_too_few_faces_for_the_bound_are_refused() -> None:
    labels = np.array([0] * 50 + [1] * 50)
    with pytest.raises(ValueError, match="too few"):
        choose_bands(np.linspace(0, 1, 100)[None], labels, np.ones(100), np.full(100, "one"))


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
