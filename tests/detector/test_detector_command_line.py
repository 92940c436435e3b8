"""`python -m fake_image_detection`."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fake_image_detection.cli import main
from fake_image_detection.scan import COLUMNS
from tests.detector.bundle_editing import EditBundle
from tests.detector.test_detector_api import measured_at_each_sensitivity, shifted

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "fake_image_detection"]


@pytest.fixture
def photo(tmp_path: Path, astronaut_jpeg: bytes) -> Path:
    path = tmp_path / "astronaut.jpg"
    path.write_bytes(astronaut_jpeg)
    return path


@pytest.fixture
def folder(tmp_path: Path, astronaut_jpeg: bytes) -> Path:
    root = tmp_path / "photos"
    (root / "inner").mkdir(parents=True)
    (root / "a.jpg").write_bytes(astronaut_jpeg)
    (root / "inner" / "b, with comma.JPEG").write_bytes(astronaut_jpeg)
    (root / "bad.png").write_text("no picture")
    (root / "notes.txt").write_text("not looked at")
    return root


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def test_check_writes_a_line_for_each_picture(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(photo), str(photo)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    verdict, probability, file = lines[0].split(maxsplit=2)
    assert verdict in {"real", "fake", "uncertain"}
    assert probability.endswith("%")
    assert file == str(photo)


def test_check_has_no_colour_and_nothing_on_stderr_in_a_pipe(photo: Path) -> None:
    done = run("check", photo)
    assert done.returncode == 0
    assert "\033" not in done.stdout
    assert done.stderr == ""


def test_check_has_colour_on_a_terminal(
    photo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    main(["check", str(photo)])
    assert "\033[" in capsys.readouterr().out


def test_check_says_what_is_wrong_with_a_picture_and_goes_on(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "x.jpg"
    text.write_text("text")
    assert main(["check", str(text), str(photo)]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert str(text) in first
    assert "no picture in a supported format" in first
    assert str(photo) in second


def test_json_of_one_picture_is_its_report(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", str(photo)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert "file" not in report
    assert report["image"]["format"] == "JPEG"


def test_json_of_several_pictures_names_the_files(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", str(photo), "none.jpg"]) == 1
    reports = json.loads(capsys.readouterr().out)["reports"]
    assert [report["file"] for report in reports] == [str(photo), "none.jpg"]
    assert reports[1]["error"]["code"] == "file_not_found"


def test_heat_maps_are_written_beside_each_other(
    photo: Path, tmp_path: Path, astronaut: NDArray[np.uint8], capsys: pytest.CaptureFixture[str]
) -> None:
    maps = tmp_path / "new" / "maps"
    assert main(["check", str(photo), str(photo), "--heatmap", str(maps)]) == 0
    assert sorted(path.name for path in maps.iterdir()) == ["astronaut.jpg-2.png", "astronaut.jpg.png"]
    with Image.open(maps / "astronaut.jpg.png") as image:
        drawn = np.asarray(image.convert("RGB")).astype(int)
    changed = np.abs(drawn - astronaut).max(axis=2) > 60
    assert drawn.shape == astronaut.shape
    assert changed[30:200, 140:310].mean() > 0.3
    assert changed[300:].mean() < 0.01


def test_picture_that_can_be_read_but_once_gets_its_verdict_and_no_heat_map(photo: Path, tmp_path: Path) -> None:
    command = f"'{sys.executable}' -m fake_image_detection check <(cat '{photo}') --heatmap '{tmp_path / 'maps'}'"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert done.stdout.split()[0] in {"real", "fake", "uncertain"}
    assert done.stderr.startswith("no heat map of /dev/fd/")
    assert list((tmp_path / "maps").iterdir()) == []


def test_a_missing_bundle_is_an_error_that_names_the_fix(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(photo), "--bundle", str(tmp_path / "none")]) == 2
    assert "make run" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["check"], ["scan", "."], ["check", "a.jpg", "--device", "tpu"]])
def test_wrong_usage_has_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["check"], ["scan"]])
@pytest.mark.parametrize("program", ["python -m fake_image_detection", "fake-image-detection"])
def test_help_teaches_with_examples_that_can_be_copied(
    program: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*arguments, "--help"], program)
    assert caught.value.code == 0
    assert f"\n  {' '.join([program, *arguments])} " in capsys.readouterr().out


def test_a_reader_that_leaves_early_is_no_error(photo: Path) -> None:
    command = f"'{sys.executable}' -m fake_image_detection check {' '.join([str(photo)] * 40)}"
    script = f"{command} | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


def test_scan_writes_a_row_for_each_picture(folder: Path, tmp_path: Path, bundle: Path) -> None:
    out = tmp_path / "verdicts.csv"
    assert main(["scan", str(folder), "--out", str(out)]) == 0
    rows = rows_of(out)
    assert list(rows[0]) == list(COLUMNS)
    assert [row["file"] for row in rows] == ["a.jpg", "bad.png", "inner/b, with comma.JPEG"]
    assert [row["error"] for row in rows] == ["", "unsupported_format", ""]
    assert rows[0]["faces"] == "1"
    assert 0 <= float(rows[0]["probability_fake"]) <= 1
    assert (rows[1]["verdict"], rows[1]["probability_fake"]) == ("error", "")
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    assert {row["bundle_version"] for row in rows} == {manifest["version"]}


def test_scan_goes_on_with_what_is_new(folder: Path, tmp_path: Path, astronaut_jpeg: bytes) -> None:
    out = tmp_path / "verdicts.csv"
    main(["scan", str(folder), "--out", str(out)])
    before = out.read_bytes()
    (folder / "new.jpg").write_bytes(astronaut_jpeg)
    assert main(["scan", str(folder), "--out", str(out)]) == 0
    assert out.read_bytes().startswith(before)
    assert [row["file"] for row in rows_of(out)[3:]] == ["new.jpg"]


def test_scan_replaces_a_row_that_was_cut_off(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "verdicts.csv"
    main(["scan", str(folder), "--out", str(out)])
    whole = out.read_bytes()
    out.write_bytes(whole[:-9])
    assert main(["scan", str(folder), "--out", str(out)]) == 0
    assert out.read_bytes() == whole


def test_scan_takes_names_with_line_breaks_and_bytes_that_are_no_text_and_the_longest(
    tmp_path: Path, astronaut_jpeg: bytes
) -> None:
    root = tmp_path / "odd"
    root.mkdir()
    names = {"two\nlines.jpg", "old\rlines.jpg", "latin-\udce9.jpg", f"{'y' * 251}.jpg"}
    for name in names:
        (root / name).write_bytes(astronaut_jpeg)
    out = tmp_path / "verdicts.csv"
    assert main(["scan", str(root), "--out", str(out)]) == 0
    before = out.read_bytes()
    rows = csv.DictReader(io.StringIO(before.decode("utf-8", errors="surrogateescape"), newline=""))
    assert {row["file"]: row["error"] for row in rows} == dict.fromkeys(names, "")
    assert main(["scan", str(root), "--out", str(out)]) == 0
    assert out.read_bytes() == before


def test_scan_refuses_the_file_of_another_bundle(
    folder: Path, tmp_path: Path, edit_bundle: EditBundle, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "verdicts.csv"
    main(["scan", str(folder), "--out", str(out)])
    before = out.read_bytes()
    other = edit_bundle(lambda manifest: manifest.update(version="9.9.9+00000000"))
    assert main(["scan", str(folder), "--out", str(out), "--bundle", str(other)]) == 2
    assert "choose another --out, or delete that file" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_sensitivity_is_written_beside_its_verdicts_and_not_mixed_with_another(
    folder: Path, tmp_path: Path, edit_bundle: EditBundle, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = str(edit_bundle(measured_at_each_sensitivity))
    out = tmp_path / "verdicts.csv"
    arguments = ["scan", str(folder), "--out", str(out), "--bundle", bundle, "--sensitivity"]
    assert main([*arguments, "eager"]) == 0
    first, *_ = rows_of(out)
    assert (first["verdict"], first["sensitivity"]) == ("fake", "eager")
    assert main([*arguments, "strict"]) == 2
    assert "eager), not of" in capsys.readouterr().err


def test_a_sensitivity_that_the_network_lacks_is_an_error(
    photo: Path, edit_bundle: EditBundle, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = str(edit_bundle(shifted(1)))
    assert main(["check", str(photo), "--bundle", bundle, "--sensitivity", "strict"]) == 2
    assert "error: the network" in capsys.readouterr().err


@pytest.mark.parametrize("contents", ["a letter\nto somebody", 'file,"', "\0\0\0\n\0"])
def test_scan_leaves_a_file_alone_that_is_not_its_own(
    contents: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "letter.txt"
    out.write_text(contents)
    assert main(["scan", str(folder), "--out", str(out)]) == 2
    assert "is not a file of verdicts" in capsys.readouterr().err
    assert out.read_text() == contents


def test_scan_says_that_a_folder_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", str(tmp_path / "none"), "--out", str(tmp_path / "out.csv")]) == 2
    assert "is not a folder" in capsys.readouterr().err


def test_scan_judges_the_rest_and_names_a_folder_that_cannot_be_read(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not by chmod, which does not keep out the superuser.
    scandir = os.scandir

    def scandir_but_inner(path: str) -> Any:
        if Path(path).name == "inner":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", scandir_but_inner)
    assert main(["scan", str(folder), "--out", str(tmp_path / "out.csv")]) == 2
    assert f"cannot be read: {folder / 'inner'} (Permission denied)" in capsys.readouterr().err
    assert {row["file"] for row in rows_of(tmp_path / "out.csv")} == {"a.jpg", "bad.png"}


def test_scan_of_a_folder_without_pictures_is_done(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["scan", str(tmp_path / "empty"), "--out", str(tmp_path / "out.csv")]) == 0


def test_scan_stops_on_ctrl_c_and_goes_on_later(tmp_path: Path, astronaut: NDArray[np.uint8]) -> None:
    root, out = tmp_path / "many", tmp_path / "verdicts.csv"
    root.mkdir()
    file = io.BytesIO()
    Image.fromarray(astronaut).save(file, "PNG", compress_level=1)
    for number in range(64):
        (root / f"{number:03}.png").write_bytes(file.getvalue())

    process: Any = subprocess.Popen(
        [*COMMAND, "scan", str(root), "--out", str(out), "--network", "light"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (out.exists() and out.read_text().count("\n") > 16) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "the same command goes on where it stopped" in said
    assert "Traceback" not in said
    stopped = rows_of(out)
    assert 16 <= len(stopped) < 64

    done = run("scan", root, "--out", out, "--network", "light")
    assert done.returncode == 0
    assert "64/64" in done.stderr
    rows = rows_of(out)
    assert rows[: len(stopped)] == stopped
    assert [row["file"] for row in rows] == [f"{number:03}.png" for number in range(64)]
