"""Picture files as browsers show them; the rule is written down in docs/pictures.md, and once more in TypeScript."""

from fake_image_detection.formats import avif, bmp, gif, jpeg, png, webp
from fake_image_detection.formats.stored import Refused, Stored

__all__ = ["KINDS", "Refused", "Stored", "read", "sniff"]

_READERS = {
    "JPEG": jpeg.read,
    "PNG": png.read,
    "WEBP": webp.read,
    "GIF": gif.read,
    "BMP": bmp.read,
    "AVIF": avif.read,
}
KINDS = tuple(_READERS)

_SIGNATURES = (
    ("JPEG", b"\xff\xd8\xff"),
    ("PNG", png.SIGNATURE),
    ("GIF", b"GIF87a"),
    ("GIF", b"GIF89a"),
    ("BMP", b"BM"),
)


def sniff(data: bytes) -> str | None:
    """The format that the first bytes announce, or None; a name or a declared type is often wrong."""
    for kind, signature in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    # HEIC shares the container, and some AVIF files name their brand only among the compatible ones.
    if data[4:8] == b"ftyp" and {b"avif", b"avis"} & avif.brands(data):
        return "AVIF"
    return None


def read(kind: str, data: bytes) -> Stored:
    """Look through a file of the format `kind` without decoding it. Raises Refused."""
    return _READERS[kind](data)
