"""What the project's two networks are to reach, beside what one of them does reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fake_image_detection.verdict import USUAL
from training.faces.conditions import tilted
from training.figures import shortcuts, tables

Found = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """A figure with what is asked of it.

    Attributes:
        figure: its name.
        measured: finds it in what training.studies.evaluate found; nothing where it was not measured.
        strong, light: the least asked of the server's and of the browser's network, or the most where `most` is true.
        alike: finds the same where both classes have the same sizes.
    """

    figure: str
    measured: Callable[[Found], float | None]
    strong: float
    light: float
    most: bool = False
    alike: Callable[[Found], float | None] = lambda found: None


def _pair(condition: str, strong: float, light: float) -> Target:
    return Target(
        f"ROC-AUC of the hard pair, {condition}",
        lambda found: found["pair"].get(condition, {}).get("roc_auc"),
        strong,
        light,
        alike=lambda found: found["like_sizes"].get(condition, {}).get("pair_roc_auc"),
    )


def _without_hosts(condition: str, strong: float, light: float) -> Target:
    return Target(
        f"ROC-AUC of the data sets without hosts, {condition}",
        lambda found: found["without_hosts"].get(condition),
        strong,
        light,
    )


def _of_hosts(words: str, figure: str, strong: float, light: float) -> Target:
    return Target(
        f"{words} of generated faces as sites use them, against all photographs, as is, q90",
        lambda found: found["generators_of_hosts"].get("as is, q90", {}).get(figure),
        strong,
        light,
    )


def _above(origin: str, asked: float) -> Target:
    return Target(
        f"found at 1 % false alarms over all photographs: {origin}",
        lambda found: found["origins"].get(f"fake/{origin}", {}).get("above_1%_threshold"),
        asked,
        asked,
    )


def _kind(kind: str, most: float) -> Target:
    return Target(
        f"{kind} called fake, at the worst condition",
        lambda found: found["sensitivities"][USUAL]["kinds"].get(kind, {}).get("called_fake"),
        most,
        most,
        most=True,
    )


TARGETS = (
    _without_hosts("as is, q90", 0.993, 0.990),
    _without_hosts("96 px, q75", 0.985, 0.980),
    _without_hosts(shortcuts.TURNED_BY_A_NORMAL, 0.985, 0.975),
    _without_hosts(tilted(30), 0.970, 0.950),
    _of_hosts("ROC-AUC", "roc_auc", 0.970, 0.950),
    _of_hosts("found at 1 % false alarms", "tpr_at_fpr_1%", 0.80, 0.70),
    _above("flux1-sites", 0.90),
    _above("gemini", 0.75),
    _above("gpt-image", 0.60),
    _above("midjourney", 0.75),
    _kind("studio, stock and retouched portraits", 0.02),
    Target(
        "mean ROC-AUC of a generator left out of training",
        lambda found: found["left_out"] and found["left_out"]["roc_auc"],
        0.93,
        0.92,
    ),
    _pair("as is, q90", 0.985, 0.975),
    _pair("96 px, q75", 0.955, 0.940),
)


def table(found: Found) -> str:
    """Return every target beside the figure of `found`, the value of training.studies.evaluate.evaluate."""
    return tables.table(
        "figure | measured | like sizes | asked of the server's network | asked of the browser's",
        (
            f"{target.figure} | {tables.number(measured)} | {tables.number(target.alike(found))} "
            f"| {_cell(target, target.strong, measured)} | {_cell(target, target.light, measured)}"
            for target in TARGETS
            for measured in [target.measured(found)]
        ),
    )


def _cell(target: Target, asked: float, measured: float | None) -> str:
    bound = f"{'at most' if target.most else 'at least'} {asked:.3f}"
    if measured is None:
        return bound
    reached = measured <= asked if target.most else measured >= asked
    return f"{bound}: {'reached' if reached else '**missed**'}"
