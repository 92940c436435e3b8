"""Figures for Prometheus, one registry for each app."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

CHECK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts and durations of one app; `registry` holds them."""

    def __init__(self) -> None:
        """Start at zero."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "fake_image_http_requests", "Answered requests", ["route", "status"], registry=self.registry
        )
        self._request_seconds = Histogram(
            "fake_image_http_request_seconds", "Time to answer a request", ["route"], registry=self.registry
        )
        self._verdicts = Counter(
            "fake_image_verdicts", "Pictures by verdict", ["network", "verdict"], registry=self.registry
        )
        self._errors = Counter(
            "fake_image_picture_errors", "Pictures without a verdict, by error code", ["code"], registry=self.registry
        )
        self._stage_seconds = Histogram(
            "fake_image_stage_seconds",
            "Time spent on one picture, by stage",
            ["network", "stage"],
            buckets=CHECK_BUCKETS,
            registry=self.registry,
        )
        self._in_flight = Gauge(
            "fake_image_checks_in_flight", "Requests being checked or waiting for it", registry=self.registry
        )

    def watch(self, app: Flask) -> None:
        """Count the app's requests."""

        @app.before_request
        def start() -> None:
            g.started = time.perf_counter()

        @app.after_request
        def count(response: Response) -> Response:
            # The rule, not the path: paths that were made up by clients would each start a new time series.
            route = request.url_rule.rule if request.url_rule else "unmatched"
            self._requests.labels(route, str(response.status_code)).inc()
            self._request_seconds.labels(route).observe(time.perf_counter() - g.started)
            return response

    @contextmanager
    def checking(self) -> Iterator[None]:
        """Count a check as being in flight while the block runs."""
        with self._in_flight.track_inprogress():
            yield

    def record(self, report: Mapping[str, Any]) -> None:
        """Count one report (a dict as in the API)."""
        if "error" in report:
            self.record_error(report["error"]["code"])
            return
        network = report["model"]["network"]
        self._verdicts.labels(network, report["verdict"]).inc()
        for stage, milliseconds in report["milliseconds"].items():
            self._stage_seconds.labels(network, stage).observe(milliseconds / 1000)

    def record_error(self, code: str) -> None:
        """Count a picture that could not be judged."""
        self._errors.labels(code).inc()
