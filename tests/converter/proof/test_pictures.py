"""Labelled pictures reach the converter as they reach the detector."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from converter.errors import ConverterError
from converter.proof.pictures import LIMITS, read_faces, read_pictures
from fake_image_detection.geometry import resize
from fake_image_detection.picture import read_picture

SIDE = 24


def colours() -> np.ndarray:
    row, column = np.mgrid[:40, :40]
    return np.stack([row * 6, column * 6, 255 - row * 3 - column * 3], axis=-1).astype(np.uint8)


def save_transparent(path: Path) -> None:
    alpha = np.linspace(0, 255, 1600).reshape(40, 40, 1).astype(np.uint8)
    Image.fromarray(np.concatenate([colours(), alpha], axis=-1)).save(path)


def save_turned(path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(colours()).save(path, exif=exif)


def save_turned_by_xmp(path: Path) -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    Image.fromarray(colours()).save(path, xmp=xmp)


def save_grey_of_16_bits(path: Path) -> None:
    Image.fromarray((np.mgrid[:40, :40][0] * 1600).astype(np.uint16)).save(path)


@pytest.mark.parametrize(
    ("save", "suffix"),
    [
        (save_transparent, "png"),
        (save_turned, "jpg"),
        (save_turned_by_xmp, "jpg"),
        (save_grey_of_16_bits, "png"),
    ],
)
def test_strange_files_give_the_pixels_that_are_served(
    save: Callable[[Path], None], suffix: str, tmp_path: Path
) -> None:
    for label in ("real", "fake"):
        (tmp_path / label).mkdir()
        for index in range(16):
            save(tmp_path / label / f"{index}.{suffix}")
    faces = read_faces(tmp_path)
    assert faces is not None
    served = resize(read_picture(faces.files[0], LIMITS).pixels, SIDE, SIDE)
    assert (faces.resized(SIDE) == served).all()
    assert (read_pictures(tmp_path).resized(SIDE) == served).all()


def test_what_is_not_square_is_cut_to_the_square_in_its_middle(tmp_path: Path) -> None:
    wide = np.zeros((40, 80, 3), np.uint8)
    wide[:, 20:60] = 200
    for index in range(16):
        Image.fromarray(wide).save(tmp_path / f"{index}.png")
    assert (read_pictures(tmp_path).resized(SIDE) == 200).all()


def test_what_the_detector_refuses_is_refused_with_its_reason(tmp_path: Path) -> None:
    for index in range(16):
        Image.fromarray(colours()).save(tmp_path / f"{index}.png")
    (tmp_path / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    with pytest.raises(ConverterError, match=r"cut\.jpg cannot be read: .*cut off"):
        read_pictures(tmp_path)
