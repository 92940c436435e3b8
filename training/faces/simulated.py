"""Self-made fakes: photographs with the traces that up-sampling leaves, for generators that nobody has pictures of.

Every generator that grows a picture from a small map of features leaves copies of its spectrum or a faint grid. AutoGAN
(Zhang et al. 2019, arXiv:1907.06515) makes such pictures from photographs, without any generator's weights: scaled down
and up again by the operations that generators use, here with random kernels, or passed through a small autoencoder.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from PIL import Image
from scipy.ndimage import convolve

from training.faces.augment import reencode
from training.faces.autoencoder import MULTIPLE, read

JPEG_QUALITY = (75, 95)
# How far the kernels of neighbouring pixels differ in their sums.
UNEVEN = 0.01


class Simulator:
    """Turns photographs into fakes, by random kernels and, where there is one, by an autoencoder."""

    def __init__(self, autoencoder: str | None = None) -> None:
        """Read the autoencoder that `python -m training autoencoder` wrote.

        Raises:
            RunError: the folder holds none.
        """
        self.decoders = read(Path(autoencoder)) if autoencoder else []
        # Batches are made by several threads, and predicting is not made for that.
        self.lock = threading.Lock()

    def photograph(self, face: Image.Image, rng: np.random.Generator) -> Image.Image:
        """Return `face` (RGB, square, at least 16 px) with the size and the JPEG that `fake` gives, and no more.

        Otherwise to have been scaled and compressed once more would be enough to be called fake.
        """
        return _compressed(_fitting(face), rng)

    def fake(self, face: Image.Image, rng: np.random.Generator) -> Image.Image:
        """Return `face` (RGB, square, at least 16 px) as a generator might have drawn it, a few pixels smaller."""
        face = _fitting(face)
        photographed = np.asarray(face, np.float32)
        if self.decoders and rng.random() < 0.5:
            decoder = self.decoders[rng.integers(len(self.decoders))]
            with self.lock:
                drawn = keras.ops.convert_to_numpy(decoder.predict_on_batch(photographed[None]))[0]
            smooth = drawn
        else:
            stages = int(rng.integers(1, 3))
            small = face.reduce(2**stages)
            smooth = np.asarray(small.resize(face.size, Image.Resampling.BICUBIC), np.float32)
            drawn = np.asarray(small, np.float32)
            for _ in range(stages):
                drawn = UPSAMPLERS[rng.integers(len(UPSAMPLERS))](drawn, rng)
        # Some of the photograph's own detail comes back, or to be blurred would be enough to be called fake.
        drawn = drawn + rng.uniform(0, 0.9) * (photographed - smooth)
        return _compressed(Image.fromarray(np.clip(np.round(drawn), 0, 255).astype(np.uint8)), rng)


def _fitting(face: Image.Image) -> Image.Image:
    side = face.width // MULTIPLE * MULTIPLE or face.width // 4 * 4
    return face.resize((side, side), Image.Resampling.LANCZOS)


def _compressed(face: Image.Image, rng: np.random.Generator) -> Image.Image:
    return reencode(face, int(rng.integers(JPEG_QUALITY[0], JPEG_QUALITY[1] + 1)))


def zero_insertion(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Double the sides of float32 (h, w, 3) as a transposed convolution does: zeros between pixels, then a kernel."""
    grid = np.zeros((2 * pixels.shape[0], 2 * pixels.shape[1], 3), np.float32)
    grid[1::2, 1::2] = pixels
    # Even, so that the larger picture lies where the smaller one lay.
    kernel = _kernel(int(rng.choice((4, 6))), rng)
    # Each pixel meets one of four parts of the kernel. A trained generator has learned to make them add up to the
    # same, nearly: what is left is the faint checkerboard that is known of them (Odena et al. 2016).
    for row in (0, 1):
        for column in (0, 1):
            kernel[row::2, column::2] *= rng.normal(1, UNEVEN) / kernel[row::2, column::2].sum()
    return _filtered(grid, kernel)


def nearest(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Double the sides of float32 (h, w, 3) by repeating pixels, then a kernel."""
    return _filtered(pixels.repeat(2, axis=0).repeat(2, axis=1), _kernel(3, rng))


def pixel_shuffle(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Double the sides of float32 (h, w, 3) by four kernels whose results are interleaved."""
    grid = np.empty((2 * pixels.shape[0], 2 * pixels.shape[1], 3), np.float32)
    for row in (0, 1):
        for column in (0, 1):
            grid[row::2, column::2] = _filtered(pixels, rng.normal(1, UNEVEN) * _kernel(3, rng))
    return grid


UPSAMPLERS: tuple[Callable[[np.ndarray, np.random.Generator], np.ndarray], ...] = (
    zero_insertion, nearest, pixel_shuffle,
)  # fmt: skip


def _kernel(side: int, rng: np.random.Generator) -> np.ndarray:
    """Return a random kernel that adds up to 1: a hill, as interpolation has it, and noise, as learning leaves it."""
    offsets = np.arange(side) - (side - 1) / 2
    hill = np.exp(-((offsets / rng.uniform(0.6, 1.2)) ** 2) / 2)
    kernel = np.outer(hill, hill)
    kernel /= kernel.sum()
    kernel += rng.normal(scale=0.03, size=kernel.shape)
    return np.asarray(kernel / kernel.sum(), np.float32)


def _filtered(pixels: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return np.asarray(convolve(pixels, kernel[:, :, None], mode="mirror"), np.float32)
