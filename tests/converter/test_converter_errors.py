"""Refusals name what to do."""

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from converter import cli, environment
from converter.bundle.stored import graphs
from converter.errors import ConverterError
from converter.forms import javascript as node_module
from converter.networks.trained_network import read_network
from converter.proof.pictures import read_pictures
from fake_image_detection.bundle import Bundle
from tests.converter.tiny_networks import (
    WriteNetwork,
    break_numbers,
    numbers,
    save_faces,
    sensitivities,
    tiny_network,
    write_files,
)
from training.networks import files

ROOT = Path(__file__).parents[2]


def test_a_missing_folder_names_the_networks_beside_it(write_network: WriteNetwork, tmp_path: Path) -> None:
    there = write_network()
    with pytest.raises(ConverterError, match=f"no folder .*Networks found beside it: {there}"):
        read_network(tmp_path / "tinny")


def test_a_keras_file_wants_a_description(tmp_path: Path) -> None:
    (tmp_path / "network.keras").write_bytes(b"PK")
    with pytest.raises(ConverterError, match="has no description"):
        read_network(tmp_path / "network.keras")


def test_a_missing_file_is_named(write_network: WriteNetwork) -> None:
    folder = write_network()
    (folder / "weights.npz").unlink()
    with pytest.raises(ConverterError, match=r"has no weights\.npz"):
        read_network(folder)


def test_all_missing_keys_are_named_at_once(write_network: WriteNetwork) -> None:
    folder = break_numbers(write_network(), calibration={"scale": 1.0})
    content = json.loads((folder / "network.json").read_text())
    del content["bands"], content["licences"]
    (folder / "network.json").write_text(json.dumps(content))
    with pytest.raises(ConverterError, match=r"'bands' is .*'licences' is .*calibration: 'bias' is a required"):
        read_network(folder)


def test_a_network_json_that_is_not_json_is_named(write_network: WriteNetwork) -> None:
    folder = write_network()
    (folder / "network.json").write_text("{")
    with pytest.raises(ConverterError, match=r"network\.json is not JSON"):
        read_network(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "../tiny"}, "it names files"),
        ({"input_size": 64}, "the inputs are .*input_size"),
        ({"value_range": [-1, 1]}, "the normalisation belongs into the network"),
        ({"calibration": {"scale": -1.0, "bias": 0.0}}, "above 0, or a higher logit"),
        ({"calibration": {"scale": float("nan"), "bias": 0.0}}, "NaN is no number"),
        ({"bands": {"real_below": 0.9, "fake_from": 0.8}}, "real_below is above fake_from"),
        ({"sensitivities": sensitivities(strict=0.7, eager=0.6)}, "strict has to call fewer faces fake"),
        ({"sensitivities": sensitivities(strict=0.9, eager=0.2)}, "real_below is above fake_from"),
        ({"sensitivities": {"strict": {}}}, "'usual' is a required"),
        ({"release": "v1"}, "three numbers, such as"),
        ({"licences": {"weights": "my own", "code": "MIT", "data": "MIT"}}, "an SPDX expression, such as MIT"),
        ({"bnads": {}}, "'bnads' was unexpected"),
    ],
)
def test_impossible_numbers_are_refused(write_network: WriteNetwork, change: dict[str, object], message: str) -> None:
    with pytest.raises(ConverterError, match=message):
        read_network(break_numbers(write_network(), **change))


def test_weights_of_another_network_are_refused(write_network: WriteNetwork) -> None:
    folder = write_network()
    np.savez(folder / "weights.npz", allow_pickle=False, **{"0000": np.zeros((3, 3), np.float16)})
    with pytest.raises(ConverterError, match="same training run"):
        read_network(folder)


def test_weights_in_several_parts_are_read_as_one(write_network: WriteNetwork) -> None:
    folder = write_network()
    whole = read_network(folder).model.get_weights()
    with np.load(folder / "weights.npz") as stored:
        arrays = dict(stored)
    first, *others = sorted(arrays)
    np.savez(folder / "weights.npz", **{first: arrays[first]})
    with pytest.raises(ConverterError, match="1 arrays for"):
        read_network(folder)
    np.savez(folder / "weights-2.npz", **{name: arrays[name] for name in others})
    for read, kept in zip(read_network(folder).model.get_weights(), whole, strict=True):
        np.testing.assert_array_equal(read, kept)


