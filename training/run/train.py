"""A training run: from examples and a configuration to a folder with weights, metrics and curves."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tensorboard.summary import Writer

from training.errors import DataError, RunError
from training.faces.batches import Batches
from training.faces.conditions import quality_75
from training.faces.examples import HAND_EDITED, KEPT_FOR_CONTROL, Example, fingerprint
from training.faces.traces import pairs
from training.figures import metrics, plots, predict
from training.run import checkpoint
from training.run.configuration import Configuration
from training.run.folder import BEST, LAST, keep_configuration, restore, start_network, write_configuration
from training.run.teacher import Teacher
from training.run.trainee import network_weights, trainable


def train(configuration: Configuration, examples: Sequence[Example], folder: Path, resume: bool) -> keras.Model:
    """Train and return the network; `folder` receives config.json, metrics.json, checkpoints, curves, tensorboard/.

    Every epoch ends with a checkpoint. A run that is killed and resumed goes through the same batches, dropout masks
    and learning rates as one that is not.

    Raises:
        DataError: the training or the validation faces lack a class.
        RunError: `folder` holds another run, or one on other faces, or nothing to resume; or the loss is no number.
    """
    configuration = without_control(configuration, examples)
    training, validation = split(configuration, examples)
    folder.mkdir(parents=True, exist_ok=True)
    last = folder / LAST
    if last.exists() and not resume:
        raise RunError(f"{folder} holds a run already: go on with --resume, or choose another folder with --out")
    if resume and not last.exists():
        raise RunError(f"{folder} holds no checkpoint to resume from: start without --resume")
    if resume:
        keep_configuration(configuration, folder / "config.json")

    keras.utils.set_random_seed(configuration.seed)
    model, start = start_network(configuration)
    trainee = trainable(model, configuration)
    faces = fingerprint([*training, *validation])
    progress: dict[str, Any] = {"epoch": 0, "history": [], "best": 0.0, "fingerprint": faces, **start}
    if resume:
        progress = checkpoint.load(last, trainee)
        check_faces(progress, faces, folder)
    drawn_again = pairs(training, Path(configuration.traces)) if configuration.traces else []
    teacher = Teacher(Path(configuration.teacher)) if configuration.teacher else None
    if not resume:
        # Not before all that the run needs is there: a run that never began binds nobody to its settings.
        write_configuration(configuration, folder / "config.json")

    batches = configuration.batches_per_epoch
    with closing(Writer(str(folder / "tensorboard"))) as log:
        record = _Record(configuration, model, trainee, validation, progress, folder, log)
        if resume:
            # A run may have been killed between its checkpoint and these.
            record.write_curves()
        for epoch in range(progress["epoch"], configuration.epochs):
            if is_exhausted(progress["history"], configuration.patience):
                print(f"stopped early: no better validation ROC-AUC in {configuration.patience} epochs")
                break
            # Some backends draw dropout from their global generator, which no checkpoint holds.
            keras.utils.set_random_seed(configuration.seed + epoch)
            supply = Batches(
                training,
                input_size=configuration.input_size,
                patch_size=configuration.patch_size,
                batch_size=configuration.batch_size,
                steps=range(epoch * batches, (epoch + 1) * batches),
                seed=configuration.seed,
                weights=configuration.origin_weights,
                augmentation=configuration.augmentation,
                pairs=drawn_again,
                paired=configuration.paired if drawn_again else 0.0,
                teach=teacher,
            )
            logs, averages = fit_epoch(trainee, supply, epoch)
            record.finish_epoch(epoch, logs, averages if configuration.average else None)
    return restore(folder)[0]


class _Record:
    """Measures a run after every epoch and keeps all of it in the run's folder."""

    def __init__(
        self,
        configuration: Configuration,
        model: keras.Model,
        trainee: keras.Model,
        validation: Sequence[Example],
        progress: dict[str, Any],
        folder: Path,
        log: Writer,
    ) -> None:
        self.configuration = configuration
        self.model = model
        self.trainee = trainee
        self.validation = validation
        self.progress = progress
        self.folder = folder
        self.log = log
        self.started, self.already = time.monotonic(), progress["epoch"]

    def finish_epoch(self, epoch: int, logs: dict[str, float], averages: list[np.ndarray] | None) -> None:
        row = self._measure(epoch, logs, averages)
        if not (np.isfinite(row["loss"]) and np.isfinite(row["val_loss"])):
            raise RunError(f"epoch {epoch + 1} ended with a loss that is no number: try a lower --learning-rate")
        history = self.progress["history"]
        history.append(row)
        self.progress["epoch"] = epoch + 1
        if row["val_roc_auc"] > self.progress["best"]:
            self.progress["best"] = row["val_roc_auc"]
            if self.configuration.patience is not None:
                checkpoint.save(self.folder / BEST, self.trainee, self.progress, averages)
        checkpoint.save(self.folder / LAST, self.trainee, self.progress, averages)
        self.write_curves()
        shown = {name: value for name, value in row.items() if isinstance(value, float)}
        for name, value in shown.items():
            self.log.add_scalar(name, value, epoch + 1)
        self.log.flush()
        to_go = self.configuration.epochs - epoch - 1
        seconds = (time.monotonic() - self.started) / (epoch + 1 - self.already) * to_go
        print(
            "  ".join(f"{name} {value:.4g}" for name, value in shown.items()),
            f"  {duration(seconds)} left" if seconds else "",
            flush=True,
        )

    def write_curves(self) -> None:
        history = self.progress["history"]
        (self.folder / "metrics.json").write_text(json.dumps(history, indent=1) + "\n")
        plots.curves(history, self.folder)

    def _measure(self, epoch: int, logs: dict[str, float], averages: list[np.ndarray] | None) -> dict[str, Any]:
        self.model.set_weights(network_weights(averages or self.trainee.get_weights(), self.configuration))
        scores = predict.logits(
            self.model, self.validation, quality_75, self.configuration.input_size, label="validation"
        )
        labels = np.array([example.label for example in self.validation])
        return {
            "epoch": epoch + 1,
            "loss": logs["loss"],
            "accuracy": logs["logit_accuracy" if self.configuration.teacher else "accuracy"],
            "val_loss": cross_entropy(labels, scores),
            "val_accuracy": float(np.mean((scores > 0) == labels)),
            "val_roc_auc": metrics.roc_auc(labels, scores),
            "learning_rate": float(keras.ops.convert_to_numpy(self.trainee.optimizer.learning_rate)),
            "finished": time.strftime("%Y-%m-%d %H:%M:%S"),
        }


