"""What a network's logits mean: calibration, bands, verdict. The extension's `verdict.ts` is its twin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

Band = Literal["real", "uncertain", "fake"]
FaceVerdict = Literal[Band, "too_small"]
Verdict = Literal[FaceVerdict, "no_face", "error"]
# How readily a face is called fake: what each means in shares of photographs is measured, and stands in the manifest.
Sensitivity = Literal["strict", "usual", "eager"]

REAL, UNCERTAIN, FAKE = BANDS = get_args(Band)
STRICT, USUAL, EAGER = SENSITIVITIES = get_args(Sensitivity)


@dataclass(frozen=True)
class Calibration:
    """The probability that a face is fake is sigmoid(scale * logit + bias) (Platt 1999)."""

    scale: float
    bias: float

    def logit(self, logits: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Calibrated logits, the logarithms of the odds, of logits of any shape."""
        return np.asarray(self.scale * np.asarray(logits, np.float64) + self.bias)

    def probability_fake(self, logits: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Probabilities, 0..1, of logits of any shape."""
        # Written with tanh, which cannot overflow.
        return np.asarray(0.5 + 0.5 * np.tanh(0.5 * self.logit(logits)))


@dataclass(frozen=True)
class Bands:
    """Below `real_below` a face is real, from `fake_from` on it is fake, and between them nobody can tell."""

    real_below: float
    fake_from: float

    @classmethod
    def by_sensitivity(cls, numbers: Mapping[str, Any]) -> dict[Sensitivity, "Bands"]:
        """The bands of a network at each setting that it has.

        Args:
            numbers: network.json, or the network's part of the manifest. `bands` are those of the usual setting, which
                every network has; the other two change `fake_from` alone.
        """
        usual = cls(**numbers["bands"])
        others: Mapping[str, Mapping[str, Any]] = numbers.get("sensitivities", {})
        found: dict[Sensitivity, Bands] = {}
        for name in SENSITIVITIES:
            if name == USUAL:
                found[name] = usual
            elif name in others:
                found[name] = replace(usual, fake_from=others[name]["fake_from"])
        return found

    def among(self, faces: int) -> "Bands":
        """The bands for one of several faces of a picture: the odds from which it is fake are so many times higher."""
        if faces <= 1 or self.fake_from >= 1:
            return self
        odds = faces * self.fake_from / (1 - self.fake_from)
        return Bands(self.real_below, odds / (1 + odds))

    def verdicts(self, probabilities: NDArray[np.float64]) -> NDArray[np.str_]:
        """`real`, `uncertain` or `fake` for probabilities of any shape."""
        # Whatever is no number falls through to "uncertain".
        real, fake = probabilities < self.real_below, probabilities >= self.fake_from
        return np.select([real, fake], [REAL, FAKE], UNCERTAIN)

    def verdict(self, probability: float) -> Band:
        """The same for a single probability."""
        return cast(Band, self.verdicts(np.asarray(probability)).item())


def opposite(some: NDArray[np.str_], others: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Where of two verdicts one is `real` and the other one `fake`."""
    return np.asarray(((some == REAL) & (others == FAKE)) | ((some == FAKE) & (others == REAL)))


@dataclass(frozen=True)
class Judged:
    """A face before its verdict.

    Attributes:
        probability: that it is fake; None for a face that is too small to be judged.
        tilted: whether it is tilted further than the network was measured; such a face is never called real.
        drawn: whether it looks drawn, painted or modelled; of such a face nothing is told.
    """

    probability: float | None
    tilted: bool = False
    drawn: bool = False


def face_verdicts(faces: Sequence[Judged], bands: Bands) -> list[FaceVerdict]:
    """The verdict on each face of a picture.

    Each face is one more occasion to call a photograph fake, so that among n judged faces the odds that make one fake
    are n times those for a face alone: for calibrated probabilities the share of photographs with odds of x or more is
    at most 1 / x of the generated faces' share, which keeps the false alarms of a picture at those of a single face.

    Args:
        faces: all that were found.
        bands: of the network that judged.
    """
    among = bands.among(sum(face.probability is not None for face in faces))
    verdicts: list[FaceVerdict] = []
    for face in faces:
        if face.probability is None:
            verdicts.append("too_small")
            continue
        verdict = among.verdict(face.probability)
        verdicts.append(UNCERTAIN if face.drawn or (verdict == REAL and face.tilted) else verdict)
    return verdicts


def picture_verdict(
    verdicts: Sequence[FaceVerdict], probabilities: Sequence[float | None]
) -> tuple[Verdict, float | None]:
    """The verdict on a picture and the probability it rests on: those of its most suspicious face.

    Args:
        verdicts: on each face that was found.
        probabilities: of the same faces; None for one that is too small to be judged.
    """
    judged = [
        (BANDS.index(verdict), probability)
        for verdict, probability in zip(verdicts, probabilities, strict=True)
        if verdict != "too_small" and probability is not None
    ]
    if judged:
        worst, probability = max(judged)
        return BANDS[worst], probability
    return ("too_small" if verdicts else "no_face"), None
