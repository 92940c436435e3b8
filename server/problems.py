"""Errors as `application/problem+json` (RFC 9457) with a stable code."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from fake_image_detection import PictureError
from server.engines import EngineError

CONTENT_TYPE = "application/problem+json"

STATUS_OF: Mapping[str, int] = {
    "empty_picture": 400,
    "no_picture": 400,
    "unknown_network": 400,
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
    "unreadable_picture": 422,
    "internal_error": 500,
    "busy": 503,
    "engine_unavailable": 503,
}

# An engine that is being restarted needs longer than a queue that is full.
ENGINE_RETRY_SECONDS = 5

_CODE_OF_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "too_many_bytes"}

_log = logging.getLogger(__name__)


class Problem(Exception):
    """An error answer."""

    def __init__(self, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        """Describe the answer.

        Args:
            code: one of `STATUS_OF`.
            detail: what went wrong with this request, for a person.
            headers: further headers of the answer.
        """
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})


def problem_body(code: str, detail: str, status: int | None = None) -> bytes:
    """The JSON text of a problem, with the code's own status if no other is given."""
    status = status or STATUS_OF[code]
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
        code = _CODE_OF_STATUS.get(error.code or 500, "bad_request")
        # Of werkzeug's own headers only Allow matters; its Content-Type is HTML's.
        headers = {name: value for name, value in error.get_headers() if name == "Allow"}
        return _response(code, error.description or error.name, headers)

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        _log.error("a request failed", exc_info=error)
        return _response("internal_error", "The server failed; its log tells why.")


def _response(code: str, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(problem_body(code, detail), STATUS_OF[code], headers, content_type=CONTENT_TYPE)
