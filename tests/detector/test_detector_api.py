"""The whole way from a picture to a report."""

import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fake_image_detection import BundleError, DeviceError, FakeImageDetector, PictureError, SensitivityError
from fake_image_detection.detector import PictureSource
from fake_image_detection.network import Network
from fake_image_detection.verdict import SENSITIVITIES
from tests.detector.bundle_editing import EditBundle

CASES = Path(__file__).parents[1] / "verdict_cases.json"


def shifted(shift: float) -> Callable[[dict[str, Any]], None]:
    """A change of manifest that moves all probabilities: far up, every face is fake; far down, every face is real."""

    def change(manifest: dict[str, Any]) -> None:
        for network in manifest["networks"].values():
            network["calibration"] = {"scale": 0.01, "bias": shift}
            network["bands"] = {"real_below": 0.2, "fake_from": 0.8}
            network.pop("sensitivities", None)

    return change


def group(astronaut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two faces of different size beside each other."""
    small = np.asarray(Image.fromarray(astronaut).resize((300, 300)))
    picture = np.full((512, 812, 3), 40, np.uint8)
    picture[:, :512] = astronaut
    picture[100:400, 512:] = small
    return picture


def test_finds_the_one_face_of_a_portrait(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    report = detector.check(astronaut)
    assert len(report.faces) == 1
    x, y, width, height = report.faces[0].box
    assert (x, y, width, height) == pytest.approx((172, 74, 106, 106), abs=8)
    assert report.faces[0].probability_fake == report.probability_fake
    assert report.verdict == report.faces[0].verdict


def test_report_names_what_gave_it(detector: FakeImageDetector, bundle: Path, astronaut_jpeg: bytes) -> None:
    fields = detector.check(astronaut_jpeg).to_dict()
    manifest = detector.manifest.raw
    assert fields["image"] == {
        "width": 512,
        "height": 512,
        "format": "JPEG",
        "sha256": hashlib.sha256(astronaut_jpeg).hexdigest(),
    }
    assert fields["model"] == {
        "name": manifest["name"],
        "version": manifest["version"],
        "network": manifest["roles"]["strong"],
        "runtime": "lite",
        "device": detector.device,
    }
    assert detector.device.startswith("CPU: ")


def test_json_form_has_the_documented_fields_and_rounding(detector: FakeImageDetector, astronaut_jpeg: bytes) -> None:
    report = detector.check(astronaut_jpeg)
    fields = report.to_dict()
    assert list(fields) == [
        "verdict", "verdict_by", "probability_fake", "faces", "evidence", "warnings", "image", "model", "milliseconds",
    ]  # fmt: skip
    face = fields["faces"][0]
    assert list(face) == ["box", "crop", "score", "verdict", "probability_fake"]
    assert face["box"] == [round(value, 1) for value in report.faces[0].box]
    assert fields["probability_fake"] == pytest.approx(report.probability_fake, abs=5e-5)
    assert list(fields["milliseconds"]) == ["decode", "faces", "network", "total"]


def test_path_bytes_image_and_array_give_one_answer(
    detector: FakeImageDetector, astronaut: NDArray[np.uint8], tmp_path: Path
) -> None:
    path = tmp_path / "astronaut.png"
    Image.fromarray(astronaut).save(path)
    sources: list[PictureSource] = [str(path), path, path.read_bytes(), Image.fromarray(astronaut), astronaut]
    assert len({detector.check(source).probability_fake for source in sources}) == 1


def test_heat_map_is_given_only_when_asked_for(detector: FakeImageDetector, astronaut_jpeg: bytes) -> None:
    assert detector.check(astronaut_jpeg).faces[0].heatmap is None
    heatmap = detector.check(astronaut_jpeg, heatmap=True).to_dict()["faces"][0]["heatmap"]
    assert len({len(row) for row in heatmap}) == 1
    assert all(0 <= value <= 1 for row in heatmap for value in row)


def test_mean_of_the_local_logits_is_the_logit(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    report = detector.check(astronaut, heatmap=True)
    heatmap = np.array(report.faces[0].heatmap)
    logits = np.log(heatmap / (1 - heatmap))
    assert 1 / (1 + np.exp(-logits.mean())) == pytest.approx(report.probability_fake, abs=1e-4)


def test_several_faces_are_judged_one_by_one(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    report = detector.check(group(astronaut))
    assert len(report.faces) == 2
    assert report.faces[0].box[2] > report.faces[1].box[2]
    probabilities = [face.probability_fake for face in report.faces if face.probability_fake is not None]
    assert report.probability_fake == max(probabilities)


@pytest.mark.parametrize(
    ("shift", "verdict", "is_fake"), [(5, "fake", True), (-5, "real", False), (0.5, "uncertain", False)]
)
def test_bands_and_calibration_come_from_the_manifest(
    shift: float, verdict: str, is_fake: bool, edit_bundle: EditBundle, astronaut: NDArray[np.uint8]
) -> None:
    detector = FakeImageDetector(edit_bundle(shifted(shift)), device="cpu")
    report = detector.check(astronaut)
    assert report.verdict == verdict
    assert report.probability_fake is not None
    confidence = report.probability_fake if is_fake else 1 - report.probability_fake
    assert detector.detect_fake_image(astronaut) == (is_fake, confidence)


def measured_at_each_sensitivity(manifest: dict[str, Any]) -> None:
    """A change of manifest after which every face has odds near those of `uncertain` at the usual sensitivity."""
    shifted(1)(manifest)
    for network in manifest["networks"].values():
        network["sensitivities"] = json.loads(CASES.read_text(encoding="utf-8"))["network"]["sensitivities"]


def test_a_face_is_called_fake_more_readily_at_a_higher_sensitivity(
    edit_bundle: EditBundle, astronaut: NDArray[np.uint8]
) -> None:
    detector = FakeImageDetector(edit_bundle(measured_at_each_sensitivity), device="cpu")
    assert detector.sensitivities == SENSITIVITIES
    verdicts = {name: detector.check(astronaut, sensitivity=name).verdict for name in SENSITIVITIES}
    assert verdicts == {"strict": "uncertain", "usual": "uncertain", "eager": "fake"}
    (report,) = detector.check_many([astronaut], sensitivity="eager")
    assert (report.verdict, detector.check(astronaut).verdict) == ("fake", "uncertain")


def test_a_sensitivity_that_was_not_measured_is_refused(edit_bundle: EditBundle, astronaut: NDArray[np.uint8]) -> None:
    detector = FakeImageDetector(edit_bundle(shifted(1)), device="cpu")
    with pytest.raises(SensitivityError, match="not measured at the sensitivity 'strict': it has usual"):
        detector.check(astronaut, sensitivity="strict")


def test_a_picture_without_a_face_is_said_to_have_none(detector: FakeImageDetector) -> None:
    grey = np.full((200, 200, 3), 128, np.uint8)
    report = detector.check(grey)
    assert (report.verdict, report.probability_fake, report.faces) == ("no_face", None, ())
    with pytest.raises(PictureError) as caught:
        detector.detect_fake_image(grey)
    assert caught.value.code == "no_face"


def test_a_face_of_few_pixels_is_too_small(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    tiny = np.asarray(Image.fromarray(astronaut).resize((160, 160)))
    report = detector.check(tiny, heatmap=True)
    assert (report.verdict, report.probability_fake) == ("too_small", None)
    assert report.faces[0].crop[2] < detector.manifest.crop.min_side
    assert report.faces[0].heatmap is None
    with pytest.raises(PictureError) as caught:
        detector.detect_fake_image(tiny)
    assert caught.value.code == "too_small"


def test_warns_of_a_face_that_was_enlarged(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    small = np.asarray(Image.fromarray(astronaut).resize((200, 200)))
    report = detector.check(small)
    assert 60 <= report.faces[0].crop[2] < 80
    assert [warning.code for warning in report.warnings] == ["enlarged"]


def test_many_pictures_give_reports_in_order_and_failures_among_them(
    detector: FakeImageDetector, astronaut: NDArray[np.uint8], astronaut_jpeg: bytes
) -> None:
    grey = np.full((200, 200, 3), 128, np.uint8)
    reports = detector.check_many([astronaut_jpeg, b"text", astronaut, "none.jpg", grey, group(astronaut)] * 3)
    assert [report.verdict in {"real", "fake", "uncertain"} for report in reports] == [
        True,
        False,
        True,
        False,
        False,
        True,
    ] * 3
    assert [report.error.code if report.error else None for report in reports[:4]] == [
        None, "unsupported_format", None, "file_not_found",
    ]  # fmt: skip
    assert reports[1].to_dict()["error"]["code"] == "unsupported_format"
    assert reports[1].to_dict()["image"] is None


def test_a_batch_gives_the_numbers_of_single_pictures(
    detector: FakeImageDetector, astronaut: NDArray[np.uint8]
) -> None:
    pictures = [astronaut, group(astronaut), astronaut[::, ::-1], group(astronaut)[:, ::-1]] * 3
    for one, report in zip(pictures, detector.check_many(pictures), strict=True):
        alone = detector.check(one)
        assert [face.probability_fake for face in report.faces] == pytest.approx(
            [face.probability_fake for face in alone.faces], abs=1e-5
        )


def test_no_pictures_give_no_reports(detector: FakeImageDetector) -> None:
    assert detector.check_many([]) == []


def test_one_detector_serves_several_threads(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    pictures = [astronaut, group(astronaut), astronaut[:, ::-1]] * 6
    expected = [detector.check(picture).probability_fake for picture in pictures]
    with ThreadPoolExecutor(6) as pool:
        assert [report.probability_fake for report in pool.map(detector.check, pictures)] == expected


def test_the_upright_picture_counts(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(np.rot90(astronaut[:, :400]))).save(file, "PNG", exif=exif)
    turned, plain = detector.check(file.getvalue()), detector.check(np.ascontiguousarray(astronaut[:, :400]))
    assert turned.faces == plain.faces


def test_saved_model_and_lite_agree(whole_bundle: Path, astronaut: NDArray[np.uint8]) -> None:
    tensorflow = pytest.importorskip("tensorflow")
    from fake_image_detection.bundle import Bundle
    from fake_image_detection.runtimes.lite import LiteRuntime
    from fake_image_detection.runtimes.saved_model import SavedModelRuntime
    from fake_image_detection.search import find_faces

    read = Bundle(whole_bundle)
    rule, face_rule = read.manifest.network("strong"), read.manifest.face_detector
    crops = read.read_golden(rule.golden, rule.input_size)
    boxes, probabilities = [], []
    for runtime in (SavedModelRuntime(tensorflow, "/CPU:0", "CPU"), LiteRuntime()):
        network = Network(runtime.load(read, rule.files), rule)
        network.check_golden(crops, runtime.form)
        probabilities.append([judged.probability_fake for judged in network.judge(list(crops))])
        (face,) = find_faces(astronaut, runtime.load(read, face_rule.files), face_rule, smallest=35).faces
        boxes.append([face.box.x, face.box.y, face.box.width, face.box.height, face.box.score])
    assert probabilities[0] == pytest.approx(probabilities[1], abs=1e-3)
    assert boxes[0] == pytest.approx(boxes[1], abs=0.05)


def test_the_cpu_needs_no_tensorflow(bundle: Path) -> None:
    program = (
        "import sys; from fake_image_detection import FakeImageDetector; "
        f"FakeImageDetector({str(bundle)!r}, device='cpu'); sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=bundle.parent).returncode == 0


def test_asking_for_a_gpu_that_is_not_there_says_so(bundle: Path) -> None:
    tensorflow = pytest.importorskip("tensorflow")
    if tensorflow.config.list_physical_devices("GPU"):
        pytest.skip("this machine has a GPU")
    with pytest.raises(DeviceError, match="--device cpu"):
        FakeImageDetector(bundle, device="gpu")


def test_auto_falls_back_to_the_cpu_if_tensorflow_sees_no_gpu(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tensorflow = pytest.importorskip("tensorflow")
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(tensorflow.config, "list_physical_devices", lambda kind: [])
    assert FakeImageDetector(bundle).runtime == "lite"


@pytest.mark.parametrize("when", ["loading", "computing"])
def test_auto_falls_back_to_the_cpu_if_the_gpu_fails(
    whole_bundle: Path, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tensorflow = pytest.importorskip("tensorflow")
    saved_model = pytest.importorskip("fake_image_detection.runtimes.saved_model")

    def fail(*_: object, **__: object) -> None:
        raise tensorflow.errors.ResourceExhaustedError(None, None, "out of memory\nand a page of C++")

    runtime = saved_model.SavedModelRuntime(tensorflow, "/CPU:0", "GPU: made up")
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(saved_model.SavedModelRuntime, "on_gpu", lambda: runtime)
    if when == "loading":
        monkeypatch.setattr(tensorflow.saved_model, "load", fail)
    else:
        monkeypatch.setattr(tensorflow, "constant", fail)
    assert FakeImageDetector(whole_bundle).runtime == "lite"
    with pytest.raises(DeviceError, match=r"^GPU: made up failed: out of memory\. Use --device cpu"):
        FakeImageDetector(whole_bundle, device="gpu")


def test_a_gpu_without_a_saved_model_is_told_how_to_get_one(
    edit_bundle: EditBundle, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tensorflow = pytest.importorskip("tensorflow")
    saved_model = pytest.importorskip("fake_image_detection.runtimes.saved_model")
    runtime = saved_model.SavedModelRuntime(tensorflow, "/CPU:0", "GPU: made up")
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(saved_model.SavedModelRuntime, "on_gpu", lambda: runtime)
    quick = edit_bundle(lambda manifest: manifest["face_detector"]["files"].pop("saved_model", None))
    assert FakeImageDetector(quick).runtime == "lite"
    assert "make bundle" in caplog.text
    with pytest.raises(BundleError, match="make bundle"):
        FakeImageDetector(quick, device="gpu")


@pytest.mark.parametrize("wrong", [{"device": "tpu"}, {"network": "middle"}])
def test_wrong_choices_are_refused(wrong: dict[str, Any], bundle: Path) -> None:
    with pytest.raises(ValueError, match=r"not '(tpu|middle)'"):
        FakeImageDetector(bundle, **wrong)


def test_labelled_pictures_go_the_whole_way(detector: FakeImageDetector, faces_data: Path) -> None:
    paths = sorted((faces_data / "full").glob("*/*.jpg"))
    reports = detector.check_many(paths)
    judged = [report for report in reports if report.probability_fake is not None]
    assert all(report.error is None for report in reports)
    assert len(judged) >= 0.9 * len(paths)
