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


def artifacts_of(bundle: Bundle, name: str) -> Artifacts:
    """The files of one graph."""
    entry = graphs(bundle)[name]
    outputs, variants = entry["files"]["tfjs"]["outputs"], entry["files"]["lite_variants"]
    return Artifacts(bundle.root, name, outputs, tuple(variants), entry["weights"]["lite"])


def choice_of(bundle: Bundle, name: str) -> Choice:
    """What the weights of one graph are stored as."""
    weights = graphs(bundle)[name]["weights"]
    kernels = "uint16" if weights["tfjs"] == "mixed" else weights["tfjs"]
    return Choice(Plan(weights["tfjs"], kernels, frozenset(weights["uint8"])), weights["lite"], weights["by_evidence"])