def check_faces(progress: dict[str, Any], faces: str, folder: Path) -> None:
    """Make sure that a run meets the faces again that it began with.

    Raises:
        RunError: the faces have changed.
    """
    if progress["fingerprint"] != faces:
        raise RunError(
            f"{folder} is of a run on other faces than those of --data: give the folder that it was begun with"
        )


def without_control(configuration: Configuration, examples: Sequence[Example]) -> Configuration:
    """Return the configuration that also leaves out, and says so, the origins that are kept for control."""
    there = KEPT_FOR_CONTROL & {example.origin for example in examples}
    return replace(configuration, without=[*configuration.without, *sorted(there.difference(configuration.without))])


def split(configuration: Configuration, examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Return the training and the validation faces of a run.

    Raises:
        DataError: one of them lacks a class.
        RunError: an origin to be left out is not there.
    """
    origins = {example.origin for example in examples}
    if unknown := set(configuration.without) - origins:
        raise RunError(f"no faces are of {', '.join(sorted(unknown))}; there are: {', '.join(sorted(origins))}")
    faces = [e for e in examples if e.origin not in HAND_EDITED and e.origin not in configuration.without]
    parts = []
    for name, meaning in (("train", "training"), ("val", "validation")):
        part = [example for example in faces if example.split == name]
        for label, word in ((0, "real"), (1, "fake")):
            if not any(example.label == label for example in part):
                raise DataError(f"there are no {word} faces for {meaning}: a run needs both classes in both splits")
        parts.append(part)
    return parts[0], parts[1]


def fit_epoch(trainee: keras.Model, supply: Batches, epoch: int) -> tuple[dict[str, float], list[np.ndarray]]:
    """Train on all of `supply`; return the epoch's figures and, where the optimizer keeps averages, averaged weights.

    At the end of fit() an optimizer that keeps averages writes them over the weights. The run goes on from the weights
    of its last step, which are put back here: to go on from averages would be another training.
    """
    raw: list[list[np.ndarray]] = []
    keep = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: raw.append(trainee.get_weights()))
    # One call an epoch: Keras begins a data set anew with every epoch, and these faces are to be seen but once.
    done = trainee.fit(supply, epochs=epoch + 1, initial_epoch=epoch, shuffle=False, callbacks=[keep])
    averages = trainee.get_weights()
    trainee.set_weights(raw[-1])
    return {name: values[-1] for name, values in done.history.items()}, averages


def is_exhausted(history: Sequence[dict[str, Any]], patience: int | None) -> bool:
    """Tell whether the last `patience` epochs brought no better ROC-AUC than those before; never without patience."""
    found = [row["val_roc_auc"] for row in history]
    return patience is not None and len(found) > patience and max(found[-patience:]) <= max(found[:-patience])


def duration(seconds: float) -> str:
    """Return a time such as 2 h 05 min."""
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def cross_entropy(labels: np.ndarray, logits: np.ndarray) -> float:
    """Return the mean binary cross-entropy in nats."""
    return float(np.mean(np.logaddexp(0.0, logits) - labels * logits))
