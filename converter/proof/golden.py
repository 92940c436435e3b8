"""The golden pictures: inputs whose answers stand in the bundle, so that every runtime can check itself at start-up."""

import numpy as np
from numpy.typing import NDArray

from fake_image_detection.geometry import Square, cut, resize
from fake_image_detection.picture import Pixels

# Runtimes that round differently stay within a hundredth of this; a broken driver does not.
MAX_LOGIT_DELTA = 0.05
# Of the score, and of the box in sides of the input: a hundredth of a face is nothing, a broken driver finds none.
MAX_FACE_DELTA = 0.02

# Left, top and side of squares in scikit-image's picture of an astronaut (NASA, public domain): the face as the crop
# rule cuts it, and all.
PORTRAIT = ("astronaut", 135, 28, 180)
WHOLE = ("astronaut", 0, 0, 512)


def golden_faces(side: int) -> Pixels:
    """For a network: a portrait and, last, the gradient; uint8 (2, side, side, 3)."""
    return np.concatenate([_square(PORTRAIT, side), gradient(side)])


def golden_picture(side: int) -> Pixels:
    """For the face detector: a picture with one face, uint8 (1, side, side, 3)."""
    return _square(WHOLE, side)


def best_face(faces: NDArray[np.float32]) -> list[float]:
    """The row (score, x, y, width, height, key points) with the highest score out of float32 (896, 17)."""
    row: list[float] = faces[faces[:, 0].argmax()].astype(np.float64).round(6).tolist()
    return row


def gradient(side: int) -> Pixels:
    """The picture `gradient`, uint8 (1, side, side, 3): (7 row + 3 column + 50 channel) mod 256."""
    row, column, channel = np.ogrid[:side, :side, :3]
    return np.asarray((row * 7 + column * 3 + channel * 50) % 256, np.uint8)[np.newaxis]


def _square(where: tuple[str, int, int, int], side: int) -> Pixels:
    from skimage import data

    name, left, top, wide = where
    picture: Pixels = getattr(data, name)()
    return resize(cut(picture, Square(left, top, wide)), side, side)[np.newaxis]
