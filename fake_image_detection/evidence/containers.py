"""Walking the containers of picture files: where metadata lies in JPEG, PNG, WebP, GIF, AVIF and HEIF.

Sizes and offsets are only believed as far as the file reaches, and only so many blocks are looked at.
"""

import zlib
from collections.abc import Iterator
from itertools import islice

from fake_image_detection.evidence.exif import read_exif
from fake_image_detection.evidence.fields import Metadata, latin1, utf8, utf8_or_latin1
from fake_image_detection.evidence.iptc import read_image_resources
from fake_image_detection.evidence.table import LIMITS
from fake_image_detection.evidence.xmp import read_xmp

_EXIF = b"Exif\0\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
# A GUID, the whole's length and this part's offset go before each part of an extended packet.
_EXTENDED_XMP_HEAD = len(_EXTENDED_XMP) + 40
_C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def read_metadata(data: bytes) -> Metadata:
    """All metadata of a picture file; of a file in another format, or damaged, what can be read."""
    found = Metadata()
    if data.startswith(b"\xff\xd8"):
        _read_jpeg(data, found)
    elif data.startswith(b"\x89PNG\r\n\x1a\n"):
        _read_png(data, found)
    elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        _read_webp(data, found)
    elif data.startswith((b"GIF87a", b"GIF89a")):
        _read_gif(data, found)
    elif data[4:8] == b"ftyp":
        _read_boxes(data, found)
    return found


def _limited(data: bytes, start: int, end: int) -> bytes:
    return data[start : min(end, start + LIMITS["block_bytes"])]


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            yield marker, b""
            continue
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in (0xD9, 0xDA) or size < 2:
            return
        yield marker, data[at + 4 : at + 2 + size]
        at += 2 + size


def _read_jpeg(data: bytes, found: Metadata) -> None:
    extended = b""
    for marker, segment in islice(_jpeg_segments(data), LIMITS["blocks"]):
        if marker == 0xE1 and segment.startswith(_EXIF):
            read_exif(segment[len(_EXIF) :], found)
        elif marker == 0xE1 and segment.startswith(_XMP):
            read_xmp(segment[len(_XMP) :], found)
        elif marker == 0xE1 and segment.startswith(_EXTENDED_XMP) and len(extended) < LIMITS["xmp_bytes"]:
            extended += segment[_EXTENDED_XMP_HEAD:]
        elif marker == 0xEB and segment.startswith(b"JP") and b"c2pa" in segment[:64]:
            found.has_manifest = True
        elif marker == 0xED and segment.startswith(b"Photoshop 3.0\0"):
            read_image_resources(segment[14:], found)
        elif marker == 0xFE:
            found.add("comment:comment", utf8_or_latin1(segment))
    if extended:
        read_xmp(extended, found)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        # Pixels need not be copied.
        yield kind, b"" if kind == b"IDAT" else _limited(data, at + 8, at + 8 + size)
        if kind == b"IEND":
            return
        at += 12 + size


class _Inflater:
    """Inflates texts, all of them together up to a limit; one that is damaged gives nothing."""

    def __init__(self) -> None:
        self._left = LIMITS["inflated_bytes"]

    def inflate(self, packed: bytes) -> bytes:
        wanted = min(self._left, LIMITS["xmp_bytes"])
        if wanted == 0:
            return b""
        stream = zlib.decompressobj()
        try:
            text = stream.decompress(packed, wanted)
        except zlib.error:
            return b""
        if len(text) < wanted and (not stream.eof or stream.unused_data):
            return b""
        self._left -= len(text)
        return text


def _read_png(data: bytes, found: Metadata) -> None:
    inflater = _Inflater()
    for kind, chunk in islice(_png_chunks(data), LIMITS["blocks"]):
        keyword, nul, rest = chunk.partition(b"\0")
        if kind == b"tEXt" and nul:
            _read_text(latin1(keyword), rest, latin1(rest), found)
        elif kind == b"zTXt" and rest[:1] == b"\0":
            text = inflater.inflate(rest[1:])
            _read_text(latin1(keyword), text, latin1(text), found)
        elif kind == b"iTXt" and len(rest) > 2:
            _language, _, rest_of_names = rest[2:].partition(b"\0")
            _translated, nul, text = rest_of_names.partition(b"\0")
            if nul:
                text = inflater.inflate(text) if rest[0] else text
                _read_text(latin1(keyword), text, utf8(text), found)
        elif kind == b"eXIf":
            read_exif(chunk.removeprefix(_EXIF), found)
        elif kind == b"caBX":
            found.has_manifest = True


def _read_text(keyword: str, raw: bytes, text: str, found: Metadata) -> None:
    if keyword == "XML:com.adobe.xmp":
        read_xmp(raw, found)
    elif keyword.startswith("Raw profile type "):
        _read_raw_profile(keyword.removeprefix("Raw profile type ").strip().lower(), raw, found)
    else:
        found.add(f"png:{keyword}", text)


def _read_raw_profile(kind: str, text: bytes, found: Metadata) -> None:
    """Metadata as ImageMagick writes it: a line with its kind, one with its length, then lines of hex digits."""
    lines = text.strip().split(b"\n", 2)
    try:
        profile = bytes.fromhex(lines[2].decode("ascii"))
    except (IndexError, ValueError):
        return
    if kind in ("exif", "app1") and profile.startswith(_EXIF):
        read_exif(profile[len(_EXIF) :], found)
    elif kind == "app1" and profile.startswith(_XMP):
        read_xmp(profile[len(_XMP) :], found)
    elif kind == "xmp":
        read_xmp(profile, found)
    elif kind in ("iptc", "8bim"):
        read_image_resources(profile, found)


