"""What is asked of bundles that are there."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from converter.cli import main
from converter.forms import precision
from converter.forms.artifacts import Artifacts, settle, write_artifacts
from converter.forms.lite import LITE_PRECISIONS
from converter.forms.saved_model import write_network
from converter.networks.drawn import with_drawn
from converter.networks.fold import fold
from converter.networks.trained_network import TrainedNetwork, read_network
from converter.proof.pictures import read_faces
from converter.proof.quantisation import Limits, choose
from tests.converter.tiny_networks import (
    MIDDLE,
    SIDE,
    WriteNetwork,
    drawn_head,
    numbers,
    save_faces,
    tiny_network,
    write_files,
)

# Beside its seed, all that the light network of the bundle has.
AS_BUILT = {"drawn": drawn_head(MIDDLE)}


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    folder = tmp_path / "faces"
    folder.mkdir()
    save_faces(folder)
    return folder


@pytest.fixture
def copy(bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle, tmp_path / "copy"))


def change(bundle: Path, *path: str, to: Any) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    *parents, last = path
    inner = manifest
    for key in parents:
        inner = inner[key]
    inner[last] = to
    (bundle / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("with_network", [pytest.param(False, marks=pytest.mark.exhaustive), True])
def test_a_whole_bundle_is_verified(
    no_chromium: None,
    bundle: Path,
    faces: Path,
    write_network: WriteNetwork,
    with_network: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    network = ["--network", str(write_network(**AS_BUILT))] if with_network else []
    assert main(["verify", str(bundle), "--pictures", str(faces), *network]) == 0
    told = capsys.readouterr().out
    assert "is whole and proved" in told
    assert "not run in a browser here" in told


def test_another_network_is_not_the_bundles(
    no_chromium: None, bundle: Path, faces: Path, write_network: WriteNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write_network(seed=2, **AS_BUILT)
    assert main(["verify", str(bundle), "--pictures", str(faces), "--network", str(other)]) == 1
    assert "here not every runtime is the network" in capsys.readouterr().err


def test_a_stray_golden_answer_is_told(
    no_chromium: None, copy: Path, faces: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(copy, "networks", "tiny", "golden", "logits", "lite", to=[1e3, 1e3])
    assert main(["verify", str(copy), "--pictures", str(faces)]) == 1
    assert "tiny as lite: a golden answer strays" in capsys.readouterr().err


@pytest.mark.parametrize("action", [["verify"], ["report"], ["diff", "other"]])
def test_a_damaged_file_is_told_by_its_checksum(
    copy: Path, bundle: Path, action: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = copy / "lite" / "tiny.tflite"
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    named = [str(bundle) if name == "other" else name for name in action]
    assert main([*named, str(copy)]) == 1
    assert "tiny.tflite is damaged: its SHA-256" in capsys.readouterr().err


def test_the_difference_tells_numbers_and_verdicts(
    bundle: Path, copy: Path, faces: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(copy, "networks", "tiny", "bands", to={"real_below": 0.999, "fake_from": 0.9999})
    assert main(["diff", str(bundle), str(copy), "--pictures", str(faces)]) == 0
    said = capsys.readouterr().out
    assert "| networks.tiny.bands.real_below | 0.3 | 0.999 |" in said
    assert "the probability moves by at most 0.0000" in said
    assert "No difference." in said.split("## Files")[1].split("## Verdicts")[0]


def test_the_report_counts_operations_and_times_every_runtime(
    node: None, bundle: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("converter.existing.report.ROUNDS", 3)
    assert main(["report", str(bundle)]) == 0
    said = capsys.readouterr().out.split("## tiny")[1]
    whole = with_drawn(tiny_network(), drawn_head(MIDDLE), "tiny")
    assert f"{fold(whole).count_params():,} parameters" in said
    for runtime in ("SavedModel", "LiteRT float32", "TF.js WASM in Node"):
        assert f"| {runtime} |" in said


def test_the_layout_of_tensorflow_serving_counts_versions(
    bundle: Path, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "serving"
    for _ in range(2):
        assert main(["serving", str(bundle), str(place)]) == 0
    assert [path.name for path in (place / "tiny").iterdir()] == ["1"]
    crops = np.zeros((2, SIDE, SIDE, 3), np.uint8)
    outputs = tf.saved_model.load(str(place / "tiny" / "1")).signatures["serving_default"](image=tf.constant(crops))
    assert outputs["probability_fake"].shape == (2, 1)
    assert "is there already" in capsys.readouterr().out


@pytest.mark.parametrize("action", [["verify"], ["report"], ["serving"]])
def test_a_bundle_that_was_made_quickly_says_what_it_lacks(
    quick_bundle: Path, faces: Path, action: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = {"verify": ["--pictures", str(faces)], "serving": [str(tmp_path / "serving")]}.get(action[0], [])
    assert main([*action, str(quick_bundle), *others]) == 1
    assert "has no SavedModel of" in (error := capsys.readouterr().err)
    assert "make bundle" in error


@pytest.mark.exhaustive
def test_a_bundle_that_was_made_quickly_is_verified_against_keras(
    no_chromium: None, quick_bundle: Path, faces: Path, write_network: WriteNetwork
) -> None:
    strong, light = write_network(seed=2, folder="strong", name="small"), write_network(**AS_BUILT)
    networks = ["--network", str(strong), "--light", str(light)]
    assert main(["verify", str(quick_bundle), "--pictures", str(faces), *networks]) == 0


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Noise of two kinds, which the tiny network tells apart by its brightness."""
    random = np.random.default_rng(5)
    for label, brightest in (("real", 200), ("fake", 256)):
        (tmp_path / "labelled" / label).mkdir(parents=True)
        for index in range(20):
            pixels = random.integers(0, brightest, (SIDE, SIDE, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "labelled" / label / f"{index}.png")
    return tmp_path / "labelled"


@pytest.fixture(scope="module")
def candidates(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainedNetwork, keras.Model, Artifacts]:
    """A network, folded, and its files at every precision."""
    folder = tmp_path_factory.mktemp("candidates")
    network = read_network(write_files(folder / "tiny", tiny_network(), numbers()))
    folded = fold(network.model)
    artifacts = write_artifacts(
        folded,
        lambda model, place: write_network(network, model, place),
        folder / "bundle",
        network.name,
        ("lite", "tfjs"),
        LITE_PRECISIONS,
    )
    return network, folded, artifacts


@pytest.mark.parametrize("strict", [True, False])
def test_the_smallest_form_within_the_limits_is_chosen(
    candidates: tuple[TrainedNetwork, keras.Model, Artifacts],
    labelled: Path,
    tmp_path: Path,
    strict: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Its kernels all are of few weights.
    monkeypatch.setattr(precision, "FEW_WEIGHTS", 0)
    network, folded, written = candidates
    artifacts = replace(written, root=Path(shutil.copytree(written.root, tmp_path / "bundle")))
    faces = read_faces(labelled)
    assert faces is not None and faces.fake.sum() == 20 and len(faces.files) == 40
    # Nothing loses less than nothing, so that only float32 is left.
    limits = Limits(auc=-1, rate=-1, flips=-1) if strict else Limits(auc=1, rate=1, flips=40)
    choice = choose(network, folded, artifacts, faces, limits)
    sizes = {precision: artifacts.candidate(precision).stat().st_size for precision in LITE_PRECISIONS}
    assert choice.tfjs is not None and choice.tfjs.name == ("float32" if strict else "uint8")
    assert choice.lite == ("float32" if strict else min(sizes, key=lambda precision: sizes[precision]))
    assert choice.by_evidence
    for candidate in ("TF.js | uint16", "TF.js | float16", "LiteRT | float16"):
        assert candidate in choice.report
    settled = settle(artifacts, choice.tfjs, choice.lite)
    assert [path.name for path in (tmp_path / "bundle" / "lite").iterdir()] == [Path(settled.lite).name]
