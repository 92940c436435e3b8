"""Batches of augmented faces, balanced over classes and origins, the same whenever the same seed is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import keras
import numpy as np
from PIL import Image

from training.augment import AUGMENTATIONS
from training.data import Example


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """The training faces of an epoch.

    Half of the faces are fake, half real. Within a class an origin is drawn in proportion to the square root of its
    size times its weight, so that a large origin leads without drowning the small ones.

    Every batch depends on the seed and its place in the run alone: a run that is resumed sees just what it would have
    seen.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        *,
        input_size: int,
        patch_size: int | None = None,
        batch_size: int,
        steps: range,
        seed: int,
        weights: Mapping[str, float],
        augmentation: str = "web",
        workers: int = 2,
    ) -> None:
        """Prepare the batches of `steps`, each of `batch_size` faces, or random squares of `patch_size` px of them."""
        super().__init__(workers=workers, max_queue_size=4 * workers)
        self.examples = examples
        self.input_size = input_size
        self.patch_size = patch_size or input_size
        self.batch_size = batch_size
        self.steps = steps
        self.seed = seed
        self.augment = AUGMENTATIONS[augmentation]
        sizes = Counter((example.label, example.origin) for example in examples)
        odds = np.array(
            [weights.get(e.origin, 1.0) * sizes[e.label, e.origin] ** -0.5 for e in examples], dtype=np.float64
        )
        labels = np.array([example.label for example in examples])
        for label in (0, 1):
            odds[labels == label] /= 2 * odds[labels == label].sum()
        self.odds = odds

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.steps)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return faces, float32 (n, patch_size, patch_size, 3) in [0, 255], and labels, float32 (n, 1)."""
        rng = np.random.default_rng((self.seed, self.steps[index]))
        chosen = rng.choice(len(self.examples), self.batch_size, p=self.odds)
        faces = np.stack([self._face(self.examples[i], rng) for i in chosen])
        labels = np.array([[self.examples[i].label] for i in chosen], np.float32)
        return faces, labels

    def _face(self, example: Example, rng: np.random.Generator) -> np.ndarray:
        face = load_input(self.augment(open_face(example), rng), self.input_size)
        top, left = rng.integers(0, self.input_size - self.patch_size + 1, 2)
        return face[top : top + self.patch_size, left : left + self.patch_size]


def open_face(example: Example) -> Image.Image:
    """Return the picture of `example`, decoded, RGB."""
    with Image.open(example.path) as picture:
        return picture.convert("RGB")


def load_input(face: Image.Image, input_size: int) -> np.ndarray:
    """Return `face` as the detector hands it to the network: float32 (input_size, input_size, 3) in [0, 255]."""
    resized = face.resize((input_size, input_size), Image.Resampling.BICUBIC)
    return np.asarray(resized, np.float32)
