"""PNG, and the first frame of an animated PNG, as browsers show it."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fake_image_detection.formats.colour import CURVES, HDR_CURVES, PRIMARIES, SRGB_PRIMARIES, Light
from fake_image_detection.formats.exif import UPRIGHT, orientation
from fake_image_detection.formats.stored import Refused, Stored, cut_off, decode_with_pillow, on_canvas, unsupported

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_GREY, _RGB, _PALETTE = 0, 2, 3
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
# Column and row where each of Adam7's passes begins, and its steps.
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))

_CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
# A wrong check sum in these is damage to pixels as well.
_ANIMATION = {b"acTL", b"fcTL", b"fdAT"}
_BEFORE_PIXELS = {b"tRNS", b"eXIf", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"acTL"}

_LONGEST_PROFILE = 4 << 20
_PIECE = 1 << 20
# Of data beyond the picture's last row.
_MOST_SURPLUS = 16 << 20

# A gamma so near sRGB's that browsers take it for sRGB, and those that they do not all believe.
_ABOUT_SRGB = (43182, 47727)
_BELIEVED_GAMMAS = (10000, 200000)


@dataclass(frozen=True)
class _Frame:
    """Where the pixels lie that are shown first: size, place on the canvas, compressed data."""

    size: tuple[int, int]
    place: tuple[int, int]
    data: bytes


@dataclass
class _File:
    """What the chunks say; of each kind the first one that stands at its place."""

    size: tuple[int, int] = (0, 0)
    depth: int = 0
    colour: int = 0
    interlaced: bool = False
    palette: bytes | None = None
    pixels: list[bytes] = field(default_factory=list)
    pixels_done: bool = False
    before: dict[bytes, bytes] = field(default_factory=dict)
    frame: tuple[int, ...] | None = None
    frame_number: int = 0
    frame_precedes_pixels: bool = False
    frame_pixels: list[bytes] = field(default_factory=list)


def read(data: bytes) -> Stored:
    """Look through the chunks. Raises Refused."""
    file = _File()
    for name, content in _chunks(data):
        _take(file, name, content)
    if not file.pixels or (file.colour == _PALETTE and file.palette is None):
        raise Refused("is damaged: it holds no pixels, or no palette for them")
    shown = _first_frame(file)
    exif = file.before.get(b"eXIf")
    return Stored(
        file.size,
        partial(_decode, file, shown),
        UPRIGHT if exif is None else orientation(exif),
        _light(file.before),
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and contents; ancillary chunks with a wrong check sum are left out."""
    position = len(SIGNATURE)
    while position + 8 <= len(data):
        length, name = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        if not name.isalpha() or length >> 31:
            raise Refused("is damaged: a chunk has no name or no length")
        if name == b"IEND":
            return
        content = data[position + 8 : position + 8 + length]
        end = position + 12 + length
        if end > len(data):
            raise cut_off()
        if zlib.crc32(content, zlib.crc32(name)) == int.from_bytes(data[end - 4 : end], "big"):
            if position == len(SIGNATURE) and name != b"IHDR":
                raise Refused("is damaged: its header does not come first")
            yield name, content
        elif name in _CRITICAL or name in _ANIMATION:
            raise Refused(f"is damaged: the check sum of its {name.decode()} chunk is wrong")
        position = end
    raise cut_off()


def _take(file: _File, name: bytes, content: bytes) -> None:
    """Note what a chunk says."""
    if name != b"IDAT" and file.pixels:
        file.pixels_done = True
    if name == b"IHDR":
        _take_header(file, content)
    elif name == b"PLTE":
        _take_palette(file, content)
    elif name == b"IDAT":
        if file.pixels_done:
            raise Refused("is damaged: its pixels lie apart")
        file.pixels.append(content)
    elif name in (b"fcTL", b"fdAT"):
        if file.before.get(b"acTL", bytes(4))[:4] != bytes(4):
            _take_frame(file, name, content)
    elif name in _BEFORE_PIXELS:
        in_order = name != b"tRNS" or file.colour != _PALETTE or file.palette is not None
        if not file.pixels and in_order:
            file.before.setdefault(name, content)
    elif name[0] < ord("a"):
        raise Refused(f"is damaged: it has a chunk {name.decode()}, which nobody knows")


