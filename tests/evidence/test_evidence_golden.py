"""What the extension is held to is what Python finds."""

import base64
import json

import pytest

from fake_image_detection.evidence import find_evidence
from fake_image_detection.evidence.credentials import judge
from tests.evidence.evidence_golden import GOLDEN

_GOLDEN = json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", _GOLDEN["pictures"], ids=lambda case: case["name"])
def test_picture_gives_the_stored_evidence(case: dict[str, object]) -> None:
    data = base64.b64decode(str(case["file"]))
    assert [item.to_dict() for item in find_evidence(data)] == case["evidence"]


@pytest.mark.parametrize("case", _GOLDEN["stores"], ids=lambda case: case["name"])
def test_manifest_store_gives_the_stored_evidence(case: dict[str, object]) -> None:
    store = case["store"]
    assert isinstance(store, dict)
    assert judge(store).to_dict() == case["evidence"]
