"""BlazeFace for the back camera (256 px), rebuilt in Keras, with everything around it inside the graph.

Bazarevsky et al. 2019, arXiv:1907.05047. Normalisation of 0..255 pixels, anchors and box decoding are part of the
network here, so that Python and TypeScript share no arithmetic that could come apart.
"""

from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from converter.errors import ConverterError

INPUT_SIZE = 256

# (cells along a side, anchors in each cell), in the order of the 896 rows: 16*16*2 of stride 16, 8*8*6 of stride 8*4.
ANCHOR_GRIDS = ((16, 2), (8, 6))

# Of each anchor: centre and size of the box, then six key points, each x and y: the eye on the picture's left, the
# other eye, nose, mouth, the ear on the picture's left, the other ear.
KEY_POINTS = 6
REGRESSION_VALUES = 4 + 2 * KEY_POINTS

# As in the reference decoder: logits outside are as certain as float32 can tell.
LOGIT_LIMIT = 100.0


def load_blazeface(folder: Path) -> keras.Model:
    """Build the face detector with the weights in `folder`/weights.npz.

    Returns:
        A network with the input `image`, float32 (1, 256, 256, 3), RGB 0..255, and the output `faces`, float32
        (1, 896, 17): score in [0, 1]; x, y, width and height, x and y being the top-left corner; x and y of the
        eye on the picture's left, the other eye, the nose, the mouth, the ear on the picture's left and the other ear.
        All places are fractions of the input's side.

    Raises:
        ConverterError: the weights are missing or are not those of this network.
    """
    path = folder / "weights.npz"
    if not path.is_file():
        raise ConverterError(f"{path}, the face detector's weights, is missing. Restore it: git checkout -- {path}")
    model = build_blazeface()
    with np.load(path) as stored:
        for layer in model.layers:
            if layer.weights:
                layer.set_weights([_weight(stored, layer, variable, path) for variable in layer.weights])
    return model


def build_blazeface() -> keras.Model:
    """Build the face detector without its released weights; shapes as in `load_blazeface`."""
    image = keras.Input((INPUT_SIZE, INPUT_SIZE, 3), batch_size=1, name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="normalise")(image)
    x = keras.layers.Conv2D(24, 5, strides=2, padding="same", activation="relu", name="stem")(x)
    index = 0
    for stage, filters in enumerate((24, 24, 48, 96)):
        if stage > 0:
            x = _block(x, filters, strides=2, name=f"block_{index:02d}")
            index += 1
        for _ in range(7):
            x = _block(x, filters, strides=1, name=f"block_{index:02d}")
            index += 1
    fine = x
    coarse = keras.layers.DepthwiseConv2D(3, strides=2, padding="same", use_bias=False, name="down_depthwise")(fine)
    coarse = keras.layers.Conv2D(96, 1, activation="relu", name="down_pointwise")(coarse)

    logits, boxes = [], []
    for features, (cells, anchors) in zip((fine, coarse), ANCHOR_GRIDS, strict=True):
        rows = cells * cells * anchors
        scored = keras.layers.Conv2D(anchors, 1, name=f"scores_{cells}")(features)
        boxed = keras.layers.Conv2D(anchors * REGRESSION_VALUES, 1, name=f"boxes_{cells}")(features)
        logits.append(keras.ops.reshape(scored, (1, rows, 1)))
        boxes.append(keras.ops.reshape(boxed, (1, rows, REGRESSION_VALUES)))
    clipped = keras.ops.clip(keras.ops.concatenate(logits, axis=1), -LOGIT_LIMIT, LOGIT_LIMIT)
    values = keras.ops.concatenate(boxes, axis=1) / INPUT_SIZE
    anchor = anchor_centres()[np.newaxis]
    size = values[:, :, 2:4]
    points = values[:, :, 4:] + np.tile(anchor, KEY_POINTS)
    faces = keras.ops.concatenate(
        [keras.ops.sigmoid(clipped), values[:, :, :2] + anchor - size / 2, size, points], axis=2
    )
    return keras.Model(image, {"faces": faces}, name="blazeface_back")


def anchor_centres() -> NDArray[np.float32]:
    """Centres of the 896 anchors, float32 (896, 2): x, y as fractions of the input's side."""
    grids = []
    for cells, anchors in ANCHOR_GRIDS:
        middles = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(middles, middles, indexing="ij")
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), anchors, axis=0))
    return np.concatenate(grids).astype(np.float32)


def _block(x: keras.KerasTensor, filters: int, strides: int, name: str) -> keras.KerasTensor:
    skip = x
    missing = filters - x.shape[-1]
    if missing:
        # Padded before pooling, though after it would be cheaper: TensorFlow 2.20 and 2.21 crash (segmentation fault)
        # where oneDNN fuses a convolution with the addition of a padded tensor.
        skip = keras.ops.pad(skip, ((0, 0), (0, 0), (0, 0), (0, missing)))
    if strides > 1:
        skip = keras.layers.MaxPooling2D(strides, name=f"{name}_pool")(skip)
    y = keras.layers.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False, name=f"{name}_depthwise")(x)
    y = keras.layers.Conv2D(filters, 1, name=f"{name}_pointwise")(y)
    return keras.layers.ReLU(name=f"{name}_relu")(keras.layers.Add(name=f"{name}_add")([skip, y]))


def _weight(
    stored: "np.lib.npyio.NpzFile", layer: keras.layers.Layer, variable: keras.Variable, path: Path
) -> NDArray[np.float32]:
    key = f"{layer.name}/{variable.name}"
    if key not in stored.files:
        raise ConverterError(
            f"{path} has no array {key!r}: these are not the weights of BlazeFace-back. Restore it from git."
        )
    value = stored[key].astype(np.float32)
    if value.shape != tuple(variable.shape):
        wanted = tuple(variable.shape)
        raise ConverterError(f"{path}: {key!r} has the shape {value.shape}, not {wanted}. Restore it from git.")
    return value
