"""The command line."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fake_image_detection.bundle import BUNDLE_HELP, ROLES, PictureLimits
from fake_image_detection.detector import FakeImageDetector
from fake_image_detection.errors import BundleError, DeviceError, PictureError, SensitivityError
from fake_image_detection.heatmap import write_heatmap
from fake_image_detection.picture import read_picture
from fake_image_detection.report import Report
from fake_image_detection.runtimes import DEVICES
from fake_image_detection.scan import ScanError, scan
from fake_image_detection.verdict import SENSITIVITIES, USUAL

DONE, FAILED, USAGE, STOPPED = 0, 1, 2, 130

DESCRIPTION = """\
Tell photographed faces from generated ones. No picture leaves this machine.

  %(prog)s check portrait.jpg
  %(prog)s scan photos/ --out verdicts.csv
"""

CHECK = """\
Judge pictures: a line for each, or JSON.

  %(prog)s portrait.jpg
  %(prog)s *.jpg --heatmap maps/    where each face looks fake, as maps/NAME.png
  %(prog)s portrait.jpg --json | jq .probability_fake
  %(prog)s *.jpg --json | jq -r '.reports[] | select(.verdict == "fake") | .file'
"""

CHECK_MORE = """\
The verdict is that of the most suspicious face: real, fake or uncertain; or no_face, too_small, error.
What a picture's own bytes say of its making, such as Content Credentials or a generator's settings, is listed below
it; a valid signature by a signer on the list decides the verdict.
With --json one picture gives one report, several give {"reports": [...]}, each with its "file".
Exit code: 0 all went well, 1 some pictures could not be read or some heat maps not written, 2 wrong usage or no usable
bundle.
"""

SCAN = """\
Judge every picture in a folder and in the folders inside it; write one row for each to a CSV file.

  %(prog)s photos/ --out verdicts.csv
  %(prog)s photos/ --out quick.csv --network light

Stop it with Ctrl-C when you like: the same command goes on where it stopped.
"""

SCAN_MORE = """\
Columns: file (relative to the folder), verdict, probability_fake, faces, error, bundle_version, network, sensitivity.
A picture that cannot be read has the verdict error, and why in the column error. A name that a spreadsheet would take
for a formula has ./ before it. Links to folders are followed; no folder is entered twice.
Exit code: 0 done, 2 wrong usage or no usable bundle, 130 stopped.
"""

# In bytes; file systems take 255, and a number and .png come after it.
_LONGEST_NAME = 240

_COLOURS = {"real": 32, "fake": 31, "uncertain": 33, "error": 35}


def main(arguments: Sequence[str] | None = None, program: str = "fake-image-detection") -> int:
    """Run the command line and return its exit code; `program` is how it is called, for its help."""
    options = _parser(program).parse_args(arguments)
    # A file name may hold bytes that are no text; it is shown escaped rather than not at all.
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except (BundleError, DeviceError, ScanError, SensitivityError) as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        # The reader, `head` for instance, has had enough; without this Python would complain when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return STOPPED


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program,
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="{check,scan}")

    check = commands.add_parser(
        "check",
        help="judge pictures",
        description=CHECK,
        epilog=CHECK_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument(
        "pictures", metavar="PICTURE", nargs="+", type=Path, help="JPEG, PNG, WebP, GIF, BMP or AVIF file"
    )
    check.add_argument("--json", action="store_true", help="write the full report as JSON")
    check.add_argument(
        "--heatmap", metavar="DIR", type=Path, help="write a heat map of each picture's faces to this folder"
    )
    check.set_defaults(run=_check)

    scanner = commands.add_parser(
        "scan",
        help="judge all pictures of a folder",
        description=SCAN,
        epilog=SCAN_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    scanner.add_argument("folder", metavar="FOLDER", type=Path, help="folder to look in")
    scanner.add_argument(
        "--out", metavar="CSV", type=Path, required=True, help="file for the verdicts; added to if it exists"
    )
    scanner.set_defaults(run=_scan)

    for command in (check, scanner):
        command.add_argument("--bundle", metavar="DIR", type=Path, help=BUNDLE_HELP)
        command.add_argument("--device", choices=DEVICES, default="auto", help="default: auto")
        command.add_argument("--network", choices=ROLES, default="strong", help="default: strong")
        command.add_argument(
            "--sensitivity",
            choices=SENSITIVITIES,
            default=USUAL,
            help="how readily a face is called fake: strict accuses fewer photographs and finds fewer generated faces, "
            "eager more of both; manifest.json of the bundle has the measured shares (default: usual)",
        )
    return parser


def _detector(options: argparse.Namespace) -> FakeImageDetector:
    with _quiet_native_code():
        return FakeImageDetector(options.bundle, options.device, options.network)


@contextmanager
def _quiet_native_code() -> Iterator[None]:
    """LiteRT and TensorFlow announce themselves on stderr, and no setting stops LiteRT; faults come as exceptions."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _check(options: argparse.Namespace) -> int:
    detector = _detector(options)
    pictures: list[Path] = options.pictures
    heatmaps: Path | None = options.heatmap
    if heatmaps is not None:
        heatmaps.mkdir(parents=True, exist_ok=True)
    reports: list[Report] = []
    drawn = True
    # A few at a time, so that the first lines appear at once.
    for start in range(0, len(pictures), 8):
        some = pictures[start : start + 8]
        reports += detector.check_many(some, heatmaps is not None, options.sensitivity)
        for path, report in zip(some, reports[start:], strict=True):
            if not options.json:
                print(_line(path, report, colour=_wants_colour()), flush=True)
            if heatmaps is not None and any(face.heatmap for face in report.faces):
                drawn &= _write_heatmap(path, report, detector.manifest.picture, heatmaps)
    if options.json:
        print(json.dumps(_as_json(pictures, reports), indent=2))
    return DONE if drawn and all(report.error is None for report in reports) else FAILED


