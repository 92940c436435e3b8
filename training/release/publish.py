"""A finished run becomes a released network: rounded, calibrated, measured, described."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras

from fake_image_detection.verdict import USUAL, Bands, Calibration
from training.errors import RunError
from training.faces.conditions import TILTS, tilted
from training.faces.examples import Example, fingerprint
from training.figures import groups, plots, sensitivities, shortcuts, warned
from training.figures.calibrate import MISSED_BOUND
from training.figures.scores import Scores, figures, fit_verdicts, judge_crosswise, score
from training.networks import files
from training.release import card, licences
from training.run.configuration import never_learned
from training.run.folder import restore
from training.run.train import check_faces, split

# Degrees.
MEASURED_ROLL = float(max(TILTS))


def release(run: Path, examples: Sequence[Example], folder: Path, version: str, stated: Mapping[str, str]) -> None:
    """Write the released network of `run` to `folder`: network, numbers, card, LICENSE, metrics, plots.

    The last epoch is released, not the best on the validation split, so that no epoch is chosen by what it is measured
    on; but for a run that was told to stop early, which the card says.

    Args:
        run: the run's folder.
        examples: the faces that it was trained on.
        folder: models/NAME.
        version: the release number.
        stated: the licences that are not to be derived, of `weights`, `code` or `data`.

    Raises:
        RunError: the run was trained on other faces, the licence of these is not known, or `folder` holds this release
            or a later one.
    """
    check_newer(folder, version)
    model, configuration, progress = restore(run)
    training_faces, validation_faces = split(configuration, examples)
    check_faces(progress, fingerprint([*training_faces, *validation_faces]), run)
    licences.of_data({face.origin for face in training_faces}, stated)
    training = {
        **configuration.published(),
        "start_weights": progress["start_weights"],
        "earlier": progress["earlier"],
        "epochs_trained": progress["epoch"],
        "faces": len(training_faces),
        "origins": {
            word: dict(sorted(Counter(e.origin for e in training_faces if e.label == label).items()))
            for label, word in ((0, "real"), (1, "fake"))
        },
    }
    # What is stored is measured.
    files.round_to_float16(model)
    publish(
        model,
        score(model, [example for example in examples if example.split == "val"], configuration.input_size),
        score_control(model, examples, training, configuration.input_size),
        folder,
        version,
        training=training,
        stated=stated,
        input_size=configuration.input_size,
        history=progress["history"],
    )


def score_control(
    model: keras.Model, examples: Sequence[Example], training: Mapping[str, Any], input_size: int
) -> Scores:
    """Run `model` over the faces kept for control that it did not learn from, by its record `training`."""
    faces = groups.control_faces(examples, never_learned(training))
    return score(model, faces, input_size, groups.CONDITIONS) if faces else Scores([], {})


def publish(
    model: keras.Model,
    scores: Scores,
    control: Scores,
    folder: Path,
    version: str,
    *,
    training: dict[str, Any],
    stated: Mapping[str, str],
    input_size: int,
    history: list[dict[str, Any]] | None = None,
    members: Mapping[str, dict[str, Any]] | None = None,
    max_roll: float = MEASURED_ROLL,
) -> None:
    """Calibrate, measure and describe `model`, and write it to `folder`, in place of the release before.

    It is written beside `folder` first, so that a release that fails changes nothing. The validation split sets
    calibration and bands; shares of verdicts are of the same faces, judged crosswise.

    Args:
        model: image -> `logit` and `local_logits`; its weights are float16 values.
        scores: its logits of all faces of the validation split.
        control: its logits of the faces kept for control, which set nothing.
        folder: of the released network; its name is the network's.
        version: the release number, newer than the one that is there.
        training: how the network was trained (JSON values), with `start_weights` in words.
        stated: the licences that are not to be derived from that.
        input_size: side of the input in pixels.
        history: a row for each epoch of a run.
        members: figures of the networks that an ensemble is made of, by name.
        max_roll: degrees beyond which no face is called real: those up to which networks are measured, unless said
            otherwise. A network that has less is known to tell faces by their pose, and is not refused for it.

    Raises:
        RunError: the network does no better than chance, or tells faces by their pose.
    """
    calibration, bands = fit_verdicts(scores)
    if calibration.scale <= 0:
        raise RunError(
            "on the validation faces the logits are no higher for generated faces: the network has learned nothing"
        )
    judged = judge_crosswise(scores)
    metrics = {
        **figures(scores, calibration, judged),
        "sensitivities": sensitivities.figures(scores, judged),
        "groups": groups.measure(scores, judged, control, calibration, bands),
        "poses": shortcuts.poses(model, scores, input_size, calibration, bands[USUAL]),
        "warned_of": warned.measure(model, scores, input_size, calibration, bands[USUAL]),
        "history": history or [],
    }
    if max_roll >= MEASURED_ROLL:
        refuse_pose(metrics["conditions"])

    network: dict[str, Any] = {
        "name": folder.name,
        "release": version,
        "input_size": input_size,
        "value_range": [0, 255],
        "calibration": asdict(calibration),
        "bands": asdict(bands[USUAL]),
        "sensitivities": {
            name: {
                **({} if name == USUAL else {"fake_from": bands[name].fake_from}),
                "figures": sensitivities.published(found),
            }
            for name, found in metrics["sensitivities"].items()
        },
        "max_roll": max_roll,
        "calibrated_on": fingerprint(scores.examples),
        "licences": licences.licences(training, stated),
        "provenance": f"models/{folder.name}, started from {training['start_weights']}",
        "training": training,
        "figures": {name: _headline(row) for name, row in metrics["conditions"].items()},
    }
    if members:
        metrics["members"] = members
    beside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    files.write(beside, model, network)
    (beside / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n")
    _plots(scores.where(scores.generated), calibration, metrics, beside)
    if history:
        plots.curves(history, beside)
    (beside / "README.md").write_text(card.write(network, metrics))
    (beside / "LICENSE").write_text(licences.write(network["name"], network["licences"], training))
    # All of it: what was measured of an earlier release does not outlive it.
    shutil.rmtree(folder, ignore_errors=True)
    beside.rename(folder)
    usual = bands[USUAL]
    print(f"released {folder}: bands real < {usual.real_below} <= uncertain < {usual.fake_from} <= fake")


def renew_card(folder: Path, examples: Sequence[Example]) -> None:
    """Measure the released network in `folder` on turned, moved faces and those the detector warns of now, and say so.

    Its metrics and its card are written anew; weights, calibration, bands and all other figures stay.

    Raises:
        RunError: the faces are not those that its other figures are of.
    """
    model, numbers = files.read(folder)
    validation = [example for example in examples if example.split == "val"]
    if fingerprint(validation) != numbers["calibrated_on"]:
        raise RunError(f"{folder} was measured on other validation faces: recalibrate it on these")
    calibration, bands = Calibration(**numbers["calibration"]), Bands.by_sensitivity(numbers)[USUAL]
    scores = score(model, validation, numbers["input_size"], [warned.AS_IS])
    metrics = json.loads((folder / "metrics.json").read_text())
    asked = model, scores, numbers["input_size"], calibration, bands
    metrics |= {"poses": shortcuts.poses(*asked), "warned_of": warned.measure(*asked)}
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n")
    (folder / "README.md").write_text(card.write(numbers, metrics))
    print(f"measured {folder} in {len(metrics['poses'])} poses and {len(metrics['warned_of']) - 1} states")


def refuse_pose(conditions: Mapping[str, dict[str, Any]]) -> None:
    """Make sure that a tilted head does not change what a network says of it.

    Args:
        conditions: condition -> its figures, among them `roc_auc` and the `verdicts`.

    Raises:
        RunError: under a tilt ROC-AUC falls by more than `TILTS` allows, or more generated faces are called real than
            the band promises.
    """
    upright = conditions["as is, q90"]["roc_auc"]
    for degrees, allowed in TILTS.items():
        row = conditions[tilted(degrees)]
        fall, missed = upright - row["roc_auc"], row["verdicts"]["fake_called_real"]
        advice = "The network tells faces by their pose: train it on with turned faces (--augmentation web turns them)."
        if fall > allowed:
            raise RunError(
                f"of faces turned by {degrees}° ROC-AUC is {row['roc_auc']:.3f}, {fall:.3f} below {upright:.3f} of "
                f"upright ones; {allowed} is allowed. {advice}"
            )
        if missed > MISSED_BOUND:
            raise RunError(
                f"of generated faces turned by {degrees}° {missed:.1%} are called real; {MISSED_BOUND:.0%} is promised."
                f" {advice}"
            )


def check_newer(folder: Path, version: str) -> None:
    """Make sure that `version` is newer than the release in `folder`, if there is one.

    Raises:
        RunError: it is not, or no release number.
    """
    order = _order(version)
    if files.is_released(folder):
        there = files.read_numbers(folder)["release"]
        if order <= _order(there):
            raise RunError(f"{folder} is at {there} already: give a newer --version, or another --name")


def _order(version: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise RunError(f"a release number is three numbers with dots between, such as 1.1.0, not {version}")
    return tuple(int(part) for part in version.split("."))


def _headline(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "pictures": row["pictures"],
        "roc_auc": round(row["roc_auc"], 4),
        "real_called_fake": round(row["verdicts"]["real_called_fake"], 4),
        "fake_called_fake": round(row["verdicts"]["fake_called_fake"], 4),
    }


def _plots(scores: Scores, calibration: Calibration, metrics: dict[str, Any], folder: Path) -> None:
    probabilities = {name: calibration.probability_fake(logits) for name, logits in scores.logits.items()}
    plots.roc(scores.labels, probabilities, folder / "roc.png")
    plots.histogram(scores.labels, probabilities["as is, q75"], folder / "scores.png")
    plots.confusion(metrics["conditions"]["as is, q75"]["confusion"], folder / "confusion.png")
