"""Files and folders as people have them: pipes, links, names of any kind."""

import contextlib
import csv
import errno
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from fake_image_detection import PictureError, files
from fake_image_detection.cli import main
from fake_image_detection.files import find_pictures, read_file
from fake_image_detection.heatmap import write_heatmap

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def rows_of(path: Path) -> dict[str, dict[str, str]]:
    text = path.read_bytes().decode("utf-8", errors="surrogateescape")
    return {row["file"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def found_in(folder: Path) -> list[str]:
    closed: list[OSError] = []
    names = list(find_pictures(folder, closed.append))
    assert closed == []
    return names


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def code_of(path: Path) -> str:
    with pytest.raises(PictureError) as caught:
        read_file(path, 100)
    return caught.value.code


def test_pictures_are_found_by_their_suffixes_in_a_stable_order(tmp_path: Path) -> None:
    touch(tmp_path / "b.JPG", tmp_path / "inner" / "c.webp", tmp_path / "a.png", tmp_path / "notes.txt")
    assert found_in(tmp_path) == ["a.png", "b.JPG", "inner/c.webp"]


def test_linked_folder_is_entered_once_and_after_the_folders_own(tmp_path: Path) -> None:
    touch(tmp_path / "photos" / "year" / "a.jpg", tmp_path / "elsewhere" / "b.jpg")
    (tmp_path / "photos" / "an album").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "photos" / "another album").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "photos" / "best of").symlink_to(tmp_path / "photos" / "year")
    assert found_in(tmp_path / "photos") == ["year/a.jpg", "an album/b.jpg"]


def test_links_that_lead_back_do_not_loop(tmp_path: Path) -> None:
    touch(tmp_path / "photos" / "inner" / "a.jpg")
    (tmp_path / "photos" / "self").symlink_to(tmp_path / "photos")
    (tmp_path / "photos" / "inner" / "up").symlink_to(tmp_path)
    assert found_in(tmp_path / "photos") == ["inner/a.jpg"]


def test_folders_nested_too_deeply_for_any_path_are_told_and_the_others_are_searched(tmp_path: Path) -> None:
    touch(tmp_path / "photos" / "a.jpg", tmp_path / "photos" / "z" / "b.jpg")
    inner = os.open(tmp_path / "photos", os.O_RDONLY)
    for _ in range(17):
        os.mkdir("y" * 250, dir_fd=inner)
        outer, inner = inner, os.open("y" * 250, os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    os.close(inner)
    closed: list[OSError] = []
    assert list(find_pictures(tmp_path / "photos", closed.append)) == ["a.jpg", "z/b.jpg"]
    assert [error.errno for error in closed] == [errno.ENAMETOOLONG]
    shutil.rmtree(tmp_path / "photos")


def test_folder_that_is_a_link_itself_is_searched(tmp_path: Path) -> None:
    touch(tmp_path / "photos" / "a.jpg")
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    assert found_in(tmp_path / "link") == ["a.jpg"]


def test_pipe_into_which_nobody_writes_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_PATIENCE", 0.2)
    os.mkfifo(tmp_path / "pipe.jpg")
    assert code_of(tmp_path / "pipe.jpg") == "not_a_file"


def test_pipe_that_falls_silent_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_PATIENCE", 0.2)
    os.mkfifo(tmp_path / "pipe.jpg")
    writer = os.open(tmp_path / "pipe.jpg", os.O_RDWR)
    os.write(writer, b"a beginning")
    assert code_of(tmp_path / "pipe.jpg") == "not_a_file"
    os.close(writer)


def test_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    whole = bytes(range(256)) * 1000
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(whole))
    writer.start()
    assert read_file(tmp_path / "pipe", len(whole)) == whole
    writer.join()


def test_endless_pipe_is_cut_short() -> None:
    with subprocess.Popen(["cat", "/dev/zero"], stdout=subprocess.PIPE) as endless:
        assert endless.stdout is not None
        assert code_of(Path(f"/dev/fd/{endless.stdout.fileno()}")) == "too_many_bytes"
        endless.kill()


def test_device_is_not_a_file() -> None:
    assert code_of(Path("/dev/zero")) == "not_a_file"


def test_socket_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # By a relative name: those of sockets must be short.
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("a.jpg")
        assert code_of(Path("a.jpg")) == "unreadable_picture"


def test_link_to_itself_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to(tmp_path / "a.jpg")
    assert code_of(tmp_path / "a.jpg") == "unreadable_picture"


def test_scan_gives_what_is_no_file_an_error_row_and_judges_the_rest(tmp_path: Path, astronaut_jpeg: bytes) -> None:
    root = tmp_path / "odd"
    root.mkdir()
    (root / "a.jpg").write_bytes(astronaut_jpeg)
    os.mkfifo(root / "b.jpg")
    (root / "c.jpg").symlink_to("/dev/zero")
    (root / "d.jpg").symlink_to(root / "gone.jpg")
    (root / "z.jpg").write_bytes(astronaut_jpeg)
    assert main(["scan", str(root), "--out", str(tmp_path / "out.csv"), "--network", "light"]) == 0
    rows = rows_of(tmp_path / "out.csv")
    assert {name: row["error"] for name, row in rows.items()} == {
        "a.jpg": "", "b.jpg": "not_a_file", "c.jpg": "not_a_file", "d.jpg": "file_not_found", "z.jpg": "",
    }  # fmt: skip


