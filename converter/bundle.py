"""The bundle as a whole: written beside its place, proved, and only then put there."""

import contextlib
import os
import platform
import shutil
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from converter.artifacts import write_artifacts
from converter.blazeface import load_blazeface
from converter.browser import describe_proof
from converter.errors import ConverterError
from converter.manifest import MANIFEST, PARITY, network_entry, write_manifest
from converter.node import require_node, tfjs_version
from converter.parity import MAX_PROBABILITY_DELTA, Proof, prove_face_detector, prove_network
from converter.pictures import ProofPictures
from converter.progress import step
from converter.rules import FACE_DETECTOR
from converter.trained_network import TrainedNetwork
from converter.version import bundle_version

MODELS = Path(__file__).parents[1] / "models"


def write_bundle(strong: TrainedNetwork, light: TrainedNetwork, pictures: ProofPictures, out: Path) -> str:
    """Convert, prove and write a bundle to `out`, replacing a bundle that is there.

    Args:
        strong: the network of the role `strong`.
        light: the network of the role `light`; may be the same object.
        pictures: what the runtimes are compared on.
        out: the bundle's folder.

    Returns:
        The bundle's version.

    Raises:
        ConverterError: Node is missing, `out` is something else than a bundle, or a runtime strays from Keras by more
            than the limits of converter.parity. Nothing is then changed or left behind.
    """
    require_node()
    networks = {network.name: network for network in (strong, light)}
    if FACE_DETECTOR["name"] in networks or (light is not strong and len(networks) == 1):
        raise ConverterError(
            f"Two networks of the bundle would bear one name ({', '.join((strong.name, light.name))}; the face "
            f"detector is {FACE_DETECTOR['name']}). Change `name` in one network.json."
        )
    face_detector = load_blazeface(MODELS / FACE_DETECTOR["name"])
    version = bundle_version(strong, light, face_detector)
    with _written_beside(out) as root:
        face_artifacts = write_artifacts(face_detector, root, FACE_DETECTOR["name"])
        proofs = [prove_face_detector(face_detector, face_artifacts, pictures)]
        entries = {}
        for name, network in networks.items():
            artifacts = write_artifacts(network.model, root, name)
            proof, reference = prove_network(network, artifacts, pictures)
            proofs.append(proof)
            entries[name] = network_entry(network, artifacts, reference)
        report = _report(version, proofs, pictures)
        print(f"\n{report}")
        _require_agreement(proofs)
        (root / PARITY).write_text(report, encoding="utf-8")
        with step("manifest"):
            write_manifest(root, version, {"strong": strong.name, "light": light.name}, entries, face_artifacts)
    return version


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
            "requirements.txt and converter/node/package-lock.json, then look for the layer it gets wrong."
        )


def _report(version: str, proofs: list[Proof], pictures: ProofPictures) -> str:
    head = [
        f"# Parity of bundle {version}",
        "",
        f"Each runtime against Keras (TensorFlow, CPU) on the same pictures: {pictures.description}; for the networks "
        "the reference picture too. Δ is an absolute difference. All weights are float32. No bundle is written when a "
        "probability, of the picture or anywhere in its heat map, or a face's score differs by more than "
        f"{MAX_PROBABILITY_DELTA}.",
        "",
        describe_proof(),
        "",
        f"Measured with {_versions()}.",
    ]
    return "\n\n".join(["\n".join(head), *(proof.to_markdown() for proof in proofs)]) + "\n"


def _versions() -> str:
    packages = {"TensorFlow": "tensorflow", "Keras": "keras", "LiteRT": "ai-edge-litert"}
    installed = [f"{name} {metadata.version(package)}" for name, package in packages.items()]
    return ", ".join([*installed, f"TF.js {tfjs_version()}", f"Python {platform.python_version()}"])


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
        try:
            fresh.rename(out)
        except OSError:
            if old.exists():
                old.rename(out)
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
