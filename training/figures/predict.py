"""What a network says of faces under a condition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
from PIL import Image
from tqdm import tqdm

from training.faces.batches import load_input, open_face
from training.faces.conditions import Treatment
from training.faces.examples import Example
from training.figures import lite
from training.networks.fused import fuse

BATCH_SIZE = 64
# To convert a network takes as long as some hundred faces.
WORTH_CONVERTING = 500


def logits(
    model: keras.Model,
    examples: Sequence[Example],
    treatment: Treatment,
    input_size: int,
    label: str = "",
    opened: Callable[[Example], Image.Image] = open_face,
) -> np.ndarray:
    """Return float32 (n,): the network's logit for each face, as `opened`, after `treatment`; positive for fake."""
    return answers(model, "logit", examples, treatment, input_size, label, opened)[:, 0]


def answers(
    model: keras.Model,
    output: str,
    examples: Sequence[Example],
    treatment: Treatment,
    input_size: int,
    label: str = "",
    opened: Callable[[Example], Image.Image] = open_face,
) -> np.ndarray:
    """Return float32 (n, c): one output of the network, (n, c), for each face, as `opened`, after `treatment`."""

    def prepare(example: Example) -> np.ndarray:
        return load_input(treatment(opened(example)), input_size)

    results = []
    ask = _asking(model, output, len(examples))
    with ThreadPoolExecutor(2) as pool:
        starts = range(0, len(examples), BATCH_SIZE)
        for start in tqdm(starts, desc=label, unit="batch", leave=False, disable=not label):
            batch = np.stack(list(pool.map(prepare, examples[start : start + BATCH_SIZE])))
            results.append(ask(batch))
    return np.concatenate(results)


def _asking(model: keras.Model, output: str, faces: int) -> Callable[[np.ndarray], np.ndarray]:
    if faces >= WORTH_CONVERTING and lite.can_convert():
        return lite.answering(model, output)
    fused = fuse(model)
    return lambda batch: keras.ops.convert_to_numpy(fused.predict_on_batch(batch)[output])