def test_scan_leaves_what_is_in_a_pipe_to_its_reader(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    writer = os.open(tmp_path / "a.jpg", os.O_RDWR | os.O_NONBLOCK)
    os.write(writer, b"for somebody else")
    assert main(["scan", str(tmp_path), "--out", str(tmp_path / "out.csv"), "--network", "light"]) == 0
    assert os.read(writer, 100) == b"for somebody else"
    os.close(writer)


FORMULAS = ["=1+1.jpg", "+1.jpg", "-1.jpg", "@SUM(A1).jpg", "\t=1.jpg", "\r=1.jpg", "\uff1d1+1.jpg"]


@pytest.mark.parametrize("name", FORMULAS)
def test_name_like_a_formula_is_no_formula_in_the_table_and_is_known_again(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"text")
    out = tmp_path / "out.csv"
    for _ in range(2):
        assert main(["scan", str(tmp_path), "--out", str(out), "--network", "light"]) == 0
        assert list(rows_of(out)) == [f"./{name}"]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_no_part_of_a_name_becomes_a_cell_where_a_spreadsheet_separates_otherwise(
    separator: str, tmp_path: Path
) -> None:
    (tmp_path / f"a{separator}=1+1.jpg").write_bytes(b"text")
    out = tmp_path / "out.csv"
    main(["scan", str(tmp_path), "--out", str(out), "--network", "light"])
    with out.open(newline="") as file:
        cells = [row[0] for row in csv.reader(file, delimiter=separator)]
    assert f"a{separator}=1+1.jpg" in cells[1]


def test_longest_names_get_their_heat_maps(tmp_path: Path, astronaut_jpeg: bytes) -> None:
    names = [f"{'y' * 251}.jpg", f"{'é' * 125}a.jpg", "z.jpg"]
    pictures = [tmp_path / name for name in names]
    for picture in pictures:
        picture.write_bytes(astronaut_jpeg)
    maps = tmp_path / "maps"
    command = ["check", *map(str, pictures), *map(str, pictures), "--heatmap", str(maps), "--network", "light"]
    assert main(command) == 0
    assert len(list(maps.iterdir())) == 6


def test_heat_map_that_cannot_be_written_does_not_keep_the_others_from_theirs(
    tmp_path: Path, astronaut_jpeg: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def write_but_first(pixels: Any, report: Any, path: Path) -> None:
        if path.name == "a.jpg.png":
            raise OSError(28, "No space left on device")
        write_heatmap(pixels, report, path)

    monkeypatch.setattr("fake_image_detection.cli.write_heatmap", write_but_first)
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(astronaut_jpeg)
    pictures = [str(tmp_path / name) for name in ("a.jpg", "b.jpg")]
    assert main(["check", *pictures, "--heatmap", str(tmp_path / "maps"), "--network", "light"]) == 1
    assert "no heat map of" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "maps").iterdir()] == ["b.jpg.png"]


def test_name_that_is_no_text_makes_a_line_and_json_that_anybody_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [tmp_path / "latin-\udce9.jpg", tmp_path / "two\nlines\033[31m.jpg"]
    for path in names:
        path.write_bytes(b"text")
    main(["check", *map(str, names), "--network", "light"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "\\n" in lines[1]
    assert "\\x1b[31m" in lines[1]
    main(["check", "--json", *map(str, names), "--network", "light"])
    reports = json.loads(capsys.readouterr().out)["reports"]
    assert reports[0]["file"] == f"{tmp_path}/latin-\\xe9.jpg"
    assert reports[1]["file"] == str(names[1])
    for report in reports:
        report["file"].encode("utf-8")


@pytest.mark.parametrize("command", ["check", "scan"])
def test_first_ctrl_c_stops_though_a_pipe_is_among_the_pictures(
    command: str, tmp_path: Path, astronaut_jpeg: bytes
) -> None:
    root, out = tmp_path / "many", tmp_path / "out.csv"
    root.mkdir()
    os.mkfifo(root / "000.jpg")
    for number in range(1, 400):
        (root / f"{number:03}.jpg").write_bytes(astronaut_jpeg)
    arguments = [str(root), "--out", str(out)] if command == "scan" else map(str, sorted(root.iterdir()))
    process = subprocess.Popen(
        [sys.executable, "-m", "fake_image_detection", command, *arguments, "--network", "light"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    if command == "check":
        process.stdout.readline()
    else:
        deadline = time.monotonic() + 60
        while not (out.exists() and len(out.read_bytes()) > 100) and time.monotonic() < deadline:
            time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    with contextlib.closing(process.stdout):
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
