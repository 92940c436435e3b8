"""The evaluation of one network: every figure, its plots and a report."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from fake_image_detection.verdict import FAKE, USUAL, Bands, Calibration
from training.errors import DataError
from training.faces.conditions import CONDITIONS, SHOWN, TILTS, tilted
from training.faces.examples import HAND_EDITED, Example, fingerprint
from training.faces.kinds import PROFILES
from training.figures import groups, metrics, mistakes, plots, predict, sensitivities, shortcuts
from training.figures.bootstrap import intervals, roc_auc_with_interval
from training.figures.scores import (
    BandsAt,
    Scores,
    Verdicts,
    VerdictsAt,
    figures,
    fit_verdicts,
    judge_at,
    judge_crosswise,
    score,
)
from training.release.trained import Trained
from training.studies import report
from training.studies.hold_out import published

# Where the figures of generators left out of training lie, below the folder of an evaluation.
HOLD_OUT = "hold-out"


@dataclass(frozen=True)
class Measured:
    """A network's answers to the faces of a split.

    Attributes:
        scores: the logits of all its faces.
        calibration, bands_at: what makes verdicts of logits, at each sensitivity.
        crosswise: whether these faces set them, so that each was judged by those of the others.
        verdicts_at: on these faces, at each sensitivity.
    """

    scores: Scores
    calibration: Calibration
    bands_at: BandsAt
    crosswise: bool
    verdicts_at: VerdictsAt

    @property
    def bands(self) -> Bands:
        """Those of the usual sensitivity."""
        return self.bands_at[USUAL]

    @property
    def verdicts(self) -> Verdicts:
        """Condition -> str (n,) of REAL, UNCERTAIN and FAKE, at the usual sensitivity."""
        return self.verdicts_at[USUAL]

    @property
    def probabilities(self) -> dict[str, np.ndarray]:
        """Condition -> float64 (n,), that a face is fake."""
        return {name: self.calibration.probability_fake(logits) for name, logits in self.scores.logits.items()}

    def generated(self) -> Measured:
        """Return the same without composites edited by hand."""
        keep = self.scores.generated
        kept = {
            sensitivity: {name: each[keep] for name, each in verdicts.items()}
            for sensitivity, verdicts in self.verdicts_at.items()
        }
        return replace(self, scores=self.scores.where(keep), verdicts_at=kept)


def evaluate(network: Trained, examples: Sequence[Example], split: str, folder: Path, draws: int) -> dict[str, Any]:
    """Measure `network` on a split of `examples` and write report.md, figures.json and pictures to `folder`.

    Returns:
        The figures, JSON values.
    """
    everything = measure(network, examples, split)
    measured = everything.generated()
    faces, labels, probabilities = measured.scores.examples, measured.scores.labels, measured.probabilities
    header = shortcuts.header_control(
        [e for e in examples if e.split == "train" and e.origin not in HAND_EDITED], faces, draws
    )
    controls = {
        name: predict.logits(network.model, faces, control, network.input_size, label=name)
        for name, control in shortcuts.CONTROLS.items()
    }
    found: dict[str, Any] = {
        "network": network.name,
        "released": network.verdicts is not None,
        "crosswise": measured.crosswise,
        "input_size": network.input_size,
        "parameters": network.parameters,
        "split": split,
        "faces": dict(Counter("fake" if label else "real" for label in everything.scores.labels)),
        "draws": draws,
        "calibration": vars(measured.calibration),
        "bands": vars(measured.bands),
        **figures(everything.scores, everything.calibration, everything.verdicts_at),
        "sensitivities": sensitivities.figures(everything.scores, everything.verdicts_at),
        "fake_from": {name: bands.fake_from for name, bands in measured.bands_at.items()},
        "origins_as_shown": _origins(everything.scores, draws),
        "intervals": {name: intervals(labels, values, draws=draws) for name, values in probabilities.items()},
        "profiles": _profiles(measured),
        "pair": _pair(measured, draws),
        "without_hosts": _without_hosts(measured.scores, controls),
        "generators_of_hosts": _generators_of_hosts(measured.scores),
        "groups": _groups(network, measured, examples),
        "header_only": header,
        "like_sizes": _like_sizes(network, measured, draws),
        "controls": _controls(network, measured, controls),
        "left_out": published(folder / HOLD_OUT, examples),
        "warning": shortcuts.warning(header),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.json").write_text(json.dumps(found, indent=1) + "\n")
    _pictures(measured, found, folder)
    (folder / "report.md").write_text(report.write(found))
    return found


def measure(network: Trained, examples: Sequence[Example], split: str) -> Measured:
    """Run `network` over a split; a run that was not released yet gets its calibration and bands as a release would.

    Raises:
        DataError: the split lacks a class.
        TooFewFacesError: the validation split is too small to set the bands of a run.
    """
    faces = [example for example in examples if example.split == split]
    if len({example.label for example in faces if example.origin not in HAND_EDITED}) < 2:
        there = ", ".join(sorted({example.split for example in examples}))
        raise DataError(f"the split {split} does not have both real and fake faces (there are: {there})")
    scores = score(network.model, faces, network.input_size)
    if network.verdicts is not None:
        verdicts = network.verdicts
        crosswise = network.calibrated_on == fingerprint(faces)
    elif split == "val":
        verdicts, crosswise = fit_verdicts(scores), True
    else:
        validation = [example for example in examples if example.split == "val"]
        verdicts, crosswise = fit_verdicts(score(network.model, validation, network.input_size)), False
    judged = judge_crosswise(scores) if crosswise else judge_at(scores, *verdicts)
    return Measured(scores, *verdicts, crosswise, judged)


def _origins(scores: Scores, draws: int) -> dict[str, Any]:
    """Return, by origin and condition, the ROC-AUC against all faces of the other label with its interval."""
    labels, rows = scores.labels, {}
    for label, word in ((0, "real"), (1, "fake")):
        others = (labels != label) & scores.generated
        for origin in sorted(set(scores.origins[labels == label])):
            among = others | ((scores.origins == origin) & (labels == label))
            rows[f"{word}/{origin}"] = {
                name: roc_auc_with_interval(labels[among], scores.logits[name][among], draws) for name in SHOWN
            }
    return rows


def _pair(measured: Measured, draws: int) -> dict[str, Any]:
    inside = measured.scores.pair
    labels = measured.scores.labels[inside]
    if len(set(labels)) < 2:
        return {}
    return {
        name: {
            **metrics.summarise(labels, probabilities[inside]),
            **roc_auc_with_interval(labels, probabilities[inside], draws),
        }
        for name, probabilities in measured.probabilities.items()
    }


def _without_hosts(scores: Scores, controls: dict[str, np.ndarray]) -> dict[str, float]:
    """Return the ROC-AUC, by condition and by control, of the data sets whose faces come without their hosts."""
    among = ~scores.of_hosts
    labels = scores.labels[among]
    if len(set(labels)) < 2:
        return {}
    return {name: metrics.roc_auc(labels, logits[among]) for name, logits in (controls | scores.logits).items()}


def _generators_of_hosts(scores: Scores) -> dict[str, dict[str, float]]:
    """Return figures, by condition, of generated faces whose hosts are told, as sites use them, and all photographs.

    Their sites were not trained on, where an origin has six or more.
    """
    among = scores.where(scores.of_hosts | (scores.labels == 0))
    if len(set(among.labels)) < 2:
        return {}
    return {
        name: {
            "roc_auc": metrics.roc_auc(among.labels, logits),
            "tpr_at_fpr_1%": metrics.found_at(among.labels, logits, 0.01),
        }
        for name, logits in among.logits.items()
    }


def _profiles(measured: Measured) -> dict[str, Any]:
    inside = measured.scores.kinds == PROFILES
    return {name: groups.rate(verdicts[inside] == FAKE) for name, verdicts in measured.verdicts.items()}


def _groups(network: Trained, measured: Measured, examples: Sequence[Example]) -> dict[str, Any]:
    faces = groups.control_faces(examples, network.never_learned)
    control = score(network.model, faces, network.input_size, groups.CONDITIONS) if faces else Scores([], {})
    return groups.measure(measured.scores, measured.verdicts_at, control, measured.calibration, measured.bands_at)


def _like_sizes(network: Trained, measured: Measured, draws: int) -> dict[str, Any]:
    faces, labels, pair = measured.scores.examples, measured.scores.labels, measured.scores.pair
    opened, rows = shortcuts.like_sizes(faces), {}
    for name in SHOWN:
        label = f"{name}, like sizes"
        logits = predict.logits(network.model, faces, CONDITIONS[name], network.input_size, label, opened)
        rows[name] = {
            **roc_auc_with_interval(labels, logits, draws),
            "tpr_at_fpr_1%": metrics.found_at(labels, logits, 0.01),
            "pair_roc_auc": metrics.roc_auc(labels[pair], logits[pair]) if len(set(labels[pair])) == 2 else None,
        }
    return rows


def _controls(network: Trained, measured: Measured, controls: dict[str, np.ndarray]) -> dict[str, Any]:
    labels, faces = measured.scores.labels, measured.scores.examples
    usual = measured.scores.logits["as is, q90"]

    def row(logits: np.ndarray) -> dict[str, Any]:
        here, there = map(measured.calibration.probability_fake, (logits, usual))
        return shortcuts.control_row(labels, here, there, measured.bands)

    rows = {"as is": row(usual)}
    rows |= {tilted(degrees): row(measured.scores.logits[tilted(degrees)]) for degrees in TILTS}
    rows |= {name: row(logits) for name, logits in controls.items()}
    mirror = predict.logits(network.model, faces, shortcuts.as_is_mirrored, network.input_size, label="mirror image")
    rows["as is and its mirror image, mean logit"] = row((usual + mirror) / 2)
    return rows


def _pictures(measured: Measured, found: dict[str, Any], folder: Path) -> None:
    labels, probabilities = measured.scores.labels, measured.probabilities
    usual = probabilities["as is, q90"]
    plots.confusion(found["conditions"]["as is, q90"]["confusion"], folder / "confusion.png")
    plots.roc(labels, probabilities, folder / "roc.png")
    plots.histogram(labels, usual, folder / "scores.png")
    bins = {name: metrics.reliability(labels, probabilities[name]) for name in CONDITIONS}
    plots.reliability(bins, folder / "reliability.png")
    mistakes.sheet(measured.scores.examples, usual, folder / "mistakes.png")
