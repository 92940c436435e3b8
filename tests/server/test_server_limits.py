"""Bounds on what a client may ask for."""

import socket
import threading
from collections.abc import Iterator

import pytest

from server.engines import Engines
from server.limits import Limits
from tests.server.server_calls import Answer, Server, form, serving
from tests.server.server_standin import Gate, StandinDetector

LIMITS = Limits(request_bytes=20_000, pictures_per_request=3, checks_at_a_time=2, retry_after_seconds=7)


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    engines = Engines(StandinDetector)
    engines.load()
    with serving(engines, limits=LIMITS) as server:
        yield server


def test_largest_body_is_taken(small: Server) -> None:
    assert small.check(bytes(LIMITS.request_bytes)).status == 200


def test_longer_body_is_refused(small: Server) -> None:
    answer = small.check(bytes(LIMITS.request_bytes + 1))
    assert (answer.status, answer.code) == (413, "too_many_bytes")


def test_announced_length_is_refused_before_it_is_sent(small: Server) -> None:
    with socket.create_connection(("127.0.0.1", small.port), timeout=20) as connection:
        head = f"POST /v1/check HTTP/1.1\r\nHost: localhost:{small.port}\r\nContent-Length: 99999999999\r\n\r\n"
        connection.sendall(head.encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer
    assert b'"code": "too_many_bytes"' in answer


def test_chunked_body_is_bounded_too(small: Server) -> None:
    chunk = b"4000\r\n" + bytes(0x4000) + b"\r\n"
    with socket.create_connection(("127.0.0.1", small.port), timeout=20) as connection:
        head = f"POST /v1/check HTTP/1.1\r\nHost: localhost:{small.port}\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode() + chunk * 2)
        assert connection.recv(12) == b"HTTP/1.1 413"


def test_too_long_headers_are_a_problem(small: Server) -> None:
    answer = small.get("/healthz", headers={"X-Long": "x" * 40_000})
    assert (answer.status, answer.code) == (431, "too_long_headers")


def test_most_pictures_are_taken(small: Server) -> None:
    assert len(small.check_form(b"a", b"b", b"c").json["reports"]) == 3


def test_one_picture_more_is_refused(small: Server) -> None:
    answer = small.check_form(b"a", b"b", b"c", b"d")
    assert (answer.status, answer.code) == (413, "too_many_pictures")


def test_fields_of_other_names_count_as_parts(small: Server) -> None:
    assert small.check_form(*[b"a"] * 4, field="other").code == "too_many_pictures"


def test_form_that_is_too_long_is_refused_for_its_bytes(small: Server) -> None:
    assert small.check_form(bytes(LIMITS.request_bytes)).code == "too_many_bytes"


def test_busy_server_says_when_to_come_back_and_recovers() -> None:
    gate = Gate()
    engines = Engines(lambda role: StandinDetector(role, before_check=gate.pass_through))
    engines.load()
    with serving(engines, limits=LIMITS) as server:
        held: list[Answer] = []
        threads = [threading.Thread(target=lambda: held.append(server.check(b"picture"))) for _ in range(2)]
        for thread in threads:
            thread.start()
        gate.await_checks(2)

        refused = server.check(b"picture")
        figures = server.get("/metrics").body.decode()
        health = server.get("/healthz")
        gate.open()
        for thread in threads:
            thread.join()
        after = server.check(b"picture")

    assert (refused.status, refused.code, refused.headers["retry-after"]) == (503, "busy", "7")
    assert "fake_image_checks_in_flight 2.0" in figures
    assert health.status == 200
    assert [answer.status for answer in held] == [200, 200]
    assert after.status == 200


def test_failed_checks_give_their_place_back(small: Server) -> None:
    assert [small.check(b"broken").status for _ in range(5)] == [422] * 5


def test_unfinished_form_is_no_picture(small: Server) -> None:
    body = form(b"a")[:40]
    headers = {"Content-Type": "multipart/form-data; boundary=----boundary----"}
    assert small.call("POST", "/v1/check", body, headers).status == 400
