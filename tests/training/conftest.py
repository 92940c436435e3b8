"""Small folders of made-up faces: smooth ones are real, ones with noise, which a turn leaves, are fake."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partialmethod
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from training.figures import plots, profiles
from training.networks import files
from training.release.trained import Trained, open_network

from .tiny_run import CONFIGURATION, tiny


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what reads PyTorch's own files where a person has chosen another backend."""
    if importlib.util.find_spec("torch") is None:
        for item in items:
            if item.get_closest_marker("torch"):
                item.add_marker(
                    pytest.mark.skip(reason="PyTorch is not installed: pip install -r requirements/torch.txt")
                )


def draw_face(path: Path, fake: bool, seed: int, side: int = 80) -> None:
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(40, 215, (6, 6, 3), dtype=np.uint8))
    pixels = np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC)).astype(np.int16)
    if fake:
        pixels = pixels + rng.integers(-30, 31, (side, side, 1))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path, quality=95)


@pytest.fixture
def uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare a test that is not about the network its graph, which takes longer than the few steps of these runs."""
    monkeypatch.setattr(keras.Model, "compile", partialmethod(keras.Model.compile, run_eagerly=True))


@pytest.fixture(scope="session", autouse=True)
def profiles_without_a_bundle() -> Iterator[None]:
    """Say of half the faces that they are in profile, as if a bundle's face detector had looked at each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(profiles, "in_profile", lambda examples: np.arange(len(examples)) % 2 == 0)
        yield


@pytest.fixture(scope="session", autouse=True)
def small_plots() -> Iterator[Callable[[Figure, Path], None]]:
    """Draw plots small and crowded, in a third of the time; gives what draws them as people see them."""

    def save(figure: Figure, path: Path) -> None:
        figure.set_layout_engine("none")
        figure.savefig(path, dpi=30)
        plt.close(figure)

    usual = plots._save
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plots, "_save", save)
        yield usual


@pytest.fixture
def whole_plots(small_plots: Callable[[Figure, Path], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Plots as people see them."""
    monkeypatch.setattr(plots, "_save", small_plots)


@pytest.fixture
def kaggle_folder(tmp_path: Path) -> Path:
    return lay_out_like_kaggle(tmp_path / "faces")


def lay_out_like_kaggle(root: Path) -> Path:
    """Return a folder laid out like Kaggle's 140k: {train,valid,test}/{real,fake}; always the same faces."""
    for number, (split, count) in enumerate({"train": 8, "valid": 6, "test": 2}.items()):
        for label in ("real", "fake"):
            for i in range(count):
                seed = 1000 * number + 100 * (label == "fake") + i
                draw_face(root / "real_vs_fake" / "real-vs-fake" / split / label / f"{i}.jpg", label == "fake", seed)
    return root


@pytest.fixture
def indexed_folder(tmp_path: Path) -> Path:
    """Return a folder with index.csv: the hard pair, UTKFace with its groups, composites; 30 faces a split."""
    root = tmp_path / "indexed"
    lines = ["file,label,origin,split,side_px,age;gender;race"]
    for split, each in (("train", 6), ("val", 6)):
        for number, (label, origin) in enumerate(
            (
                ("real", "ffhq"),
                ("real", "utkface"),
                ("fake", "stylegan1"),
                ("fake", "sdxl"),
                ("fake", "photoshop-composite"),
            )
        ):
            for i in range(each):
                file = f"{split}/{label}/{origin}/{i}.jpg"
                draw_face(
                    root / file, origin in ("stylegan1", "sdxl"), 100 * number + i + 1000 * (split == "val"), side=48
                )
                people = f"{12 * i};{i % 2};{i % 5}" if origin == "utkface" else ""
                lines.append(f"{file},{label},{origin},{split},48,{people}")
    (root / "index.csv").write_text("\n".join(lines) + "\n")
    return root


# Nine tenths of them must hold 149 of each class to bound a rate by 2 %.
VALIDATION_FACES = 190


@pytest.fixture(scope="session")
def releasable_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with enough validation faces to release a network."""
    root = tmp_path_factory.mktemp("releasable")
    for label in ("real", "fake"):
        for i in range(VALIDATION_FACES):
            draw_face(root / "valid" / label / f"{i}.jpg", label == "fake", i, side=32)
        for i in range(8):
            draw_face(root / "train" / label / f"{i}.jpg", label == "fake", VALIDATION_FACES + i, side=32)
    return root


@pytest.fixture
def released_folder(tmp_path: Path) -> Path:
    """Return models/NAME of a tiny untrained network, in the form in which release() writes it."""
    return release_by_hand(tmp_path / "models" / "tiny", tiny(32, 0.0))


def release_by_hand(folder: Path, model: keras.Model) -> Path:
    files.write(folder, model, numbers_of(folder.name))
    return folder


def numbers_of(name: str) -> dict[str, Any]:
    """Return the numbers of a release that nobody measured."""
    return {
        "name": name, "release": "1.0.0", "input_size": 32, "value_range": [0, 255],
        "calibration": {"scale": 1.0, "bias": 0.1}, "bands": {"real_below": 0.4, "fake_from": 0.6},
        "calibrated_on": "other faces", "provenance": "made by a test", "figures": {},
        "licences": {"weights": "MIT", "code": "MIT", "data": "CC0-1.0"},
        "training": {
            **asdict(CONFIGURATION), "start_weights": "random", "earlier": [], "faces": 16, "epochs_trained": 2,
            "origins": {"real": {"real": 8}, "fake": {"fake": 8}},
        },
    }  # fmt: skip


@pytest.fixture
def network(released_folder: Path) -> Trained:
    return open_network(released_folder)
