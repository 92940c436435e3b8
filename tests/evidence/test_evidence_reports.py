"""Evidence in the detector's reports and on the command line."""

import io
import json
from pathlib import Path

import jsonschema
import pytest
from PIL import Image
from skimage.data import astronaut

from fake_image_detection import FakeImageDetector
from fake_image_detection.cli import main
from fake_image_detection.evidence import credentials
from fake_image_detection.report import SCHEMA
from tests.evidence.evidence_pictures import A1111, png, saved
from tests.evidence.evidence_signing import TestSigner, make_signer, manifest


@pytest.fixture(scope="module")
def detector(bundle: Path) -> FakeImageDetector:
    return FakeImageDetector(bundle, device="cpu", network="light")


@pytest.fixture(scope="module")
def portrait() -> bytes:
    file = io.BytesIO()
    Image.fromarray(astronaut()[:300, 50:350]).save(file, "JPEG", quality=95)
    return file.getvalue()


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> TestSigner:
    """A signer on the list."""
    signer = make_signer()
    trust = credentials.SETTINGS["trust"] | {"trust_anchors": signer.root}
    monkeypatch.setitem(credentials.SETTINGS, "trust", trust)
    return signer


def test_conclusive_evidence_decides_and_the_face_keeps_its_own_verdict(
    detector: FakeImageDetector, portrait: bytes, listed: TestSigner
) -> None:
    unsigned = detector.check(portrait)
    report = detector.check(listed.sign(portrait, "JPEG", manifest("c2pa.created", "trainedAlgorithmicMedia")))
    assert (report.verdict, report.verdict_by) == ("fake", "evidence")
    assert unsigned.verdict_by == "network"
    assert [face.verdict for face in report.faces] == [face.verdict for face in unsigned.faces] != []
    assert report.probability_fake == unsigned.probability_fake


def test_conclusive_evidence_decides_where_there_is_no_face(detector: FakeImageDetector, listed: TestSigner) -> None:
    signed = listed.sign(saved("PNG"), "PNG", manifest("c2pa.created", "trainedAlgorithmicMedia"))
    report = detector.check(signed)
    assert (report.verdict, report.verdict_by, report.faces) == ("fake", "evidence", ())
    assert report.probability_fake is None
    assert detector.detect_fake_image(signed) == (True, 1.0)


def test_what_anybody_can_write_stands_beside_the_verdict(detector: FakeImageDetector) -> None:
    report = detector.check(png(("parameters", A1111)))
    assert (report.verdict, report.verdict_by) == ("no_face", "network")
    assert [item.strength for item in report.evidence] == ["strong"]


def test_report_with_evidence_is_as_its_schema_says(detector: FakeImageDetector, listed: TestSigner) -> None:
    signed = listed.sign(saved("JPEG"), "JPEG", manifest("c2pa.created", "digitalCapture"))
    for picture in (signed, png(("parameters", A1111))):
        jsonschema.validate(detector.check(picture).to_dict(), json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_pixels_have_no_evidence(detector: FakeImageDetector) -> None:
    with Image.open(io.BytesIO(png(("parameters", A1111)))) as image:
        assert detector.check(image).evidence == ()


def test_command_line_lists_evidence_below_the_verdict(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "marked.png"
    file.write_bytes(png(("parameters", A1111)))
    assert main(["check", str(file), "--bundle", str(bundle), "--network", "light", "--device", "cpu"]) == 0
    verdict, evidence = capsys.readouterr().out.splitlines()
    assert verdict.startswith("no_face")
    assert evidence.startswith("    strong evidence: settings of a generator")