def _take_header(file: _File, content: bytes) -> None:
    if file.depth or len(content) != 13:
        raise Refused("is damaged: its header cannot be read")
    width, height, file.depth, file.colour, *methods = struct.unpack(">IIBBBBB", content)
    file.size, file.interlaced = (width, height), methods[2] == 1
    if 0 in file.size or file.depth not in _DEPTHS.get(file.colour, ()) or methods not in ([0, 0, 0], [0, 0, 1]):
        raise Refused("is damaged: its header cannot be read")


def _take_palette(file: _File, content: bytes) -> None:
    if file.palette is not None or len(content) % 3 or not 3 <= len(content) <= 768:
        raise Refused("is damaged: its palette cannot be read")
    if not file.pixels:
        file.palette = content


def _take_frame(file: _File, name: bytes, content: bytes) -> None:
    if name == b"fcTL":
        if file.frame is None:
            if len(content) != 26 or int.from_bytes(content[:4], "big") != 0:
                raise Refused("is damaged: its animation cannot be read")
            file.frame = struct.unpack(">IIII", content[4:20])
            file.frame_precedes_pixels = not file.pixels
        file.frame_number += 1
    elif file.frame_number == 1:
        file.frame_pixels.append(content)


def _first_frame(file: _File) -> _Frame:
    still = _Frame(file.size, (0, 0), b"".join(file.pixels))
    if file.before.get(b"acTL", bytes(4))[:4] == bytes(4):
        return still
    if file.frame is None:
        raise Refused("is damaged: its animation has no frame")
    width, height, left, top = file.frame
    if 0 in (width, height) or left + width > file.size[0] or top + height > file.size[1]:
        raise Refused("is damaged: a frame of its animation lies outside of it")
    if file.frame_precedes_pixels:
        if (width, height) != file.size:
            raise Refused("is damaged: the first frame of its animation has another size")
        return still
    numbers = [int.from_bytes(piece[:4], "big") for piece in file.frame_pixels]
    if not numbers or numbers != list(range(1, len(numbers) + 1)):
        raise Refused("is damaged: the first frame of its animation is incomplete")
    return _Frame((width, height), (left, top), b"".join(piece[4:] for piece in file.frame_pixels))


def _light(chunks: dict[bytes, bytes]) -> Light | None:
    numbers = chunks.get(b"cICP", b"")
    if len(numbers) == 4:
        primaries, curve, matrix, full = numbers
        if curve in HDR_CURVES:
            raise unsupported("has a high dynamic range, which browsers show each in its own way")
        if primaries in PRIMARIES and curve in CURVES and (matrix, full) == (0, 1):
            return Light(primaries=PRIMARIES[primaries], curve=CURVES[curve])
    profile = _profile(chunks.get(b"iCCP", b""))
    if profile is not None:
        return Light(profile)
    return None if b"sRGB" in chunks else _by_gamma(chunks)


def _by_gamma(chunks: dict[bytes, bytes]) -> Light | None:
    gamma = int.from_bytes(chunks.get(b"gAMA", b""), "big")
    places = chunks.get(b"cHRM", b"")
    if not _BELIEVED_GAMMAS[0] <= gamma <= _BELIEVED_GAMMAS[1]:
        return None
    if len(places) != 32:
        about_srgb = _ABOUT_SRGB[0] <= gamma <= _ABOUT_SRGB[1]
        return None if about_srgb else Light(primaries=SRGB_PRIMARIES, curve=100000 / gamma)
    white, colours = struct.unpack(">2I", places[:8]), struct.unpack(">6I", places[8:])
    return Light(primaries=tuple(value / 100000 for value in (*colours, *white)), curve=100000 / gamma)


