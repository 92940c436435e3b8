"""Quantisation by evidence: every candidate on labelled faces, and the smallest that loses nothing."""

import math
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu
from tqdm import tqdm

from converter.forms.artifacts import Artifacts
from converter.forms.batches import BATCH, batches
from converter.forms.lite import LITE_PRECISIONS, run_lite
from converter.forms.precision import TFJS_PRECISIONS, Plan, fingerprint, plain
from converter.forms.tfjs import read_weights
from converter.networks.trained_network import TrainedNetwork, Verdicts
from converter.proof.pictures import LabelledFaces
from converter.tables import table
from fake_image_detection.verdict import FAKE, opposite

# Faces on which the kernels are ranked by what uint8 does to them.
RANKED_ON = 64


@dataclass(frozen=True)
class Limits:
    """What a candidate may lose against float32 on the labelled faces.

    Attributes:
        auc: ROC-AUC.
        rate: share of fake faces called fake, and of real faces not called fake.
        flips: faces whose verdict turns from real to fake or from fake to real.
    """

    auc: float = 0.001
    rate: float = 0.002
    flips: int = 0


@dataclass(frozen=True)
class Measured:
    """One candidate on the labelled faces.

    Attributes:
        form: `TF.js` or `LiteRT`.
        name: of the candidate.
        bytes: what is downloaded (TF.js: the weights) or loaded (LiteRT: the file).
        auc: ROC-AUC.
        fake_called_fake, real_called_fake: shares, 0..1, at the manifest's threshold.
        turned: verdicts that differ from those of float32.
        flips: those of them that turned from real to fake or from fake to real.
        mean_delta: mean |delta logit| against float32.
    """

    form: str
    name: str
    bytes: int
    auc: float
    fake_called_fake: float
    real_called_fake: float
    turned: int
    flips: int
    mean_delta: float


@dataclass(frozen=True)
class Choice:
    """What is stored as what.

    Attributes:
        tfjs: for TF.js; None where that form is not made.
        lite: the precision of the .tflite file.
        by_evidence: whether it was made on labelled faces.
        report: every candidate as measured on them, in Markdown.
    """

    tfjs: Plan | None
    lite: str
    by_evidence: bool = False
    report: str = ""


# Where nothing was measured: for LiteRT size hardly matters, so it keeps its float32 unless asked otherwise.
FIXED = {
    "float32": Choice(plain("float32"), "float32"),
    "uint16": Choice(plain("uint16"), "float32"),
    "float16": Choice(plain("float16"), "float16"),
    "uint8": Choice(plain("uint8"), "int8"),
}


def choose(
    network: TrainedNetwork, model: keras.Model, artifacts: Artifacts, faces: LabelledFaces, limits: Limits
) -> Choice:
    """Measure every candidate and choose, for TF.js and for LiteRT, the smallest within the limits.

    TF.js computes in float32 whatever the weights are stored as. So its candidates are measured in Keras with the
    weights as TF.js reads them back, which gives the same numbers faster; the chosen one is then proved in TF.js.

    Args:
        network: whose calibration and bands make verdicts.
        model: its folded form, which `artifacts` were made from.
        artifacts: the network's files, a .tflite file of each precision and, if there is TF.js, that in float32.
        faces: the labelled faces.
        limits: what may be lost.
    """
    images = faces.resized(network.input_size)
    in_browser = "tfjs" in artifacts.forms
    weights = list(read_weights(artifacts.root / artifacts.tfjs).values()) if in_browser else []
    trial = _Trial(network.verdicts, model, images, faces.fake, weights, limits)
    plans, tfjs = {}, []
    if in_browser:
        plans = {name: plain(name) for name in TFJS_PRECISIONS}
        tfjs = [trial.plan(plan) for plan in plans.values()]
        if not trial.allows(tfjs[-1]):
            mixed = _mixed(trial)
            plans[mixed.name] = mixed
            tfjs.append(trial.plan(mixed))
    lite = [trial.lite(precision, artifacts.candidate(precision)) for precision in LITE_PRECISIONS]
    chosen = [trial.smallest(candidates) for candidates in (tfjs, lite) if candidates]
    report = _write(network.name, faces.description, limits, (*tfjs, *lite), chosen)
    return Choice(plans.get(chosen[0].name), chosen[-1].name, by_evidence=True, report=report)


