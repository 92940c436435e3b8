"""Every code of a problem has a status."""

from http import HTTPStatus
from typing import get_args

from fake_image_detection.errors import PictureErrorCode
from server.problems import STATUS_OF, ServerCode, code_of, status_of


def test_every_code_that_the_server_may_answer_with_has_a_status() -> None:
    assert set(STATUS_OF) == {*get_args(ServerCode), *get_args(PictureErrorCode)}


def test_whatever_http_refuses_has_a_code_with_a_status() -> None:
    assert {code_of(status) for status in HTTPStatus if status >= 400} <= set(STATUS_OF)


def test_a_code_for_one_status_of_http_answers_with_that_status() -> None:
    own = [status for status in HTTPStatus if status >= 400 and code_of(status) != "bad_request"]
    assert own
    assert [status_of(code_of(status)) for status in own] == own
