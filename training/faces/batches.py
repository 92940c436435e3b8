"""Batches of augmented faces, balanced over classes and origins, the same whenever the same seed is given."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np
from PIL import Image

from fake_image_detection.geometry import resize
from fake_image_detection.picture import read_picture
from training.faces.augment import AUGMENTATIONS
from training.faces.examples import LIMITS, Example

Teach = Callable[[Sequence[Image.Image]], np.ndarray]


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """The training faces of an epoch.

    Half of the faces are fake, half real. Within a class an origin is drawn in proportion to the square root of its
    size times its weight, so that a large origin leads without drowning the small ones; and within an origin a host in
    proportion to the square root of its own, since the faces of one site are often the same few people.

    Photographs and themselves as a generator's decoder drew them come as pairs, both treated alike to the last pixel,
    so that the decoder's trace is all that tells them apart.

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
        pairs: Sequence[tuple[Example, Example]] = (),
        paired: float = 0.0,
        teach: Teach | None = None,
        workers: int = 2,
    ) -> None:
        """Prepare the batches of `steps`.

        Args:
            examples: the faces to draw from.
            input_size: side of the network's input in pixels.
            patch_size: side of the random square that is cut out of it, if any.
            batch_size: faces in a batch.
            steps: places of the batches in the run.
            seed: of the run.
            weights: origin -> how much more often it is drawn.
            augmentation: a name of `training.faces.augment.AUGMENTATIONS`.
            pairs: photographs, and the same drawn again.
            paired: share of the faces that come in such pairs.
            teach: n faces -> probabilities (n, 1) of a teacher, which come along with the labels.
            workers: threads that make batches.
        """
        super().__init__(workers=workers, max_queue_size=4 * workers)
        self.examples = examples
        self.input_size = input_size
        self.patch_size = patch_size or input_size
        self.batch_size = batch_size
        self.steps = steps
        self.seed = seed
        self.augment = AUGMENTATIONS[augmentation]
        self.pairs = pairs
        self.pairs_in_batch = round(batch_size * paired / 2)
        self.teach = teach
        odds = _odds_of_origins(examples) * [weights.get(example.origin, 1.0) for example in examples]
        labels = np.array([example.label for example in examples])
        for label in (0, 1):
            odds[labels == label] /= 2 * odds[labels == label].sum()
        self.odds = odds
        places = {example.path: place for place, example in enumerate(examples)}
        self.odds_of_pairs = np.array([odds[places[photograph.path]] for photograph, _ in pairs])
        self.odds_of_pairs /= self.odds_of_pairs.sum() or 1.0

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.steps)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray | dict[str, np.ndarray]]:
        """Return faces, float32 (n, patch_size, patch_size, 3) in [0, 255], and labels, float32 (n, 1).

        With a teacher, labels are `logit` and the teacher's probabilities `softened`.
        """
        rng = np.random.default_rng((self.seed, self.steps[index]))
        alone = rng.choice(len(self.examples), self.batch_size - 2 * self.pairs_in_batch, p=self.odds)
        drawn = [(self.examples[i], rng) for i in alone]
        if self.pairs_in_batch:
            for i in rng.choice(len(self.pairs), self.pairs_in_batch, p=self.odds_of_pairs):
                state = rng.integers(2**63)
                drawn += [(example, np.random.default_rng(state)) for example in self.pairs[i]]
        inputs, faces = [], []
        for example, fate in drawn:
            faces.append(self.augment(open_face(example), fate))
            top, left = fate.integers(0, self.input_size - self.patch_size + 1, 2)
            pixels = load_input(faces[-1], self.input_size)
            inputs.append(pixels[top : top + self.patch_size, left : left + self.patch_size])
        labels = np.array([[example.label] for example, _ in drawn], np.float32)
        if self.teach:
            return np.stack(inputs), {"logit": labels, "softened": self.teach(faces)}
        return np.stack(inputs), labels


def _odds_of_origins(examples: Sequence[Example]) -> np.ndarray:
    """Return for each example how often it is drawn, float64 (n,), before the classes are balanced."""
    hosts = Counter((example.label, example.origin, example.host) for example in examples)
    origins = Counter((example.label, example.origin) for example in examples)
    shares: defaultdict[tuple[int, str], float] = defaultdict(float)
    for (label, origin, _), faces in hosts.items():
        shares[label, origin] += faces**0.5
    return np.array(
        [
            origins[e.label, e.origin] ** 0.5 / shares[e.label, e.origin] * hosts[e.label, e.origin, e.host] ** -0.5
            for e in examples
        ]
    )


def open_face(example: Example) -> Image.Image:
    """Return the picture of `example` as the detector reads one (upright, sRGB, over white), its middle square."""
    face = Image.fromarray(read_picture(example.path, LIMITS).pixels)
    if face.width == face.height:
        return face
    side = min(face.size)
    left, top = (face.width - side) // 2, (face.height - side) // 2
    return face.crop((left, top, left + side, top + side))


def load_input(face: Image.Image, input_size: int) -> np.ndarray:
    """Return `face` as the detector hands it to the network: float32 (input_size, input_size, 3) in [0, 255]."""
    return resize(np.asarray(face), input_size, input_size).astype(np.float32)