class _Trial:
    def __init__(
        self,
        judge: Verdicts,
        model: keras.Model,
        images: NDArray[np.uint8],
        fake: NDArray[np.bool_],
        weights: Sequence[NDArray[np.float32]],
        limits: Limits,
    ) -> None:
        self.judge, self.model, self.images, self.fake, self.weights = judge, model, images, fake, weights
        self._limits = limits
        self.logits = _batched(model)
        self._exact = self.logits(images, "float32")
        self._reference = self._measure("", "float32", 0, self._exact)

    def plan(self, plan: Plan) -> Measured:
        with plan.applied(self.model):
            return self._measure("TF.js", plan.name, plan.bytes(self.weights), self.logits(self.images, plan.name))

    def lite(self, precision: str, path: Path) -> Measured:
        answers = run_lite(path, self.images, threads=os.cpu_count() or 1)
        progress = tqdm(answers, f"LiteRT {precision}", math.ceil(len(self.images) / BATCH), leave=False, disable=None)
        logits = np.concatenate([answer["logit"][:, 0] for answer in progress])
        return self._measure("LiteRT", precision, path.stat().st_size, logits)

    def allows(self, candidate: Measured) -> bool:
        reference, limits = self._reference, self._limits
        return (
            reference.auc - candidate.auc <= limits.auc
            and reference.fake_called_fake - candidate.fake_called_fake <= limits.rate
            and candidate.real_called_fake - reference.real_called_fake <= limits.rate
            and candidate.flips <= limits.flips
        )

    def smallest(self, candidates: list[Measured]) -> Measured:
        allowed = [candidate for candidate in candidates if self.allows(candidate)]
        # float32 is always allowed, but for LiteRT's own rounding; of two of a size the more exact is taken.
        return min(allowed or candidates[:1], key=lambda candidate: (candidate.bytes, candidate.mean_delta))

    def _measure(self, form: str, name: str, size: int, logits: NDArray[np.float32]) -> Measured:
        verdicts, expected = (
            self.judge.bands.verdicts(self.judge.calibration.probability_fake(each)) for each in (logits, self._exact)
        )
        real, fake = logits[~self.fake], logits[self.fake]
        return Measured(
            form=form,
            name=name,
            bytes=size,
            # The area under the curve is the share of pairs in the right order (Mann-Whitney).
            auc=float(mannwhitneyu(fake, real).statistic) / (len(fake) * len(real)),
            fake_called_fake=float((verdicts[self.fake] == FAKE).mean()),
            real_called_fake=float((verdicts[~self.fake] == FAKE).mean()),
            turned=int((verdicts != expected).sum()),
            flips=int(opposite(verdicts, expected).sum()),
            mean_delta=float(np.abs(logits - self._exact).mean()),
        )


def _mixed(trial: _Trial) -> Plan:
    """The plan with as many kernels in uint8, the harmless ones first, as the limits allow; the rest in uint16."""
    sample = trial.images[:: max(1, len(trial.images) // RANKED_ON)]
    exact = trial.logits(sample, None)
    kernels = [value for value in trial.model.get_weights() if value.ndim >= 2]
    harm = {}
    for kernel in tqdm(kernels, "ranking kernels", leave=False, disable=None):
        alone = Plan("", "float32", frozenset({fingerprint(kernel)}))
        with alone.applied(trial.model):
            error = float(np.square(trial.logits(sample, None) - exact).mean())
        harm[fingerprint(kernel)] = error / kernel.size
    ranked = sorted(harm, key=lambda key: harm[key])
    least, most = 0, len(ranked)
    while least < most:
        middle = (least + most + 1) // 2
        if trial.allows(trial.plan(Plan(f"{middle} kernels uint8", "uint16", frozenset(ranked[:middle])))):
            least = middle
        else:
            most = middle - 1
    return Plan("mixed", "uint16", frozenset(ranked[:least]))


def _batched(model: keras.Model) -> Callable[[NDArray[np.uint8], str | None], NDArray[np.float32]]:
    import tensorflow as tf

    logit = tf.function(
        lambda images: model(tf.cast(images, tf.float32), training=False)["logit"],
        autograph=False,
        reduce_retracing=True,
    )

    def run(images: NDArray[np.uint8], name: str | None) -> NDArray[np.float32]:
        total = math.ceil(len(images) / BATCH)
        progress = tqdm(batches(images, BATCH), name, total, leave=False, disable=None if name else True)
        return np.concatenate([logit(few).numpy()[:, 0] for few in progress])

    return run


def _write(
    name: str, description: str, limits: Limits, measured: Iterable[Measured], chosen: Sequence[Measured]
) -> str:
    header = (
        "", "", "megabytes", "ROC-AUC", "fake called fake", "real called fake", "verdicts turned", "real <-> fake",
        "mean Δ logit",
    )  # fmt: skip
    rows = (
        (
            row.form, f"**{row.name}**" if row in chosen else row.name, f"{row.bytes / 1e6:.2f}", f"{row.auc:.5f}",
            f"{row.fake_called_fake:.2%}", f"{row.real_called_fake:.2%}", str(row.turned), str(row.flips),
            f"{row.mean_delta:.1e}",
        )
        for row in measured
    )  # fmt: skip
    return f"""\
## {name}

On {description}. Allowed: {limits.auc} of ROC-AUC, {limits.rate} of either rate, {limits.flips} faces turned from real
to fake or back; the smallest within is chosen. TF.js: measured in Keras with the weights as TF.js reads them back.

{table(header, rows)}"""