def _riff_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], _limited(data, at + 8, at + 8 + size)
        at += 8 + size + size % 2


def _read_webp(data: bytes, found: Metadata) -> None:
    for kind, chunk in islice(_riff_chunks(data), LIMITS["blocks"]):
        if kind == b"EXIF":
            # Some writers keep the marker that only JPEG needs.
            read_exif(chunk.removeprefix(_EXIF), found)
        elif kind == b"XMP ":
            read_xmp(chunk, found)
        elif kind == b"C2PA":
            found.has_manifest = True


def _colour_table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _read_gif(data: bytes, found: Metadata) -> None:
    left = LIMITS["blocks"]

    def end_of_sub_blocks(at: int) -> int:
        nonlocal left
        while at < len(data) and data[at] and left > 0:
            at += 1 + data[at]
            left -= 1
        return at + 1

    at = 13 + (_colour_table(data[10]) if len(data) > 10 else 0)
    while at + 2 <= len(data) and left > 0:
        left -= 1
        if data[at] == 0x21:
            end = end_of_sub_blocks(at + 2)
            _read_gif_extension(data[at + 1], _limited(data, at + 2, end), found)
        elif data[at] == 0x2C and at + 10 < len(data):
            end = end_of_sub_blocks(at + 11 + _colour_table(data[at + 9]))
        else:
            return
        at = end


def _read_gif_extension(label: int, blocks: bytes, found: Metadata) -> None:
    if label == 0xFE:
        found.add("comment:comment", utf8_or_latin1(_joined(blocks)))
    elif label == 0xFF and blocks[1:12] == b"XMP DataXMP":
        # The packet is not cut into sub-blocks: its own bytes pass for their sizes.
        read_xmp(blocks[12:], found)
    elif label == 0xFF and blocks[1:9] == b"C2PA_GIF":
        found.has_manifest = True


def _joined(blocks: bytes) -> bytes:
    parts, at = [], 0
    while at < len(blocks) and blocks[at]:
        parts.append(blocks[at + 1 : at + 1 + blocks[at]])
        at += 1 + blocks[at]
    return b"".join(parts)


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of the content of each box."""
    while at + 8 <= end:
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head:
            return
        yield data[at + 4 : at + 8], at + head, min(at + size, end)
        at += size


def _read_boxes(data: bytes, found: Metadata) -> None:
    for kind, start, end in islice(_boxes(data, 0, len(data)), LIMITS["blocks"]):
        if kind == b"uuid" and data[start : start + 16] == _C2PA_BOX:
            found.has_manifest = True
        elif kind == b"uuid" and data[start : start + 16] == _XMP_BOX:
            read_xmp(_limited(data, start + 16, end), found)
        elif kind == b"meta":
            _read_items(data, start + 4, end, found)


def _read_items(data: bytes, start: int, end: int, found: Metadata) -> None:
    """The items of a `meta` box (ISO/IEC 14496-12, 8.11) that are EXIF or XMP."""
    kinds: dict[int, str] = {}
    places: dict[int, tuple[int, int, int]] = {}
    stored = 0
    for kind, first, last in islice(_boxes(data, start, end), LIMITS["blocks"]):
        if kind == b"iinf":
            kinds = dict(_item_kinds(data, first, last))
        elif kind == b"iloc":
            places = dict(_item_places(data[first : min(last, first + LIMITS["block_bytes"])]))
        elif kind == b"idat":
            stored = first
    for item, what in kinds.items():
        if item not in places:
            continue
        method, offset, size = places[item]
        offset += stored if method == 1 else 0
        content = _limited(data, offset, offset + size) if size else _limited(data, offset, len(data))
        if what == "Exif":
            # Four bytes say how far the TIFF header lies behind them.
            tiff = 4 + int.from_bytes(content[:4], "big")
            read_exif(content[tiff:].removeprefix(_EXIF), found)
        else:
            read_xmp(content, found)


def _item_kinds(data: bytes, start: int, end: int) -> Iterator[tuple[int, str]]:
    head = 6 if data[start : start + 1] == b"\0" else 8
    for kind, first, last in islice(_boxes(data, start + head, end), LIMITS["boxed_items"]):
        entry = data[first : min(last, first + 256)]
        if kind != b"infe" or len(entry) < 12 or entry[0] not in (2, 3):
            continue
        wide = entry[0] == 3
        item = int.from_bytes(entry[4:8] if wide else entry[4:6], "big")
        rest = entry[10:] if wide else entry[8:]
        if rest[:4] == b"Exif":
            yield item, "Exif"
        elif rest[:4] == b"mime" and b"\0application/rdf+xml\0" in rest[4:] + b"\0":
            yield item, "XMP"


def _item_places(box: bytes) -> Iterator[tuple[int, tuple[int, int, int]]]:
    """Construction method, offset and size of each item that lies in one piece."""
    if len(box) < 8 or box[0] > 2:
        return
    version = box[0]
    offset_bytes, size_bytes = box[4] >> 4, box[4] & 15
    base_bytes, index_bytes = box[5] >> 4, (box[5] & 15 if version else 0)
    wide = 4 if version == 2 else 2
    at = 6

    def number(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(box[at - size : at], "big")

    for _ in range(min(number(wide), LIMITS["boxed_items"])):
        item = number(wide)
        method = number(2) & 15 if version else 0
        number(2)
        base = number(base_bytes)
        pieces = number(2)
        if pieces != 1 or at + index_bytes + offset_bytes + size_bytes > len(box):
            return
        number(index_bytes)
        offset = base + number(offset_bytes)
        yield item, (method, offset, number(size_bytes))
