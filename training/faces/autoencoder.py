"""Photographs drawn again by a generator's own autoencoder: the same picture, with the decoder's trace in it.

Diffusion models draw latents, and a decoder makes pixels of them: every picture of theirs bears that decoder's trace. A
photograph that went through encoder and decoder differs from itself in that trace alone, so that a network that learns
to tell both apart cannot learn size, framing or subject instead (Rajan et al. 2024, "Aligned datasets improve detection
of latent diffusion-generated images", arXiv:2410.11835; Guillaro et al. 2025, "B-Free", arXiv:2412.17671).

The autoencoders are the tiny ones that Ollin Boer Bohan distilled from those of Stable Diffusion, SDXL and FLUX and
published as TAESD, TAESDXL, TAESD3, TAEF1 and TAEF2 (github.com/madebyollin/taesd, MIT): a file of weights for the
encoder and one for the decoder, whose keys tell the layers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training.errors import DataError
from training.torch_file import read_state

# The latents are an eighth of the side; TAEF2's file asks for sides of whole pairs of them.
MULTIPLE = 16
GROUPS, EPSILON = 4, 1e-5

Layer = Callable[[Any], Any]


class TinyAutoencoder:
    """Encoder and decoder of a diffusion model, small enough for a CPU: about a second for a face of 256 px."""

    def __init__(self, folder: Path) -> None:
        """Read the two files of weights in `folder`, named like taef2_encoder.pth and taef2_decoder.pth.

        Raises:
            DataError: they are not there, or not of this format.
        """
        self._encode = _layers(_only(folder, "encoder"), decoder=False)
        self._decode = _layers(_only(folder, "decoder"), decoder=True)

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        """Return uint8 (n, h, w, 3): `pictures`, of the same shape and type, encoded and decoded."""
        height, width = pictures.shape[1:3]
        # Mirrored up to the next whole number of latents, and cut to size again.
        down, right = -height % MULTIPLE, -width % MULTIPLE
        padded = np.pad(pictures, ((0, 0), (0, down), (0, right), (0, 0)), "symmetric")
        x = keras.ops.convert_to_tensor(padded.astype(np.float32) / 255)
        latents = self._encode(x)
        # The decoder was taught to take latents of any size for ones in (-3, 3).
        decoded: np.ndarray = keras.ops.convert_to_numpy(self._decode(3 * keras.ops.tanh(latents / 3)))
        return np.asarray(np.rint(np.clip(decoded, 0, 1) * 255), np.uint8)[:, :height, :width]


def _only(folder: Path, part: str) -> dict[str, np.ndarray]:
    files = sorted(folder.glob(f"*_{part}.pth"))
    if len(files) != 1:
        raise DataError(
            f"{folder} holds {len(files)} files named *_{part}.pth where one is expected: give the folder of one tiny "
            "autoencoder, such as taesd_encoder.pth and taesd_decoder.pth"
        )
    return read_state(files[0])


def _layers(state: Mapping[str, np.ndarray], decoder: bool) -> Layer:
    """Return the network whose layers the keys of `state` number, such as 1.conv.0.weight of a block."""
    numbers = sorted({int(match[0]) for key in state if (match := re.match(r"\d+", key))})
    layers = [_layer(state, number, decoder, first=number == numbers[0]) for number in numbers]

    def run(x: Any) -> Any:
        for layer in layers:
            x = layer(x)
        return x

    return run


def _layer(state: Mapping[str, np.ndarray], number: int, decoder: bool, first: bool) -> Layer:
    if f"{number}.conv.0.weight" in state:
        return _block(state, f"{number}.")
    if f"{number}.weight" not in state:
        raise DataError(f"the weights have no layer {number} of a tiny autoencoder: another format?")
    # The convolutions without bias are those that change the size.
    resizes = f"{number}.bias" not in state
    if resizes and decoder:
        convolve = _convolution(state, str(number))
        return lambda x: convolve(keras.ops.repeat(keras.ops.repeat(x, 2, axis=1), 2, axis=2))
    convolve = _convolution(state, str(number), stride=2 if resizes else 1)
    return (lambda x: keras.ops.relu(convolve(x))) if decoder and first else convolve


def _block(state: Mapping[str, np.ndarray], key: str) -> Layer:
    one, two, three = (_convolution(state, f"{key}conv.{place}") for place in (0, 2, 4))
    branch = _branch(state, f"{key}pool.") if f"{key}pool.0.weight" in state else None

    def run(x: Any) -> Any:
        x = x + branch(x) if branch else x
        return keras.ops.relu(three(keras.ops.relu(two(keras.ops.relu(one(x))))) + x)

    return run


def _branch(state: Mapping[str, np.ndarray], key: str) -> Layer:
    widen, narrow = _convolution(state, f"{key}0"), _convolution(state, f"{key}3")
    gamma, beta = (state[f"{key}1.{part}"].astype(np.float32) for part in ("weight", "bias"))

    def run(x: Any) -> Any:
        x = widen(x)
        count, height, width, channels = x.shape
        grouped = keras.ops.reshape(x, (count, height * width, GROUPS, channels // GROUPS))
        mean, variance = keras.ops.moments(grouped, axes=(1, 3), keepdims=True)
        normal = keras.ops.reshape((grouped - mean) / keras.ops.sqrt(variance + EPSILON), x.shape)
        return narrow(keras.ops.relu(normal * gamma + beta))

    return run


def _convolution(state: Mapping[str, np.ndarray], key: str, stride: int = 1) -> Layer:
    kernel = keras.ops.convert_to_tensor(state[f"{key}.weight"].astype(np.float32).transpose(2, 3, 1, 0))
    bias = state[f"{key}.bias"].astype(np.float32) if f"{key}.bias" in state else 0.0
    edge = kernel.shape[0] // 2
    around = ((0, 0), (edge, edge), (edge, edge), (0, 0))
    return lambda x: keras.ops.conv(keras.ops.pad(x, around), kernel, stride, "valid", "channels_last") + bias
