"""AVIF, and the first frame of an animated AVIF, as browsers show it."""

from collections.abc import Iterator
from functools import partial

from PIL import ExifTags, Image

from fake_image_detection.formats.colour import CURVES, HDR_CURVES, PRIMARIES, Light
from fake_image_detection.formats.exif import UPRIGHT
from fake_image_detection.formats.stored import Refused, Stored, decode_with_pillow, open_with_pillow, unsupported

_SEQUENCE = b"avis"
_COLOURS = b"colrnclx"
_FULL_RANGE = 0x80

# Boxes in the metadata, and why a file that has them is not judged.
_UNEQUAL = {
    b"prem": "has colours multiplied by their transparency, which browsers show each in its own way",
    b"clap": "is cropped by its metadata, which Firefox does not read",
    b"grid": "is made of tiles, which Firefox does not read",
}


def brands(data: bytes) -> set[bytes]:
    """What the file says it is compatible with."""
    end = min(int.from_bytes(data[:4], "big"), len(data))
    return {data[at : at + 4] for at in range(8, end - 3, 4)}


def read(data: bytes) -> Stored:
    """Look through the metadata. Raises Refused."""
    boxes = dict(_boxes(data))
    meta = boxes.get(b"meta", b"")
    for name, reason in _UNEQUAL.items():
        if name in meta:
            raise unsupported(reason)
    if data[8:12] == _SEQUENCE:
        _check_sequence(boxes.get(b"moov", b""))
    image = open_with_pillow(data, "AVIF")
    return Stored(image.size, partial(decode_with_pillow, data, "AVIF"), _orientation(image), _light(image, meta))


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The first level's names and contents, the last box first: of several with one name the first one counts."""
    found, position = [], 0
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        head = 8
        if length == 1:
            length, head = int.from_bytes(data[position + 8 : position + 16], "big"), 16
        end = len(data) if length == 0 else position + length
        if end < position + head:
            break
        found.append((data[position + 4 : position + 8], data[position + head : end]))
        position = end
    return reversed(found)


def _check_sequence(moov: bytes) -> None:
    """Chromium takes every animation's colours for limited range, so only those that are may be judged."""
    at = moov.find(_COLOURS)
    numbers = moov[at + len(_COLOURS) : at + len(_COLOURS) + 7] if at >= 0 else b""
    if len(numbers) < 7 or numbers[6] & _FULL_RANGE:
        raise unsupported("is an animation in full range, which browsers show each in its own way")


def _orientation(image: Image.Image) -> int:
    """Pillow tells by EXIF how the container turns and mirrors the picture."""
    try:
        value = int(image.getexif().get(ExifTags.Base.Orientation, UPRIGHT))
    except (SyntaxError, ValueError, TypeError) as error:
        raise Refused("is damaged: its metadata cannot be read") from error
    return value if 1 <= value <= 8 else UPRIGHT


def _light(image: Image.Image, meta: bytes) -> Light | None:
    _, _, numbers = meta.partition(_COLOURS)
    primaries, curve = int.from_bytes(numbers[:2], "big"), int.from_bytes(numbers[2:4], "big")
    if curve in HDR_CURVES:
        raise unsupported("has a high dynamic range, which browsers show each in its own way")
    profile = image.info.get("icc_profile")
    if profile:
        return Light(profile)
    if primaries not in PRIMARIES:
        return None
    light = Light(primaries=PRIMARIES[primaries], curve=CURVES.get(curve, CURVES[13]))
    return None if light == Light() else light
