"""The description of the API (OpenAPI 3.1)."""

from typing import Any, get_args

from fake_image_detection import __version__
from fake_image_detection.bundle import ROLES
from fake_image_detection.errors import PictureErrorCode
from fake_image_detection.verdict import SENSITIVITIES, USUAL

from .engines import DEFAULT_ROLE
from .limits import Limits
from .pictures import FIELD
from .problems import CONTENT_TYPE, STATUS_OF, Code
from .schemas import SCHEMAS

Description = dict[str, Any]

# Any route can answer with these.
_ANYWHERE: tuple[Code, ...] = (
    "bad_request",
    "unauthorized",
    "host_not_allowed",
    "origin_not_allowed",
    "too_many_bytes",
    "too_long_headers",
    "internal_error",
    "not_implemented",
)

_CHECK_CODES: tuple[Code, ...] = (
    *get_args(PictureErrorCode),
    "no_picture",
    "unknown_network",
    "unknown_sensitivity",
    "too_many_pictures",
    "busy",
    "engine_unavailable",
)


def describe(limits: Limits) -> Description:
    """The description as a JSON object."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Fake image detection",
            "version": __version__,
            "description": "Tells photographed faces from generated ones. Decodes pictures here and keeps none.",
        },
        "security": [{}, {"token": []}],
        "paths": {
            "/v1/check": {"post": _check(limits)},
            "/v1/model": {"get": _get("The bundle in use", _json("Model"), ("busy",))},
            "/healthz": {"get": _get("Whether the process is alive", _json("Status"))},
            "/readyz": {
                "get": _get(
                    "Whether the network is loaded and has given its golden answers",
                    _json("Status"),
                    ("busy", "engine_unavailable"),
                )
            },
            "/metrics": {"get": _get("Figures for Prometheus", {"text/plain": {"schema": {"type": "string"}}})},
            "/openapi.json": {"get": _get("This description", {"application/json": {"schema": {"type": "object"}}})},
            "/": {"get": _get("The web page", {"text/html": {"schema": {"type": "string"}}})},
            "/web/{filename}": {
                "get": {
                    **_get("A file of the web page", {"*/*": {"schema": {"type": "string"}}}, ("not_found",)),
                    "parameters": [
                        {"name": "filename", "in": "path", "required": True, "schema": {"type": "string"}},
                    ],
                }
            },
        },
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Asked for only if the server was started with one.",
                }
            },
        },
    }


def _check(limits: Limits) -> Description:
    picture = {"schema": {"type": "string", "format": "binary"}}
    form = {
        "type": "object",
        "properties": {
            FIELD: {
                "type": "array",
                "items": {"type": "string", "format": "binary"},
                "minItems": 1,
                "maxItems": limits.pictures_per_request,
            }
        },
        "required": [FIELD],
    }
    return {
        "summary": "Check one or more pictures",
        "description": (
            "One picture is answered with its report or its problem. Several are answered with their reports in "
            f"order, where a picture that failed has an error report. A body may have {limits.request_bytes} bytes."
        ),
        "parameters": [
            {
                "name": "heatmap",
                "in": "query",
                "description": "1: each judged face's report has a heat map",
                "schema": {"enum": ["0", "1", "false", "true"], "default": "0"},
            },
            {
                "name": "network",
                "in": "query",
                "description": "which network answers",
                "schema": {"enum": sorted(ROLES), "default": DEFAULT_ROLE},
            },
            {
                "name": "sensitivity",
                "in": "query",
                "description": (
                    "how readily a face is called fake; /v1/model has, for each network, what each setting was "
                    "measured to do. A network without measured settings has the usual one alone"
                ),
                "schema": {"enum": list(SENSITIVITIES), "default": USUAL},
            },
        ],
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": form},
                "image/*": picture,
                "application/octet-stream": picture,
            },
        },
        "responses": {
            "200": {
                "description": "The report, or the reports",
                "content": {
                    "application/json": {
                        "schema": {
                            "anyOf": [{"$ref": "#/components/schemas/Report"}, {"$ref": "#/components/schemas/Reports"}]
                        }
                    }
                },
            },
            **_problems(*_CHECK_CODES),
        },
    }


def _get(summary: str, content: Description, codes: tuple[Code, ...] = ()) -> Description:
    return {
        "summary": summary,
        "responses": {"200": {"description": summary, "content": content}, **_problems(*codes)},
    }


def _json(schema: str) -> Description:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _problems(*codes: Code) -> Description:
    by_status: dict[int, list[Code]] = {}
    for code in dict.fromkeys((*codes, *_ANYWHERE)):
        by_status.setdefault(STATUS_OF[code], []).append(code)
    return {str(status): _problem(status, names) for status, names in sorted(by_status.items())}


def _problem(status: int, codes: list[Code]) -> Description:
    response: Description = {
        "description": ", ".join(codes),
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == STATUS_OF["busy"]:
        response["headers"] = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}}
    return response
