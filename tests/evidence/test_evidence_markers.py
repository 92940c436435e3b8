"""What marks in a file are found as."""

import re
from pathlib import Path

import pytest
from PIL import ExifTags

from fake_image_detection.evidence import find_evidence
from fake_image_detection.evidence.table import TABLE
from tests.evidence.evidence_pictures import (
    MARKED,
    WITH_EXIF,
    WITH_RESOURCES,
    WITH_XMP,
    exif,
    image_resources,
    png,
    xmp_attribute,
)


@pytest.mark.parametrize("name", MARKED)
def test_mark_is_found_as_what_it_is(name: str) -> None:
    data, expected = MARKED[name]
    assert [(item.code, item.proves, item.strength) for item in find_evidence(data)] == list(expected)


def test_every_marker_of_the_table_is_tried() -> None:
    tried = {code for _, expected in MARKED.values() for code, _, _ in expected}
    assert {marker["code"] for marker in TABLE["markers"]} <= tried


@pytest.mark.parametrize("container", WITH_EXIF)
def test_exif_is_read_in(container: str) -> None:
    data = WITH_EXIF[container](exif({ExifTags.Base.Software: "Stable Diffusion"}))
    assert [item.code for item in find_evidence(data)] == ["named_generator"]


@pytest.mark.parametrize("container", WITH_XMP)
def test_xmp_is_read_in(container: str) -> None:
    data = WITH_XMP[container](xmp_attribute("photoshop:Credit", "Made with Google AI"))
    assert [item.code for item in find_evidence(data)] == ["google_ai"]


@pytest.mark.parametrize("container", WITH_RESOURCES)
def test_iptc_is_read_in(container: str) -> None:
    data = WITH_RESOURCES[container](image_resources(110, b"Made with Google AI"))
    assert [item.code for item in find_evidence(data)] == ["google_ai"]


def test_strongest_evidence_comes_first() -> None:
    data = png(("Software", "GIMP"), ("parameters", "Steps: 20, Seed: 1"))
    assert [item.strength for item in find_evidence(data)] == ["strong", "weak"]


def test_detail_quotes_little_and_nothing_unprintable() -> None:
    (item,) = find_evidence(MARKED["text that turns its own direction"][0])
    assert item.detail.isprintable()
    assert len(item.detail) < 130


def test_patterns_mean_the_same_in_python_and_javascript() -> None:
    # What differs: classes of blanks and of all else, anchors, lookbehind, named groups, and the dot.
    patterns = [condition["pattern"] for marker in TABLE["markers"] for condition in marker["when"]]
    for pattern in patterns:
        outside_classes = re.sub(r"\[[^\]]*\]", "", pattern)
        assert not re.search(r"\\[sSwWZA]|\(\?[P<]|(?<!\\)\.", outside_classes), pattern


def test_originals_found_in_the_wild_are_recognised() -> None:
    folder = Path(__file__).parents[3] / "shared" / "marked"
    if not folder.is_dir():
        pytest.skip("there are no originals in ../shared/marked")
    generated = ("comfyui", "google", "midjourney", "sd", "bytedance", "xai", "openai", "azure")
    for file in sorted(folder.glob("*.[jp][pn]g")):
        proved = {item.proves for item in find_evidence(file.read_bytes()) if item.strength != "weak"}
        assert proved == ({"generated"} if file.name.startswith(generated) else set()), file.name