def _profile(content: bytes) -> bytes | None:
    _, _, packed = content.partition(b"\0")
    if packed[:1] != b"\0":
        return None
    try:
        inflate = zlib.decompressobj()
        profile = inflate.decompress(packed[1:], _LONGEST_PROFILE)
    except zlib.error:
        return None
    return profile if inflate.eof else None


def _decode(file: _File, shown: _Frame) -> Image.Image:
    _check_rows(file, shown)
    image = _samples(file, shown)
    key = file.before.get(b"tRNS", b"")
    if file.colour in (_GREY, _RGB) and len(key) == 2 * _CHANNELS[file.colour]:
        image = _without_key(image, file, shown, struct.unpack(f">{_CHANNELS[file.colour]}H", key))
    return on_canvas(image, file.size, shown.place)


def _check_rows(file: _File, shown: _Frame) -> None:
    """Decoders make up rows that are not there, each in its own way, so the data is counted first."""
    wanted = _bytes_of_rows(file, shown.size)
    inflate, count, rest = zlib.decompressobj(), 0, shown.data
    try:
        while not inflate.eof and (rest or inflate.unconsumed_tail) and count <= wanted + _MOST_SURPLUS:
            piece = inflate.decompress(rest, _PIECE)
            count, rest = count + len(piece), inflate.unconsumed_tail
    except zlib.error as error:
        raise Refused(f"is damaged ({error})") from error
    if not inflate.eof or count < wanted:
        raise Refused("is damaged: rows of its pixels are missing")


def _bytes_of_rows(file: _File, size: tuple[int, int]) -> int:
    bits = file.depth * _CHANNELS[file.colour]
    passes = _ADAM7 if file.interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, right, down in passes:
        width, height = (size[0] - left + right - 1) // right, (size[1] - top + down - 1) // down
        if width > 0 and height > 0:
            total += height * (1 + (width * bits + 7) // 8)
    return total


def _samples(file: _File, shown: _Frame, rawmode: str | None = None) -> Image.Image:
    """Decode the frame as if it were a file of its own. Raises Refused."""
    header = struct.pack(">IIBBBBB", *shown.size, file.depth, file.colour, 0, 0, file.interlaced)
    parts = [_chunk(b"IHDR", header)]
    if file.colour == _PALETTE and file.palette is not None:
        # Colours beyond the palette's end are black.
        parts.append(_chunk(b"PLTE", file.palette.ljust(3 << file.depth, b"\0")))
        alpha = file.before.get(b"tRNS", b"")
        if 0 < len(alpha) <= len(file.palette) // 3:
            parts.append(_chunk(b"tRNS", alpha))
    parts += [_chunk(b"IDAT", shown.data), _chunk(b"IEND", b"")]
    return decode_with_pillow(SIGNATURE + b"".join(parts), "PNG", rawmode)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _without_key(image: Image.Image, file: _File, shown: _Frame, key: tuple[int, ...]) -> Image.Image:
    """Make the samples that have the colour of the key transparent; Pillow compares 16 bits and few bits wrongly."""
    if file.depth == 16 and file.colour == _RGB:
        low = _samples(file, shown, "RGB;16L")
        high_key, low_key = zip(*(divmod(value, 256) for value in key), strict=True)
        clear = (np.asarray(image) == high_key).all(axis=2) & (np.asarray(low) == low_key).all(axis=2)
    elif file.depth == 16:
        clear = np.asarray(image) == key[0]
        image = _eight_bits(image)
    else:
        most = (1 << file.depth) - 1
        image = image.convert("L" if file.colour == _GREY else "RGB")
        samples = np.asarray(image).reshape(*image.size[::-1], -1)
        clear = (samples == [(value & most) * 255 // most for value in key]).all(axis=2)
    image = image.convert("RGBA")
    alpha: NDArray[np.uint8] = np.where(clear, 0, 255).astype(np.uint8)
    image.putalpha(Image.fromarray(alpha))
    return image


def _eight_bits(image: Image.Image) -> Image.Image:
    grey = np.asarray(image).astype(np.uint32)
    return Image.fromarray(((grey + 128) // 257).astype(np.uint8))
