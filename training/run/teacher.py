"""Distillation (Hinton et al. 2015, arXiv:1503.02531): a released network's doubts are taught along with the labels."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
from PIL import Image

from fake_image_detection.verdict import Calibration
from training.faces.batches import load_input
from training.networks import files
from training.networks.fused import fuse

# Both verdicts are divided by it, so that how sure the teacher is counts and not only on which side it is.
TEMPERATURE = 2.0
# Of the loss.
SHARE = 0.5


class Teacher:
    """A released network that says how fake the faces of a batch are."""

    def __init__(self, folder: Path) -> None:
        """Read models/NAME.

        Raises:
            NetworkError: the folder holds no released network.
        """
        model, self.numbers = files.read(folder)
        self.model = fuse(model)
        calibration = Calibration(**self.numbers["calibration"])
        self.softened = Calibration(calibration.scale / TEMPERATURE, calibration.bias / TEMPERATURE)
        # Batches are made by several threads, and predicting is not made for that.
        self.lock = threading.Lock()

    def __call__(self, faces: Sequence[Image.Image]) -> np.ndarray:
        """Return float32 (n, 1): the calibrated probability, softened by the temperature, that each face is fake."""
        inputs = np.stack([load_input(face, self.numbers["input_size"]) for face in faces])
        with self.lock:
            logits = keras.ops.convert_to_numpy(self.model.predict_on_batch(inputs)["logit"])
        return self.softened.probability_fake(logits).astype(np.float32)
