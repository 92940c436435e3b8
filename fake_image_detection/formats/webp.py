"""WebP, and the first frame of an animated WebP, as browsers show it."""

from collections.abc import Iterator
from functools import partial

from fake_image_detection.formats.colour import Light
from fake_image_detection.formats.stored import Refused, Stored, cut_off, decode_with_pillow

_HEADER = 12
_EXTENDED, _LOSSY, _LOSSLESS = b"VP8X", b"VP8 ", b"VP8L"
_HAS_PROFILE, _HAS_ALPHA = 0x20, 0x10
# Where the flags of the extended header lie.
_FLAGS = 20


def read(data: bytes) -> Stored:
    """Look through the chunks. EXIF is left aside: browsers do not turn WebP. Raises Refused."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise cut_off()
    data = data[:end]
    chunks = list(_chunks(data))
    size = _size(chunks)
    extended = chunks[0][0] == _EXTENDED
    profile = next((content for name, content in chunks if name == b"ICCP"), None)
    if not extended or not data[_FLAGS] & _HAS_PROFILE:
        profile = None
    if extended and any(name == _LOSSLESS and content[4:5] and content[4] & 0x10 for name, content in chunks):
        # Without the flag for it browsers differ over what is transparent.
        data = data[:_FLAGS] + bytes([data[_FLAGS] | _HAS_ALPHA]) + data[_FLAGS + 1 :]
    return Stored(size, partial(decode_with_pillow, data, "WEBP"), light=None if profile is None else Light(profile))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = _HEADER
    while position + 8 <= len(data):
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        if position + 8 + length > len(data):
            raise cut_off()
        yield data[position : position + 4], data[position + 8 : position + 8 + length]
        position += 8 + length + length % 2


def _size(chunks: list[tuple[bytes, bytes]]) -> tuple[int, int]:
    name, content = chunks[0] if chunks else (b"", b"")
    if name == _EXTENDED and len(content) >= 10:
        return int.from_bytes(content[4:7], "little") + 1, int.from_bytes(content[7:10], "little") + 1
    if name == _LOSSLESS and len(content) >= 5:
        bits = int.from_bytes(content[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == _LOSSY and len(content) >= 10:
        return int.from_bytes(content[6:8], "little") & 0x3FFF, int.from_bytes(content[8:10], "little") & 0x3FFF
    raise Refused("is damaged: its header cannot be read")
