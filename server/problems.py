"""Errors as `application/problem+json` (RFC 9457) with a stable code."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal, get_args

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from fake_image_detection import PictureError
from fake_image_detection.errors import NoVerdictCode, PictureErrorCode

from .engines import EngineError

CONTENT_TYPE = "application/problem+json"

# `report.schema.json` has the same list.
ServerCode = Literal[
    "no_picture",
    "unknown_network",
    "unknown_sensitivity",
    "bad_request",
    "unauthorized",
    "host_not_allowed",
    "origin_not_allowed",
    "not_found",
    "method_not_allowed",
    "too_many_pictures",
    "too_long_headers",
    "internal_error",
    "not_implemented",
    "busy",
    "engine_unavailable",
]
Code = ServerCode | NoVerdictCode

# What is wrong with a picture has this status, unless HTTP knows a better one.
_UNPROCESSABLE = 422

STATUS_OF: Mapping[Code, int] = {
    **dict.fromkeys(get_args(PictureErrorCode), _UNPROCESSABLE),
    "empty_picture": 400,
    "no_picture": 400,
    "unknown_network": 400,
    "unknown_sensitivity": 400,
    "bad_request": 400,
    "unauthorized": 401,
    "host_not_allowed": 403,
    "origin_not_allowed": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "too_many_bytes": 413,
    "too_many_pictures": 413,
    "too_many_pixels": 413,
    "unsupported_format": 415,
    "too_long_headers": 431,
    "internal_error": 500,
    "not_implemented": 501,
    "busy": 503,
    "engine_unavailable": 503,
}

# An engine that is being restarted needs longer than a queue that is full.
ENGINE_RETRY_SECONDS = 5

_CODE_OF_STATUS: Mapping[int, Code] = {
    404: "not_found",
    405: "method_not_allowed",
    413: "too_many_bytes",
    431: "too_long_headers",
    500: "internal_error",
    501: "not_implemented",
}

_log = logging.getLogger(__name__)


class Problem(Exception):
    """An error answer."""

    def __init__(
        self, code: ServerCode | PictureErrorCode, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Describe the answer.

        Args:
            code: stable name of the reason.
            detail: what went wrong with this request, for a person.
            headers: further headers of the answer.
        """
        super().__init__(detail)
        self.code: Code = code
        self.detail = detail
        self.headers = dict(headers or {})


def code_of(status: int) -> Code:
    """The code for what the HTTP server or Flask refuses with a status."""
    return _CODE_OF_STATUS.get(status, "bad_request")


def status_of(code: Code) -> int:
    """The HTTP status of a code; that of an unreadable picture for one that has none of its own."""
    return STATUS_OF.get(code, _UNPROCESSABLE)


def problem_body(code: Code, detail: str) -> bytes:
    """The JSON text of a problem."""
    status = status_of(code)
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    return json.dumps(problem).encode()


def install(app: Flask) -> None:
    """Make every error of the app a problem."""

    @app.errorhandler(Problem)
    def own(problem: Problem) -> Response:
        return _response(problem.code, problem.detail, problem.headers)

    @app.errorhandler(PictureError)
    def picture(error: PictureError) -> Response:
        return _response(error.code, error.detail)

    @app.errorhandler(EngineError)
    def engine(error: EngineError) -> Response:
        return _response("engine_unavailable", str(error), {"Retry-After": str(ENGINE_RETRY_SECONDS)})

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        code = code_of(error.code or 500)
        # Of werkzeug's own headers only Allow matters; its Content-Type is HTML's.
        headers = {name: value for name, value in error.get_headers() if name == "Allow"}
        return _response(code, error.description or error.name, headers)

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        _log.error("a request failed", exc_info=error)
        return _response("internal_error", "The server failed; its log tells why.")


def _response(code: Code, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(problem_body(code, detail), status_of(code), headers, content_type=CONTENT_TYPE)
