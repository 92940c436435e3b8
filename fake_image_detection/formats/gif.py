"""The first frame of a GIF as browsers show it."""

import struct
from dataclasses import dataclass
from functools import partial

from PIL import Image

from fake_image_detection.formats.stored import Refused, Stored, cut_off, decode_with_pillow, on_canvas

_HEADER = 13
_EXTENSION, _IMAGE, _END = 0x21, 0x2C, 0x3B
_GRAPHIC_CONTROL = 0xF9
_HAS_TABLE, _INTERLACED, _TABLE_BITS = 0x80, 0x40, 7


@dataclass(frozen=True)
class _Frame:
    """The first frame: size, place on the screen, and all that it takes to decode it alone."""

    size: tuple[int, int]
    place: tuple[int, int]
    control: bytes
    interlaced: bool
    palette: bytes
    code_size: int
    blocks: bytes


def read(data: bytes) -> Stored:
    """Look through the blocks up to the end of the first frame. Raises Refused."""
    try:
        screen, frame = _walk(data)
    except (IndexError, struct.error):
        raise cut_off() from None
    if not frame.palette:
        raise Refused("has no palette: every program makes up colours of its own")
    size = tuple(max(side, of_frame) for side, of_frame in zip(screen, frame.size, strict=True))
    outside = any(at + side > limit for at, side, limit in zip(frame.place, frame.size, screen, strict=True))
    if outside and frame.place != (0, 0):
        raise Refused("is damaged: its first frame lies outside of it")
    return Stored((size[0], size[1]), partial(_decode, frame, (size[0], size[1])))


def _walk(data: bytes) -> tuple[tuple[int, int], _Frame]:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    palette, position = _table(data, flags, _HEADER)
    control = b""
    while True:
        kind = data[position]
        if kind == _EXTENSION:
            blocks, after = _blocks(data, position + 2)
            if data[position + 1] == _GRAPHIC_CONTROL and blocks[:1] == b"\x04":
                control = data[position:after]
            position = after
        elif kind == _IMAGE:
            left, top, frame_width, frame_height, flags = struct.unpack_from("<HHHHB", data, position + 1)
            local, position = _table(data, flags, position + 10)
            code_size = data[position]
            if not 2 <= code_size <= 8 or 0 in (frame_width, frame_height):
                raise Refused("is damaged: its first frame cannot be read")
            blocks, _ = _blocks(data, position + 1)
            interlaced = bool(flags & _INTERLACED)
            size, place = (frame_width, frame_height), (left, top)
            return (width, height), _Frame(size, place, control, interlaced, local or palette, code_size, blocks)
        else:
            raise Refused("is damaged: it holds no frame" if kind == _END else "is damaged: it has an unknown block")


def _table(data: bytes, flags: int, position: int) -> tuple[bytes, int]:
    """A table of colours, empty if there is none, and what comes after it."""
    if not flags & _HAS_TABLE:
        return b"", position
    end = position + (6 << (flags & _TABLE_BITS))
    if end > len(data):
        raise cut_off()
    return data[position:end], end


def _blocks(data: bytes, start: int) -> tuple[bytes, int]:
    """Blocks with their lengths and the empty one at the end, and what comes after them."""
    position = start
    while data[position]:
        position += 1 + data[position]
    return data[start : position + 1], position + 1


def _decode(frame: _Frame, size: tuple[int, int]) -> Image.Image:
    # A file of this frame alone. Colours beyond the palette's end are black.
    screen = b"GIF89a" + struct.pack("<HHBBB", *frame.size, 0, 0, 0)
    flags = _HAS_TABLE | frame.interlaced * _INTERLACED | _TABLE_BITS
    described = bytes([_IMAGE]) + struct.pack("<HHHHB", 0, 0, *frame.size, flags)
    alone = screen + frame.control + described + frame.palette.ljust(768, b"\0")
    image = decode_with_pillow(alone + bytes([frame.code_size]) + frame.blocks + bytes([_END]), "GIF")
    return on_canvas(image, size, frame.place)
