"""What a network's logits mean: calibration, bands, verdict. The extension's `verdict.ts` is its twin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

Band = Literal["real", "uncertain", "fake"]
FaceVerdict = Literal[Band, "too_small"]
Verdict = Literal[FaceVerdict, "no_face", "error"]

REAL, UNCERTAIN, FAKE = BANDS = get_args(Band)


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


def picture_verdict(probabilities: Sequence[float | None], bands: Bands) -> tuple[Verdict, float | None]:
    """The verdict on a picture and the probability it rests on: those of its most suspicious face.

    Args:
        probabilities: of each face that was found; None for one that is too small to be judged.
        bands: of the network that judged.
    """
    judged = [probability for probability in probabilities if probability is not None]
    if judged:
        worst = max(judged)
        return bands.verdict(worst), worst
    return ("too_small" if probabilities else "no_face"), None
