"""Proof that what was written is the network: the same pictures through all of it, and how far each answer strays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from converter.errors import ConverterError
from converter.forms.artifacts import Artifacts, Form, run_artifacts
from converter.forms.batches import Outputs
from converter.networks.trained_network import Verdicts
from converter.proof.golden import best_face, golden_faces
from converter.proof.quantisation import Choice
from converter.rules import FACE_DETECTOR
from converter.tables import table
from fake_image_detection.verdict import Calibration, opposite

MAX_PROBABILITY_DELTA = 0.01
MAX_SCORE_DELTA = 0.01
# Of the logit that tells drawings from faces, whose deviation over faces is some ten times that.
MAX_DRAWN_DELTA = 0.1
# A pixel of the detector's input.
MAX_BOX_DELTA = 1 / 256

# By the names of the manifest's `golden`: what each form answered to each golden picture.
Golden = dict[Form, list[float]]


@dataclass(frozen=True)
class Proof:
    """What was measured for one network, and what of it is too much.

    Attributes:
        title, header, rows: a table, a row for each runtime.
        failures: a sentence for each figure over its limit; empty when every runtime agrees.
        golden: what each form answered to the golden pictures.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    failures: tuple[str, ...]
    golden: Golden

    def write(self) -> str:
        """Return the table with its title, in Markdown."""
        return f"""\
## {self.title}

{table(self.header, self.rows)}"""


def prove_network(
    verdicts: Verdicts,
    artifacts: Artifacts,
    choice: Choice,
    images: NDArray[np.uint8],
    expected: Outputs,
    rounded: Outputs | None,
    browser: bool,
) -> Proof:
    """Compare every runtime with what is right, on pictures the last of which are the golden ones.

    SavedModel has to give what is expected, and so have LiteRT and TF.js, unless `choice` was made on labelled faces:
    then TF.js has to give what the network gives with the weights as it reads them back, and a rounded LiteRT file
    nothing in particular. In no file at all may rounding turn real into fake.

    Args:
        verdicts: what logits mean.
        artifacts: the network's files.
        choice: what they store the weights as.
        images: uint8 (n, S, S, 3).
        expected: the answers to them.
        rounded: the same with the weights as TF.js reads them back; None where it is not needed, or nobody can tell.
        browser: whether the backends of a browser are asked, which takes minutes for a large network.

    Raises:
        ConverterError: a runtime is missing or cannot run the network.
    """
    calibration, bands = verdicts.calibration, verdicts.bands
    right = bands.verdicts(calibration.probability_fake(expected["logit"]))
    golden: Golden = {}
    rows, failures = [], []
    for answers in run_artifacts(artifacts, images, browser):
        chosen, outputs = answers.chosen, answers.outputs
        wanted = _rows(expected, chosen)
        _require_shapes(answers.runtime, artifacts.name, outputs, wanted)
        strays = _strays(calibration, outputs, wanted)
        given = bands.verdicts(calibration.probability_fake(outputs["logit"]))
        differ, turned = given != right[chosen], opposite(given, right[chosen])
        rows.append((answers.runtime, str(len(given)), *map(_number, strays), str(int(differ.sum()))))
        where = f"{artifacts.name} in {answers.runtime}"
        exact = answers.form == "saved_model" or (answers.form == "lite" and choice.lite == "float32")
        if exact or not choice.by_evidence:
            failures += _network_failures(where, strays, outputs, wanted)
        elif answers.form == "tfjs" and rounded is not None:
            as_read = _rows(rounded, chosen)
            failures += _network_failures(where, _strays(calibration, outputs, as_read), outputs, as_read)
        failures += _over(where, [("verdicts turned from real to fake or back", int(turned.sum()), 0)])
        golden.setdefault(answers.form, _golden_logits(outputs))
    header = (
        "Runtime", "pictures", "max Δ logit", "mean Δ logit", "max Δ probability", "max Δ heat map", "verdicts turned",
    )  # fmt: skip
    return Proof(artifacts.name, header, tuple(rows), tuple(failures), golden)


def prove_face_detector(artifacts: Artifacts, images: NDArray[np.uint8], expected: Outputs, browser: bool) -> Proof:
    """Compare every runtime with what is right, over all anchors; raises as `prove_network`.

    Args:
        artifacts: its files.
        images: uint8 (n, S, S, 3), the last of which is the golden one.
        expected: the answers to them.
        browser: whether the backends of a browser are asked.
    """
    side = images.shape[1]
    seen = expected["faces"][..., 0] >= FACE_DETECTOR["score_threshold"]
    golden: Golden = {}
    rows, failures = [], []
    for answers in run_artifacts(artifacts, images, browser):
        chosen, faces = answers.chosen, answers.outputs["faces"]
        _require_shapes(answers.runtime, artifacts.name, answers.outputs, _rows(expected, chosen))
        delta = np.abs(faces - expected["faces"][chosen])
        score, box = float(delta[..., 0].max()), float(delta[..., 1:].max())
        flips = int(((faces[..., 0] >= FACE_DETECTOR["score_threshold"]) != seen[chosen]).sum())
        figures = _number(score), _number(float(delta[..., 0].mean())), _number(box * side)
        rows.append((answers.runtime, str(len(faces)), *figures, str(flips)))
        failures += _over(f"{artifacts.name} in {answers.runtime}", [
            ("max |delta score|", score, MAX_SCORE_DELTA),
            ("max |delta box| in sides of the input", box, MAX_BOX_DELTA),
        ])  # fmt: skip
        golden.setdefault(answers.form, best_face(faces[-1]))
    header = (
        "Runtime", "pictures", "max Δ score", "mean Δ score", f"max Δ box (pixels of {side})", "anchors found or lost",
    )  # fmt: skip
    return Proof(artifacts.name, header, tuple(rows), tuple(failures), golden)


def _golden_logits(outputs: Outputs) -> list[float]:
    logits: list[float] = outputs["logit"][-len(golden_faces(1)) :, 0].astype(np.float64).round(6).tolist()
    return logits


def _rows(outputs: Outputs, chosen: slice) -> Outputs:
    return {name: values[chosen] for name, values in outputs.items()}


def _strays(calibration: Calibration, outputs: Outputs, wanted: Outputs) -> tuple[float, float, float, float]:
    """Max and mean |delta logit|, max |delta probability|, of the picture and anywhere in its heat map."""
    logit = np.abs(outputs["logit"] - wanted["logit"])
    probability, heat = (
        np.abs(calibration.probability_fake(outputs[name]) - calibration.probability_fake(wanted[name]))
        for name in ("logit", "local_logits")
    )
    return float(logit.max()), float(logit.mean()), float(probability.max()), float(heat.max())


def _network_failures(
    where: str, strays: tuple[float, float, float, float], outputs: Outputs, wanted: Outputs
) -> list[str]:
    _, _, probability, heat = strays
    figures = [
        ("max |delta probability|", probability, MAX_PROBABILITY_DELTA),
        ("max |delta probability| of the heat map", heat, MAX_PROBABILITY_DELTA),
    ]
    if "drawn" in wanted:
        figures.append(("max |delta drawn|", float(np.abs(outputs["drawn"] - wanted["drawn"]).max()), MAX_DRAWN_DELTA))
    return _over(where, figures)


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