def _write_heatmap(path: Path, report: Report, limits: PictureLimits, folder: Path) -> bool:
    """Whether it was written; if not, why is said: the other pictures are to have theirs."""
    # What was judged is drawn upon: a pipe is read but once, and a file may change.
    fault = "it is not there to be read again"
    with suppress(PictureError):
        picture = read_picture(path, limits)
        if report.image is not None and picture.sha256 == report.image.sha256:
            try:
                write_heatmap(picture.pixels, report, _free_name(folder, path))
            except OSError as error:
                fault = error.strerror or str(error)
            else:
                return True
    print(f"no heat map of {_shown(path)}: {fault}", file=sys.stderr)
    return False


def _as_json(pictures: Sequence[Path], reports: Sequence[Report]) -> dict[str, Any]:
    if len(reports) == 1:
        return reports[0].to_dict()
    # JSON is text, whatever bytes a name has.
    names = [os.fsencode(path).decode("utf-8", "backslashreplace") for path in pictures]
    return {"reports": [{"file": name} | report.to_dict() for name, report in zip(names, reports, strict=True)]}


def _shown(path: Path) -> str:
    """A name as one line: what it would do to a terminal is escaped."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "surrogatepass").decode() for sign in str(path)
    )


def _line(path: Path, report: Report, colour: bool) -> str:
    verdict = f"{report.verdict:<9}"
    if colour and report.verdict in _COLOURS:
        verdict = f"\033[{_COLOURS[report.verdict]}m{verdict}\033[0m"
    probability = "     -" if report.probability_fake is None else f"{report.probability_fake:6.1%}"
    notes = [f"{len(report.faces)} faces"] if len(report.faces) > 1 else []
    if report.verdict_by == "evidence":
        notes.append("decided by evidence")
    notes += sorted({warning.code for warning in report.warnings})
    if report.error is not None:
        notes.append(f"{report.error.code}: {report.error.detail}")
    line = f"{verdict} {probability}  {_shown(path)}" + (f"  ({'; '.join(notes)})" if notes else "")
    return "\n".join([line, *(f"    {item.strength} evidence: {item.detail}" for item in report.evidence)])


def _wants_colour() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _free_name(folder: Path, picture: Path) -> Path:
    """A name for a picture's heat map: `portrait.jpg.png`, numbered if two pictures have the same name."""
    name = picture.name
    while len(os.fsencode(name)) > _LONGEST_NAME:
        name = name[:-1]
    free, number = folder / f"{name}.png", 2
    while free.exists():
        free, number = folder / f"{name}-{number}.png", number + 1
    return free


def _scan(options: argparse.Namespace) -> int:
    return DONE if scan(options.folder, options.out, lambda: _detector(options), options.sensitivity) else STOPPED
