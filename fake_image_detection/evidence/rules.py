"""From texts to evidence: the table of markers, IPTC's kinds of sources, and what a camera writes."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from fake_image_detection.evidence.fields import Metadata
from fake_image_detection.evidence.table import LIMITS, TABLE
from fake_image_detection.report import Evidence, Strength

_MARKERS: list[dict[str, Any]] = TABLE["markers"]
SOURCE_TYPES: dict[str, dict[str, Any]] = TABLE["source_types"]

# Blanks, control characters, and those that turn the direction of a text or have no width.
_BLANKS = re.compile("[\\u0000-\\u0020\\u007f-\\u00a0\\u200b-\\u200f\\u2028-\\u202f\\u2060-\\u206f\\ufeff]+")
# JavaScript and Python must mean the same by a pattern.
_PATTERNS = {
    condition["pattern"]: re.compile(condition["pattern"], re.IGNORECASE | re.ASCII)
    for marker in _MARKERS
    for condition in marker["when"]
}


def find_markers(metadata: Metadata) -> Iterator[Evidence]:
    """What the texts say, in the order of the table."""
    found = list(_source_type(metadata))
    for marker in _MARKERS:
        values = [_first_match(metadata, condition) for condition in marker["when"]]
        if all(value is not None for value in values):
            detail = marker["detail"].replace("{value}", shown(values[0] or ""))
            found.append(Evidence(marker["code"], detail, marker["proves"], marker["strength"]))
    yield from found
    # Generators write their own names where cameras do.
    if all(item.proves != "generated" for item in found):
        yield from _camera(metadata)


def shown(text: str) -> str:
    """A text from a file, fit to stand in a sentence."""
    text = _BLANKS.sub(" ", text[: 8 * LIMITS["shown_characters"]]).strip(" ")
    return text if len(text) <= LIMITS["shown_characters"] else text[: LIMITS["shown_characters"]] + "\u2026"


def source_type(value: str) -> str:
    """The name at the end of the address that IPTC gives to a kind of source."""
    return value.rstrip("/ \t\r\n").rpartition("/")[2]


def _first_match(metadata: Metadata, condition: dict[str, Any]) -> str | None:
    pattern = _PATTERNS[condition["pattern"]]
    return next((value for value in metadata.values(condition["where"]) if pattern.search(value)), None)


def _source_type(metadata: Metadata) -> Iterator[Evidence]:
    for value in metadata.values(["xmp:DigitalSourceType", "xmp:DigitalSourceFileType"]):
        name = source_type(value)
        if name in SOURCE_TYPES:
            kind = SOURCE_TYPES[name]
            # That a camera took it is what a forger would write first.
            strength: Strength = "weak" if kind["proves"] in ("photographed", "nothing") else "strong"
            detail = f"declared as {kind['words']} (IPTC {name})"
            yield Evidence("iptc_source_type", detail, kind["proves"], strength)
            return


def _camera(metadata: Metadata) -> Iterator[Evidence]:
    make, model = shown(metadata.first("exif:Make")), shown(metadata.first("exif:Model"))
    if not model:
        return
    name = model if model.lower().startswith(make.lower()) else f"{make} {model}"
    lens, taken = shown(metadata.first("exif:LensModel")), metadata.first("exif:DateTimeOriginal")
    doubts = _doubts(metadata, taken)
    if doubts:
        detail = f"the EXIF names a camera, {name}, but {' and '.join(doubts)}: it may have been written by hand"
        yield Evidence("camera_doubtful", detail, "nothing", "weak")
        return
    with_lens = f"{name}, lens {lens}" if lens else name
    detail = f"the EXIF says: taken with {with_lens}, on {taken[:10].replace(':', '-')}"
    yield Evidence("camera", detail, "photographed", "weak")


def _doubts(metadata: Metadata, taken: str) -> list[str]:
    doubts = []
    exposure = [metadata.first(f"exif:{name}") for name in ("ExposureTime", "FNumber", "ISO")]
    if not any(exposure):
        doubts.append("no exposure")
    elif any(value and not _positive(value) for value in exposure[:2]):
        doubts.append("an impossible exposure")
    if not re.fullmatch(r"\d{4}:\d{2}:\d{2} \d{2}:\d{2}:\d{2}", taken, re.ASCII):
        doubts.append("no time at which it was taken")
    elif not _possible_time(taken):
        doubts.append(f"an impossible time ({shown(taken)})")
    return doubts


def _positive(ratio: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]*(/[1-9][0-9]*)?", ratio) is not None


def _possible_time(taken: str) -> bool:
    try:
        when = datetime.strptime(taken, "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return False
    # Digital cameras that write EXIF came in 1995; the clock of a camera may be a day ahead.
    return when.year >= 1995 and when < datetime.now(UTC) + timedelta(days=2)
