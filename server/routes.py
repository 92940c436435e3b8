"""The routes of the server."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from werkzeug.exceptions import NotFound

from fake_image_detection import PictureError
from fake_image_detection.verdict import USUAL, Sensitivity

from .engines import DEFAULT_ROLE, Detector, Engines, NotLoadedError, UnknownNetworkError
from .limits import Limits
from .metrics import Metrics
from .openapi import describe
from .pictures import read_pictures
from .problems import Problem


def install(app: Flask, engines: Engines, metrics: Metrics, limits: Limits) -> None:
    """Give the app its routes."""
    slots = threading.BoundedSemaphore(limits.checks_at_a_time)
    wait = {"Retry-After": str(limits.retry_after_seconds)}

    def detector(role: str = DEFAULT_ROLE) -> Detector:
        try:
            return engines.get(role)
        except UnknownNetworkError:
            raise Problem("unknown_network", 'The network is "strong" or "light".') from None
        except NotLoadedError:
            if engines.failed:
                raise Problem("internal_error", "The network could not be loaded; the log tells why.") from None
            raise Problem("busy", "The network is being loaded.", wait) from None

    @contextmanager
    def slot() -> Iterator[None]:
        if not slots.acquire(blocking=False):
            raise Problem("busy", "Other pictures are being checked; try again.", wait)
        try:
            with metrics.checking():
                yield
        finally:
            slots.release()

    def check_one(judge: Detector, picture: bytes, heatmap: bool, sensitivity: Sensitivity) -> dict[str, Any]:
        try:
            report = judge.check(picture, heatmap, sensitivity).to_dict()
        except PictureError as error:
            metrics.record_error(error.code)
            raise
        metrics.record(report)
        return report

    @app.get("/")
    def page() -> Response:
        try:
            return app.send_static_file("index.html")
        except NotFound:
            raise Problem(
                "not_found", "The page has not been built: run `npm --prefix extension run build:page`, or `make run`."
            ) from None

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="alive")

    @app.get("/readyz")
    def readyz() -> Response:
        detector()
        engines.probe()
        return jsonify(status="ready")

    @app.get("/metrics")
    def metrics_text() -> Response:
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    @app.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(describe(limits))

    @app.get("/v1/model")
    def model() -> Response:
        return jsonify(_describe_model(detector(), limits))

    @app.post("/v1/check")
    def check() -> Response:
        heatmap = request.args.get("heatmap") in ("1", "true")
        with slot():
            judge = detector(request.args.get("network", DEFAULT_ROLE))
            sensitivity = _sensitivity(judge, request.args.get("sensitivity", USUAL))
            pictures = read_pictures(limits)
            if len(pictures) == 1:
                return jsonify(check_one(judge, pictures[0], heatmap, sensitivity))
            reports = [report.to_dict() for report in judge.check_many(pictures, heatmap, sensitivity)]
        for report in reports:
            metrics.record(report)
        return jsonify(reports=reports)


def _sensitivity(detector: Detector, wanted: str) -> Sensitivity:
    for known in detector.sensitivities:
        if known == wanted:
            return known
    raise Problem("unknown_sensitivity", f"This network's sensitivity is {' or '.join(detector.sensitivities)}.")


def _describe_model(detector: Detector, limits: Limits) -> dict[str, Any]:
    manifest = detector.manifest.raw
    return {
        "name": manifest["name"],
        "version": manifest["version"],
        "runtime": detector.runtime,
        "device": detector.device,
        "roles": manifest["roles"],
        "networks": {
            name: {key: value for key, value in network.items() if key not in ("files", "golden")}
            for name, network in manifest["networks"].items()
        },
        "face_detector": {
            key: value for key, value in manifest["face_detector"].items() if key not in ("files", "golden")
        },
        "crop": manifest["crop"],
        "picture": manifest["picture"],
        "request": {"max_bytes": limits.request_bytes, "max_pictures": limits.pictures_per_request},
    }
