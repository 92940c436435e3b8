"""Named configurations: recipes of the field beside the project's own, which is the default."""

from __future__ import annotations

from typing import Any

# The transfer recipe of countless tutorials and papers: 224 px, a frozen base, pooled features, a softmax over the two
# classes with sparse categorical cross-entropy, Adam (which AdamW is without decay), rotations and flips.
_CLASSIC: dict[str, Any] = {
    "input_size": 224,
    "loss": "softmax",
    "frozen": True,
    "augmentation": "rotations-and-flips",
    "weight_decay": 0.0,
    "label_smoothing": 0.0,
}

PRESETS: dict[str, dict[str, Any]] = {
    "classic": _CLASSIC,
    # Its second half: the whole network, at a learning rate that does not shake the start weights off.
    "classic-fine-tuned": {**_CLASSIC, "frozen": False, "learning_rate": 1e-4},
}
