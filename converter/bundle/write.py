"""The bundle as a whole: written beside its place, proved, and only then put there."""

import contextlib
import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from converter.bundle.manifest import (
    GOLDEN,
    MANIFEST,
    PARITY,
    QUANTISATION,
    face_detector_entry,
    network_entry,
    write_manifest,
)
from converter.bundle.version import bundle_version, weights_hash
from converter.errors import ConverterError
from converter.forms.artifacts import Form, run_keras, settle, write_artifacts
from converter.forms.batches import Outputs
from converter.forms.browser import describe_proof
from converter.forms.javascript import require_node, tfjs_version
from converter.forms.lite import LITE_PRECISIONS
from converter.forms.precision import Plan, plain
from converter.forms.saved_model import write_face_detector, write_network
from converter.networks.blazeface import load_blazeface
from converter.networks.fold import fold
from converter.networks.trained_network import TrainedNetwork
from converter.progress import step
from converter.proof.golden import golden_faces, golden_picture
from converter.proof.parity import MAX_DRAWN_DELTA, MAX_PROBABILITY_DELTA, Proof, prove_face_detector, prove_network
from converter.proof.pictures import LabelledFaces, ProofPictures
from converter.proof.quantisation import FIXED, Choice, Limits, choose
from converter.rules import FACE_DETECTOR

QUICK = (
    "This bundle was made quickly: few pictures, no SavedModel, and no run in a browser. `make bundle` makes and "
    "proves all of it."
)
WITHOUT_TFJS = "This bundle has no TF.js, so it is for a server alone: no extension can be built with it."

MODELS = Path(__file__).parents[2] / "models"


@dataclass(frozen=True)
class Evidence:
    """What precision is chosen by: labelled faces and what may be lost on them."""

    faces: LabelledFaces
    limits: Limits


def write_bundle(
    strong: TrainedNetwork,
    light: TrainedNetwork,
    quantise: str | Evidence,
    pictures: ProofPictures,
    out: Path,
    quick: bool = False,
    tfjs: bool = True,
) -> str:
    """Convert, prove and write a bundle to `out`, replacing a bundle that is there.

    A network that only the server runs gets no TF.js.

    Args:
        strong: the network of the role `strong`.
        light: the network of the role `light`; may be the same object.
        quantise: a name of `converter.proof.quantisation.FIXED`, or what to choose by.
        pictures: what the runtimes are compared on.
        out: the bundle's folder.
        quick: whether to leave out the SavedModels and the proof in a browser.
        tfjs: whether the light network and the face detector get TF.js, for which Node is needed.

    Returns:
        The bundle's version.

    Raises:
        ConverterError: Node is missing, `out` is something else than a bundle, or a runtime strays from Keras by more
            than the limits of converter.proof.parity. Nothing is then changed or left behind.
    """
    if tfjs:
        require_node()
    networks = {network.name: network for network in (strong, light)}
    if FACE_DETECTOR["name"] in networks or (light is not strong and len(networks) == 1):
        raise ConverterError(
            f"Two networks of the bundle would bear one name ({', '.join((strong.name, light.name))}; the face "
            f"detector is {FACE_DETECTOR['name']}). Change `name` in one network.json."
        )
    local: frozenset[Form] = frozenset(["lite"] if quick else ["lite", "saved_model"])
    everywhere: frozenset[Form] = frozenset([*local, "tfjs"]) if tfjs else local
    with _written_beside(out) as root:
        face_entry, face_hash, face_proof = _convert_face_detector(quantise, pictures, root, everywhere, not quick)
        proofs = [face_proof]
        entries, choices = {}, {}
        for name, network in networks.items():
            forms = everywhere if network is light else local
            entries[name], choices[name], proof = _convert_network(
                network, quantise, pictures, root, forms, browser=not quick
            )
            proofs.append(proof)
        version = bundle_version(strong, light, face_hash, choices)
        report = _write_parity(version, proofs, pictures, quick, tfjs)
        print(f"\n{report}")
        _require_agreement(proofs)
        (root / PARITY).write_text(report, encoding="utf-8")
        _write_choices(version, choices, root)
        with step("manifest"):
            write_manifest(root, version, {"strong": strong.name, "light": light.name}, entries, face_entry)
    return version


def _convert_face_detector(
    quantise: str | Evidence, pictures: ProofPictures, root: Path, forms: frozenset[Form], browser: bool
) -> tuple[dict[str, object], str, Proof]:
    name = FACE_DETECTOR["name"]
    face_detector = load_blazeface(MODELS / name)
    artifacts = write_artifacts(fold(face_detector), write_face_detector, root, name, forms, ("float32",))
    plan = None
    if "tfjs" in forms:
        # Released in float16, so that half of the bytes can go and no bit with them.
        plan = plain("float32") if quantise == "float32" else Plan("float16", "float16", lossless=True)
    artifacts = settle(artifacts, plan, "float32")
    images = face_detector_pictures(pictures)
    with step(f"{name}: {len(images)} pictures through Keras", len(images) / 20):
        expected = run_keras(face_detector, images)
    proof = prove_face_detector(artifacts, images, expected, browser)
    golden = _write_golden(root, name, golden_picture(FACE_DETECTOR["input_size"]))
    return face_detector_entry(artifacts, plan, golden, proof.golden), weights_hash(face_detector), proof


