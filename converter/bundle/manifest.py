"""manifest.json: everything that a runtime must know of a bundle, and the hashes that tell whether it is whole."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema

from converter.errors import ConverterError
from converter.forms.artifacts import Artifacts
from converter.forms.precision import Plan
from converter.networks.trained_network import TrainedNetwork
from converter.proof.golden import MAX_FACE_DELTA, MAX_LOGIT_DELTA
from converter.proof.parity import Golden
from converter.proof.quantisation import Choice
from converter.rules import CROP, FACE_DETECTOR, FACE_DETECTOR_ORIGIN, PICTURE, RESIZE, TRUST

MANIFEST, PARITY, QUANTISATION, GOLDEN = "manifest.json", "parity.md", "quantisation.md", "golden"
# What people read. It decides nothing, so nothing checks it.
DOCUMENTS = (PARITY, QUANTISATION)
SCHEMA = Path(__file__).parents[2] / "fake_image_detection" / "manifest.schema.json"


def network_entry(
    network: TrainedNetwork, artifacts: Artifacts, choice: Choice, golden: str, answers: Golden
) -> dict[str, Any]:
    """A network's part of the manifest.

    Args:
        network: the network.
        artifacts: its files.
        choice: what they store the weights as.
        golden: the file of the golden pictures.
        answers: the logits of each form for them.
    """
    numbers = network.numbers
    entry = {
        "input_size": numbers["input_size"],
        "value_range": numbers["value_range"],
        "calibration": {key: numbers["calibration"][key] for key in ("scale", "bias")},
        "bands": {key: numbers["bands"][key] for key in ("real_below", "fake_from")},
        "files": artifacts.files,
        "weights": _weights(choice.lite, choice.tfjs, choice.by_evidence),
        "golden": {"pictures": golden, "logits": answers, "max_delta": MAX_LOGIT_DELTA},
        "figures": numbers["figures"],
        "licences": numbers["licences"],
        "provenance": numbers["provenance"],
    }
    return entry | {key: numbers[key] for key in ("sensitivities", "max_roll") if key in numbers}


def face_detector_entry(artifacts: Artifacts, plan: Plan | None, golden: str, answers: Golden) -> dict[str, Any]:
    """The face detector's part of the manifest; `answers` are of each form the best row for the golden picture."""
    return (
        FACE_DETECTOR
        | FACE_DETECTOR_ORIGIN
        | {
            "files": artifacts.files,
            "weights": _weights(artifacts.precision, plan, by_evidence=False),
            "golden": {"pictures": golden, "faces": answers, "max_delta": MAX_FACE_DELTA},
        }
    )


def _weights(lite: str, tfjs: Plan | None, by_evidence: bool) -> dict[str, Any]:
    of_tfjs = {} if tfjs is None else {"tfjs": tfjs.name, "uint8": sorted(tfjs.uint8)}
    return {"lite": lite, **of_tfjs, "by_evidence": by_evidence}


def write_manifest(
    root: Path, version: str, roles: dict[str, str], networks: dict[str, dict[str, Any]], face_detector: dict[str, Any]
) -> None:
    """Describe the bundle at `root`, all other files of which are written.

    Raises:
        ConverterError: the manifest breaks its own schema.
    """
    manifest = {
        "schema": 1,
        "name": roles["strong"],
        "version": version,
        "picture": PICTURE,
        "face_detector": face_detector,
        "crop": CROP,
        "resize": RESIZE,
        "trust": TRUST,
        "roles": roles,
        "networks": networks,
        "files": hash_files(root),
    }
    _validate(manifest)
    (root / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def hash_files(root: Path) -> dict[str, dict[str, Any]]:
    """Size in bytes and SHA-256 of every file under `root` but the manifest and the documents, by relative path."""
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    entries = {}
    for path in paths:
        content = path.read_bytes()
        entry = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        entries[path.relative_to(root).as_posix()] = entry
    return {name: entry for name, entry in entries.items() if name not in (MANIFEST, *DOCUMENTS)}


def _validate(manifest: dict[str, Any]) -> None:
    if not SCHEMA.is_file():
        raise ConverterError(
            f"{SCHEMA} is missing, so the manifest cannot be checked. Restore it: git checkout -- {SCHEMA}"
        )
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    errors: Sequence[jsonschema.ValidationError] = sorted(
        jsonschema.Draft202012Validator(schema).iter_errors(manifest), key=lambda error: str(error.json_path)
    )
    if errors:
        listed = "; ".join(f"{error.json_path}: {error.message}" for error in errors[:5])
        raise ConverterError(f"The manifest would not fit {SCHEMA.name}: {listed}. Mend network.json, or the schema.")
