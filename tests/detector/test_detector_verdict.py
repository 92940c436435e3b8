"""What logits mean."""

import json
import math
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from fake_image_detection.verdict import (
    BANDS,
    SENSITIVITIES,
    Band,
    Bands,
    Calibration,
    Judged,
    Sensitivity,
    face_verdicts,
    picture_verdict,
)

USUAL = Bands(real_below=0.2, fake_from=0.8)
# The extension's verdict.test.ts holds its own verdicts to the same.
CASES = json.loads(Path(__file__).parents[1].joinpath("verdict_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("logit", [-3.0, 0.0, 0.7])
def test_probability_is_the_sigmoid_of_the_calibrated_logit(logit: float) -> None:
    expected = 1 / (1 + math.exp(-(2 * logit + 0.5)))
    assert Calibration(scale=2, bias=0.5).probability_fake(logit) == pytest.approx(expected)


def test_probability_of_any_logit_is_a_number_between_0_and_1() -> None:
    logits = np.array([[-1e30, -1000.0], [1000.0, 1e30]], np.float32)
    probabilities = Calibration(scale=1, bias=0).probability_fake(logits)
    assert probabilities.tolist() == [[0, 0], [1, 1]]
    assert probabilities.dtype == np.float64


@pytest.mark.parametrize(
    ("probability", "verdict"),
    [(0.0, "real"), (0.1999, "real"), (0.2, "uncertain"), (0.7999, "uncertain"), (0.8, "fake"), (1.0, "fake")],
)
def test_bands_meet_without_a_gap(probability: float, verdict: Band) -> None:
    assert USUAL.verdict(probability) == verdict


def test_what_is_not_a_number_accuses_nobody() -> None:
    assert USUAL.verdict(math.nan) == "uncertain"


def test_many_probabilities_get_the_verdicts_of_single_ones() -> None:
    probabilities = np.linspace(0, 1, 21)
    verdicts = USUAL.verdicts(probabilities)
    assert verdicts.tolist() == [USUAL.verdict(probability) for probability in probabilities.tolist()]
    assert set(verdicts.tolist()) == set(BANDS) == set(get_args(Band))


@pytest.mark.parametrize(
    ("faces", "verdict", "probability"),
    [
        ([], "no_face", None),
        ([None, None], "too_small", None),
        ([0.1], "real", 0.1),
        ([0.1, None, 0.99, 0.5], "fake", 0.99),
        ([None, 0.5, 0.1], "uncertain", 0.5),
    ],
)
def test_a_picture_is_as_suspicious_as_its_most_suspicious_face(
    faces: list[float | None], verdict: str, probability: float | None
) -> None:
    verdicts = face_verdicts([Judged(probability) for probability in faces], USUAL)
    assert picture_verdict(verdicts, faces) == (verdict, probability)


def test_among_many_faces_one_must_have_so_many_times_the_odds_to_be_fake() -> None:
    bands = Bands(real_below=0.2, fake_from=0.8)
    assert bands.among(1) == bands
    assert bands.among(5).fake_from == pytest.approx(20 / 21)
    verdicts = face_verdicts([Judged(probability) for probability in (0.9, 0.1, 0.1, 0.1, 0.1, None)], bands)
    assert verdicts == ["uncertain", "real", "real", "real", "real", "too_small"]


def test_a_tilted_face_is_never_real_and_a_picture_with_one_neither() -> None:
    verdicts = face_verdicts([Judged(0.1), Judged(0.05, tilted=True)], Bands(0.2, 0.8))
    assert verdicts == ["real", "uncertain"]
    assert picture_verdict(verdicts, [0.1, 0.05]) == ("uncertain", 0.05)


@pytest.mark.parametrize("sensitivity", SENSITIVITIES)
def test_verdicts_at_each_sensitivity_are_those_of_the_table(sensitivity: Sensitivity) -> None:
    bands = Bands.by_sensitivity(CASES["network"])[sensitivity]
    for picture in CASES["pictures"]:
        assert face_verdicts([Judged(**face) for face in picture["faces"]], bands) == picture[sensitivity], picture


def test_a_network_that_was_not_measured_at_others_has_the_usual_sensitivity_alone() -> None:
    assert Bands.by_sensitivity({"bands": CASES["network"]["bands"]}) == {"usual": USUAL}
