"""What two schemas say alike stays alike: a JSON Schema that is read by itself cannot refer to another's file."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", ["fraction", "sensitivity", "sensitivity_figures"])
def test_network_and_manifest_describe_sensitivities_alike(name: str) -> None:
    network, manifest = (
        json.loads((ROOT / path).read_text(encoding="utf-8"))["$defs"][name]
        for path in ("models/network.schema.json", "fake_image_detection/manifest.schema.json")
    )
    assert network == manifest
