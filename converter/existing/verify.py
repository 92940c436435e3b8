"""The proof of a bundle, made again: on this machine, with its versions, of the files as they lie there."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from converter.bundle.stored import artifacts_of, choice_of, graphs, open_bundle, require_saved_model
from converter.bundle.write import MODELS, answers_of, face_detector_pictures, network_pictures
from converter.errors import ConverterError
from converter.forms.artifacts import run_keras
from converter.forms.batches import collect
from converter.forms.browser import describe_proof
from converter.forms.saved_model import run_saved_model
from converter.networks.blazeface import load_blazeface
from converter.networks.trained_network import TrainedNetwork, Verdicts
from converter.proof.parity import Proof, prove_face_detector, prove_network
from converter.proof.pictures import ProofPictures
from converter.rules import FACE_DETECTOR
from fake_image_detection.bundle import Bundle


def verify_bundle(folder: Path, networks: Sequence[TrainedNetwork], pictures: ProofPictures) -> str:
    """Check every file's hash, every form's golden answers, and that all forms agree on the pictures.

    Args:
        folder: the bundle.
        networks: those it was made from, as far as they are at hand: their forms are compared with Keras, the other
            networks' with their own SavedModel.
        pictures: what is compared on.

    Returns:
        The proof as Markdown.

    Raises:
        ConverterError: the bundle is damaged, is not of these networks, or a runtime strays.
    """
    bundle = open_bundle(folder)
    given = {network.name: network for network in networks}
    if unknown := given.keys() - bundle.manifest.raw["networks"].keys():
        known = ", ".join(bundle.manifest.raw["networks"])
        raise ConverterError(f"{folder} has no network {', '.join(sorted(unknown))}; it has {known}.")
    for name in sorted(bundle.manifest.raw["networks"].keys() - given.keys()):
        purpose = "to compare the other forms with; or name the network with --network or --light"
        require_saved_model(bundle, name, purpose)
    detector = FACE_DETECTOR["name"]
    images = face_detector_pictures(pictures)
    expected = run_keras(load_blazeface(MODELS / detector), images)
    artifacts = artifacts_of(bundle, detector)
    proofs = [prove_face_detector(artifacts, images, expected, browser=True)]
    for name in bundle.manifest.raw["networks"]:
        proofs.append(_prove(bundle, name, given.get(name), pictures))
    failures = [failure for proof in proofs for failure in (*proof.failures, *_golden_failures(bundle, proof))]
    tables = "\n\n".join(proof.write() for proof in proofs)
    browser = f"\n\n{describe_proof()}" if "tfjs" in artifacts.forms else ""
    report = f"""\
# Bundle {bundle.manifest.version}, proved again

On {pictures.description}, and the golden pictures.{browser}

{tables}"""
    if failures:
        raise ConverterError(
            f"{report}\n\n{folder} is whole, but here not every runtime is the network:\n  " + "\n  ".join(failures)
        )
    return report


def _prove(bundle: Bundle, name: str, network: TrainedNetwork | None, pictures: ProofPictures) -> Proof:
    entry, artifacts, choice = graphs(bundle)[name], artifacts_of(bundle, name), choice_of(bundle, name)
    images = network_pictures(pictures, entry["input_size"])
    verdicts = Verdicts.of(entry)
    if network is not None:
        if network.verdicts != verdicts:
            raise ConverterError(f"{name} has another calibration or other bands than the bundle. Convert it anew.")
        expected, rounded = answers_of(network, choice, images)
        return prove_network(verdicts, artifacts, choice, images, expected, rounded, browser=True)
    own, _ = collect(run_saved_model(artifacts.root / artifacts.saved_model, images))
    own.pop("probability_fake")
    return prove_network(verdicts, artifacts, choice, images, own, None, browser=True)


def _golden_failures(bundle: Bundle, proof: Proof) -> list[str]:
    golden = graphs(bundle)[proof.title]["golden"]
    stored = golden.get("logits") or golden["faces"]
    failures = []
    for form, answers in proof.golden.items():
        stray = float(np.abs(np.subtract(answers, stored[form])).max())
        # "not <=" rather than ">": a NaN must fail.
        if not stray <= golden["max_delta"]:
            failures.append(f"{proof.title} as {form}: a golden answer strays by {stray:.2g}")
    return failures
