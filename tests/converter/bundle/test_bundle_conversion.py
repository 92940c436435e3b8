"""The whole way: a trained network in, a proved bundle out, or nothing at all."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from converter.bundle import write as bundle_module
from converter.bundle.stored import graphs
from converter.bundle.version import bundle_version
from converter.cli import main
from converter.forms import artifacts
from converter.forms.artifacts import run_keras
from converter.forms.batches import Outputs, collect
from converter.forms.lite import run_lite
from converter.forms.saved_model import run_saved_model
from converter.forms.tfjs import write_tfjs
from converter.networks.trained_network import read_network
from converter.proof.golden import golden_faces
from converter.proof.quantisation import FIXED, Choice
from fake_image_detection import BundleError, FakeImageDetector
from fake_image_detection.bundle import Bundle
from fake_image_detection.runtimes.saved_model import SavedModelRuntime
from tests.converter.tiny_networks import MIDDLE, SIDE, WriteNetwork, drawn_head, run_tfjs, save_faces, sensitivities


def test_the_manifest_names_every_file_with_its_hash(bundle: Path) -> None:
    files = json.loads((bundle / "manifest.json").read_text())["files"]
    present = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()}
    assert set(files) == present - {"manifest.json", "parity.md"}
    for name, entry in files.items():
        content = (bundle / name).read_bytes()
        assert entry == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def test_the_manifest_carries_the_networks_numbers(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    network = manifest["networks"]["tiny"]
    assert manifest["roles"] == {"strong": "small", "light": "tiny"}
    assert manifest["version"].startswith("1.2.3+") and len(manifest["version"]) == len("1.2.3+12345678")
    assert (network["input_size"], network["calibration"]) == (SIDE, {"scale": 1.0, "bias": -1.0})
    assert network["bands"] == {"real_below": 0.3, "fake_from": 0.8}
    assert network["licences"] == {"weights": "MIT", "code": "MIT", "data": "CC0-1.0"}


def test_every_runtime_gives_its_golden_logits(bundle: Path) -> None:
    network = json.loads((bundle / "manifest.json").read_text())["networks"]["tiny"]
    pictures = np.frombuffer((bundle / network["golden"]["pictures"]).read_bytes(), np.uint8).reshape(2, SIDE, SIDE, 3)
    for form, answer in answers(bundle, pictures).items():
        np.testing.assert_allclose(answer["logit"][:, 0], network["golden"]["logits"][form], atol=1e-4)


def test_the_golden_pictures_end_with_the_one_that_can_be_computed(bundle: Path) -> None:
    network = json.loads((bundle / "manifest.json").read_text())["networks"]["tiny"]
    pictures = np.frombuffer((bundle / network["golden"]["pictures"]).read_bytes(), np.uint8).reshape(2, SIDE, SIDE, 3)
    assert pictures[1, 20, 30, 1] == (20 * 7 + 30 * 3 + 1 * 50) % 256


def test_the_heat_map_averages_to_the_logit_in_every_runtime(bundle: Path) -> None:
    for answer in answers(bundle, golden_faces(SIDE)).values():
        np.testing.assert_allclose(answer["local_logits"].mean(axis=(1, 2)), answer["logit"], rtol=1e-4)


def test_every_runtime_tells_drawings_by_the_head_of_the_network(bundle: Path, write_network: WriteNetwork) -> None:
    pictures = golden_faces(SIDE)
    wanted = run_keras(read_network(write_network(drawn=drawn_head(MIDDLE))).model, pictures)["drawn"]
    for answer in answers(bundle, pictures).values():
        np.testing.assert_allclose(answer["drawn"], wanted, rtol=1e-3)


def answers(bundle: Path, pictures: NDArray[np.uint8]) -> dict[str, Outputs]:
    files = json.loads((bundle / "manifest.json").read_text())["networks"]["tiny"]["files"]
    return {
        "saved_model": collect(run_saved_model(bundle / files["saved_model"], pictures))[0],
        "lite": collect(run_lite(bundle / files["lite"], pictures))[0],
        "tfjs": run_tfjs((bundle / files["tfjs"]["model"]).parent, files["tfjs"]["outputs"], pictures),
    }


def test_lite_takes_a_batch(bundle: Path) -> None:
    from ai_edge_litert.interpreter import Interpreter

    runner = Interpreter(model_path=str(bundle / "lite" / "tiny.tflite")).get_signature_runner()
    assert runner(image=np.zeros((5, SIDE, SIDE, 3), np.float32))["logit"].shape == (5, 1)


RUNTIMES = ("SavedModel", "LiteRT float32", "TF.js WASM in Node")


def test_parity_is_written_for_every_runtime_of_every_network(bundle: Path) -> None:
    parity = (bundle / "parity.md").read_text()
    # The strong network has no TF.js.
    assert [parity.count(f"| {runtime} |") for runtime in RUNTIMES] == [3, 3, 2]


def test_parity_says_where_no_browser_was_asked(bundle: Path) -> None:
    parity = (bundle / "parity.md").read_text()
    assert "not run in a browser here" in parity
    assert "in Chromium |" not in parity


def test_a_runtime_that_strays_is_refused_and_nothing_is_left(
    node: None,
    write_network: WriteNetwork,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:

    def write_and_corrupt(saved_model: Path, folder: Path) -> dict[str, str]:
        outputs = write_tfjs(saved_model, folder)
        if folder.name == "tiny":
            shard = folder / "group1-shard1of1.bin"
            weights = np.frombuffer(shard.read_bytes(), "<f4").copy()
            weights[np.isfinite(weights) & (weights > 0.05) & (weights < 1)] *= 1.5
            shard.write_bytes(weights.tobytes())
        return outputs

    monkeypatch.setattr(artifacts, "write_tfjs", write_and_corrupt)
    network = write_network()
    save_faces(tmp_path)
    place = tmp_path / "place"
    place.mkdir()
    places = ["--pictures", str(tmp_path), "--out", str(place / "out")]
    assert main(["build", "--quick", "--network", str(network), *places]) == 1
    error = capsys.readouterr().err
    assert "tiny in TF.js WASM in Node: max |delta probability|" in error
    assert "LiteRT" not in error
    assert list(place.iterdir()) == []


def test_bundle_that_is_there_survives_a_stop_at_the_worst_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text("{}")
    rename = Path.rename

    def rename_but_stop(path: Path, target: Path) -> Path:
        if path.name.endswith(".new"):
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", rename_but_stop)
    with pytest.raises(KeyboardInterrupt), bundle_module._written_beside(out):
        pass
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["out", "out/manifest.json"]


def test_a_quick_bundle_has_the_forms_that_its_machine_serves(quick_bundle: Path) -> None:
    read = Bundle(quick_bundle)
    forms = {name: set(entry["files"]) for name, entry in graphs(read).items()}
    assert forms == {"blazeface_back": {"lite", "tfjs"}, "small": {"lite"}, "tiny": {"lite", "tfjs"}}
    assert {path.name for path in quick_bundle.iterdir()} == {"manifest.json", "parity.md", "golden", "lite", "tfjs"}
    assert "make bundle" in (quick_bundle / "parity.md").read_text()


def test_a_quick_bundle_serves_the_cpu_and_says_what_a_gpu_needs(quick_bundle: Path) -> None:
    detector = FakeImageDetector(quick_bundle, device="cpu")
    assert detector.runtime == "lite"
    read = Bundle(quick_bundle)
    with pytest.raises(BundleError, match=r"has no SavedModel, which a GPU .* make bundle"):
        SavedModelRuntime(tf, "/CPU:0", "GPU: made up").load(read, read.manifest.network("strong").files)


def test_a_whole_bundle_has_the_version_of_the_quick_one_and_every_form(bundle: Path, quick_bundle: Path) -> None:
    whole = Bundle(bundle).manifest
    assert whole.version == Bundle(quick_bundle).manifest.version
    forms = {name: set(entry["files"]) for name, entry in whole.raw["networks"].items()}
    assert forms == {"small": {"lite", "saved_model"}, "tiny": {"lite", "saved_model", "tfjs"}}


def test_a_failure_halfway_keeps_the_old_bundle(
    node: None, write_network: WriteNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(bare: Path, path: Path, precision: str) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(artifacts, "write_lite", fail)
    old = tmp_path / "place" / "out"
    old.mkdir(parents=True)
    (old / "manifest.json").write_text("old")
    save_faces(tmp_path)
    with pytest.raises(RuntimeError, match="disk full"):
        main(["--quick", "--network", str(write_network()), "--pictures", str(tmp_path), "--out", str(old)])
    assert _contents(tmp_path / "place") == {"out/manifest.json": "old"}


def test_a_new_bundle_replaces_the_old_one_whole(tmp_path: Path) -> None:
    old = tmp_path / "out"
    old.mkdir()
    (old / "manifest.json").write_text("old")
    (old / "stale").write_text("")
    with bundle_module._written_beside(old) as fresh:
        (fresh / "manifest.json").write_text("new")
    assert _contents(tmp_path) == {"out/manifest.json": "new"}


def test_a_folder_that_is_no_bundle_is_not_replaced(
    node: None, write_network: WriteNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_faces(tmp_path)
    out = tmp_path / "precious"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    assert main(["--network", str(write_network()), "--pictures", str(tmp_path), "--out", str(out)]) == 1
    assert "it is no bundle" in capsys.readouterr().err
    assert (out / "thesis.txt").read_text() == "years of work"


def test_the_same_network_has_the_same_version(write_network: WriteNetwork) -> None:
    assert _version(write_network(folder="one")) == _version(write_network(folder="two"))


def test_words_do_not_change_the_version(write_network: WriteNetwork) -> None:
    assert _version(write_network(folder="one")) == _version(write_network(folder="two", provenance="corrected"))


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"calibration": {"scale": 1.1, "bias": -1.0}},
        {"bands": {"real_below": 0.3, "fake_from": 0.9}},
        {"max_roll": 30},
        {"drawn": drawn_head(MIDDLE)},
    ],
    ids=["weights", "calibration", "bands", "the tilt that is trusted", "what tells drawings"],
)
def test_what_moves_verdicts_changes_the_version(write_network: WriteNetwork, change: dict[str, object]) -> None:
    assert _version(write_network(folder="one")) != _version(write_network(folder="two", **change))


def test_a_sensitivity_changes_the_version_by_its_band_and_not_by_its_figures(write_network: WriteNetwork) -> None:
    without = _version(write_network(folder="without"))
    one = _version(write_network(folder="one", sensitivities=sensitivities(strict=0.9, eager=0.6)))
    corrected = sensitivities(strict=0.9, eager=0.6)
    corrected["usual"]["figures"]["fake_called_fake"] = 0.7
    assert one == _version(write_network(folder="two", sensitivities=corrected))
    assert len({without, one, _version(write_network(folder="three", sensitivities=sensitivities(0.9, 0.5)))}) == 3


def test_what_the_weights_are_stored_as_changes_the_version(write_network: WriteNetwork) -> None:
    folder = write_network()
    assert _version(folder) != _version(folder, FIXED["float16"])


def _version(folder: Path, choice: Choice = FIXED["uint16"]) -> str:
    network = read_network(folder)
    return bundle_version(network, network, "0" * 64, {network.name: choice})


def _contents(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}
