"""JPEG as browsers show it."""

import re
from dataclasses import dataclass, field
from functools import partial

from PIL import Image

from fake_image_detection.formats.colour import Light
from fake_image_detection.formats.exif import UPRIGHT, orientation
from fake_image_detection.formats.stored import Refused, Stored, cut_off, decode_with_pillow, no_warnings, unsupported
from fake_image_detection.report import Notice

# Between segments and in compressed data alike, what is no marker is passed over.
_MARKER = re.compile(rb"\xff+([\x01-\xfe])")

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_NO_LENGTH = {0x01, *range(0xD0, 0xD8)}
_FRAMES = {0xC0, 0xC1, 0xC2}
_ARITHMETIC = {0xC9, 0xCA, 0xCC}
_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF}
_PROGRESSIVE = 0xC2
_TABLES = {0xC4, 0xDB, 0xDC, 0xDD}
_APPLICATION = range(0xE0, 0xF0)
_COMMENT = 0xFE
# JFIF's and Adobe's, which say how the colours are stored.
_COLOUR_SEGMENTS = {0xE0, 0xEE}

_EXIF = b"Exif\0\0"
_ICC = b"ICC_PROFILE\0"

# libjpeg fills what it has no data for with this grey.
_FILLING = 128
_BLOCK = 8

_INCOMPLETE = (
    Notice("incomplete", "the JPEG picture ends before all of it has been told: a part is missing or blurred"),
)


@dataclass
class _File:
    """What the segments say."""

    size: tuple[int, int] | None = None
    progressive: bool = False
    components: dict[int, set[int]] = field(default_factory=dict)
    scans: int = 0
    exif: bytes | None = None
    icc: dict[int, bytes] = field(default_factory=dict)
    icc_parts: int = 0
    # Pieces that a decoder needs, without metadata.
    pieces: list[bytes] = field(default_factory=list)


def read(data: bytes) -> Stored:
    """Look through the segments. Raises Refused."""
    file = _walk(data)
    if file.size is None or file.scans == 0:
        raise Refused("is damaged: it holds no pixels")
    profile = _profile(file) if len(file.components) < 4 else None
    if _lacks_scans(file):
        inspect = _always_incomplete
    else:
        inspect = _look_for_filling if len(file.components) < 4 else no_warnings
    return Stored(
        file.size,
        partial(decode_with_pillow, b"".join(file.pieces), "JPEG"),
        UPRIGHT if file.exif is None else orientation(file.exif),
        None if profile is None else Light(profile),
        inspect,
    )


def _walk(data: bytes) -> _File:
    file = _File()
    position = kept = 2
    file.pieces.append(data[:2])
    while found := _MARKER.search(data, position):
        marker, position = found[1][0], found.end()
        if marker == _END:
            file.pieces.append(data[kept:position])
            return file
        if marker in _NO_LENGTH:
            continue
        length = max(2, int.from_bytes(data[position : position + 2], "big"))
        content = data[position + 2 : position + length]
        if len(content) < length - 2:
            raise cut_off()
        if (marker in _APPLICATION and marker not in _COLOUR_SEGMENTS) or marker == _COMMENT:
            file.pieces.append(data[kept : found.start()])
            kept = position + length
        _take(file, marker, content)
        position += length
    raise cut_off()


def _take(file: _File, marker: int, content: bytes) -> None:
    """Note what a segment says."""
    if marker in _FRAMES:
        _take_frame(file, marker, content)
    elif marker in _ARITHMETIC:
        raise unsupported("is coded arithmetically, which not every browser can read")
    elif marker in _OTHER_FRAMES:
        raise unsupported("is lossless or hierarchical, which browsers do not read")
    elif marker == _SCAN:
        _take_scan(file, content)
    elif marker in _APPLICATION or marker == _COMMENT:
        if file.scans == 0:
            _take_metadata(file, content)
    elif marker not in _TABLES:
        raise Refused(f"is damaged: it has a marker {marker:#04x}")


def _take_frame(file: _File, marker: int, content: bytes) -> None:
    count = content[5] if len(content) > 5 else 0
    if file.size is not None or count not in (1, 3, 4) or len(content) < 6 + 3 * count:
        raise Refused("is damaged: its frame cannot be read")
    if content[0] != 8:
        raise unsupported(f"has {content[0]} bits a colour, which browsers do not read")
    file.size = int.from_bytes(content[3:5], "big"), int.from_bytes(content[1:3], "big")
    if 0 in file.size:
        raise Refused(f"is damaged: it has {file.size[0]} x {file.size[1]} pixels")
    file.progressive = marker == _PROGRESSIVE
    file.components = {content[6 + 3 * number]: set() for number in range(count)}


def _take_scan(file: _File, content: bytes) -> None:
    count = content[0] if content else 0
    if file.size is None or len(content) < 4 + 2 * count:
        raise Refused("is damaged: its scan cannot be read")
    file.scans += 1
    first, last, bits = content[1 + 2 * count : 4 + 2 * count]
    # Done with the last bit of these coefficients.
    told = range(first, last + 1) if file.progressive and bits & 15 == 0 else range(0 if file.progressive else 64)
    for number in range(count):
        file.components.setdefault(content[1 + 2 * number], set()).update(told)


def _take_metadata(file: _File, content: bytes) -> None:
    if content.startswith(_EXIF):
        file.exif = content[len(_EXIF) :] if file.exif is None else file.exif
    elif content.startswith(_ICC) and len(content) > len(_ICC) + 2:
        number, file.icc_parts = content[len(_ICC) : len(_ICC) + 2]
        file.icc[number] = content[len(_ICC) + 2 :]


def _profile(file: _File) -> bytes | None:
    parts = [file.icc.get(number) for number in range(1, file.icc_parts + 1)]
    return b"".join(part for part in parts if part is not None) if parts and None not in parts else None


def _lacks_scans(file: _File) -> bool:
    """Whether a progressive file leaves coefficients untold, or another one a colour."""
    return any(len(told) < 64 for told in file.components.values())


def _always_incomplete(image: Image.Image) -> tuple[Notice, ...]:
    return _INCOMPLETE


def _look_for_filling(image: Image.Image) -> tuple[Notice, ...]:
    """The last block is what a decoder fills in for data that never came."""
    width, height = image.size
    block = image.crop(((width - 1) // _BLOCK * _BLOCK, (height - 1) // _BLOCK * _BLOCK, width, height)).convert("RGB")
    filled = all(extrema == (_FILLING, _FILLING) for extrema in block.getextrema())
    return _INCOMPLETE if filled else ()
