"""Reports are what report.schema.json says."""

import json
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from jsonschema import Draft202012Validator, ValidationError
from numpy.typing import NDArray
from PIL import Image

from fake_image_detection import Evidence, FakeImageDetector, ImageInfo, Milliseconds, ModelInfo, Notice, Report
from fake_image_detection.cli import main
from fake_image_detection.errors import FileErrorCode, PictureErrorCode
from fake_image_detection.report import Proves, Strength, VerdictBy, WarningCode
from fake_image_detection.verdict import FaceVerdict, Verdict
from tests.detector.report_schema import DESCRIPTION, validator

DEFINITIONS = DESCRIPTION["$defs"]


def test_the_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(DESCRIPTION)


@pytest.mark.parametrize(
    ("literal", "described"),
    [
        (Verdict, [*DEFINITIONS["Verdict"]["enum"], DEFINITIONS["ErrorReport"]["properties"]["verdict"]["const"]]),
        (FaceVerdict, DEFINITIONS["FaceVerdict"]["enum"]),
        (VerdictBy, DEFINITIONS["Report"]["properties"]["verdict_by"]["enum"]),
        (WarningCode, DEFINITIONS["WarningCode"]["enum"]),
        (PictureErrorCode, DEFINITIONS["PictureErrorCode"]["enum"]),
        (FileErrorCode, DEFINITIONS["ErrorCode"]["anyOf"][1]["enum"]),
        (Proves, DEFINITIONS["Evidence"]["properties"]["proves"]["enum"]),
        (Strength, DEFINITIONS["Evidence"]["properties"]["strength"]["enum"]),
    ],
    ids=["verdict", "face", "by", "warning", "picture", "file", "proves", "strength"],
)
def test_words_in_python_are_those_of_the_schema(literal: Any, described: list[str]) -> None:
    assert sorted(get_args(literal)) == sorted(described)


def test_report_on_a_face_fits(detector: FakeImageDetector, astronaut: NDArray[np.uint8]) -> None:
    validator("Report").validate(detector.check(astronaut, heatmap=True).to_dict())


def test_report_on_a_small_face_with_its_warning_fits(
    detector: FakeImageDetector, astronaut: NDArray[np.uint8]
) -> None:
    report = detector.check(np.asarray(Image.fromarray(astronaut).resize((200, 200))))
    assert report.warnings
    validator("Report").validate(report.to_dict())


def test_report_without_a_face_fits(detector: FakeImageDetector) -> None:
    validator("Report").validate(detector.check(np.zeros((70, 70, 3), np.uint8)).to_dict())


@pytest.mark.parametrize("source", [b"", b"text", b"\xff\xd8\xff\xe0", "none.jpg", "."])
def test_report_on_what_is_no_picture_fits(detector: FakeImageDetector, source: bytes | str) -> None:
    (report,) = detector.check_many([source])
    validator("ErrorReport").validate(report.to_dict())


def test_report_on_an_image_that_was_opened_elsewhere_fits(detector: FakeImageDetector, tmp_path: Path) -> None:
    path = tmp_path / "picture.tiff"
    Image.new("RGB", (70, 70)).save(path)
    with Image.open(path) as image:
        validator("Report").validate(detector.check(image).to_dict())


def test_report_with_everything_in_it_fits() -> None:
    report = Report(
        verdict="fake",
        probability_fake=None,
        faces=(),
        warnings=(Notice("blurred", "the face is blurred"),),
        image=ImageInfo(1, 1, "PNG", "0" * 64),
        model=ModelInfo("name", "1.0.0+00000000", "network", "lite", "CPU"),
        milliseconds=Milliseconds(),
        evidence=(Evidence("a_marker", "in words", "generated", "conclusive"),),
        verdict_by="evidence",
    )
    validator("Report").validate(report.to_dict())


@pytest.mark.parametrize("count", [1, 2])
def test_json_of_the_command_line_fits(count: int, astronaut_jpeg: bytes, tmp_path: Path, capsys: Any) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(astronaut_jpeg)
    main(["check", "--json", *[str(picture), str(tmp_path / "none.jpg")][:count]])
    validator().validate(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize(
    "change", [{"verdict": "perhaps"}, {"probability_fake": 1.5}, {"another": 1}, {"warnings": [{"code": "odd"}]}]
)
def test_what_is_no_report_does_not_fit(
    detector: FakeImageDetector, astronaut: NDArray[np.uint8], change: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        validator().validate(detector.check(astronaut).to_dict() | change)
