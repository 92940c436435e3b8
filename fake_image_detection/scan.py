"""Judging all pictures of a folder, with rows that survive an interruption."""

import csv
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from fake_image_detection.detector import FakeImageDetector
from fake_image_detection.files import find_pictures, is_special
from fake_image_detection.report import Report
from fake_image_detection.verdict import USUAL, Sensitivity

COLUMNS = ("file", "verdict", "probability_fake", "faces", "error", "bundle_version", "network", "sensitivity")

# Enough to fill the processor, few enough that little is lost when the scan is stopped.
_AT_ONCE = 16


class ScanError(Exception):
    """The folder or the file of verdicts cannot be used; the message names the fix."""


# What every verdict of a file depends on: bundle, network, sensitivity.
_Source = tuple[str, str, Sensitivity]


def scan(
    folder: Path, out: Path, make_detector: Callable[[], FakeImageDetector], sensitivity: Sensitivity = USUAL
) -> bool:
    """Judge the pictures under `folder` that have no row in the CSV file `out` yet, and add their rows.

    Returns:
        Whether all are done; False if the user stopped it.

    Raises:
        ScanError: the folder is missing, or `out` is no file of verdicts, or one of another bundle, network or
            sensitivity; or, when all that can be read is judged, that a folder could not be read.
        BundleError, DeviceError: from `make_detector`.
        SensitivityError: the network was not measured at this sensitivity.
    """
    if not folder.is_dir():
        raise ScanError(f"{folder} is not a folder; to judge single pictures use `check`")
    done = total = 0
    try:
        detector = make_detector()
        source: _Source = (detector.manifest.version, detector.network, sensitivity)
        finished = _finished(out, source)
        closed: list[OSError] = []
        names = list(find_pictures(folder, closed.append))
        waiting = [name for name in names if name not in finished]
        done, total = len(names) - len(waiting), len(names)
        # Names that are not text keep their bytes, so that they are found again.
        with (
            out.open("a", encoding="utf-8", errors="surrogateescape", newline="") as file,
            tqdm(total=total, initial=done, unit="picture", file=sys.stderr) as bar,
        ):
            if file.tell() == 0:
                _write(file, [COLUMNS])
            for start in range(0, len(waiting), _AT_ONCE):
                some = waiting[start : start + _AT_ONCE]
                _write(file, _rows(folder, some, detector, source))
                done += len(some)
                bar.update(len(some))
    except KeyboardInterrupt:
        print(f"stopped after {done} of {total} pictures; the same command goes on where it stopped", file=sys.stderr)
        return False
    except OSError as error:
        raise ScanError(f"{out} cannot be written ({error.strerror}); choose another --out") from error
    if closed:
        listed = "; ".join(f"{error.filename} ({error.strerror})" for error in closed)
        raise ScanError(f"the pictures in these folders are not judged, for they cannot be read: {listed}")
    return True


def _rows(folder: Path, names: Sequence[str], detector: FakeImageDetector, source: _Source) -> list[list[str]]:
    # What comes out of a pipe is somebody else's to read.
    files = [name for name in names if not is_special(folder / name)]
    reports = dict(
        zip(files, detector.check_many((folder / name for name in files), sensitivity=source[-1]), strict=True)
    )
    return [[_cell(name), *_verdict(reports.get(name)), *source] for name in names]


def _verdict(report: Report | None) -> tuple[str, str, str, str]:
    if report is None:
        return "error", "", "0", "not_a_file"
    probability = "" if report.probability_fake is None else f"{report.probability_fake:.4f}"
    return report.verdict, probability, str(len(report.faces)), "" if report.error is None else report.error.code


# What spreadsheets take for the beginning of a formula, in the width of Japanese keyboards too.
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_HERE = "./"


def _cell(name: str) -> str:
    return f"{_HERE}{name}" if name.startswith(_FORMULA) else name


def _write(file: TextIO, rows: Sequence[Sequence[str]]) -> None:
    # One write for whole rows: an interruption falls before or after them.
    text = io.StringIO()
    # Left to itself, Python before 3.13 writes a lone carriage return unquoted and then cannot read it; and a
    # spreadsheet that separates by semicolons or tabs would take a part of a name for a cell.
    odd = any(sign in value for row in rows for value in row for sign in "\r\t;")
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if odd else csv.QUOTE_MINIMAL).writerows(rows)
    file.write(text.getvalue())
    file.flush()


def _finished(out: Path, source: _Source) -> set[str]:
    """Names that have a row in an earlier scan's file; a last row that was cut off is removed."""
    if not out.exists() or out.stat().st_size == 0:
        return set()
    # Not read_text, which would turn a carriage return in a name into a line feed.
    text = out.read_bytes().decode("utf-8", errors="surrogateescape")
    try:
        rows = list(csv.reader(io.StringIO(text[: text.rfind("\n") + 1], newline="")))
    except csv.Error:
        rows = []
    if not rows or tuple(rows[0]) != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        raise ScanError(f"{out} is not a file of verdicts; choose another --out")
    for row in rows[1:]:
        if tuple(row[-3:]) != source:
            there, wanted = (f"{bundle} ({network}, {at})" for bundle, network, at in (row[-3:], source))
            raise ScanError(
                f"{out} holds verdicts of the bundle {there}, not of {wanted}; choose another --out, or delete that "
                "file to judge its pictures anew"
            )
    os.truncate(out, out.read_bytes().rfind(b"\n") + 1)
    return {row[0].removeprefix(_HERE) for row in rows[1:]}
