"""TF.js in the real Chromium."""

from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from converter.errors import ConverterError
from converter.forms import tfjs
from converter.forms.artifacts import run_keras
from converter.forms.browser import ChromiumMissingError, describe_proof, find_chromium, run_backends, run_in_chromium
from converter.forms.saved_model import write_bare
from tests.converter.tiny_networks import SIDE, tiny_network, with_weights


def pictures(count: int) -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 256, (count, SIDE, SIDE, 3), np.uint8)


def convert(model: keras.Model, folder: Path) -> dict[str, str]:
    write_bare(model, folder / "saved")
    return tfjs.write_tfjs(folder / "saved", folder / "tfjs")


def test_every_backend_agrees_with_keras(chromium: None, tmp_path: Path) -> None:
    model, images = tiny_network(), pictures(12)
    outputs = convert(model, tmp_path)
    expected = run_keras(model, images)
    seen = {}
    for runtime, chosen, found in run_backends(tmp_path / "tfjs", images, outputs):
        seen[runtime] = len(images[chosen])
        for name, values in expected.items():
            np.testing.assert_allclose(found[name], values[chosen], rtol=1e-4, err_msg=f"{name} in {runtime}")
    assert seen == {"TF.js WASM in Chromium": 12, "TF.js WebGL in Chromium": 3, "TF.js CPU in Chromium": 3}


def test_what_a_backend_refuses_is_told_in_its_words(
    chromium: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tfjs, "flatten_biases", lambda graph: [])
    image = keras.Input((SIDE, SIDE, 3), name="image")
    outputs = convert(with_weights(keras.Model(image, {"answer": keras.layers.Conv2D(1, 1)(image)})), tmp_path)
    with pytest.raises(ConverterError, match=r"WASM in Chromium cannot run tfjs: .*rank-1 bias but got rank 4"):
        run_in_chromium(tmp_path / "tfjs" / "model.json", pictures(1), outputs, "wasm")


def test_a_program_that_is_no_browser_is_refused(node: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "false")
    with pytest.raises(ConverterError, match="in Chromium cannot run"):
        run_in_chromium(tmp_path / "model.json", pictures(1), {"logit": "Identity:0"}, "wasm")


def test_a_wrong_name_of_chromium_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/no/such/chromium")
    with pytest.raises(ChromiumMissingError, match="CHROMIUM names /no/such/chromium, which is no program"):
        find_chromium()


def test_without_chromium_the_proof_is_left_out_and_says_so(no_chromium: None, tmp_path: Path) -> None:
    assert list(run_backends(tmp_path, pictures(1), {})) == []
    assert "not run in a browser here" in describe_proof()
    assert "sudo apt install chromium" in describe_proof()
