"""IPTC-IIM: the older captions, in Photoshop's image resources."""

from fake_image_detection.evidence.fields import Metadata, utf8_or_latin1
from fake_image_detection.evidence.table import LIMITS, TABLE

_DATASETS: dict[str, str] = TABLE["iptc_datasets"]
_IPTC_RESOURCE = 0x0404


def read_image_resources(data: bytes, found: Metadata) -> None:
    """Add the wanted captions of a block of image resources."""
    at = 0
    for _ in range(LIMITS["blocks"]):
        if data[at : at + 4] != b"8BIM":
            return
        resource = int.from_bytes(data[at + 4 : at + 6], "big")
        # A name goes before the size, padded to an even number of bytes with its length.
        at += 6
        at += 2 * ((data[at] if at < len(data) else 0) // 2 + 1)
        size = int.from_bytes(data[at : at + 4], "big")
        at += 4
        if resource == _IPTC_RESOURCE:
            _read_datasets(data[at : at + size], found)
        at += size + size % 2


def _read_datasets(data: bytes, found: Metadata) -> None:
    at = 0
    for _ in range(LIMITS["blocks"]):
        # Sizes of 32 KiB and more are written in another way, which no caption needs.
        if data[at : at + 1] != b"\x1c" or at + 5 > len(data) or data[at + 3] & 0x80:
            return
        name = _DATASETS.get(f"{data[at + 1]}:{data[at + 2]}")
        end = at + 5 + int.from_bytes(data[at + 3 : at + 5], "big")
        if name:
            found.add(f"iptc:{name}", utf8_or_latin1(data[at + 5 : end]))
        at = end
