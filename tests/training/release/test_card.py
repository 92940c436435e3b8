from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from fake_image_detection.verdict import Bands, Calibration
from training.faces.conditions import CONDITIONS
from training.faces.examples import Example
from training.figures import groups, sensitivities, shortcuts
from training.figures.scores import BandsAt, Scores, by_condition, figures, judge_at
from training.release import card

from ..tiny_run import CONFIGURATION

EARLIER = [{"name": "first 1.0.0", "settings": asdict(replace(CONFIGURATION, epochs=7))}]


def test_card_has_a_row_for_every_condition_and_origin() -> None:
    origins = {"ffhq": 0, "utkface": 0, "stylegan1": 1, "photoshop-composite": 1}
    faces = [Example(Path(f"{i}.jpg"), label, origin, "test") for origin, label in origins.items() for i in range(20)]
    logits = np.random.default_rng(0).normal(loc=[4.0 * face.label - 2.0 for face in faces]).astype(np.float32)
    scores = Scores(faces, dict.fromkeys(CONDITIONS, logits))
    calibration = Calibration(1.0, 0.0)
    bands: BandsAt = {"strict": Bands(0.4, 0.9), "usual": Bands(0.4, 0.6), "eager": Bands(0.4, 0.5)}
    judged = judge_at(scores, calibration, bands)
    metrics = {
        **figures(scores, calibration, judged),
        "sensitivities": sensitivities.figures(scores, judged),
        "groups": groups.measure(scores, judged, Scores([], {}), calibration, bands),
        "poses": dict.fromkeys(
            shortcuts.POSES,
            shortcuts.control_row(scores.labels, calibration.probability_fake(logits), logits, bands["usual"]),
        ),
        "warned_of": by_condition(scores, calibration, judged["usual"]),
        "history": [],
    }
    network = {
        "name": "tiny", "release": "1.0.0", "input_size": 32, "bands": {"real_below": 0.4, "fake_from": 0.6},
        "sensitivities": {"strict": {"fake_from": 0.9}, "usual": {}, "eager": {"fake_from": 0.5}},
        "licences": {"weights": "MIT", "code": "MIT", "data": "CC0-1.0"},
        "training": {**asdict(CONFIGURATION), "start_weights": "random", "earlier": EARLIER, "faces": 80,
                     "epochs_trained": 1, "without": ["sdxl"],
                     "origins": {"real": {"ffhq": 20, "utkface": 20}, "fake": {"stylegan1": 40}}},
    }  # fmt: skip
    text = card.write(network, metrics)
    for row in (
        *CONDITIONS,
        *shortcuts.POSES,
        *(f"{('real', 'fake')[label]}/{origin}" for origin, label in origins.items()),
    ):
        assert f"\n| {row} |" in text
    for row in (
        "strict | 0.9 | 0.5%",
        "usual | 0.6 | 2.0%",
        "eager | 0.5 | 5.0%",
        "other photographs | 20",
        "stylegan1 | 20",
    ):
        assert f"\n| {row} |" in text
    assert "ROC-AUC of the hard pair" in text
    assert "\n1 of at most 2 epochs of 16 augmented faces" in text
    assert "**Left out of training, not of the figures**: sdxl." in text
    assert "photographed: ffhq 20, utkface 20;\ngenerated: stylegan1 40." in text
    assert "--epochs 7" in text and "--out runs/first-1.0.0\n" in text
    assert "--start runs/first-1.0.0" in text
    assert "\n40 real and 20 fake faces of the validation split" in text
    assert "\n| MIT: see [LICENSE](LICENSE) | MIT | CC0-1.0 |\n" in text
    assert "accuracy.png" not in text
    assert "### Faces that the detector warns of\n\n40 real and 40 fake of these faces" in text
    assert metrics["conditions"]["as is, q75"]["pictures"] == 60
    assert metrics["origins"]["fake/photoshop-composite"]["pictures"] == 20
