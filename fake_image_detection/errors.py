"""The errors that a caller can expect."""

from pathlib import Path
from typing import Literal

# What can be wrong with a picture's bytes, and with the file that was named. `report.schema.json` has the same lists.
PictureErrorCode = Literal[
    "unsupported_format", "unreadable_picture", "too_many_bytes", "too_many_pixels", "empty_picture"
]
FileErrorCode = Literal["file_not_found", "not_a_file"]
ErrorCode = Literal[PictureErrorCode, FileErrorCode]
# `detect_fake_image` has no other way to say these two.
NoVerdictCode = Literal[ErrorCode, "no_face", "too_small"]


class PictureError(Exception):
    """A picture that cannot be judged.

    Attributes:
        code: stable name of the reason.
        detail: the reason in words.
        file: the picture's file, if it came from one.
    """

    def __init__(self, code: NoVerdictCode, detail: str, file: Path | None = None) -> None:
        """Take the reason, as a code and in words, and the picture's file if there is one."""
        super().__init__(code, detail, file)
        self.code: NoVerdictCode = code
        self.detail = detail
        self.file = file

    def __str__(self) -> str:
        """The reason in words, after the name of the file."""
        return self.detail if self.file is None else f"{self.file}: {self.detail}"


class BundleError(Exception):
    """A bundle that is missing, damaged or unfit for this machine; the message names the fix."""


class SensitivityError(Exception):
    """A sensitivity was asked for that the network was not measured at; the message names those that it has."""


class DeviceError(Exception):
    """A device was asked for that this machine does not have; the message names the fix."""
