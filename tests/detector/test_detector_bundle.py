"""Reading a bundle and refusing a bad one."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import fake_image_detection
from fake_image_detection import BundleError, FakeImageDetector
from fake_image_detection.bundle import Bundle
from tests.detector.bundle_editing import EditBundle


def test_reads_the_projects_bundle(bundle: Path) -> None:
    manifest = Bundle(bundle).manifest
    assert manifest.raw == json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    assert manifest.network("strong").name == manifest.raw["roles"]["strong"]
    bands = manifest.network("light").bands["usual"]
    assert 0 < bands.real_below <= bands.fake_from < 1


def test_the_schema_is_a_valid_schema() -> None:
    path = Path(fake_image_detection.__file__).with_name("manifest.schema.json")
    jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


def test_every_file_of_the_bundle_is_whole(bundle: Path) -> None:
    read = Bundle(bundle)
    for name in read.manifest.raw["files"]:
        read.read_file(name)


def test_a_missing_bundle_is_said_with_its_fix(tmp_path: Path) -> None:
    with pytest.raises(
        BundleError, match=r"manifest.json is missing.*make run.*python -m converter --network models/NAME"
    ):
        FakeImageDetector(tmp_path / "none")


def test_a_manifest_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(BundleError, match=r"not JSON.*make run"):
        Bundle(tmp_path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["schema"], 2),
        (["resize"], "nearest"),
        (["unknown"], 1),
        (["crop", "scale"], 0),
        (["trust"], {"covered": {}}),
        (["face_detector", "score_threshold"], 1.5),
        (["picture", "formats"], ["JPEG", "TIFF"]),
        (["roles", "strong"], "another"),
        (["networks"], {}),
        (["files"], {"../outside": {"bytes": 1, "sha256": "0" * 64}}),
        (["files"], {"/etc/passwd": {"bytes": 1, "sha256": "0" * 64}}),
    ],
)
def test_a_manifest_that_breaks_the_schema_is_refused(path: list[str], value: Any, edit_bundle: EditBundle) -> None:
    def change(manifest: dict[str, Any]) -> None:
        *parents, last = path
        for key in parents:
            manifest = manifest[key]
        manifest[last] = value

    with pytest.raises(BundleError, match=r"does not fit manifest.schema.json"):
        Bundle(edit_bundle(change))


def test_a_damaged_file_is_refused(edit_bundle: EditBundle) -> None:
    copy = edit_bundle(lambda manifest: None)
    face_detector = copy / "lite" / "blazeface_back.tflite"
    data = bytearray(face_detector.read_bytes())
    data[1000] ^= 1
    face_detector.write_bytes(data)
    with pytest.raises(BundleError, match=r"blazeface_back\.tflite is damaged.*make run"):
        FakeImageDetector(copy, device="cpu")


def test_a_missing_file_is_refused(edit_bundle: EditBundle) -> None:
    copy = edit_bundle(lambda manifest: None)
    (copy / "lite" / "blazeface_back.tflite").unlink()
    with pytest.raises(BundleError, match="cannot be read"):
        FakeImageDetector(copy, device="cpu")


def test_a_file_that_is_not_listed_is_refused(edit_bundle: EditBundle) -> None:
    copy = edit_bundle(lambda manifest: manifest["files"].pop("lite/blazeface_back.tflite"))
    with pytest.raises(BundleError, match=r"does not list lite/blazeface_back.tflite"):
        FakeImageDetector(copy, device="cpu")


def test_a_network_that_strays_from_its_golden_logits_is_refused(edit_bundle: EditBundle) -> None:
    def change(manifest: dict[str, Any]) -> None:
        golden = manifest["networks"][manifest["roles"]["strong"]]["golden"]
        golden["logits"]["lite"][1] += 1.2 * golden["max_delta"]

    with pytest.raises(BundleError, match="computes the logit"):
        FakeImageDetector(edit_bundle(change), device="cpu")


def test_a_face_detector_that_strays_from_its_golden_face_is_refused(edit_bundle: EditBundle) -> None:
    def change(manifest: dict[str, Any]) -> None:
        golden = manifest["face_detector"]["golden"]
        golden["faces"]["lite"][2] += 1.2 * golden["max_delta"]

    with pytest.raises(BundleError, match="does not find the face"):
        FakeImageDetector(edit_bundle(change), device="cpu")


def test_golden_pictures_of_another_size_are_refused(edit_bundle: EditBundle) -> None:
    def change(manifest: dict[str, Any]) -> None:
        network = manifest["networks"][manifest["roles"]["strong"]]
        network["golden"]["pictures"] = network["files"]["lite"]

    with pytest.raises(BundleError, match="not pictures of"):
        FakeImageDetector(edit_bundle(change), device="cpu")
