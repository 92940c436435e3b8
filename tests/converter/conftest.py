"""What the converter's tests share: a way to write networks, and one bundle made from a tiny one."""

import functools
import hashlib
import json
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from converter.environment import prepare_tensorflow

# Before the imports below, which import Keras.
prepare_tensorflow()

import keras  # noqa: E402

from converter.bundle.write import MODELS  # noqa: E402
from converter.errors import ConverterError  # noqa: E402
from converter.forms import browser  # noqa: E402
from converter.forms.artifacts import Artifacts, run_keras, write_artifacts  # noqa: E402
from converter.forms.batches import Outputs  # noqa: E402
from converter.forms.javascript import require_node  # noqa: E402
from converter.networks.blazeface import load_blazeface  # noqa: E402
from converter.proof.parity import Proof, prove_face_detector  # noqa: E402
from converter.rules import FACE_DETECTOR  # noqa: E402
from tests.conftest import made_once  # noqa: E402
from tests.converter.tiny_networks import (  # noqa: E402
    MIDDLE,
    WriteNetwork,
    drawn_head,
    numbers,
    save_faces,
    tiny_network,
    write_files,
)


@pytest.fixture
def write_network(tmp_path: Path) -> WriteNetwork:
    """Call it with `seed`, `folder` and changes to network.json; returns the folder of a trained tiny network."""

    def write(seed: int = 1, folder: str = "tiny", **changes: Any) -> Path:
        return write_files(tmp_path / folder, tiny_network(seed), numbers(**changes))

    return write


@pytest.fixture(scope="session")
def node() -> None:
    """Skips the test where TF.js cannot run in Node."""
    try:
        require_node()
    except ConverterError as error:
        pytest.skip(f"TF.js is not proved here: {error}")


@pytest.fixture(autouse=True, scope="session")
def face_detector_made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The face detector is the same in every bundle: its forms are made and proved for one, and copied into the others.

    What is no longer as it was made is proved anew.
    """

    def copied(model: Any, writer: Any, root: Path, name: str, forms: Any, precisions: Any) -> Artifacts:
        if name != FACE_DETECTOR["name"] or "tfjs" not in forms:
            return write_artifacts(model, writer, root, name, forms, precisions)

        def build(folder: Path) -> None:
            made = write_artifacts(model, writer, folder, name, ("saved_model", "lite", "tfjs"), precisions)
            (folder / "outputs.json").write_text(json.dumps(made.tfjs_outputs))

        folder = made_once("face detector", build, tmp_path_factory)
        for form in forms:
            shutil.copytree(folder / form, root / form, dirs_exist_ok=True)
        return Artifacts(root, name, frozenset(forms), json.loads((folder / "outputs.json").read_text()))

    def proved_once(artifacts: Artifacts, images: NDArray[np.uint8], expected: Outputs, browser: bool) -> Proof:
        here = [path for form in artifacts.forms for path in (artifacts.root / form).rglob("*") if name_in(path)]
        read = [images.tobytes(), *(path.read_bytes() for path in sorted(here) if path.is_file())]
        asked = f"{sorted(artifacts.forms)}{artifacts.precision}{browser and programs()}"
        digest = hashlib.sha256(b"".join([asked.encode(), *(hashlib.sha256(each).digest() for each in read)]))

        def build(folder: Path) -> None:
            proof = prove_face_detector(artifacts, images, expected, browser)
            (folder / "proof").write_bytes(pickle.dumps(proof))

        folder = made_once(f"proof {digest.hexdigest()}", build, tmp_path_factory)
        proof: Proof = pickle.loads((folder / "proof").read_bytes())
        return proof

    def programs() -> tuple[str, ...]:
        return browser.PROGRAMS

    def name_in(path: Path) -> bool:
        return any(part.partition(".")[0] == FACE_DETECTOR["name"] for part in path.parts)

    loaded = functools.cache(load_blazeface)
    answers: dict[bytes, Outputs] = {}

    def answered_once(model: keras.Model, images: NDArray[np.uint8]) -> Outputs:
        if model is not loaded(MODELS / FACE_DETECTOR["name"]):
            return run_keras(model, images)
        pictures = images.tobytes()
        if pictures not in answers:
            answers[pictures] = run_keras(model, images)
        return answers[pictures]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("converter.bundle.write.write_artifacts", copied)
        for module in ("converter.bundle.write", "converter.existing.verify"):
            patch.setattr(f"{module}.load_blazeface", loaded)
            patch.setattr(f"{module}.run_keras", answered_once)
            patch.setattr(f"{module}.prove_face_detector", proved_once)
        yield


@pytest.fixture
def chromium(node: None) -> None:
    """Skips the test where there is no Chromium."""
    try:
        browser.find_chromium()
    except browser.ChromiumMissingError as error:
        pytest.skip(f"TF.js is not proved in a browser here: {error}")


@pytest.fixture
def no_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes Chromium away, for a conversion that is not about it is quicker so."""
    _take_chromium_away(monkeypatch)


def _take_chromium_away(patch: pytest.MonkeyPatch) -> None:
    patch.delenv("CHROMIUM", raising=False)
    patch.setattr(browser, "PROGRAMS", ())


@pytest.fixture(scope="session")
def bundle(node: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole bundle of two tiny networks, made by the command line: `small` is strong, `tiny` light."""

    def build(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            _take_chromium_away(patch)
            convert(folder, *_networks(folder))

    return made_once("whole", build, tmp_path_factory) / "out"


@pytest.fixture(scope="session")
def quick_bundle(node: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of the same networks with the forms that this machine serves."""

    def build(folder: Path) -> None:
        convert(folder, "--quick", *_networks(folder))

    return made_once("quick", build, tmp_path_factory) / "out"


def _networks(folder: Path) -> list[str]:
    strong = write_files(folder / "small", tiny_network(2), numbers(name="small"))
    light = write_files(folder / "tiny", tiny_network(), numbers(drawn=drawn_head(MIDDLE)))
    return ["--network", str(strong), "--light", str(light)]


def convert(folder: Path, *arguments: str) -> None:
    """Write a bundle to `folder`/out, proved on crops of scikit-image's one face."""
    from converter.cli import main

    pictures = folder / "faces"
    pictures.mkdir()
    save_faces(pictures)
    assert main(["build", *arguments, "--pictures", str(pictures), "--out", str(folder / "out")]) == 0
