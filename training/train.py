"""A training run: from examples and a configuration to a folder with weights, metrics and curves."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tensorboard.summary import Writer

from training import checkpoint, metrics, plots, predict, released, start_weights
from training.batches import Batches
from training.conditions import quality_75
from training.configuration import Configuration, RunError, known
from training.data import HAND_EDITED, DataError, Example
from training.simulated import Simulator
from training.teacher import Teacher
from training.trainee import build_network, network_weights, trainable


def train(configuration: Configuration, examples: Sequence[Example], folder: Path, resume: bool) -> keras.Model:
    """Train and return the network; `folder` receives config.json, metrics.json, checkpoints, curves, tensorboard/.

    Every epoch ends with a checkpoint. A run that is killed and resumed goes through the same batches, dropout masks
    and learning rates as one that is not.

    Raises:
        DataError: the training or the validation faces lack a class.
        RunError: `folder` holds another run, or nothing to resume.
    """
    training, validation = split(configuration, examples)
    folder.mkdir(parents=True, exist_ok=True)
    last = folder / "last.npz"
    if last.exists() and not resume:
        raise RunError(f"{folder} holds a run already: go on with --resume, or choose another folder with --out")
    if resume and not last.exists():
        raise RunError(f"{folder} holds no checkpoint to resume from: start without --resume")
    keep_configuration(configuration, folder / "config.json")

    keras.utils.set_random_seed(configuration.seed)
    model, start = start_network(configuration)
    trainee = trainable(model, configuration)
    progress: dict[str, Any] = {"epoch": 0, "history": [], "best": 0.0, **start}
    if resume:
        progress = checkpoint.load(last, trainee)
    simulator = Simulator(configuration.autoencoder) if configuration.simulated else None
    teacher = Teacher(Path(configuration.teacher)) if configuration.teacher else None
    started, already = time.monotonic(), progress["epoch"]

    def finish_epoch(epoch: int, logs: dict[str, float], averages: list[np.ndarray] | None, log: Writer) -> None:
        model.set_weights(network_weights(averages or trainee.get_weights(), configuration))
        scores = predict.logits(model, validation, quality_75, configuration.input_size, label="validation")
        labels = np.array([example.label for example in validation])
        row = {
            "epoch": epoch + 1,
            "loss": logs["loss"],
            "accuracy": logs["logit_accuracy" if configuration.teacher else "accuracy"],
            "val_loss": cross_entropy(labels, scores),
            "val_accuracy": float(np.mean((scores > 0) == labels)),
            "val_roc_auc": metrics.roc_auc(labels, scores),
            "learning_rate": float(keras.ops.convert_to_numpy(trainee.optimizer.learning_rate)),
            "finished": time.strftime("%Y-%m-%d %H:%M:%S"),
        }
        progress["history"].append(row)
        progress["epoch"] = epoch + 1
        if row["val_roc_auc"] > progress["best"]:
            progress["best"] = row["val_roc_auc"]
            checkpoint.save(folder / "best.npz", trainee, progress, averages)
        checkpoint.save(last, trainee, progress, averages)
        (folder / "metrics.json").write_text(json.dumps(progress["history"], indent=1) + "\n")
        plots.curves(progress["history"], folder)
        shown = {name: value for name, value in row.items() if isinstance(value, float)}
        for name, value in shown.items():
            log.add_scalar(name, value, epoch + 1)
        log.flush()
        seconds = (time.monotonic() - started) / (epoch + 1 - already) * (configuration.epochs - epoch - 1)
        print(
            "  ".join(f"{name} {value:.4g}" for name, value in shown.items()),
            f"  {duration(seconds)} left" if seconds else "",
            flush=True,
        )

    batches = configuration.batches_per_epoch
    with closing(Writer(str(folder / "tensorboard"))) as log:
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
                simulated=configuration.simulated,
                simulate=simulator,
                teach=teacher,
            )
            logs, averages = fit_epoch(trainee, supply, epoch)
            finish_epoch(epoch, logs, averages if configuration.average else None, log)
    return restore(folder)[0]


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


def restore(folder: Path, which: str = "last") -> tuple[keras.Model, Configuration, dict[str, Any]]:
    """Return the network, configuration and progress of the run in `folder`, at its `last` or `best` checkpoint."""
    configuration = Configuration(**json.loads((folder / "config.json").read_text()))
    model = build_network(configuration)
    weights, progress = checkpoint.weights(folder / f"{which}.npz", len(model.weights))
    model.set_weights(network_weights(weights, configuration))
    return model, configuration, progress


def start_network(configuration: Configuration) -> tuple[keras.Model, dict[str, Any]]:
    """Return the network at its start, and where its weights come from: in words, and the runs that lie before."""
    model = build_network(configuration)
    if configuration.start == "scratch":
        return model, {"start_weights": "random", "earlier": []}
    folder = Path(configuration.start)
    if folder.is_dir():
        return model, _go_on_from(folder, model)
    source = start_weights.load(model, configuration.start)
    return model, {
        "start_weights": f"{source.learned_from}, from {source.requirement} ({source.licence})",
        "earlier": [],
    }


def _go_on_from(folder: Path, model: keras.Model) -> dict[str, Any]:
    if released.is_released(folder):
        trained, numbers = released.read(folder)
        name, before = f"{numbers['name']} {numbers['release']}", numbers["training"]
        settings = before
    else:
        trained, configuration, before = restore(folder)
        name, settings = f"run {folder.name}", asdict(configuration)
    if [weight.shape for weight in trained.weights] != [weight.shape for weight in model.weights]:
        raise RunError(f"{folder} holds another network than {model.name}: its weights do not fit")
    model.set_weights(trained.get_weights())
    return {
        "start_weights": f"{name}, which started from {before['start_weights']}",
        "earlier": [*before.get("earlier", []), {"name": name, "settings": known(settings).published()}],
    }


def cross_entropy(labels: np.ndarray, logits: np.ndarray) -> float:
    """Return the mean binary cross-entropy in nats."""
    return float(np.mean(np.logaddexp(0.0, logits) - labels * logits))


def keep_configuration(configuration: Configuration, path: Path) -> None:
    """Write `configuration` to `path`, or make sure that it is the one that stands there.

    Raises:
        RunError: another one stands there.
    """
    wanted = asdict(configuration)
    if path.exists():
        found = asdict(Configuration(**json.loads(path.read_text())))
        if changed := sorted(key for key in wanted if found[key] != wanted[key]):
            raise RunError(f"{path} is of a run with other settings ({', '.join(changed)}): choose another --out")
    else:
        path.write_text(json.dumps(wanted, indent=1) + "\n")
