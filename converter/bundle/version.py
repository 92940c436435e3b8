"""The bundle's version: the release, and a hash of everything that can change a verdict."""

import hashlib
import json
from typing import Any

import keras
import numpy as np

from converter.networks.trained_network import TrainedNetwork
from converter.proof.quantisation import Choice
from converter.rules import CROP, FACE_DETECTOR, RESIZE
from fake_image_detection.verdict import USUAL

DECISIVE = ("input_size", "value_range", "calibration", "bands")


def bundle_version(
    strong: TrainedNetwork, light: TrainedNetwork, face_detector: str, choices: dict[str, Choice]
) -> str:
    """`<release of the strong network>+<8 hex digits>`; equal for equal networks, on any machine and at any time.

    The light network has no number of its own there: whoever releases a new one raises the strong one's too.

    Words (licences, provenance, figures) do not enter the hash: correcting them changes no verdict.

    Args:
        strong, light: the networks.
        face_detector: the hash of the face detector's weights.
        choices: for each network by name, what its weights are stored as.
    """
    networks = {network.name: network for network in (strong, light)}
    content = {
        "face_detector": FACE_DETECTOR | {"weights": face_detector},
        "crop": CROP,
        "resize": RESIZE,
        "roles": {"strong": strong.name, "light": light.name},
        "networks": {name: _network_content(network, choices[name]) for name, network in networks.items()},
    }
    return f"{strong.numbers['release']}+{_json_hash(content)[:8]}"


def weights_hash(model: keras.Model) -> str:
    """SHA-256 over the shapes and float32 values of all weights, in their order, as 64 hex digits."""
    digest = hashlib.sha256()
    for value in model.get_weights():
        digest.update(f"{value.shape}".encode())
        digest.update(np.ascontiguousarray(value, "<f4").tobytes())
    return digest.hexdigest()


def _network_content(network: TrainedNetwork, choice: Choice) -> dict[str, Any]:
    decisive = {key: network.numbers[key] for key in DECISIVE}
    if "max_roll" in network.numbers:
        decisive["max_roll"] = network.numbers["max_roll"]
    if "drawn" in network.numbers:
        # Its weights are among the model's.
        decisive["drawn"] = network.numbers["drawn"]["layer"]
    others = {name: bands.fake_from for name, bands in network.verdicts.bands_at.items() if name != USUAL}
    if others:
        decisive["sensitivities"] = others
    # Not the architecture: Keras numbers its layers by what else the process has built, and training never changes the
    # one without the other.
    stored: dict[str, Any] = {"lite": choice.lite}
    if choice.tfjs is not None:
        stored["tfjs"] = [choice.tfjs.kernels, *sorted(choice.tfjs.uint8)]
    source = {"source": network.source} if network.source else {}
    return decisive | source | {"weights": weights_hash(network.model), "stored": stored}


def _json_hash(content: dict[str, Any]) -> str:
    # 1 and 1.0 are the same number to every reader but not to json.dumps.
    text = json.dumps(_floats(content), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _floats(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_floats(inner) for inner in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
