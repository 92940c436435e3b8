"""XMP: the properties that the table of markers asks for.

No XML parser reads it, so nothing that a document defines is ever expanded: tags are walked once, from left to right.
Properties are known by their local name, for prefixes differ (`Iptc4xmpExt`, `iptcExt`).
"""

import re

from fake_image_detection.evidence.fields import Metadata
from fake_image_detection.evidence.table import LIMITS, TABLE

_WANTED: frozenset[str] = frozenset(
    name.removeprefix("xmp:")
    for marker in TABLE["markers"]
    for condition in marker["when"]
    for name in condition["where"]
    if name.startswith("xmp:")
) | {"DigitalSourceType", "DigitalSourceFileType"}

_END_OR_QUOTE = re.compile(r"[>\"']")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);")
_NAMED = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_SPACE = " \t\r\n"


def read_xmp(packet: bytes, found: Metadata) -> None:
    """Add the wanted properties of an XMP packet."""
    text = packet[: LIMITS["xmp_bytes"]].decode("utf-8", errors="replace")
    inside, parts, at = "", [], 0
    while (start := text.find("<", at)) >= 0:
        if inside:
            parts.append(text[at:start])
        end = _end_of_tag(text, start)
        if end < 0:
            return
        tag, at = text[start + 1 : end], end + 1
        if tag[:1] in ("!", "?"):
            continue
        if tag.startswith("/"):
            if tag[1:].strip(_SPACE) == inside:
                _add(inside, "".join(parts), found)
                inside, parts = "", []
            continue
        name = re.split(r"[ \t\r\n/]", tag, maxsplit=1)[0]
        for attribute, value in _attributes(tag):
            if attribute == "rdf:resource":
                _add(name, value, found)
            else:
                _add(attribute, value, found)
        if not inside and _local(name) in _WANTED and not tag.endswith("/"):
            inside = name


def _end_of_tag(text: str, start: int) -> int:
    if text.startswith("<!--", start):
        end = text.find("-->", start + 4)
        return end + 2 if end >= 0 else -1
    if text.startswith(("<!", "<?"), start):
        return text.find(">", start)
    at = start
    while match := _END_OR_QUOTE.search(text, at):
        if match[0] == ">":
            return match.start()
        at = text.find(match[0], match.end()) + 1
        if at == 0:
            return -1
    return -1


def _attributes(tag: str) -> list[tuple[str, str]]:
    attributes, at = [], 0
    while (equals := tag.find("=", at)) >= 0:
        names = re.split(r"[ \t\r\n]+", tag[at:equals].strip(_SPACE))
        quote = equals + 1
        while tag[quote : quote + 1] in (" ", "\t", "\r", "\n"):
            quote += 1
        end = tag.find(tag[quote], quote + 1) if tag[quote : quote + 1] in ('"', "'") else -1
        if end < 0:
            at = equals + 1
            continue
        attributes.append((names[-1], tag[quote + 1 : end]))
        at = end + 1
    return attributes


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _add(name: str, value: str, found: Metadata) -> None:
    if _local(name) in _WANTED:
        found.add(f"xmp:{_local(name)}", _REFERENCE.sub(_character, value[: LIMITS["field_bytes"]]))


def _character(reference: re.Match[str]) -> str:
    """The one character that a reference stands for; one that stands for none is left as it is."""
    text = reference[0]
    if text in _NAMED:
        return _NAMED[text]
    point = int(text[3:-1], 16) if text.startswith("&#x") else int(text[2:-1])
    return chr(point) if 0 < point < 0xD800 or 0xE000 <= point <= 0x10FFFF else text
