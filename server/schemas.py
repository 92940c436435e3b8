"""The JSON the server answers with, as JSON Schema (draft 2020-12)."""

from typing import Any

from server.problems import STATUS_OF

Schema = dict[str, Any]

VERDICTS = ["real", "fake", "uncertain", "no_face", "too_small"]
FACE_VERDICTS = ["real", "fake", "uncertain", "too_small"]


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
PROBABILITY_OR_NULL: Schema = {**PROBABILITY, "type": ["number", "null"]}
MILLISECONDS: Schema = {"type": "number", "minimum": 0}

_REPORT_MODEL = _object(
    {
        "name": TEXT,
        "version": {"type": "string", "description": "version of the bundle that gave the verdict"},
        "network": TEXT,
        "runtime": {"enum": ["lite", "saved_model", "tfserving", "tfjs-wasm", "tfjs-webgl", "tfjs-webgpu"]},
        "device": TEXT,
    }
)

_FACE = _object(
    {
        "box": _numbers(4, "x, y, width, height in pixels of the upright picture"),
        "crop": _numbers(4, "x, y, width, height of the square that the network saw"),
        "score": {**PROBABILITY, "description": "how sure the face detector is"},
        "verdict": {"enum": FACE_VERDICTS},
        "probability_fake": {**PROBABILITY_OR_NULL, "description": "null for a face that is too small"},
        "heatmap": {
            "type": "array",
            "items": {"type": "array", "items": PROBABILITY},
            "description": "rows of probabilities over the crop, top row first; only if asked for",
        },
    },
    optional=("heatmap",),
)

_REPORT = _object(
    {
        "verdict": {"enum": VERDICTS},
        "probability_fake": {**PROBABILITY_OR_NULL, "description": "of the most suspicious face"},
        "faces": {"type": "array", "items": _ref("Face"), "description": "largest first"},
        "evidence": {"type": "array", "items": {"type": "object"}},
        "warnings": {"type": "array", "items": _object({"code": TEXT, "detail": TEXT})},
        "image": _object(
            {
                "width": COUNT,
                "height": COUNT,
                "format": {"enum": ["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"]},
                "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            }
        ),
        "model": _ref("ReportModel"),
        "milliseconds": _object(
            {"decode": MILLISECONDS, "faces": MILLISECONDS, "network": MILLISECONDS, "total": MILLISECONDS}
        ),
    }
)

_ERROR_REPORT = _object(
    {
        "verdict": {"const": "error"},
        "probability_fake": {"type": "null"},
        "faces": {"type": "array", "maxItems": 0},
        "evidence": {"type": "array", "maxItems": 0},
        "warnings": {"type": "array"},
        "image": {"type": "null"},
        "model": _ref("ReportModel"),
        "milliseconds": _map_of(MILLISECONDS),
        "error": _object({"code": TEXT, "detail": TEXT}),
    }
)

_NETWORK = _object(
    {
        "input_size": COUNT,
        "value_range": _numbers(2, "least and greatest value of the input"),
        "calibration": _object({"scale": NUMBER, "bias": NUMBER}),
        "bands": _object({"real_below": PROBABILITY, "fake_from": PROBABILITY}),
        "figures": {"type": "object", "description": "measured error rates, with their conditions"},
        "licence": TEXT,
        "provenance": {},
    },
    optional=("figures", "licence", "provenance"),
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
        "code": {"enum": sorted(STATUS_OF)},
    }
)

SCHEMAS: dict[str, Schema] = {
    "Report": _REPORT,
    "ErrorReport": _ERROR_REPORT,
    "Reports": _object(
        {"reports": {"type": "array", "items": {"anyOf": [_ref("Report"), _ref("ErrorReport")]}, "minItems": 2}}
    ),
    "Face": _FACE,
    "ReportModel": _REPORT_MODEL,
    "Model": _MODEL,
    "Network": _NETWORK,
    "Status": _object({"status": {"enum": ["alive", "ready"]}}),
    "Problem": _PROBLEM,
}
