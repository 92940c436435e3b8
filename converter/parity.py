"""Proof that what was written is the network: the same pictures through all of it, and how far each answer strays."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from converter.artifacts import Artifacts, Outputs, run_artifacts, run_keras
from converter.errors import ConverterError
from converter.pictures import ProofPictures
from converter.rules import FACE_DETECTOR
from converter.trained_network import TrainedNetwork

MAX_PROBABILITY_DELTA = 0.01
# The runtimes' own self-check at start-up allows the same.
MAX_REFERENCE_DELTA = 0.05
MAX_SCORE_DELTA = 0.01
# A pixel of the detector's input.
MAX_BOX_DELTA = 1 / 256


@dataclass(frozen=True)
class Proof:
    """What was measured for one network, and what of it is too much.

    Attributes:
        title, header, rows: a table, a row for each runtime.
        failures: a sentence for each figure over its limit; empty when every runtime agrees.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    failures: tuple[str, ...]

    def to_markdown(self) -> str:
        """The table with its title."""
        lines = [self.header, ("---",) * len(self.header), *self.rows]
        return "\n".join([f"## {self.title}", "", *("| " + " | ".join(line) + " |" for line in lines)])


def gradient(side: int) -> NDArray[np.float32]:
    """The reference picture, float32 (1, side, side, 3): (7 row + 3 column + 50 channel) mod 256."""
    row, column, channel = np.ogrid[:side, :side, :3]
    return np.asarray((row * 7 + column * 3 + channel * 50) % 256, np.float32)[np.newaxis]


def prove_network(network: TrainedNetwork, artifacts: Artifacts, pictures: ProofPictures) -> tuple[Proof, float]:
    """Compare every runtime with Keras on the pictures and on the reference picture.

    Returns:
        The proof, and the reference picture's logit in Keras.

    Raises:
        ConverterError: a runtime is missing or cannot run the network.
    """
    images = np.concatenate([pictures.resized(network.input_size), gradient(network.input_size)])
    expected = run_keras(network.model, images)
    probability = network.probability(expected["logit"])
    rows, failures = [], []
    for runtime, chosen, outputs in run_artifacts(artifacts, images):
        wanted = {name: values[chosen] for name, values in expected.items()}
        _require_shapes(runtime, artifacts.name, outputs, wanted)
        logit = np.abs(outputs["logit"] - wanted["logit"])
        other = network.probability(outputs["logit"])
        moved = float(np.abs(other - probability[chosen]).max())
        heat = network.probability(outputs["local_logits"]) - network.probability(wanted["local_logits"])
        hottest = float(np.abs(heat).max())
        flips = int((network.band(other) != network.band(probability[chosen])).sum())
        figures = map(_number, (logit.max(), logit.mean(), moved, hottest))
        rows.append((runtime, str(len(logit)), *figures, str(flips)))
        failures += _over(f"{artifacts.name} in {runtime}", [
            ("max |delta probability|", moved, MAX_PROBABILITY_DELTA),
            ("max |delta probability| of the heat map", hottest, MAX_PROBABILITY_DELTA),
            ("|delta logit| of the reference picture", float(logit[-1, 0]), MAX_REFERENCE_DELTA),
        ])  # fmt: skip
    header = (
        "Runtime",
        "pictures",
        "max Δ logit",
        "mean Δ logit",
        "max Δ probability",
        "max Δ heat map",
        "verdict flips",
    )
    return Proof(artifacts.name, header, tuple(rows), tuple(failures)), float(expected["logit"][-1, 0])


def prove_face_detector(model: keras.Model, artifacts: Artifacts, pictures: ProofPictures) -> Proof:
    """Compare every runtime with Keras on the pictures, over all anchors; raises as `prove_network`."""
    images = pictures.resized(FACE_DETECTOR["input_size"])
    expected = run_keras(model, images)
    seen = expected["faces"][..., 0] >= FACE_DETECTOR["score_threshold"]
    rows, failures = [], []
    for runtime, chosen, outputs in run_artifacts(artifacts, images):
        _require_shapes(runtime, artifacts.name, outputs, {"faces": expected["faces"][chosen]})
        delta = np.abs(outputs["faces"] - expected["faces"][chosen])
        score, box = float(delta[..., 0].max()), float(delta[..., 1:].max())
        flips = int(((outputs["faces"][..., 0] >= FACE_DETECTOR["score_threshold"]) != seen[chosen]).sum())
        rows.append(
            (runtime, str(len(delta)), _number(score), _number(delta[..., 0].mean()), _number(box * 256), str(flips))
        )
        failures += _over(f"{artifacts.name} in {runtime}", [
            ("max |delta score|", score, MAX_SCORE_DELTA),
            ("max |delta box| in sides of the input", box, MAX_BOX_DELTA),
        ])  # fmt: skip
    header = (
        "Runtime",
        "pictures",
        "max Δ score",
        "mean Δ score",
        "max Δ box (pixels of 256)",
        "anchors found or lost",
    )
    return Proof(artifacts.name, header, tuple(rows), tuple(failures))


def _require_shapes(runtime: str, name: str, outputs: Outputs, expected: Outputs) -> None:
    got = {key: value.shape for key, value in sorted(outputs.items())}
    wanted = {key: value.shape for key, value in sorted(expected.items())}
    if got != wanted:
        raise ConverterError(f"{name} in {runtime} answers with {got}, Keras with {wanted}: the conversion is wrong.")


def _over(where: str, figures: Sequence[tuple[str, float, float]]) -> list[str]:
    # "not <=" rather than ">": a NaN must fail.
    return [
        f"{where}: {what} is {value:.2g}, allowed is {limit:.2g}"
        for what, value, limit in figures
        if not value <= limit
    ]


def _number(value: float) -> str:
    return f"{value:.1e}"
