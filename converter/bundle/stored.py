"""A bundle as it lies on the disk, for what is asked of it afterwards."""

from pathlib import Path
from typing import Any

from converter.errors import ConverterError
from converter.forms.artifacts import Artifacts
from converter.forms.precision import Plan
from converter.proof.quantisation import Choice
from fake_image_detection import BundleError
from fake_image_detection.bundle import Bundle


def open_bundle(folder: Path) -> Bundle:
    """Open a bundle; its manifest fits the schema, and every file is the one that it lists.

    Raises:
        ConverterError: there is no bundle, or it is damaged.
    """
    try:
        bundle = Bundle(folder)
        for name in bundle.manifest.raw["files"]:
            bundle.read_file(name)
    except BundleError as error:
        raise ConverterError(str(error)) from error
    return bundle


def graphs(bundle: Bundle) -> dict[str, dict[str, Any]]:
    """The manifest's entries of the face detector and of every network, by name."""
    raw = bundle.manifest.raw
    return {raw["face_detector"]["name"]: raw["face_detector"], **raw["networks"]}


def require_saved_model(bundle: Bundle, name: str, purpose: str) -> None:
    """Raise ConverterError, saying what it is wanted for, if a graph has no SavedModel."""
    if "saved_model" not in graphs(bundle)[name]["files"]:
        raise ConverterError(f"{bundle.root} has no SavedModel of {name}. Make one (make bundle) {purpose}.")


def artifacts_of(bundle: Bundle, name: str) -> Artifacts:
    """The files of one graph."""
    entry = graphs(bundle)[name]
    outputs = entry["files"].get("tfjs", {}).get("outputs", {})
    return Artifacts(bundle.root, name, frozenset(entry["files"]), outputs, entry["weights"]["lite"])


def choice_of(bundle: Bundle, name: str) -> Choice:
    """What the weights of one graph are stored as."""
    weights = graphs(bundle)[name]["weights"]
    plan = None
    if "tfjs" in weights:
        kernels = "uint16" if weights["tfjs"] == "mixed" else weights["tfjs"]
        plan = Plan(weights["tfjs"], kernels, frozenset(weights["uint8"]))
    return Choice(plan, weights["lite"], weights["by_evidence"])
