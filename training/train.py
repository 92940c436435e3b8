"""A training run: from examples and a configuration to a folder with weights, metrics and curves."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training import checkpoint, metrics, plots, predict, released, start_weights
from training.batches import Batches
from training.conditions import quality_75
from training.data import HAND_EDITED, Example
from training.fused_norm import fuse
from training.networks import NETWORKS


@dataclass(frozen=True)
class Configuration:
    """All that decides what a run learns; written into its folder, and compared when it is resumed.

    Attributes:
        patch_size: side of the random square that a training step sees of each input; all of it where there is none.
            Traces of a generator are local, so that small squares at full resolution teach as much as whole faces in a
            fraction of the time (as in SAFE, Li et al. 2024, arXiv:2408.06741, which trains on crops, not on resized
            pictures).
        start: a name of `training.start_weights`, `scratch`, or the folder of a run or a released network.
    """

    network: str
    input_size: int = 160
    patch_size: int | None = None
    start: str = "imagenet"
    epochs: int = 12
    samples_per_epoch: int = 8192
    batch_size: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    label_smoothing: float = 0.02
    warm_up: float = 0.05
    dropout: float = 0.2
    seed: int = 1
    origin_weights: dict[str, float] = field(default_factory=dict)


class RunError(Exception):
    """The run cannot start or go on; the message names the fix."""


def train(configuration: Configuration, examples: Sequence[Example], folder: Path, resume: bool) -> keras.Model:
    """Train and return the network; `folder` receives config.json, metrics.json, checkpoints and curves.

    Every epoch ends with a checkpoint. A run that is killed and resumed goes through the same batches, dropout masks
    and learning rates as one that is not.

    Raises:
        RunError: `folder` holds another run, or nothing to resume.
    """
    faces = [example for example in examples if example.origin not in HAND_EDITED]
    training = [example for example in faces if example.split == "train"]
    validation = [example for example in faces if example.split == "val"]

    folder.mkdir(parents=True, exist_ok=True)
    last = folder / "last.npz"
    if last.exists() and not resume:
        raise RunError(f"{folder} holds a run already: go on with --resume, or choose another folder with --out")
    if resume and not last.exists():
        raise RunError(f"{folder} holds no checkpoint to resume from: start without --resume")
    _same_configuration(configuration, folder / "config.json")

    keras.utils.set_random_seed(configuration.seed)
    model, provenance = start_network(configuration)
    judge = fuse(model)
    trainee = trainable(model, configuration)
    progress: dict[str, Any] = {"epoch": 0, "history": [], "best": 0.0, "start_weights": provenance}
    if resume:
        progress = checkpoint.load(last, trainee)

    def finish_epoch(epoch: int, logs: dict[str, float]) -> None:
        judge.set_weights(trainee.get_weights())
        scores = predict.logits(judge, validation, quality_75, configuration.input_size, label="validation")
        labels = np.array([example.label for example in validation])
        row = {
            "epoch": epoch + 1,
            "loss": logs["loss"],
            "accuracy": logs["accuracy"],
            "val_loss": cross_entropy(labels, scores),
            "val_accuracy": float(np.mean((scores > 0) == labels)),
            "val_roc_auc": metrics.summarise(labels, scores)["roc_auc"],
            "learning_rate": float(keras.ops.convert_to_numpy(trainee.optimizer.learning_rate)),
            "finished": time.strftime("%Y-%m-%d %H:%M:%S"),
        }
        progress["history"].append(row)
        progress["epoch"] = epoch + 1
        if row["val_roc_auc"] > progress["best"]:
            progress["best"] = row["val_roc_auc"]
            checkpoint.save(folder / "best.npz", trainee, progress)
        checkpoint.save(last, trainee, progress)
        (folder / "metrics.json").write_text(json.dumps(progress["history"], indent=1) + "\n")
        plots.curves(progress["history"], folder)
        print("  ".join(f"{name} {value:.4g}" for name, value in row.items() if isinstance(value, float)), flush=True)

    batches = configuration.samples_per_epoch // configuration.batch_size
    for epoch in range(progress["epoch"], configuration.epochs):
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
        )
        # One call an epoch: Keras begins a data set anew with every epoch, and these faces are to be seen but once.
        done = trainee.fit(supply, epochs=epoch + 1, initial_epoch=epoch, shuffle=False)
        finish_epoch(epoch, {name: values[-1] for name, values in done.history.items()})
    model.set_weights(trainee.get_weights())
    return model


def restore(folder: Path, which: str = "last") -> tuple[keras.Model, Configuration, dict[str, Any]]:
    """Return the network, configuration and progress of the run in `folder`, at its `last` or `best` checkpoint."""
    configuration = Configuration(**json.loads((folder / "config.json").read_text()))
    model = build_network(configuration)
    trainee = trainable(model, configuration)
    progress = checkpoint.load(folder / f"{which}.npz", trainee)
    model.set_weights(trainee.get_weights())
    return model, configuration, progress


def build_network(configuration: Configuration, input_size: int | None = None) -> keras.Model:
    """Return the untrained network that `configuration` names, for another `input_size` where one is given."""
    build = NETWORKS[configuration.network]
    return build(input_size=input_size or configuration.input_size, dropout=configuration.dropout)


def start_network(configuration: Configuration) -> tuple[keras.Model, str]:
    """Return the network at its start and, in words, where its weights come from."""
    model = build_network(configuration)
    if configuration.start == "scratch":
        return model, "random"
    folder = Path(configuration.start)
    if folder.is_dir():
        return model, _go_on_from(folder, model)
    source = start_weights.load(model, configuration.start)
    return model, f"{source.learned_from}, from {source.requirement} ({source.licence})"


def _go_on_from(folder: Path, model: keras.Model) -> str:
    if released.is_released(folder):
        trained, numbers = released.read(folder)
        name, before = f"{numbers['name']} {numbers['release']}", numbers["training"]["start_weights"]
    else:
        trained, _, progress = restore(folder)
        name, before = f"run {folder.name}", progress["start_weights"]
    if [weight.shape for weight in trained.weights] != [weight.shape for weight in model.weights]:
        raise RunError(f"{folder} holds another network than {model.name}: its weights do not fit")
    model.set_weights(trained.get_weights())
    return f"{name}, which started from {before}"


def trainable(model: keras.Model, configuration: Configuration) -> keras.Model:
    """Return a faster copy of `model`, with the logit for its only output, compiled to be trained on patches."""
    pupil = build_network(configuration, configuration.patch_size)
    pupil.set_weights(model.get_weights())
    pupil = fuse(pupil)
    trainee = keras.Model(pupil.input, pupil.output["logit"])
    steps = configuration.epochs * (configuration.samples_per_epoch // configuration.batch_size)
    warm_up = max(1, round(configuration.warm_up * steps))
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=configuration.learning_rate / 25,
        decay_steps=steps - warm_up,
        alpha=0.0,
        warmup_target=configuration.learning_rate,
        warmup_steps=warm_up,
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=configuration.weight_decay, global_clipnorm=1.0)
    # Decay belongs to kernels: normalisation and biases have nothing to gain from being pulled to zero.
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    trainee.compile(
        optimizer,
        loss=keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=configuration.label_smoothing),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")],
    )
    # Otherwise fit() takes the first batch to build loss and metrics on some backends, and no step ever sees it.
    trainee.test_on_batch(np.zeros((1, *pupil.input.shape[1:]), np.float32), np.zeros((1, 1), np.float32))
    return trainee


def cross_entropy(labels: np.ndarray, logits: np.ndarray) -> float:
    """Return the mean binary cross-entropy in nats."""
    return float(np.mean(np.logaddexp(0.0, logits) - labels * logits))


def _same_configuration(configuration: Configuration, path: Path) -> None:
    wanted = asdict(configuration)
    if path.exists():
        found = json.loads(path.read_text())
        if found != wanted:
            changed = sorted(key for key in wanted if found.get(key) != wanted[key])
            raise RunError(f"{path} is of a run with other settings ({', '.join(changed)}): choose another --out")
    else:
        path.write_text(json.dumps(wanted, indent=1) + "\n")
