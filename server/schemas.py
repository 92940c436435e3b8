"""The JSON the server answers with, as JSON Schema (draft 2020-12): that of reports, and what only a server says."""

import json
from typing import Any

from fake_image_detection.report import SCHEMA

from .problems import STATUS_OF

Schema = dict[str, Any]


def _of_the_report() -> dict[str, Schema]:
    """The definitions of `report.schema.json`, which find each other as components of the API's description."""
    text = SCHEMA.read_text(encoding="utf-8").replace("#/$defs/", "#/components/schemas/")
    definitions: dict[str, Schema] = json.loads(text)["$defs"]
    return definitions


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: dict[str, Schema], optional: tuple[str, ...] = (), closed: bool = True) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": not closed,
    }


def _numbers(count: int, description: str) -> Schema:
    items = {"type": "number"}
    return {"type": "array", "items": items, "minItems": count, "maxItems": count, "description": description}


def _map_of(value: Schema) -> Schema:
    return {"type": "object", "additionalProperties": value}


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 1}
PROBABILITY: Schema = {"type": "number", "minimum": 0, "maximum": 1}

_NETWORK = _object(
    {
        "input_size": COUNT,
        "value_range": _numbers(2, "least and greatest value of the input"),
        "calibration": _object({"scale": NUMBER, "bias": NUMBER}),
        "bands": _object({"real_below": PROBABILITY, "fake_from": PROBABILITY}),
        "sensitivities": {
            "type": "object",
            "description": "what each setting of the query's sensitivity was measured to do: manifest.schema.json",
        },
        "figures": {"type": "object", "description": "measured error rates, with their conditions"},
        "licences": _object({"weights": TEXT, "code": TEXT, "data": TEXT}),
        "provenance": {},
    },
    optional=("sensitivities", "figures", "licences", "provenance"),
    closed=False,
)

_MODEL = _object(
    {
        "name": TEXT,
        "version": TEXT,
        "runtime": TEXT,
        "device": TEXT,
        "roles": _map_of({"type": "string", "description": "name of the network that has this role"}),
        "networks": _map_of(_ref("Network")),
        "face_detector": _object(
            {"name": TEXT, "input_size": COUNT, "score_threshold": PROBABILITY, "iou_threshold": PROBABILITY},
            closed=False,
        ),
        "crop": _object({"scale": NUMBER, "raise": NUMBER, "min_side": COUNT}, closed=False),
        "picture": _object(
            {"formats": {"type": "array", "items": TEXT}, "max_bytes": COUNT, "max_pixels": COUNT}, closed=False
        ),
        "request": _object({"max_bytes": COUNT, "max_pictures": COUNT}),
    }
)

_PROBLEM = _object(
    {
        "type": {"const": "about:blank"},
        "title": TEXT,
        "status": {"enum": sorted(set(STATUS_OF.values()))},
        "detail": TEXT,
        "code": {"anyOf": [_ref("PictureErrorCode"), _ref("ServerErrorCode")]},
    }
)

SCHEMAS: dict[str, Schema] = {
    **_of_the_report(),
    "Model": _MODEL,
    "Network": _NETWORK,
    "Status": _object({"status": {"enum": ["alive", "ready"]}}),
    "Problem": _PROBLEM,
}
