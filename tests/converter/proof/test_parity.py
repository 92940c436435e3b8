"""What the proof lets pass and what it does not."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from converter.bundle.write import MODELS
from converter.forms.artifacts import Answers, Artifacts, Form, run_keras
from converter.forms.batches import Outputs
from converter.forms.precision import plain
from converter.networks.blazeface import load_blazeface
from converter.networks.trained_network import TrainedNetwork, read_network
from converter.proof import parity
from converter.proof.golden import golden_faces, golden_picture
from converter.proof.pictures import ProofPictures
from converter.proof.quantisation import FIXED, Choice
from tests.converter.tiny_networks import WriteNetwork

ARTIFACTS = Artifacts(Path(), "tiny", frozenset(), {})
PICTURES = ProofPictures("grey", tuple(np.full((40, 40, 3), grey, np.uint8) for grey in (40, 200)))


def prove(network: TrainedNetwork, images: NDArray[np.uint8], choice: Choice = FIXED["uint16"]) -> parity.Proof:
    expected = run_keras(network.model, images)
    return parity.prove_network(network.verdicts, ARTIFACTS, choice, images, expected, expected, browser=True)


def stub_runtime(monkeypatch: pytest.MonkeyPatch, outputs: Outputs, form: Form = "saved_model") -> None:
    def run(artifacts: Artifacts, images: object, browser: bool = True) -> Iterator[Answers]:
        yield Answers("stub", form, slice(None), outputs)

    monkeypatch.setattr(parity, "run_artifacts", run)


@pytest.mark.parametrize(
    ("form", "delta", "failures"),
    [
        ("saved_model", 0.0, []),
        ("saved_model", 1e-3, []),
        ("saved_model", -50.0, ["probability", "heat map", "real to fake"]),
        ("saved_model", np.nan, ["probability", "heat map"]),
        ("tfjs", 0.1, ["probability", "heat map"]),
        ("lite", 0.1, ["probability", "heat map"]),
    ],
)
def test_a_network_may_stray_by_a_hundredth(
    write_network: WriteNetwork, monkeypatch: pytest.MonkeyPatch, form: Form, delta: float, failures: list[str]
) -> None:
    assert_failures(failures, read_network(write_network()), FIXED["uint16"], form, delta, monkeypatch)


@pytest.mark.parametrize(
    ("form", "delta", "failures"),
    [
        ("saved_model", 0.1, ["probability", "heat map"]),
        ("tfjs", 0.1, ["probability", "heat map"]),
        ("lite", 0.1, []),
        ("lite", -50.0, ["real to fake"]),
    ],
)
def test_a_file_that_labelled_faces_let_pass_may_stray_but_not_turn_real_into_fake(
    write_network: WriteNetwork, monkeypatch: pytest.MonkeyPatch, form: Form, delta: float, failures: list[str]
) -> None:
    chosen = Choice(plain("uint8"), "int8", by_evidence=True)
    assert_failures(failures, read_network(write_network()), chosen, form, delta, monkeypatch)


def assert_failures(
    failures: list[str],
    network: TrainedNetwork,
    choice: Choice,
    form: Form,
    delta: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    images = np.concatenate([PICTURES.resized(32), golden_faces(32)])
    outputs = {name: value + delta for name, value in run_keras(network.model, images).items()}
    stub_runtime(monkeypatch, outputs, form)
    proof = prove(network, images, choice)
    assert len(proof.failures) == len(failures)
    assert all(word in failure for word, failure in zip(failures, proof.failures, strict=True))


def test_a_runtime_that_ran_few_pictures_is_compared_on_those(
    write_network: WriteNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = read_network(write_network())
    images = np.concatenate([PICTURES.resized(32), golden_faces(32)])

    def run(artifacts: Artifacts, given: object, browser: bool = True) -> Iterator[Answers]:
        yield Answers("stub", "tfjs", slice(-1, None), run_keras(network.model, images[-1:]))

    monkeypatch.setattr(parity, "run_artifacts", run)
    proof = prove(network, images)
    assert proof.failures == ()
    assert proof.rows[0][:2] == ("stub", "1")


FACES = np.concatenate([PICTURES.resized(256), golden_picture(256)])


@pytest.fixture(scope="module")
def found() -> Outputs:
    """What the face detector finds in `FACES`."""
    return run_keras(load_blazeface(MODELS / "blazeface_back"), FACES)


@pytest.mark.parametrize(
    ("column", "delta", "failures"),
    [(0, 0.005, 0), (0, 0.02, 1), (2, 0.5 / 256, 0), (2, 2 / 256, 1), (0, np.nan, 1)],
    ids=["score a little", "score too much", "box half a pixel", "box two pixels", "score no number"],
)
def test_a_face_detector_may_stray_by_a_pixel(
    found: Outputs, monkeypatch: pytest.MonkeyPatch, column: int, delta: float, failures: int
) -> None:
    faces = found["faces"].copy()
    faces[0, 100, column] += delta
    stub_runtime(monkeypatch, {"faces": faces})
    assert len(parity.prove_face_detector(ARTIFACTS, FACES, found, browser=True).failures) == failures
