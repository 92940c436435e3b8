"""Small folders of made-up faces: smooth ones are real, ones with a checkerboard, as generators leave it, fake."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image


def draw_face(path: Path, fake: bool, seed: int, side: int = 80) -> None:
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(40, 215, (6, 6, 3), dtype=np.uint8))
    pixels = np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC)).astype(np.int16)
    if fake:
        rows, columns = np.indices((side, side))
        pixels = pixels + 20 * ((rows + columns) % 2 * 2 - 1)[..., None]
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path, quality=95)


@pytest.fixture
def kaggle_folder(tmp_path: Path) -> Path:
    """Return a folder laid out like Kaggle's 140k: {train,valid,test}/{real,fake}."""
    root = tmp_path / "faces"
    for number, (split, count) in enumerate({"train": 8, "valid": 6, "test": 2}.items()):
        for label in ("real", "fake"):
            for i in range(count):
                seed = 1000 * number + 100 * (label == "fake") + i
                draw_face(root / "real_vs_fake" / "real-vs-fake" / split / label / f"{i}.jpg", label == "fake", seed)
    return root
