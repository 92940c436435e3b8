"""SavedModels for a bundle that was made quickly."""

import json
import os
import shutil
from pathlib import Path

from converter.environment import prepare_tensorflow
from converter.rules import FACE_DETECTOR

MODELS = Path(__file__).resolve().parents[1] / "models"


def with_saved_models(bundle: Path, out: Path) -> None:
    """Write to `out` the bundle with SavedModels of the strong network and of the face detector.

    What they have to answer is what LiteRT answers, which the converter has proved.
    """
    prepare_tensorflow()

    from converter.bundle.manifest import hash_files
    from converter.forms.saved_model import write_face_detector, write_network
    from converter.networks.blazeface import load_blazeface
    from converter.networks.fold import fold
    from converter.networks.trained_network import read_network

    shutil.copytree(bundle, out, copy_function=os.link)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    face_detector, name = manifest["face_detector"], manifest["roles"]["strong"]
    places = [f"saved_model/{FACE_DETECTOR['name']}", f"saved_model/{name}"]
    write_face_detector(fold(load_blazeface(MODELS / FACE_DETECTOR["name"])), out / places[0])
    network = read_network(MODELS / name)
    write_network(network, fold(network.model), out / places[1])
    for entry, answers, place in zip(
        (face_detector, manifest["networks"][name]), ("faces", "logits"), places, strict=True
    ):
        entry["files"]["saved_model"] = place
        entry["golden"][answers]["saved_model"] = entry["golden"][answers]["lite"]
    manifest["files"] = hash_files(out)
    # Not the linked file, which is the project's.
    (out / "manifest.json").unlink()
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
