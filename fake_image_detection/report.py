"""What the detector says of a picture, and its JSON form, which `report.schema.json` describes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from fake_image_detection.errors import NoVerdictCode
from fake_image_detection.verdict import FaceVerdict, Verdict

SCHEMA = Path(__file__).with_name("report.schema.json")

VerdictBy = Literal["network", "evidence"]
WarningCode = Literal[
    "enlarged", "blurred", "grey", "cut_off", "profile", "recompressed", "upscaled", "dark", "overexposed",
    "covered", "turned", "tilted", "drawn", "several_faces", "search_stopped", "capture", "incomplete",
]  # fmt: skip
Proves = Literal["generated", "edited", "photographed", "nothing"]
Strength = Literal["conclusive", "strong", "weak"]


@dataclass(frozen=True)
class FaceReport:
    """One face.

    Attributes:
        box: x, y, width, height in pixels of the upright picture; may reach beyond its edges.
        crop: left, top, side, side in pixels: the square that the network saw, always inside the picture.
        score: how sure the face detector is that this is a face, 0..1.
        verdict: `too_small` if the crop has too few pixels to be judged.
        probability_fake: calibrated, 0..1; None if the face is too small.
        heatmap: rows of probabilities over the crop, if asked for and if the face was judged.
    """

    box: tuple[float, float, float, float]
    crop: tuple[int, int, int, int]
    score: float
    verdict: FaceVerdict
    probability_fake: float | None
    heatmap: tuple[tuple[float, ...], ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: pixels to 1 decimal, probabilities to 4."""
        fields: dict[str, Any] = {
            "box": [round(value, 1) for value in self.box],
            "crop": list(self.crop),
            "score": round(self.score, 4),
            "verdict": self.verdict,
            "probability_fake": _rounded(self.probability_fake),
        }
        if self.heatmap is not None:
            fields["heatmap"] = [[round(value, 4) for value in row] for row in self.heatmap]
        return fields


@dataclass(frozen=True)
class Notice:
    """A warning or an error: a stable code and the same in words."""

    code: WarningCode | NoVerdictCode
    detail: str

    def to_dict(self) -> dict[str, str]:
        """The JSON form."""
        return {"code": self.code, "detail": self.detail}


@dataclass(frozen=True)
class Evidence:
    """A marker in the picture's own bytes.

    Attributes:
        code: stable name of the kind of marker.
        detail: the same in plain words.
        proves: what it says of the picture, if it is true.
        strength: `conclusive` for a valid signature by a signer on the list, which decides the verdict; `strong` for a
            plain declaration, which anyone could have written; `weak` for a hint.
    """

    code: str
    detail: str
    proves: Proves
    strength: Strength

    def to_dict(self) -> dict[str, str]:
        """The JSON form."""
        return {"code": self.code, "detail": self.detail, "proves": self.proves, "strength": self.strength}


@dataclass(frozen=True)
class ImageInfo:
    """The picture that was judged: its upright size in pixels, its format, the SHA-256 of its bytes in hex.

    A picture that came as pixels has the format `pixels` unless it knows better, and the SHA-256 of its RGB bytes.
    """

    width: int
    height: int
    format: str
    sha256: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"width": self.width, "height": self.height, "format": self.format, "sha256": self.sha256}


@dataclass(frozen=True)
class ModelInfo:
    """What gave the verdict: the bundle's name and version, the network in it, the runtime and the device."""

    name: str
    version: str
    network: str
    runtime: str
    device: str

    def to_dict(self) -> dict[str, str]:
        """The JSON form."""
        return {
            "name": self.name,
            "version": self.version,
            "network": self.network,
            "runtime": self.runtime,
            "device": self.device,
        }


@dataclass(frozen=True)
class Milliseconds:
    """Time spent. In a batch, `network` is the picture's share of the batch's time."""

    decode: float = 0.0
    faces: float = 0.0
    network: float = 0.0

    @property
    def total(self) -> float:
        """All of it."""
        return self.decode + self.faces + self.network

    def to_dict(self) -> dict[str, float]:
        """The JSON form: milliseconds to 1 decimal."""
        return {
            "decode": round(self.decode, 1),
            "faces": round(self.faces, 1),
            "network": round(self.network, 1),
            "total": round(self.total, 1),
        }


@dataclass(frozen=True)
class Report:
    """The verdict on one picture, which is that of its most suspicious face, and what it rests on.

    Attributes:
        verdict: `real`, `fake`, `uncertain`, `no_face`, `too_small` (no face is large enough) or `error`.
        probability_fake: calibrated, 0..1, of the most suspicious face; None if no face was judged.
        faces: largest first.
        evidence: what the picture's own bytes say.
        warnings: reasons to trust the verdict less.
        image: None if the picture could not be read.
        error: why the picture could not be read; set if and only if the verdict is `error`.
        verdict_by: what decided: the `network` with its most suspicious face, or a conclusive piece of `evidence`.
    """

    verdict: Verdict
    probability_fake: float | None
    faces: tuple[FaceReport, ...]
    warnings: tuple[Notice, ...]
    image: ImageInfo | None
    model: ModelInfo
    milliseconds: Milliseconds
    evidence: tuple[Evidence, ...] = ()
    error: Notice | None = None
    verdict_by: VerdictBy = "network"

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, the same from the library, the command line, the server and the browser."""
        fields: dict[str, Any] = {
            "verdict": self.verdict,
            "verdict_by": self.verdict_by,
            "probability_fake": _rounded(self.probability_fake),
            "faces": [face.to_dict() for face in self.faces],
            "evidence": [marker.to_dict() for marker in self.evidence],
            "warnings": [warning.to_dict() for warning in self.warnings],
            "image": None if self.image is None else self.image.to_dict(),
            "model": self.model.to_dict(),
            "milliseconds": self.milliseconds.to_dict(),
        }
        if self.error is not None:
            del fields["verdict_by"]
            fields["error"] = self.error.to_dict()
        return fields


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(probability, 4)
