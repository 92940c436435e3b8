"""A small autoencoder that redraws photographs by the ways in which generators enlarge: for `simulated`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from training.errors import RunError
from training.faces.batches import open_face
from training.faces.examples import Example

FILE = "autoencoder.keras"
# Faces of few different sides: some backends compile anew for each.
MULTIPLE = 32
CROP = 64
BATCH_SIZE = 16
WIDTH = 16


def build() -> keras.Model:
    """Return an untrained autoencoder.

    Returns:
        A model from float32 (n, side, side, 3) in [0, 255], the side divisible by 4, to a list of three of the same
        shape: drawn with transposed convolutions, with nearest neighbours, and with pixels shuffled.
    """
    image = keras.Input((None, None, 3), name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1)(image)
    x = keras.layers.Conv2D(WIDTH, 3, 2, padding="same", activation="relu")(x)
    x = keras.layers.Conv2D(2 * WIDTH, 3, 2, padding="same", activation="relu")(x)
    code = keras.layers.Conv2D(2 * WIDTH, 3, padding="same", activation="relu")(x)
    return keras.Model(
        image, [_decoded(code, name) for name in ("transposed", "nearest", "shuffled")], name="autoencoder"
    )


def _decoded(x: keras.KerasTensor, how: str) -> keras.KerasTensor:
    for stage in (1, 2):
        name = f"{how}{stage}"
        if how == "transposed":
            x = keras.layers.Conv2DTranspose(WIDTH, 4, 2, padding="same", activation="relu", name=name)(x)
        elif how == "nearest":
            x = keras.layers.UpSampling2D(2)(x)
            x = keras.layers.Conv2D(WIDTH, 3, padding="same", activation="relu", name=name)(x)
        else:
            x = keras.layers.Conv2D(4 * WIDTH, 3, padding="same", activation="relu", name=name)(x)
            x = keras.ops.depth_to_space(x, 2)
    x = keras.layers.Conv2D(3, 3, padding="same")(x)
    return keras.layers.Rescaling(127.5, offset=127.5, name=how)(x)


def train(examples: Sequence[Example], folder: Path, steps: int, seed: int) -> keras.Model:
    """Train an autoencoder on crops of the real training faces of `examples`, write it to `folder`, and return it."""
    photographs = [example for example in examples if example.split == "train" and example.label == 0]
    keras.utils.set_random_seed(seed)
    model = build()
    schedule = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    model.compile(keras.optimizers.Adam(schedule), loss="mean_absolute_error")
    model.fit(_Crops(photographs, steps, seed), shuffle=False)
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / FILE)
    return model


def read(folder: Path) -> list[keras.Model]:
    """Return what `train` wrote to `folder`, as a model for each way to draw.

    Raises:
        RunError: nothing is there.
    """
    if not (folder / FILE).is_file():
        raise RunError(f"{folder} holds no {FILE}: make it with python -m training autoencoder --out {folder}")
    model = keras.models.load_model(folder / FILE, compile=False)
    return [keras.Model(model.input, output) for output in model.outputs]


class _Crops(keras.utils.PyDataset):  # type: ignore[misc]
    def __init__(self, photographs: Sequence[Example], steps: int, seed: int) -> None:
        super().__init__()
        self.photographs = photographs
        self.steps = steps
        self.seed = seed

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        rng = np.random.default_rng((self.seed, step))
        chosen = rng.choice(len(self.photographs), BATCH_SIZE)
        crops = np.stack([self._crop(self.photographs[i], rng) for i in chosen])
        return crops, (crops, crops, crops)

    def _crop(self, example: Example, rng: np.random.Generator) -> np.ndarray:
        face = open_face(example)
        if face.width < CROP:
            face = face.resize((CROP, CROP))
        left, top = rng.integers(0, face.width - CROP + 1, 2)
        return np.asarray(face.crop((left, top, left + CROP, top + CROP)), np.float32)
