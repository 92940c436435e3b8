"""A training run of a tiny network in a process of its own, which a test can really kill."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training import networks
from training.faces.batches import Batches
from training.faces.examples import read_examples
from training.networks.head import regional_logits
from training.run import checkpoint
from training.run.configuration import Configuration
from training.run.train import train

CONFIGURATION = Configuration(
    network="tiny", input_size=32, start="scratch", epochs=2, samples_per_epoch=16, batch_size=4, seed=3, average=0.7
)


def tiny(input_size: int, dropout: float) -> keras.Model:
    image = keras.Input((input_size, input_size, 3), name="image")
    x = keras.layers.Rescaling(1 / 128, offset=-1)(image)
    x = keras.layers.Conv2D(8, 3, strides=2, activation="relu")(x)
    x = keras.layers.BatchNormalization()(x)
    return keras.Model(image, regional_logits(x, dropout), name="tiny")


def main(data: str, out: str, how: str) -> None:
    networks.NETWORKS["tiny"] = tiny
    if how == "killed":
        save = checkpoint.save

        def save_and_die(path: Path, *what: Any, **named: Any) -> None:
            save(path, *what, **named)
            if path.name == "last.npz":
                os.kill(os.getpid(), signal.SIGKILL)

        checkpoint.save = save_and_die
    if how == "killed in an epoch":
        make = Batches.__getitem__

        def make_and_die(self: Batches, index: int) -> Any:
            if self.steps[index] == CONFIGURATION.batches_per_epoch + 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return make(self, index)

        Batches.__getitem__ = make_and_die  # type: ignore[method-assign]
    model = train(CONFIGURATION, read_examples(Path(data)), Path(out), resume=False)
    np.savez(Path(out) / "final.npz", *model.get_weights())


if __name__ == "__main__":
    main(*sys.argv[1:])
