"""False alarms by age, gender and race, on the real faces whose data set states them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from fake_image_detection.verdict import FAKE, USUAL, Calibration
from training.faces.examples import KEPT_FOR_CONTROL, Example
from training.figures import metrics
from training.figures.scores import BandsAt, Scores, VerdictsAt

# Each group with its first year.
AGES = {"0-9": 0, "10-19": 10, "20-29": 20, "30-44": 30, "45-59": 45, "60 and over": 60}
GENDERS = {"0": "male", "1": "female"}
RACES = {"0": "White", "1": "Black", "2": "Asian", "3": "Indian", "4": "other"}


def age_group(example: Example) -> str:
    """Return the age group, such as 20-29, or nothing where no age is stated."""
    if not example.age.isdigit():
        return ""
    return next(name for name, first in reversed(AGES.items()) if int(example.age) >= first)


ORDER = [*AGES, *GENDERS.values(), *RACES.values()]
GROUPINGS: dict[str, Callable[[Example], str]] = {
    "age": age_group,
    "gender": lambda example: GENDERS.get(example.gender, ""),
    "race": lambda example: RACES.get(example.race, ""),
}


# Where false alarms are counted by group of people: the best that the web shows, and the worst.
CONDITIONS = ("as is, q90", "96 px, q75")


def control_faces(examples: Sequence[Example], never_learned: frozenset[str]) -> list[Example]:
    """Return the training split's faces of what was kept for control, as far as the network did not learn from them."""
    return [e for e in examples if e.split == "train" and e.origin in KEPT_FOR_CONTROL & never_learned]


def measure(
    scores: Scores, verdicts_at: VerdictsAt, control: Scores, calibration: Calibration, bands: BandsAt
) -> dict[str, Any]:
    """Return false alarms by group at the usual sensitivity, on the faces of a split and those kept for control.

    Args:
        scores: of the split.
        verdicts_at: on its faces.
        control: logits of `control_faces`, under CONDITIONS at least; no examples where there are none. They had no
            part in setting `calibration` and `bands`.
        calibration, bands: of the network.

    Returns:
        `control_pictures`, how many of the faces were kept for control beside the split; `conditions`: condition ->
        what `false_alarms` returns.
    """
    rows = {}
    for name in CONDITIONS:
        there, more = (calibration.probability_fake(each.logits.get(name, np.empty(0))) for each in (scores, control))
        threshold = metrics.threshold_at(there[scores.labels == 0], 0.01)
        verdicts = np.concatenate([verdicts_at[USUAL][name], bands[USUAL].verdicts(more)])
        rows[name] = false_alarms(
            [*scores.examples, *control.examples], np.concatenate([there, more]), threshold, verdicts
        )
    return {"control_pictures": len(control.examples), "conditions": rows}


def false_alarms(
    examples: list[Example], probabilities: np.ndarray, threshold: float, verdicts: np.ndarray
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return, for each grouping and group of real faces, how many were flagged.

    Args:
        examples: n faces; fakes, and faces without a stated group, are passed over.
        probabilities: (n,) that each is fake.
        threshold: what lies above it is flagged; the one that flags 1 % of all reals.
        verdicts: str (n,) of REAL, UNCERTAIN and FAKE.

    Returns:
        "age", "gender", "race" -> group -> pictures; above_1%_threshold, above_even_odds and called_fake, each with
        events, trials, rate and the 95 % Clopper-Pearson interval.
    """
    real = np.array([example.label == 0 for example in examples])
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for grouping, group_of in GROUPINGS.items():
        names = np.array([group_of(example) for example in examples])
        found[grouping] = {}
        for group in (name for name in ORDER if name in names[real]):
            members = real & (names == group)
            found[grouping][group] = {
                "pictures": int(members.sum()),
                "above_1%_threshold": rate(probabilities[members] > threshold),
                "above_even_odds": rate(probabilities[members] >= 0.5),
                "called_fake": rate(verdicts[members] == FAKE),
            }
    return found


def rate(flagged: np.ndarray) -> dict[str, Any]:
    """Return how many of boolean (n,) are true, as JSON values, with the 95 % Clopper-Pearson interval."""
    events, trials = int(flagged.sum()), len(flagged)
    if not trials:
        return {"events": 0, "trials": 0, "rate": None, "interval": [0.0, 1.0]}
    low, high = metrics.interval(events, trials)
    return {"events": events, "trials": trials, "rate": events / trials, "interval": [low, high]}
