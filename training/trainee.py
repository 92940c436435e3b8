"""The network as it is trained: compiled, faster, perhaps on patches; and the way back to the network as it is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np

from training.configuration import Configuration
from training.fused_norm import fuse
from training.networks import NETWORKS


def build_network(configuration: Configuration, input_size: int | None = None) -> keras.Model:
    """Return the untrained network that `configuration` names, for another `input_size` where one is given."""
    return NETWORKS[configuration.network](
        input_size=input_size or configuration.input_size,
        dropout=configuration.dropout,
        **configuration.network_parameters,
    )


def trainable(model: keras.Model, configuration: Configuration) -> keras.Model:
    """Return a faster copy of `model`, with the logit for its only output, compiled to be trained on patches."""
    with _precision(configuration.mixed_precision):
        pupil = build_network(configuration, configuration.patch_size)
        pupil.set_weights(model.get_weights())
        pupil = fuse(pupil)
        trainee = keras.Model(pupil.input, pupil.output["logit"])
        trainee.compile(
            _optimizer(configuration),
            loss=keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=configuration.label_smoothing),
            metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")],
        )
    # Otherwise fit() takes the first batch to build loss and metrics on some backends, and no step ever sees it.
    trainee.test_on_batch(np.zeros((1, *pupil.input.shape[1:]), np.float32), np.zeros((1, 1), np.float32))
    return trainee


def has_accelerator() -> bool:
    """Tell whether Keras's backend sees anything faster than the CPU."""
    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        return bool(torch.cuda.is_available())
    return any(keras.distribution.list_devices(kind) for kind in ("gpu", "tpu"))


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
    keras.config.set_dtype_policy("mixed_float16" if mixed else usual)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(usual)
