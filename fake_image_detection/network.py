"""A network of the bundle at work: face crops in, probabilities out."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fake_image_detection.bundle import NetworkRule
from fake_image_detection.errors import BundleError
from fake_image_detection.picture import Pixels
from fake_image_detection.runtimes.runtime import Graph


@dataclass(frozen=True)
class Judgement:
    """What the network says of one crop.

    Attributes:
        probability_fake: the probability that it is fake, 0..1.
        heatmap: the same for each part of the crop, float64 (h, w).
        drawn: whether it looks drawn, painted or modelled, so that the probability means nothing.
    """

    probability_fake: float
    heatmap: NDArray[np.float64]
    drawn: bool


class Network:
    """A graph with the calibration that gives its logit a meaning."""

    def __init__(self, graph: Graph, rule: NetworkRule) -> None:
        """Pair a loaded graph with the manifest's entry for it."""
        self._graph = graph
        self.rule = rule

    def judge(self, crops: list[Pixels]) -> list[Judgement]:
        """Judge crops of the network's input size, uint8 (S, S, 3)."""
        outputs = self._graph(np.stack(crops))
        calibration = self.rule.calibration
        probabilities = calibration.probability_fake(outputs["logit"][:, 0])
        heatmaps = calibration.probability_fake(outputs["local_logits"][..., 0])
        # Not every network can tell.
        drawn = outputs["drawn"] > 0 if "drawn" in outputs else np.zeros(len(crops), bool)
        return [Judgement(*each) for each in zip(probabilities.tolist(), heatmaps, drawn.tolist(), strict=True)]

    def check_golden(self, pictures: Pixels, form: str) -> None:
        """Raise BundleError if the graph, as this machine runs it, does not give the logits that the manifest knows.

        Args:
            pictures: the bundle's golden pictures, uint8 (n, S, S, 3).
            form: of the graph, `lite` or `saved_model`.
        """
        golden = self.rule.golden
        for picture, wanted in zip(pictures, golden.answers[form], strict=True):
            logit = float(self._graph(picture[np.newaxis])["logit"][0, 0])
            if not math.isclose(logit, wanted, rel_tol=0, abs_tol=golden.max_delta):
                raise BundleError(
                    f"{self.rule.name} computes the logit {logit:.3f} where {wanted:.3f} is right, so its verdicts "
                    "could not be trusted. Use another device (--device cpu), or build the bundle anew."
                )
