"""The one description of reports, as validators."""

import json
from typing import Any

from jsonschema import Draft202012Validator

from fake_image_detection.report import SCHEMA

DESCRIPTION: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))


def validator(name: str = "") -> Draft202012Validator:
    """Of one definition, such as `Report`; without a name, of all that a check can answer."""
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": DESCRIPTION["$defs"]} if name else DESCRIPTION)
