"""Tells photographed faces from generated ones, on this machine alone.

>>> from fake_image_detection import FakeImageDetector
>>> FakeImageDetector().detect_fake_image("portrait.jpg")
(False, 0.97)
"""

from fake_image_detection.detector import FakeImageDetector
from fake_image_detection.errors import BundleError, DeviceError, PictureError, SensitivityError
from fake_image_detection.report import Evidence, FaceReport, ImageInfo, Milliseconds, ModelInfo, Notice, Report

__version__ = "0.1.0"

__all__ = [
    "BundleError",
    "DeviceError",
    "Evidence",
    "FaceReport",
    "FakeImageDetector",
    "ImageInfo",
    "Milliseconds",
    "ModelInfo",
    "Notice",
    "PictureError",
    "Report",
    "SensitivityError",
    "__version__",
]
