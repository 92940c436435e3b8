"""Leave-one-generator-out: how well a recipe finds the faces of a generator that it was not trained on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training.errors import RunError
from training.faces.conditions import CONDITIONS, SHOWN
from training.faces.examples import HAND_EDITED, Example, generator
from training.figures import metrics, plots, predict, tables
from training.figures.bootstrap import Figure, intervals
from training.networks import start_weights
from training.networks.files import round_to_float16
from training.run.configuration import SHORTER, Configuration, known, options
from training.run.folder import keep_configuration
from training.run.train import train

FIGURES: dict[str, Figure] = {
    "roc_auc": metrics.roc_auc,
    "tpr_at_fpr_1%": metrics.found_at_1_percent,
}


def hold_out(
    recipes: Mapping[str, Configuration], examples: Sequence[Example], names: Sequence[str], folder: Path, draws: int
) -> str:
    """Train by `recipes` once for each generator, without it, and test on it against the validation split's reals.

    A generator is left out with every origin that it made (`training.faces.examples.MADE_BY`). Where there are several
    recipes, those of the members of an ensemble, the mean of their logits, not calibrated, is measured, and each one's
    beside it.

    The runs lie in `folder`, those of several recipes each in a folder of the recipe's name, and hold-out.json, .md and
    .png are written after every generator: a stopped call goes on where it was.

    Args:
        recipes: how to train, by name. Start weights that have seen generators, and a teacher, are replaced by untaught
            ones.
        examples: all faces.
        names: of generators; all of them where there are none.
        folder: of the results.
        draws: of the bootstrap.

    Returns:
        The text of hold-out.md.

    Raises:
        RunError: a name is no generator's, or `folder` holds the results of another recipe.
    """
    found_here = generators(examples)
    if unknown := sorted(set(names) - set(found_here)):
        raise RunError(f"{', '.join(unknown)}: no generator of these faces; there are: {', '.join(found_here)}")
    recipes = {name: _untaught(recipe) for name, recipe in recipes.items()}
    places = {name: folder / name if len(recipes) > 1 else folder for name in recipes}
    for name, recipe in recipes.items():
        places[name].mkdir(parents=True, exist_ok=True)
        keep_configuration(recipe, places[name] / "config.json")
    results = folder / "hold-out.json"
    found: dict[str, Any] = json.loads(results.read_text()) if results.exists() else {}
    for name in names or found_here:
        if name not in found:
            networks = {
                member: _train_without(name, found_here[name], recipe, examples, places[member] / name)
                for member, recipe in recipes.items()
            }
            found[name] = {"origins": found_here[name], **_figures(networks, examples, name, draws)}
            results.write_text(json.dumps(found, indent=1) + "\n")
        text = write(found, recipes, draws)
        (folder / "hold-out.md").write_text(text)
        plots.hold_out({name: row[SHOWN[0]] for name, row in found.items()}, folder / "hold-out.png")
    return text


def generators(examples: Sequence[Example]) -> dict[str, list[str]]:
    """Return the generators of the fakes among `examples`, each with the origins that it made."""
    found: dict[str, set[str]] = {}
    for example in examples:
        if example.label == 1 and example.origin not in HAND_EDITED:
            found.setdefault(generator(example), set()).add(example.origin)
    return {name: sorted(origins) for name, origins in sorted(found.items())}


def mean_roc_auc(found: dict[str, Any], condition: str = SHOWN[0]) -> float:
    """Return the mean ROC-AUC of what `hold_out` wrote to hold-out.json."""
    return float(np.mean([row[condition]["roc_auc"] for row in found.values()]))


def shortened(recipe: Configuration, settings: Mapping[str, Any]) -> Configuration:
    """Return `recipe` with other `settings` of `SHORTER`; on whole faces where its squares do not fit the new input."""
    fits = recipe.patch_size is None or recipe.patch_size <= settings.get("input_size", recipe.input_size)
    return replace(recipe, **settings, patch_size=recipe.patch_size if fits else None)


def write(found: dict[str, Any], recipes: Mapping[str, Configuration], draws: int) -> str:
    """Return hold-out.md."""
    members = list(recipes) if len(recipes) > 1 else []
    rows = [
        " | ".join(
            [
                origin,
                str(row["fakes"]),
                *(tables.between(row[name]["roc_auc"], row[name]["interval"]["roc_auc"]) for name in SHOWN),
                tables.between(row[SHOWN[0]]["tpr_at_fpr_1%"], row[SHOWN[0]]["interval"]["tpr_at_fpr_1%"]),
                *(f"{row['members'][member]:.3f}" for member in members),
            ]
        )
        for origin, row in sorted(found.items(), key=lambda item: item[1][SHOWN[0]]["roc_auc"])
    ]
    means = " | ".join(f"{mean_roc_auc(found, name):.3f}" for name in SHOWN)
    mean_found = float(np.mean([row[SHOWN[0]]["tpr_at_fpr_1%"] for row in found.values()]))
    mean_of_members = "".join(
        f" | {np.mean([row['members'][member] for row in found.values()]):.3f}" for member in members
    )
    columns = ["generator", "faces", *(f"ROC-AUC, {name}" for name in SHOWN), f"found at 1 % false alarms, {SHOWN[0]}"]
    columns += [f"ROC-AUC of {member} alone, {SHOWN[0]}" for member in members]
    reals = next(iter(found.values()))["reals"]
    recipe, *others = recipes.values()
    settings = {name: getattr(recipe, name) for name in SHORTER}
    shorter = [f"--{name.replace('_', '-')} {value}" for name, value in settings.items() if value is not None]
    networks = " and ".join(recipe.network for recipe in recipes.values())
    trained = (
        f"the mean logit, uncalibrated, of other trainings of {networks}, by the recipes below"
        if others
        else f"another training of {networks}, by the recipe below"
    )
    return f"""\
