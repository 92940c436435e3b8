"""Search for hyper-parameters with Optuna (Akiba et al. 2019, arXiv:1907.10902) by Parzen estimators (TPE)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import optuna
from optuna.trial import FrozenTrial, TrialState

from training.faces.examples import Example
from training.figures import plots, tables
from training.run.configuration import Configuration, options
from training.run.folder import keep_configuration, restore
from training.run.train import train

STUDY = "study.db"


def tune(base: Configuration, examples: Sequence[Example], folder: Path, trials: int) -> str:
    """Search until `trials` trials are complete, each a run of `base` with other hyper-parameters, below `folder`.

    The study is kept in a database there. A search that was stopped goes on with the same call, and a trial that was
    stopped in its midst is done again.

    Returns:
        The text of tune.md, which is written with tune.png.

    Raises:
        RunError: `folder` holds a search from another configuration.
    """
    folder.mkdir(parents=True, exist_ok=True)
    keep_configuration(base, folder / "config.json")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=f"sqlite:///{folder / STUDY}", study_name=base.network, direction="maximize", load_if_exists=True
    )
    # With one seed for all a search that goes on would try again what it began with.
    study.sampler = optuna.samplers.TPESampler(seed=base.seed + len(study.trials))
    for broken in study.get_trials(states=(TrialState.RUNNING,)):
        study.tell(broken.number, state=TrialState.FAIL)
        study.enqueue_trial(broken.params)

    # By hand, as optimize() calls a trial failed that was stopped, and what failed is not tried again.
    while len(_complete(study)) < trials:
        trial = study.ask()
        run = folder / f"trial{trial.number:03}"
        settings = suggest(trial, base)
        print(f"trial {trial.number}: {trial.params}", flush=True)
        try:
            train(settings, examples, run, resume=False)
        except Exception:
            # What cannot be trained is not tried again; what was stopped is, above.
            study.tell(trial, state=TrialState.FAIL)
            raise
        keras.utils.clear_session()
        study.tell(trial, json.loads((run / "metrics.json").read_text())[-1]["val_roc_auc"])

    done = _complete(study)
    plots.tuning([trial.params for trial in done], [float(trial.values[0]) for trial in done], folder / "tune.png")
    text = write(done, base, restore(folder / f"trial{study.best_trial.number:03}")[1])
    (folder / "tune.md").write_text(text)
    return text


def suggest(trial: optuna.Trial, base: Configuration) -> Configuration:
    """Return `base` with the hyper-parameters that `trial` is to try."""
    parameters = {"hidden": trial.suggest_categorical("hidden", (0, 64))}
    if base.network == "simple_cnn":
        parameters |= {
            "depth": trial.suggest_int("depth", 3, 5),
            "width": trial.suggest_int("width", 16, 48, step=8),
            "kernel": trial.suggest_categorical("kernel", (3, 5)),
        }
    return replace(
        base,
        network_parameters=parameters,
        input_size=trial.suggest_categorical("input_size", (96, 128, 160)),
        dropout=trial.suggest_float("dropout", 0.0, 0.5, step=0.1),
        learning_rate=trial.suggest_float("learning_rate", 1e-4, 1e-2, log=True),
    )


def write(done: Sequence[FrozenTrial], base: Configuration, best: Configuration) -> str:
    """Return tune.md."""
    ranked = sorted(done, key=lambda trial: -float(trial.values[0]))
    names = list(ranked[0].params)
    rows = (
        " | ".join(
            [
                str(trial.number),
                f"{trial.values[0]:.4f}",
                *(_shown(trial.params[name]) for name in names),
                _minutes(trial),
            ]
        )
        for trial in ranked
    )
    command = tables.command(["python -m training train", *options(vars(best)), "--data DIR"])
    return f"""\
# Search over {base.network}

{len(done)} trials of {base.epochs} epochs of {base.samples_per_epoch} faces. ROC-AUC is that of the validation split
after the last epoch, JPEG quality 75; the best of many is flattered by having been chosen on it.

{tables.table(" | ".join(["trial | ROC-AUC", *names, "minutes"]), rows)}

![ROC-AUC by hyper-parameter](tune.png)

The best, to be trained for longer:

```
{command}
```
"""


def _complete(study: optuna.Study) -> list[FrozenTrial]:
    return list(study.get_trials(states=(TrialState.COMPLETE,)))


def _shown(value: Any) -> str:
    return f"{value:.2g}" if isinstance(value, float) else str(value)


def _minutes(trial: FrozenTrial) -> str:
    assert trial.duration is not None, "the trial is complete"
    return f"{trial.duration.total_seconds() / 60:.1f}"
