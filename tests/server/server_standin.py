"""A detector without a network, for tests of what stands around it."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from fake_image_detection import PictureError
from fake_image_detection.verdict import Sensitivity

MANIFEST: dict[str, Any] = {
    "schema": 1,
    "name": "standin",
    "version": "1.0.0+00000000",
    "picture": {"formats": ["JPEG", "PNG"], "max_bytes": 1000, "max_pixels": 1000},
    "face_detector": {
        "name": "blazeface_back",
        "input_size": 256,
        "score_threshold": 0.6,
        "iou_threshold": 0.3,
        "files": {},
    },
    "crop": {"scale": 1.7, "raise": 0.08, "min_side": 60},
    "resize": "pillow-bicubic",
    "roles": {"strong": "big", "light": "small"},
    "networks": {
        name: {
            "input_size": 160,
            "value_range": [0, 255],
            "calibration": {"scale": 1.0, "bias": 0.0},
            "bands": {"real_below": 0.2, "fake_from": 0.8},
            "files": {},
            "golden": {},
        }
        for name in ("big", "small")
    },
}

BROKEN = b"broken"


class StandinReport:
    def __init__(self, report: dict[str, Any]) -> None:
        self._report = report

    def to_dict(self) -> dict[str, Any]:
        return self._report


class StandinManifest:
    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw


class StandinDetector:
    """Finds no face in any picture, and cannot read the picture `BROKEN`."""

    def __init__(self, role: str = "strong", before_check: Callable[[], object] | None = None) -> None:
        self.manifest = StandinManifest(MANIFEST)
        self.device = "CPU: standin"
        self.runtime = "lite"
        self.sensitivities: tuple[Sensitivity, ...] = ("usual", "eager")
        self.asked: list[Sensitivity] = []
        self._network = MANIFEST["roles"][role]
        self._before_check = before_check

    def check(self, picture: bytes, heatmap: bool, sensitivity: Sensitivity) -> StandinReport:
        self.asked.append(sensitivity)
        if self._before_check:
            self._before_check()
        if picture == BROKEN:
            raise PictureError("unreadable_picture", "broken")
        return self._report(picture)

    def check_many(self, pictures: Sequence[bytes], heatmap: bool, sensitivity: Sensitivity) -> list[StandinReport]:
        self.asked.append(sensitivity)
        return [self._report(picture) for picture in pictures]

    def _report(self, picture: bytes) -> StandinReport:
        report: dict[str, Any] = {
            "verdict": "no_face",
            "verdict_by": "network",
            "probability_fake": None,
            "faces": [],
            "evidence": [],
            "warnings": [],
            "image": {"width": 1, "height": 1, "format": "PNG", "sha256": "0" * 64},
            "model": {
                "name": MANIFEST["name"],
                "version": MANIFEST["version"],
                "network": self._network,
                "runtime": self.runtime,
                "device": self.device,
            },
            "milliseconds": {"decode": 1.0, "faces": 1.0, "network": 0.0, "total": 2.0},
        }
        if picture == BROKEN:
            del report["verdict_by"]
            report |= {"verdict": "error", "image": None}
            report["error"] = {"code": "unreadable_picture", "detail": "broken"}
        return StandinReport(report)


class Gate:
    """Holds checks back until it is opened."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._entered = threading.Semaphore(0)

    def pass_through(self) -> None:
        """Called by the check."""
        self._entered.release()
        assert self._open.wait(20)

    def await_checks(self, count: int) -> None:
        """Wait until so many checks stand before the gate."""
        for _ in range(count):
            assert self._entered.acquire(timeout=20)

    def open(self) -> None:
        """Let all checks go on."""
        self._open.set()
