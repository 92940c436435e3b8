"""BMP as browsers show it; decoded here, for Pillow knows too few of its forms."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fake_image_detection.formats.colour import Light
from fake_image_detection.formats.stored import Refused, Stored, cut_off, unsupported

_FILE_HEADER = 14
_CORE, _OLDEST, _INFO, _WITH_MASKS, _WITH_ALPHA = 12, 16, 40, 52, 56
_HEADERS = {_CORE, _OLDEST, _INFO, _WITH_MASKS, _WITH_ALPHA, 64, 108, 124}
# OS/2's second header, in which other fields lie where later ones have masks.
_OS2 = {_OLDEST, 64}

_PLAIN, _RLE8, _RLE4, _FIELDS = 0, 1, 2, 3
_DEPTHS = {_PLAIN: (1, 4, 8, 16, 24, 32), _RLE8: (8,), _RLE4: (4,), _FIELDS: (16, 32)}
_MASKS = {16: (0x7C00, 0x3E0, 0x1F, 0), 24: (0xFF0000, 0xFF00, 0xFF, 0), 32: (0xFF0000, 0xFF00, 0xFF, 0)}

_EMBEDDED = b"DEBM"
_PROFILE_FIELDS = 112

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class _File:
    """What the header says; the rows run from the bottom unless `from_top`."""

    width: int
    height: int
    from_top: bool
    depth: int
    compression: int
    masks: tuple[int, ...]
    palette: Pixels
    pixels: bytes


def read(data: bytes) -> Stored:
    """Look through the header. Raises Refused."""
    try:
        file = _header(data)
    except struct.error:
        raise cut_off() from None
    profile = _profile(data)
    size = (file.width, file.height)
    return Stored(size, partial(_decode, file), light=None if profile is None else Light(profile))


def _header(data: bytes) -> _File:
    offset, header = struct.unpack_from("<II", data, 10)
    if header not in _HEADERS:
        raise Refused("is damaged: its header cannot be read")
    compression = colours = 0
    if header == _CORE:
        width, height, _, depth = struct.unpack_from("<HHHH", data, 18)
    else:
        width, height, _, depth = struct.unpack_from("<iiHH", data, 18)
    if header >= _INFO:
        (compression,) = struct.unpack_from("<I", data, 30)
        (colours,) = struct.unpack_from("<I", data, 46)
    if width <= 0 or height == 0:
        raise Refused(f"is damaged: it has {width} x {height} pixels")
    if depth not in _DEPTHS.get(compression, ()) or (header in _OS2 and compression not in (_PLAIN, _RLE8, _RLE4)):
        raise unsupported(f"has {depth} bits a pixel with compression {compression}, which not every browser reads")
    masks, end = _masks(data, header, depth, compression)
    palette, end = _palette(data, header, depth, colours, end, offset)
    if offset < end:
        raise Refused("is damaged: its pixels begin within its header")
    if offset > len(data):
        raise cut_off()
    return _File(width, abs(height), height < 0, depth, compression, masks, palette, data[offset:])


def _masks(data: bytes, header: int, depth: int, compression: int) -> tuple[tuple[int, ...], int]:
    """Red's, green's, blue's and transparency's, 0 for none, and what comes after them."""
    end = _FILE_HEADER + header
    if compression != _FIELDS:
        return _MASKS.get(depth, ()), end
    red, green, blue = struct.unpack_from("<III", data, _FILE_HEADER + _INFO)
    alpha = struct.unpack_from("<I", data, _FILE_HEADER + _WITH_MASKS)[0] if header >= _WITH_ALPHA else 0
    masks = (red, green, blue, alpha)
    if 0 in masks[:3] or any(not _contiguous(mask) or mask >> depth for mask in masks):
        raise Refused("is damaged: its bit fields are empty, broken or too wide")
    if red & green or green & blue or red & blue:
        raise Refused("is damaged: its bit fields overlap")
    return masks, max(end, _FILE_HEADER + _WITH_MASKS)


def _contiguous(mask: int) -> bool:
    return (mask + (mask & -mask)) & mask == 0


def _palette(data: bytes, header: int, depth: int, colours: int, start: int, offset: int) -> tuple[Pixels, int]:
    """All colours that an index can name (n, 3), black where the file names fewer, and what comes after them."""
    if depth > 8:
        return np.empty((0, 3), np.uint8), start
    most, entry = 1 << depth, 3 if header == _CORE else 4
    count = min(colours or most, most)
    end = start + count * entry
    if offset < end:
        raise Refused("is damaged: its palette is incomplete")
    if end > len(data):
        raise cut_off()
    table = np.zeros((most, 3), np.uint8)
    table[:count] = np.frombuffer(data[start:end], np.uint8).reshape(count, entry)[:, 2::-1]
    return table, end


def _profile(data: bytes) -> bytes | None:
    if int.from_bytes(data[_FILE_HEADER : _FILE_HEADER + 4], "little") != 124 or data[70:74] != _EMBEDDED:
        return None
    at, length = struct.unpack_from("<II", data, _FILE_HEADER + _PROFILE_FIELDS)
    profile = data[_FILE_HEADER + at : _FILE_HEADER + at + length]
    return profile if profile and len(profile) == length else None


def _decode(file: _File) -> Image.Image:
    if file.compression in (_RLE8, _RLE4):
        pixels = file.palette[_run_lengths(file)]
    else:
        stride = (file.width * file.depth + 31) // 32 * 4
        if len(file.pixels) < stride * file.height:
            raise cut_off()
        rows = np.frombuffer(file.pixels, np.uint8, stride * file.height).reshape(file.height, stride)
        pixels = _indexed(rows, file) if file.depth <= 8 else _by_masks(rows, file)
    return Image.fromarray(np.ascontiguousarray(pixels if file.from_top else pixels[::-1]))


def _indexed(rows: Pixels, file: _File) -> Pixels:
    if file.depth == 8:
        return file.palette[rows[:, : file.width]]
    bits = np.unpackbits(rows, axis=1).reshape(file.height, -1, file.depth)[:, : file.width]
    return file.palette[bits @ (1 << np.arange(file.depth)[::-1])]


def _by_masks(rows: Pixels, file: _File) -> Pixels:
    """Colours (height, width, 3), or with transparency (height, width, 4) if there is a mask for it."""
    size = file.depth // 8
    used = file.masks if file.masks[3] else file.masks[:3]
    pixels = np.empty((file.height, file.width, len(used)), np.uint8)
    for y, row in enumerate(rows):  # Row by row: the sums take many times the room of the pixels.
        samples = row[: file.width * size].reshape(file.width, size).astype(np.uint64)
        value = (samples << (8 * np.arange(size, dtype=np.uint64))).sum(axis=1)
        for channel, mask in enumerate(used):
            shift = (mask & -mask).bit_length() - 1
            most = mask >> shift
            level = (value & np.uint64(mask)) >> np.uint64(shift)
            pixels[y, :, channel] = (level * np.uint64(255) + np.uint64(most // 2)) // np.uint64(most)
    return pixels


def _run_lengths(file: _File) -> Pixels:
    """Indices (height, width); raises Refused unless every pixel is told, and no run leaves its row."""
    indices = np.zeros(file.width * file.height, np.uint8)
    at = row = 0
    for run in _runs(file):
        if run is None:
            if at != (row + 1) * file.width:
                raise Refused("is damaged: a row of its pixels is incomplete")
            row += 1
            continue
        if row >= file.height or at + len(run) > (row + 1) * file.width:
            raise Refused("is damaged: a run of its pixels leaves the picture")
        indices[at : at + len(run)] = run
        at += len(run)
    if at != len(indices):
        raise Refused("is damaged: pixels are missing")
    return indices.reshape(file.height, file.width)


def _runs(file: _File) -> Iterator[Pixels | None]:
    """Indices in their order; None at the end of a row."""
    data, position = file.pixels, 0
    packed = file.compression == _RLE4
    while position + 2 <= len(data):
        count, value = data[position], data[position + 1]
        position += 2
        if count:
            pair = np.array([value >> 4, value & 15] if packed else [value, value], np.uint8)
            yield np.resize(pair, count)
        elif value == 0:
            yield None
        elif value == 1:
            return
        elif value == 2:
            raise Refused("is damaged: it skips pixels, which browsers colour each in its own way")
        else:
            length = (value + 1) // 2 if packed else value
            literal = np.frombuffer(data[position : position + length], np.uint8)
            if len(literal) < length:
                raise cut_off()
            if packed:
                literal = np.stack([literal >> np.uint8(4), literal & np.uint8(15)], axis=1).reshape(-1)[:value]
            yield literal
            position += length + length % 2