def _convert_network(
    network: TrainedNetwork,
    quantise: str | Evidence,
    pictures: ProofPictures,
    root: Path,
    forms: frozenset[Form],
    browser: bool,
) -> tuple[dict[str, object], Choice, Proof]:
    folded = fold(network.model)
    fixed = FIXED[quantise] if isinstance(quantise, str) else None
    artifacts = write_artifacts(
        folded,
        lambda model, folder: write_network(network, model, folder),
        root,
        network.name,
        forms,
        LITE_PRECISIONS if fixed is None else (fixed.lite,),
    )
    if isinstance(quantise, Evidence):
        choice = choose(network, folded, artifacts, quantise.faces, quantise.limits)
        print(f"\n{choice.report}\n")
    else:
        choice = FIXED[quantise] if "tfjs" in forms else replace(FIXED[quantise], tfjs=None)
    artifacts = settle(artifacts, choice.tfjs, choice.lite)
    images = network_pictures(pictures, network.input_size)
    expected, rounded = answers_of(network, choice, images)
    proof = prove_network(network.verdicts, artifacts, choice, images, expected, rounded, browser)
    golden = _write_golden(root, network.name, golden_faces(network.input_size))
    return network_entry(network, artifacts, choice, golden, proof.golden), choice, proof


def network_pictures(pictures: ProofPictures, side: int) -> NDArray[np.uint8]:
    """What a network is proved on, uint8 (n, side, side, 3): the golden pictures come last."""
    return np.concatenate([pictures.resized(side), golden_faces(side)])


def face_detector_pictures(pictures: ProofPictures) -> NDArray[np.uint8]:
    """What the face detector is proved on, as `network_pictures`."""
    side = FACE_DETECTOR["input_size"]
    return np.concatenate([pictures.resized(side), golden_picture(side)])


def answers_of(network: TrainedNetwork, choice: Choice, images: NDArray[np.uint8]) -> tuple[Outputs, Outputs | None]:
    """What the network answers in Keras; also, where TF.js may stray from that, with the weights as it reads them."""
    with step(f"{network.name}: {len(images)} pictures through Keras", 5 + len(images) / 4):
        expected = run_keras(network.model, images)
    if choice.tfjs is None or not choice.by_evidence:
        return expected, None
    with step(f"{network.name}: {len(images)} pictures through Keras with rounded weights", 5 + len(images) / 4):
        folded = fold(network.model)
        with choice.tfjs.applied(folded):
            return expected, run_keras(folded, images)


def _write_golden(root: Path, name: str, pictures: NDArray[np.uint8]) -> str:
    # Raw, for every decoder of pictures is one more thing that could differ.
    path = f"{GOLDEN}/{name}.rgb"
    (root / GOLDEN).mkdir(exist_ok=True)
    (root / path).write_bytes(pictures.tobytes())
    return path


def _write_choices(version: str, choices: dict[str, Choice], root: Path) -> None:
    reports = "\n\n".join(choice.report for choice in choices.values() if choice.by_evidence)
    if reports:
        text = f"# Quantisation of bundle {version}\n\n{reports}\n"
        (root / QUANTISATION).write_text(text, encoding="utf-8")


def require_bundle_place(out: Path) -> None:
    """Refuse, before any work, a place where no bundle can be written.

    Raises:
        ConverterError: `out` is a file, or a folder that holds something else than a bundle.
    """
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise ConverterError(f"{out} is not empty and has no {MANIFEST}, so it is no bundle. Name another --out.")
    if out.exists() and not out.is_dir():
        raise ConverterError(f"{out} is a file; --out takes the bundle's folder. Name another --out.")
    if not out.absolute().parent.is_dir():
        raise ConverterError(f"There is no folder {out.absolute().parent} to write the bundle into. Make it first.")


def _require_agreement(proofs: list[Proof]) -> None:
    failures = [failure for proof in proofs for failure in proof.failures]
    if failures:
        raise ConverterError(
            "Refused: not every runtime is the network, so no bundle is written.\n  "
            + "\n  ".join(failures)
            + "\nIf one runtime strays alone, its conversion is at fault: convert again with the versions of "
            "requirements.txt and converter/node/package-lock.json, then look for the layer it gets wrong. If only "
            "rounded weights stray, ask for finer ones (--quantize uint16 or float32), or let labelled faces decide "
            "(--quantize auto)."
        )


def _write_parity(version: str, proofs: list[Proof], pictures: ProofPictures, quick: bool, tfjs: bool) -> str:
    browser = QUICK if quick else describe_proof()
    tables = "\n\n".join(proof.write() for proof in proofs)
    return f"""\
# Parity of bundle {version}

Each runtime against Keras (TensorFlow, CPU) on the same pictures: {pictures.description}, and the golden pictures of
the bundle. Δ is an absolute difference. No bundle is written when a runtime gives a probability, of the picture or
anywhere in its heat map, or a face's score that differs by more than {MAX_PROBABILITY_DELTA}, or a logit of what tells
drawings by more than {MAX_DRAWN_DELTA}; where labelled faces chose how weights are stored, TF.js is held to that
against Keras with the same weights.

{browser if tfjs else WITHOUT_TFJS}

Measured with {_versions(tfjs)}.

{tables}
"""


def _versions(tfjs: bool) -> str:
    packages = {"TensorFlow": "tensorflow", "Keras": "keras", "LiteRT": "ai-edge-litert"}
    installed = [f"{name} {metadata.version(package)}" for name, package in packages.items()]
    if tfjs:
        installed.append(f"TF.js {tfjs_version()}")
    return ", ".join([*installed, f"Python {platform.python_version()}"])


@contextlib.contextmanager
def _written_beside(out: Path) -> Iterator[Path]:
    """Yield an empty folder beside `out`; it takes the place of `out` if the block ends well and vanishes if not."""
    require_bundle_place(out)
    out = out.absolute()
    fresh, old = (out.with_name(f"{out.name}.{os.getpid()}.{kind}") for kind in ("new", "old"))
    fresh.mkdir()
    try:
        yield fresh
        if out.exists():
            out.rename(old)
        fresh.rename(out)
    finally:
        # Stopped between the two.
        if old.exists() and not out.exists():
            old.rename(out)
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
