"""The pictures of a request."""

import io
from typing import IO

from flask import Request, request
from werkzeug.exceptions import RequestEntityTooLarge

from .limits import Limits
from .problems import Problem

FIELD = "image"


class FormInMemory(Request):
    """A request whose form opens no temporary files, which nobody would close where it is refused.

    MAX_CONTENT_LENGTH bounds its size.
    """

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()


def read_pictures(limits: Limits) -> list[bytes]:
    """The encoded pictures of the current request, one or more; whether they can be decoded is not looked at.

    Raises:
        Problem: no_picture, unsupported_format, too_many_bytes, too_many_pictures.
    """
    if request.mimetype == "multipart/form-data":
        return _from_form(limits)
    if request.mimetype.startswith("image/") or request.mimetype == "application/octet-stream":
        return [_body(limits)]
    if not request.content_length:
        raise Problem("no_picture", f'Send a picture as the body, or pictures in the form field "{FIELD}".')
    raise Problem(
        "unsupported_format",
        f"Send the picture with an image/* type, or pictures as multipart/form-data, not {request.mimetype or 'bare'}.",
    )


def _body(limits: Limits) -> bytes:
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise _too_many_bytes(limits) from None


def _from_form(limits: Limits) -> list[bytes]:
    try:
        files = request.files.getlist(FIELD)
    except RequestEntityTooLarge:
        # werkzeug raises the same for a body that is too long and for a form with too many parts.
        if (request.content_length or 0) > limits.request_bytes:
            raise _too_many_bytes(limits) from None
        raise Problem("too_many_pictures", f"A form may have {limits.pictures_per_request} pictures.") from None
    if not files:
        raise Problem("no_picture", f'The form has no file in the field "{FIELD}".')
    return [file.read() for file in files]


def _too_many_bytes(limits: Limits) -> Problem:
    return Problem("too_many_bytes", f"A request may have {limits.request_bytes} bytes.")