def test_weights_that_training_wrote_in_several_parts_are_read_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tiny_network()
    monkeypatch.setattr(files, "PART_BYTES", 1)
    folder = write_files(tmp_path / "tiny", model, numbers())
    assert len(list(folder.glob("*.npz"))) == len(model.get_weights())
    for read, written in zip(read_network(folder).model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(read, written, atol=1e-3)


def test_weights_that_are_not_numbers_are_refused(tmp_path: Path) -> None:
    model = tiny_network()
    model.set_weights([np.full(value.shape, 1e6, np.float32) for value in model.get_weights()])
    with np.errstate(over="ignore"):
        folder = write_files(tmp_path / "tiny", model, numbers())
    with pytest.raises(ConverterError, match="NaN or infinity"):
        read_network(folder)


def test_a_network_without_a_heat_map_is_refused(tmp_path: Path) -> None:
    image = keras.Input((32, 32, 3), name="image")
    logit = keras.layers.Dense(1)(keras.layers.GlobalAveragePooling2D()(image))
    folder = write_files(tmp_path / "tiny", keras.Model(image, {"logit": logit}), numbers())
    with pytest.raises(ConverterError, match=r"wanted are logit .* and local_logits"):
        read_network(folder)


def test_two_networks_of_one_name_are_refused(
    node: None, write_network: WriteNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_faces(tmp_path)
    one, two = write_network(folder="one"), write_network(folder="two", seed=2)
    places = ["--pictures", str(tmp_path), "--out", str(tmp_path / "out")]
    assert cli.main(["--network", str(one), "--light", str(two), *places]) == 1
    assert "would bear one name" in capsys.readouterr().err


def test_missing_node_names_the_fix(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "")
    assert cli.main(["--network", "models/any"]) == 1
    told = capsys.readouterr().err
    assert "npm ci --prefix converter/node" in told
    assert "--without-node" in told


def test_without_node_a_bundle_is_for_a_server_alone(
    monkeypatch: pytest.MonkeyPatch, write_network: WriteNetwork, tmp_path: Path
) -> None:
    save_faces(tmp_path)
    monkeypatch.setenv("PATH", "")
    places = [
        "--network",
        str(write_network(folder="one")),
        "--pictures",
        str(tmp_path),
        "--out",
        str(tmp_path / "out"),
    ]
    assert cli.main([*places, "--quick", "--without-node"]) == 0
    parity = (tmp_path / "out" / "parity.md").read_text()
    assert "no extension can be built with it" in parity
    assert "| TF.js" not in parity
    assert not (tmp_path / "out" / "tfjs").exists()
    for entry in graphs(Bundle(tmp_path / "out")).values():
        assert set(entry["files"]) == {"lite"}


def test_missing_node_modules_name_the_fix(node: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(node_module, "MODULES", tmp_path)
    with pytest.raises(ConverterError, match="npm ci --prefix converter/node"):
        node_module.require_node()


def test_too_few_pictures_are_refused(tmp_path: Path) -> None:
    save_faces(tmp_path, count=3)
    with pytest.raises(ConverterError, match="holds 3 usable pictures; at least 16"):
        read_pictures(tmp_path)


def test_an_unreadable_picture_is_named(tmp_path: Path) -> None:
    save_faces(tmp_path)
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(ConverterError, match=r"broken\.jpg cannot be read"):
        read_pictures(tmp_path)


def test_pictures_of_packages_serve_where_no_faces_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pictures = read_pictures(None).resized(32)
    assert len(np.unique(pictures, axis=0)) == len(pictures) >= 16


def test_another_keras_backend_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.config, "backend", lambda: "torch")
    with pytest.raises(ConverterError, match="already loaded with the backend 'torch'"):
        environment.prepare_tensorflow()


def test_without_a_command_the_command_line_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main([])
    assert stopped.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["build"]])
def test_build_may_be_left_out(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main([*command, "--out", "bundle"])
    assert "converter build: error: the following arguments are required: --network" in capsys.readouterr().err


def test_help_teaches_without_loading_tensorflow() -> None:
    program = "import sys, converter.cli; converter.cli._parser().print_help(); sys.exit('tensorflow' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0
    assert "npm ci --prefix converter/node" in ran.stdout
