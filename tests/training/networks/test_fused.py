from __future__ import annotations

import os
import subprocess
import sys

import pytest

COMPARE = """
import keras
import numpy as np
from training.networks.fused import FUSED, fuse

image = keras.Input((17, 20, 3))
x = keras.layers.Conv2D(8, 3, 2, padding="same", use_bias=False)(image)
x = keras.layers.BatchNormalization(epsilon=1e-3)(x)
x = keras.layers.DepthwiseConv2D(5, 2, padding="same", depth_multiplier=2)(x)
x = keras.layers.Conv2D(6, (1, 3), padding="valid", activation="relu")(x)
x = keras.layers.DepthwiseConv2D(3, padding="same", dilation_rate=2)(x)
model = keras.Model(image, x)
rng = np.random.default_rng(0)
model.set_weights([rng.uniform(0.1, 0.5, w.shape).astype("float32") for w in model.weights])
fused = fuse(model)
assert sum(type(layer) in FUSED.values() for layer in fused.layers) == 5
faces = rng.uniform(-1, 1, (2, 17, 20, 3)).astype("float32")
for training in (False, True):
    usual, fast = (keras.ops.convert_to_numpy(m(faces, training=training)) for m in (model, fused))
    np.testing.assert_allclose(fast, usual, atol=1e-4)
# PyTorch's moving variance is the unbiased one, Keras's is not: of 180 values they differ by a 180th of their momentum.
for usual, fast in zip(model.get_weights(), fused.get_weights(), strict=True):
    np.testing.assert_allclose(fast, usual, atol=1e-4)
"""


@pytest.mark.exhaustive
@pytest.mark.torch
def test_fused_layers_compute_what_those_of_keras_do_and_keep_the_same_statistics() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMPARE],
        env={**os.environ, "KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
