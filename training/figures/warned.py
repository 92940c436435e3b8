"""Figures of faces in a state that the detector warns of."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from fake_image_detection.verdict import Bands, Calibration
from training.faces.conditions import WARNED_OF
from training.figures import predict, profiles
from training.figures.scores import Scores, by_condition, judge

# Enough to tell what a warning is worth; all faces would double the time of a release.
MOST_FACES = 500
AS_IS = "as is, q90"
# No other faces can be made into these.
PROFILE = "profile: all that their key points tell"


def measure(
    model: keras.Model, scores: Scores, input_size: int, calibration: Calibration, bands: Bands
) -> dict[str, dict[str, Any]]:
    """Return condition -> its figures, on evenly chosen faces of a split: first as they are, then in each state.

    Faces in profile are all of the split, as far as a bundle is there whose face detector finds them.

    Args:
        model: image -> `logit`.
        scores: of the split, under the condition `AS_IS` at least; composites edited by hand are left out.
        input_size: side of the input in pixels.
        calibration, bands: of the network; the states have no part in setting them.
    """
    generated = scores.where(scores.generated)
    count = len(generated.examples)
    chosen = generated.where(np.arange(count) % -(-count // MOST_FACES) == 0)
    logits = {
        name: predict.logits(model, chosen.examples, condition, input_size, label=name)
        for name, condition in WARNED_OF.items()
    }
    asked = Scores(chosen.examples, {AS_IS: chosen.logits[AS_IS], **logits})
    rows = by_condition(asked, calibration, judge(asked, calibration, bands))
    away = profiles.in_profile(generated.examples)
    if away is not None and len(set(generated.labels[away])) == 2:
        found = generated.where(away)
        asked = Scores(found.examples, {PROFILE: found.logits[AS_IS]})
        rows |= by_condition(asked, calibration, judge(asked, calibration, bands))
    return rows
