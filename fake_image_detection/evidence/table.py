"""The table of markers and limits, which the browser extension reads as well."""

import json
from importlib.resources import files
from typing import Any, Final

TABLE: Final[dict[str, Any]] = json.loads(
    files("fake_image_detection.evidence").joinpath("markers.json").read_text(encoding="utf-8")
)
LIMITS: Final[dict[str, int]] = TABLE["limits"]
