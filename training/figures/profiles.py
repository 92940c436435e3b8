"""Which labelled faces are in profile, as the detector's own key points tell it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image
from tqdm import tqdm

from fake_image_detection.bundle import Bundle, FaceDetectorRule, find_bundle
from fake_image_detection.errors import BundleError
from fake_image_detection.faces import Face, look, view_whole
from fake_image_detection.runtimes.runtime import Graph
from fake_image_detection.trust import turned_away
from training.faces.batches import open_face
from training.faces.conditions import as_is
from training.faces.examples import Example


def in_profile(examples: Sequence[Example]) -> np.ndarray | None:
    """Return boolean (n,): whether the detector warns of a face as one in profile; None where there is no bundle."""
    try:
        # Runs without a bundle may lack its runtime, too.
        from fake_image_detection.runtimes.lite import LiteRuntime

        bundle = Bundle(find_bundle())
        rule = bundle.manifest.face_detector
        graph = LiteRuntime().load(bundle, rule.files)
    except (BundleError, ImportError):
        return None
    least = bundle.manifest.trust.profile_offset

    def is_profile(example: Example) -> bool:
        face = best_face(as_is(open_face(example)), graph, rule)
        return face is not None and turned_away(face) > least

    return np.array([is_profile(example) for example in tqdm(examples, desc="profiles", unit="face", leave=False)])


def best_face(crop: Image.Image, graph: Graph, rule: FaceDetectorRule) -> Face | None:
    """Return the face in a crop that the detector is surest of, if any."""
    seen = look(graph, view_whole(np.asarray(crop), rule), 0, rule.score_threshold, rule)
    return max(seen, key=lambda face: face.box.score, default=None)
