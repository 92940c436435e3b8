"""EXIF: the few tags that tell where a picture comes from."""

from typing import Literal

from fake_image_detection.evidence.fields import Metadata, utf8
from fake_image_detection.evidence.table import LIMITS, TABLE

_TAGS: dict[int, str] = {int(tag): name for tag, name in TABLE["exif_tags"].items()}
_EXIF_DIRECTORY = 0x8769
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}


def read_exif(tiff: bytes, found: Metadata) -> None:
    """Add the tags of a TIFF structure; what lies outside it is left out."""
    order: Literal["little", "big"]
    if tiff[:4] == b"II*\0":
        order = "little"
    elif tiff[:4] == b"MM\0*":
        order = "big"
    else:
        return

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)

    directories = [number(4, 4)]
    for directory in directories:
        entries = min(number(directory, 2), LIMITS["exif_entries"])
        for at in range(directory + 2, directory + 2 + 12 * entries, 12):
            if at + 12 > len(tiff):
                break
            tag, kind, count = number(at, 2), number(at + 2, 2), number(at + 4, 4)
            if tag == _EXIF_DIRECTORY and len(directories) == 1:
                directories.append(number(at + 8, 4))
            if tag not in _TAGS or kind not in _SIZES:
                continue
            size = count * _SIZES[kind]
            start = at + 8 if size <= 4 else number(at + 8, 4)
            if size and start + size <= len(tiff):
                found.add(f"exif:{_TAGS[tag]}", _text(tag, kind, tiff[start : start + size], order))


def _text(tag: int, kind: int, value: bytes, order: Literal["little", "big"]) -> str:
    if kind in (3, 4):
        return str(int.from_bytes(value[: _SIZES[kind]], order))
    if kind == 5:
        return f"{int.from_bytes(value[:4], order)}/{int.from_bytes(value[4:8], order)}"
    if _TAGS[tag].startswith("XP"):
        return _utf16(value, "little")
    if _TAGS[tag] == "UserComment":
        charset, comment = value[:8], value[8:]
        if charset == b"UNICODE\0":
            # Writers differ in the order of bytes, whatever the file's own: letters of the Latin script tell.
            return _utf16(comment, "big" if comment[::2].count(0) > comment[1::2].count(0) else "little")
        value = comment if charset in (b"ASCII\0\0\0", b"JIS\0\0\0\0\0", bytes(8)) else value
    return utf8(value)


def _utf16(value: bytes, order: Literal["little", "big"]) -> str:
    return value[: LIMITS["field_bytes"]].decode("utf-16-le" if order == "little" else "utf-16-be", errors="replace")
