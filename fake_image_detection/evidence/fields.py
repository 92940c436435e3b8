"""What a picture's metadata says, as names and texts."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from fake_image_detection.evidence.table import LIMITS


@dataclass
class Metadata:
    """What was found in a picture's file.

    Attributes:
        texts: values by place and name, such as `exif:Software` or `png:parameters`, in the file's order.
        has_manifest: whether a C2PA manifest lies in the file.
    """

    texts: dict[str, list[str]] = field(default_factory=dict)
    has_manifest: bool = False
    _room: int = LIMITS["fields"]

    def add(self, name: str, value: str) -> None:
        """Keep a text; those beyond the limit are dropped."""
        value = value.strip("\0 \t\r\n")
        if value and self._room > 0:
            self._room -= 1
            self.texts.setdefault(name, []).append(value)

    def values(self, names: list[str]) -> Iterator[str]:
        """All texts under these names, in the order of the names."""
        for name in names:
            yield from self.texts.get(name, ())

    def first(self, name: str) -> str:
        """The first text of that name, or an empty one."""
        return self.texts.get(name, [""])[0]


def utf8(data: bytes) -> str:
    """Text of at most as many bytes as a field may have; what is no UTF-8 becomes U+FFFD."""
    return data[: LIMITS["field_bytes"]].decode("utf-8", errors="replace")


def latin1(data: bytes) -> str:
    """The same for ISO 8859-1."""
    return data[: LIMITS["field_bytes"]].decode("latin-1")


def utf8_or_latin1(data: bytes) -> str:
    """For texts whose encoding nobody states."""
    try:
        return data[: LIMITS["field_bytes"]].decode("utf-8")
    except UnicodeDecodeError:
        return latin1(data)