# A generator left out of training

Each row is {trained}, that never saw the generator of the row,
tested on all of the generator's faces, of training and validation, against the {reals} real faces of the validation
split. 95 % intervals from {draws} bootstrap draws. With a generator went all that it made{_together(found)}.
Its relatives stayed: of the StyleGANs only one at a time was left out.

{tables.table(" | ".join(columns), [*rows, f"**mean** | | {means} | {mean_found:.3f}{mean_of_members}"])}

![ROC-AUC of each generator left out](hold-out.png)

Trained as the first {"commands say" if others else "command says"}; the last one does all of them, for a NETWORK of \
otherwise these settings.

```
{commands(recipes.values())}
{tables.command(["python -m training evaluate", "--network NETWORK", "--data DIR", "--hold-out-origin all", *shorter])}
```
"""


def commands(recipes: Iterable[Configuration]) -> str:
    """Return the commands that train by `recipes` without a generator, each on lines of its own."""
    return "\n".join(
        tables.command(["python -m training train", *options(vars(recipe)), "--without GENERATOR", "--data DIR"])
        for recipe in recipes
    )


def published(folder: Path, examples: Sequence[Example]) -> dict[str, Any] | None:
    """Return the mean ROC-AUC of what lies in `folder` and how it was trained; nothing if generators are missing."""
    results = folder / "hold-out.json"
    found = json.loads(results.read_text()) if results.exists() else {}
    # The mean of some says nothing of the mean of all.
    if not found or found.keys() != generators(examples).keys():
        return None
    kept = [folder / "config.json"] if (folder / "config.json").exists() else sorted(folder.glob("*/config.json"))
    recipes = [known(json.loads(path.read_text())) for path in kept]
    return {"roc_auc": mean_roc_auc(found), "commands": commands(recipes)}


def _together(found: dict[str, Any]) -> str:
    others = {name: [origin for origin in row["origins"] if origin != name] for name, row in found.items()}
    words = [f"{' and '.join(origins)} with {name}" for name, origins in others.items() if origins]
    return f" ({', '.join(words)})" if words else ""


def _untaught(recipe: Configuration) -> Configuration:
    """Return `recipe` without what has seen the generators: weights of another run, and a teacher."""
    seen = recipe.start not in (*start_weights.SOURCES, "scratch")
    start = start_weights.best_start(recipe.network) if seen else recipe.start
    return replace(recipe, start=start, teacher=None)


def _train_without(
    name: str, origins: list[str], recipe: Configuration, examples: Sequence[Example], run: Path
) -> keras.Model:
    print(f"without {name}: {recipe.network}")
    without = replace(recipe, without=[*recipe.without, *origins])
    model = train(without, examples, run, resume=(run / "last.npz").exists())
    # As it would be released.
    round_to_float16(model)
    return model


def _figures(networks: Mapping[str, keras.Model], examples: Sequence[Example], name: str, draws: int) -> dict[str, Any]:
    faces = [e for e in examples if (e.label == 0 and e.split == "val") or (e.label == 1 and generator(e) == name)]
    labels = np.array([face.label for face in faces])
    row: dict[str, Any] = {"fakes": int(labels.sum()), "reals": int((labels == 0).sum())}
    for condition in SHOWN:
        logits = {
            member: predict.logits(model, faces, CONDITIONS[condition], model.input.shape[1], f"{name}, {condition}")
            for member, model in networks.items()
        }
        if len(networks) > 1 and condition == SHOWN[0]:
            row["members"] = {member: metrics.roc_auc(labels, alone) for member, alone in logits.items()}
        scores = np.mean(list(logits.values()), axis=0)
        row[condition] = {key: figure(labels, scores) for key, figure in FIGURES.items()}
        row[condition]["interval"] = intervals(labels, scores, FIGURES, draws)
    return row
