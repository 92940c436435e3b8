"""Figures for Prometheus."""

from server.engines import Engines
from tests.server.server_calls import serving
from tests.server.server_standin import BROKEN, StandinDetector


def loaded() -> Engines:
    engines = Engines(StandinDetector)
    engines.load()
    return engines


def test_requests_verdicts_errors_and_durations_are_counted() -> None:
    with serving(loaded()) as server:
        server.check(b"picture")
        server.check(BROKEN)
        server.check_form(b"a", BROKEN)
        server.get("/nowhere")
        server.get("/healthz", host="evil.com")
        answer = server.get("/metrics")
    figures = answer.body.decode()
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert 'fake_image_http_requests_total{route="/v1/check",status="200"} 2.0' in figures
    assert 'fake_image_http_requests_total{route="/v1/check",status="422"} 1.0' in figures
    assert 'fake_image_http_requests_total{route="unmatched",status="404"} 1.0' in figures
    assert 'fake_image_http_requests_total{route="/healthz",status="403"} 1.0' in figures
    assert 'fake_image_verdicts_total{network="big",verdict="no_face"} 2.0' in figures
    assert 'fake_image_picture_errors_total{code="unreadable_picture"} 2.0' in figures
    assert 'fake_image_stage_seconds_count{network="big",stage="total"} 2.0' in figures
    assert "fake_image_checks_in_flight 0.0" in figures


def test_paths_made_up_by_clients_start_no_series() -> None:
    with serving(loaded()) as server:
        for number in range(3):
            server.get(f"/made-up-{number}")
            server.get(f"/web/made-up-{number}")
        figures = server.get("/metrics").body
    assert b"made-up" not in figures


def test_two_apps_in_one_process_count_for_themselves() -> None:
    with serving(loaded()) as first, serving(loaded()) as second:
        first.check(b"picture")
        one, other = first.get("/metrics").body, second.get("/metrics").body
    assert b'verdict="no_face"} 1.0' in one
    assert b"no_face" not in other
