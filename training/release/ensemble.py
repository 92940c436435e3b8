"""Several released networks as one: the mean of their calibrated logits (Lakshminarayanan et al. 2017, 1612.01474)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fake_image_detection.verdict import Calibration
from training.errors import NetworkError
from training.faces.examples import Example
from training.figures.scores import Scores, figures, judge_crosswise, score
from training.networks import files
from training.release.publish import MEASURED_ROLL, check_newer, publish, score_control
from training.release.trained import Trained, open_network
from training.run.configuration import known
from training.run.trainee import build_network


def release_ensemble(
    folders: Sequence[Path], examples: Sequence[Example], folder: Path, version: str, stated: Mapping[str, str]
) -> None:
    """Write the ensemble of the released networks in `folders` to `folder`, measured against its members.

    Licences are as those of `training.release.publish.release`; of the data they are the members', unless stated.

    Raises:
        NetworkError: they cannot be combined.
    """
    check_newer(folder, version)
    members = [open_network(member) for member in folders]
    model = combine(members)
    numbers = [files.read_numbers(member) for member in folders]
    recipes = [{name: of[name] for name in ("name", "release", "training")} for of in numbers]
    stated = {"data": " AND ".join(sorted({of["licences"]["data"] for of in numbers})), **stated}
    if nested := [recipe["name"] for recipe in recipes if "members" in recipe["training"]]:
        raise NetworkError(f"{', '.join(nested)}: an ensemble itself; name its members instead")
    training = {
        "members": recipes,
        "start_weights": "; ".join(
            f"{member['name']} {member['release']} from {member['training']['start_weights']}" for member in recipes
        ),
    }
    measured, scores, control = _ask(
        [(member.name, member.model, member.verdicts[0]) for member in members if member.verdicts],
        examples,
        training,
        members[0].input_size,
    )
    publish(
        model,
        scores,
        control,
        folder,
        version,
        training=training,
        stated=stated,
        input_size=members[0].input_size,
        members=measured,
    )


def recalibrate(folder: Path, examples: Sequence[Example], version: str) -> None:
    """Set calibration and bands of the released network in `folder` anew, measure it, and release the same weights.

    For faces that have come since, or another rule of the bands; the weights, licences and the record of training stay.

    Raises:
        RunError: `folder` holds this release or a later one; as `training.release.publish.publish` does.
    """
    check_newer(folder, version)
    model, numbers = files.read(folder)
    training, input_size = numbers["training"], numbers["input_size"]
    history, measured = None, None
    if "members" in training:
        members = []
        for number, member in enumerate(training["members"], 1):
            calibrated = model.get_layer(f"member{number}_calibrated")
            calibration = Calibration(float(calibrated.scale), float(calibrated.offset))
            members.append((_named(member), take(model, numbers, member["name"])[0], calibration))
        measured, scores, control = _ask(members, examples, training, input_size)
    else:
        history = json.loads((folder / "metrics.json").read_text())["history"]
        scores = score(model, [example for example in examples if example.split == "val"], input_size)
        control = score_control(model, examples, training, input_size)
    publish(
        model,
        scores,
        control,
        folder,
        version,
        training=training,
        stated=numbers["licences"],
        input_size=input_size,
        history=history,
        members=measured,
        max_roll=numbers.get("max_roll", MEASURED_ROLL),
    )


def _named(member: Mapping[str, Any]) -> str:
    return f"{member['name']} {member['release']}"


def _ask(
    members: Sequence[tuple[str, keras.Model, Calibration]],
    examples: Sequence[Example],
    training: Mapping[str, Any],
    input_size: int,
) -> tuple[dict[str, dict[str, Any]], Scores, Scores]:
    """Return the members' figures by name, and the ensemble's logits of validation faces and of those for control.

    What the ensemble answers is the mean of what its members do, so that it need not be asked itself.
    """
    validation = [example for example in examples if example.split == "val"]
    measured, calibrations, answers, controls = {}, [], [], []
    for name, model, calibration in members:
        scores = score(model, validation, input_size)
        measured[name] = figures(scores, calibration, judge_crosswise(scores))
        calibrations.append(calibration)
        answers.append(scores)
        controls.append(score_control(model, examples, training, input_size))
    return measured, _mean(answers, calibrations), _mean(controls, calibrations)


def _mean(answers: Sequence[Scores], calibrations: Sequence[Calibration]) -> Scores:
    first = answers[0]
    logits = {
        name: np.mean(
            [each.logit(scores.logits[name]) for scores, each in zip(answers, calibrations, strict=True)], axis=0
        )
        for name in first.logits
    }
    return Scores(first.examples, logits)


def release_member(
    ensemble: Path, name: str, examples: Sequence[Example], folder: Path, version: str, stated: Mapping[str, str]
) -> None:
    """Write a member of the released `ensemble` to `folder` as a network of its own, calibrated and measured anew.

    Licences are as those of `training.release.publish.release`; of the data it is the ensemble's, unless stated.

    Raises:
        NetworkError: there is no such member.
    """
    check_newer(folder, version)
    whole, numbers = files.read(ensemble)
    model, training = take(whole, numbers, name)
    stated = {"data": numbers["licences"]["data"], **stated}
    scores = score(model, [example for example in examples if example.split == "val"], training["input_size"])
    control = score_control(model, examples, training, training["input_size"])
    publish(
        model, scores, control, folder, version, training=training, stated=stated, input_size=training["input_size"]
    )


def take(whole: keras.Model, numbers: dict[str, Any], name: str) -> tuple[keras.Model, dict[str, Any]]:
    """Return a member of a released ensemble, whose weights are within the ensemble's, and how it was trained.

    Args:
        whole: the ensemble.
        numbers: of its release.
        name: the member's.

    Raises:
        NetworkError: there is no such member.
    """
    members = {member["name"]: member["training"] for member in numbers["training"].get("members", ())}
    if name not in members:
        raise NetworkError(f"{numbers['name']} has no member {name}; it has: {', '.join(members) or 'none'}")
    model = build_network(known(members[name]))
    model.set_weights(whole.get_layer(f"member{list(members).index(name) + 1}").get_weights())
    return model, members[name]


def combine(members: Sequence[Trained]) -> keras.Model:
    """Return a model from `image` to the mean of the members' calibrated logits, `logit` and `local_logits`.

    Where their grids differ, each is enlarged to a common one; by whole numbers, so that the mean of the map stays the
    logit.

    Raises:
        NetworkError: there are fewer than two, one is not released, or their inputs differ.
    """
    if len(members) < 2:
        raise NetworkError("an ensemble has at least two members")
    if unfinished := [member.name for member in members if member.verdicts is None]:
        raise NetworkError(f"{', '.join(unfinished)}: not released, and so not calibrated; release it first")
    if len(sizes := {member.input_size for member in members}) > 1:
        raise NetworkError(
            f"the members' inputs differ ({', '.join(f'{side} px' for side in sorted(sizes))}), and a face is resized "
            "once only: train them at one --input-size"
        )
    (side,) = sizes
    image = keras.Input((side, side, 3), name="image")
    grid = [
        math.lcm(*sides) for sides in zip(*(m.model.output["local_logits"].shape[1:3] for m in members), strict=True)
    ]
    maps = []
    for number, member in enumerate(members, 1):
        assert member.verdicts is not None, "refused above"
        calibration, _ = member.verdicts
        inner = keras.Model(member.model.input, member.model.output, name=f"member{number}")
        local = inner(image)["local_logits"]
        repeats = tuple(whole // part for whole, part in zip(grid, local.shape[1:3], strict=True))
        if repeats != (1, 1):
            local = keras.layers.UpSampling2D(repeats, interpolation="bilinear", name=f"member{number}_fitted")(local)
        maps.append(
            keras.layers.Rescaling(calibration.scale, calibration.bias, name=f"member{number}_calibrated")(local)
        )
    local_logits = keras.layers.Average(name="local_logits")(maps)
    logit = keras.layers.GlobalAveragePooling2D(name="logit")(local_logits)
    return keras.Model(image, {"logit": logit, "local_logits": local_logits}, name="ensemble")
