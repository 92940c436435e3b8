"""The pictures that the proof is made on: real ones, for random pixels hide what faces show."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from tqdm import tqdm

from converter.errors import ConverterError
from converter.rules import PICTURE
from fake_image_detection import PictureError
from fake_image_detection.bundle import PictureLimits
from fake_image_detection.files import SUFFIXES
from fake_image_detection.geometry import Square, cut, resize
from fake_image_detection.picture import Pixels, read_picture

T = TypeVar("T")

DEFAULT_FACES = Path("../shared/faces")
SAMPLE = 64
FEWEST = 16
LIMITS = PictureLimits(tuple(PICTURE["formats"]), PICTURE["max_bytes"], PICTURE["max_pixels"])

# Left, top and side in the 512-pixel portrait of skimage.data.astronaut(): as the crop rule cuts its face, tighter,
# wider, off centre, and the whole picture.
ASTRONAUT_SQUARES = ((135, 28, 180), (155, 60, 130), (80, 0, 300), (110, 55, 180), (0, 0, 512))


@dataclass(frozen=True)
class ProofPictures:
    """Square pictures, each uint8 (side, side, 3) in RGB, and in words what they are."""

    description: str
    squares: tuple[Pixels, ...]

    def resized(self, side: int) -> Pixels:
        """All pictures as uint8 (n, side, side, 3), resized as the runtimes do it."""
        return _resized(self.squares, side)


@dataclass(frozen=True)
class LabelledFaces:
    """Files of square face crops, whether each is fake, and in words what they are."""

    description: str
    files: tuple[Path, ...]
    fake: NDArray[np.bool_]

    def resized(self, side: int) -> Pixels:
        """All faces as uint8 (n, side, side, 3), resized as the runtimes do it."""
        files = tqdm(self.files, "reading faces", leave=False, disable=None)
        return np.concatenate([_resized([_open_square(file)], side) for file in files])


def read_pictures(folder: Path | None, count: int = SAMPLE) -> ProofPictures:
    """A fixed sample of the pictures in `folder`; None takes the labelled faces if they are there, else packages' own.

    A folder with an index.csv (columns file, label, split) gives as many real as fake faces of its split `val`; any
    other gives pictures evenly spaced among all below it. What is not square is cut to the square in its middle.

    Raises:
        ConverterError: the folder is missing or holds fewer than 16 pictures, or one cannot be read.
    """
    if folder is None:
        if not DEFAULT_FACES.is_dir():
            return _packaged(count)
        folder = DEFAULT_FACES
    if not folder.is_dir():
        raise ConverterError(f"There is no folder {folder}. --pictures takes a folder with at least {FEWEST} pictures.")
    index = folder / "index.csv"
    if index.is_file():
        files = [file for label in ("real", "fake") for file in _spaced(_validation_files(index, label), count // 2)]
        kind = "validation faces (half of them real)"
    else:
        files = _spaced(sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES), count)
        kind = "pictures"
    if len(files) < FEWEST:
        raise ConverterError(
            f"{folder} holds {len(files)} usable pictures; at least {FEWEST} are needed for a proof. "
            f"Known kinds: {', '.join(sorted(SUFFIXES))}."
        )
    return ProofPictures(f"{len(files)} {kind} of the folder {folder.resolve().name}", tuple(map(_open_square, files)))


def read_faces(folder: Path | None) -> LabelledFaces | None:
    """The labelled validation faces in `folder`; None takes DEFAULT_FACES, and gives None if they are not there.

    The folder holds an index.csv (columns file, label, split; the split `val` is taken) or pictures in real/ and fake/,
    by themselves or in val/, valid/ or validation/.

    Raises:
        ConverterError: the folder is missing or has too few faces of a label.
    """
    if folder is None:
        if not (DEFAULT_FACES / "index.csv").is_file():
            return None
        folder = DEFAULT_FACES
    if not folder.is_dir():
        raise ConverterError(f"There is no folder {folder}. --data takes a folder of labelled faces.")
    real, fake = (_labelled(folder, label) for label in ("real", "fake"))
    if min(len(real), len(fake)) < FEWEST:
        raise ConverterError(
            f"{folder} has {len(real)} real and {len(fake)} fake validation faces; at least {FEWEST} of each are "
            "needed to see what quantisation costs. --data takes a folder with an index.csv (columns file, label, "
            "split) or with the folders real/ and fake/."
        )
    description = f"{len(real)} real and {len(fake)} fake validation faces of the folder {folder.resolve().name}"
    return LabelledFaces(description, (*real, *fake), np.repeat([False, True], [len(real), len(fake)]))


def _labelled(folder: Path, label: str) -> list[Path]:
    if (folder / "index.csv").is_file():
        return _validation_files(folder / "index.csv", label)
    split = next((folder / name for name in ("val", "valid", "validation") if (folder / name).is_dir()), folder)
    return sorted(path for path in (split / label).glob("*") if path.suffix.lower() in SUFFIXES)


def _validation_files(index: Path, label: str) -> list[Path]:
    with index.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    if not rows or not {"file", "label", "split"} <= rows[0].keys():
        raise ConverterError(f"{index} has no rows with the columns file, label and split. Mend it, or take it away.")
    names = sorted(row["file"] for row in rows if row["split"] == "val" and row["label"] == label)
    return [index.parent / name for name in names]


def _resized(squares: Sequence[Pixels], side: int) -> Pixels:
    return np.stack([resize(square, side, side) for square in squares])


def _spaced(items: list[T], count: int) -> list[T]:
    if len(items) <= count:
        return items
    return [items[index * len(items) // count] for index in range(count)]


def _open_square(path: Path) -> Pixels:
    try:
        pixels = read_picture(path, LIMITS).pixels
    except PictureError as error:
        raise ConverterError(f"{path} cannot be read: {error}. Take it away or replace it.") from error
    height, width, _ = pixels.shape
    side = min(height, width)
    return cut(pixels, Square((width - side) // 2, (height - side) // 2, side))


def _packaged(count: int) -> ProofPictures:
    try:
        from skimage import data
    except ImportError as error:
        raise ConverterError(
            "There are no pictures to prove the bundle on. Name a folder of faces with --pictures DIR, or install the "
            "package whose pictures can be used: pip install -r requirements.txt"
        ) from error
    astronaut = Image.fromarray(data.astronaut())
    squares = [
        variant
        for left, top, side in ASTRONAUT_SQUARES
        for variant in _variants(astronaut.crop((left, top, left + side, top + side)))
    ]
    for name in ("chelsea", "coffee", "rocket"):
        picture = Image.fromarray(getattr(data, name)())
        squares.append(picture.crop((0, 0, min(picture.size), min(picture.size))))
    squares = _spaced(squares, count)
    description = f"{len(squares)} squares made from pictures of scikit-image, mostly its astronaut's face"
    return ProofPictures(description, tuple(np.asarray(square) for square in squares))


def _variants(square: Image.Image) -> Iterator[Image.Image]:
    yield square
    yield ImageOps.mirror(square)
    yield square.resize((64, 64), Image.Resampling.BICUBIC)
    yield square.filter(ImageFilter.GaussianBlur(2))
    yield ImageEnhance.Brightness(square).enhance(0.5)
    compressed = io.BytesIO()
    square.save(compressed, "JPEG", quality=40)
    yield Image.open(compressed).convert("RGB")
