"""The network as it is trained: compiled, faster, perhaps on patches; and the way back to the network as it is used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from training.networks import NETWORKS
from training.networks.fused import fuse
from training.run.configuration import Configuration
from training.run.teacher import SHARE, TEMPERATURE

# The layers with weights that are trained where the rest of a network is frozen.
HEADS = frozenset({"hidden", "local_logits", "classes"})


def build_network(configuration: Configuration, input_size: int | None = None) -> keras.Model:
    """Return the untrained network that `configuration` names, for another `input_size` where one is given."""
    return NETWORKS[configuration.network](
        input_size=input_size or configuration.input_size,
        dropout=configuration.dropout,
        **configuration.network_parameters,
    )


def trainable(model: keras.Model, configuration: Configuration) -> keras.Model:
    """Return a faster copy of `model`, with the verdict for its only output, compiled to be trained on patches.

    The verdict is the logit (n, 1), or the probabilities of the two classes (n, 2) where the loss is `softmax`. With a
    teacher it is both `logit` and `softened`, the logit divided by the teacher's temperature.
    """
    with _precision(configuration.mixed_precision):
        pupil = build_network(configuration, configuration.patch_size)
        pupil.set_weights(model.get_weights())
        pupil = fuse(pupil)
        trainee, goal = _GOALS["teacher" if configuration.teacher else configuration.loss](pupil, configuration)
        if configuration.frozen:
            for layer in trainee.layers:
                layer.trainable = layer.name in HEADS
        trainee.compile(_optimizer(configuration), **goal)
    # Otherwise fit() takes the first batch to build loss and metrics on some backends, and no step ever sees it.
    nothing = np.zeros((1, 1), np.float32)
    labels = {"logit": nothing, "softened": nothing} if configuration.teacher else nothing
    trainee.test_on_batch(np.zeros((1, *pupil.input.shape[1:]), np.float32), labels)
    return trainee


def network_weights(weights: Sequence[np.ndarray], configuration: Configuration) -> list[np.ndarray]:
    """Return the weights of the network for those of its trainee.

    They are the same, but for a softmax head. Of two classes the softmax is the sigmoid of the difference of their
    logits, and pooled features times a matrix are the pooled product, so that the 1x1 convolution with the difference
    of the two columns gives the same verdict.
    """
    if configuration.loss == "logit":
        return list(weights)
    *features, kernel, bias = weights
    return [*features, (kernel[:, 1] - kernel[:, 0])[None, None, :, None], bias[1:] - bias[:1]]


Goal = dict[str, Any]


def _logit(pupil: keras.Model, configuration: Configuration) -> tuple[keras.Model, Goal]:
    return keras.Model(pupil.input, pupil.output["logit"]), {
        "loss": keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=configuration.label_smoothing),
        "metrics": [keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")],
    }


def _taught(pupil: keras.Model, configuration: Configuration) -> tuple[keras.Model, Goal]:
    logit = pupil.output["logit"]
    softened = keras.layers.Rescaling(1 / TEMPERATURE, name="softened", dtype="float32")(logit)
    _, goal = _logit(pupil, configuration)
    return keras.Model(pupil.input, {"logit": logit, "softened": softened}), {
        "loss": {"logit": goal["loss"], "softened": keras.losses.BinaryCrossentropy(from_logits=True)},
        # The gradient of the softened loss shrinks with the temperature's square.
        "loss_weights": {"logit": 1 - SHARE, "softened": SHARE * TEMPERATURE**2},
        "metrics": {"logit": goal["metrics"]},
    }


def _softmax(pupil: keras.Model, configuration: Configuration) -> tuple[keras.Model, Goal]:
    """Return `pupil` with a softmax over (real, fake) that starts with the verdict of its logit."""
    pooled = keras.layers.GlobalAveragePooling2D(name="pooled")(pupil.get_layer("dropout").output)
    classes = keras.layers.Dense(2, "softmax", name="classes", dtype="float32")
    trainee = keras.Model(pupil.input, classes(pooled))
    kernel, bias = (half / 2 for half in pupil.get_layer("local_logits").get_weights())
    classes.set_weights([np.concatenate([-kernel[0, 0], kernel[0, 0]], axis=1), np.concatenate([-bias, bias])])
    return trainee, {
        "loss": keras.losses.SparseCategoricalCrossentropy(),
        "metrics": [keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    }


_GOALS = {"logit": _logit, "softmax": _softmax, "teacher": _taught}


def has_accelerator() -> bool:
    """Tell whether Keras's backend sees anything faster than the CPU."""
    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        return bool(torch.cuda.is_available())
    return any(not device.startswith("cpu") for device in keras.distribution.list_devices())


def _optimizer(configuration: Configuration) -> keras.optimizers.Optimizer:
    steps = configuration.epochs * configuration.batches_per_epoch
    warm_up = max(1, round(configuration.warm_up * steps))
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=configuration.learning_rate / 25,
        decay_steps=steps - warm_up,
        alpha=0.0,
        warmup_target=configuration.learning_rate,
        warmup_steps=warm_up,
    )
    optimizer = keras.optimizers.AdamW(
        schedule,
        weight_decay=configuration.weight_decay,
        global_clipnorm=1.0,
        use_ema=configuration.average is not None,
        ema_momentum=configuration.average or 0.0,
    )
    # Decay belongs to kernels: normalisation and biases have nothing to gain from being pulled to zero.
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    return optimizer


@contextmanager
def _precision(mixed: bool) -> Iterator[None]:
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if mixed else usual)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(usual)
