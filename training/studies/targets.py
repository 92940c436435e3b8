"""What the project's two networks are to reach, beside what one of them does reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from training.figures import tables

Found = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """A figure with what is asked of it.

    Attributes:
        figure: its name.
        measured: finds it in what training.studies.evaluate found; nothing where it was not measured.
        strong, light: the least asked of the server's and of the browser's network, or the most where `most` is true;
            nothing where it is only to be published.
        alike: finds the same where both classes have the same sizes.
    """

    figure: str
    measured: Callable[[Found], float | None]
    strong: float
    light: float | None
    most: bool = False
    alike: Callable[[Found], float | None] = lambda found: None


def _roc_auc(condition: str, strong: float, light: float) -> Target:
    return Target(
        f"ROC-AUC, {condition}",
        lambda found: found["conditions"][condition]["roc_auc"],
        strong,
        light,
        alike=lambda found: found["like_sizes"][condition]["roc_auc"],
    )


def _pair(condition: str, strong: float, light: float) -> Target:
    return Target(
        f"ROC-AUC of the hard pair, {condition}",
        lambda found: found["pair"].get(condition, {}).get("roc_auc"),
        strong,
        light,
        alike=lambda found: found["like_sizes"][condition]["pair_roc_auc"],
    )


def _above(origin: str) -> Callable[[Found], float | None]:
    return lambda found: found["origins"].get(origin, {}).get("above_1%_threshold")


TARGETS = (
    _roc_auc("as is, q90", 0.998, 0.996),
    _roc_auc("<= 200 px, q70", 0.997, 0.994),
    _roc_auc("96 px, q75", 0.993, 0.990),
    _pair("as is, q90", 0.990, 0.980),
    _pair("96 px, q75", 0.950, 0.930),
    *(
        Target(f"found at 1 % false alarms over all reals: {origin}", _above(f"fake/{origin}"), strong, light)
        for origin, strong, light in (
            ("stylegan1", 0.95, 0.90),
            ("stylegan2", 0.95, 0.90),
            ("stable-diffusion-2.1", 0.98, 0.97),
            ("sdxl", 0.98, 0.97),
            ("flux1-schnell", 0.98, 0.97),
        )
    ),
    Target("FFHQ photographs flagged there", _above("real/ffhq"), 0.02, 0.03, most=True),
    Target(
        "mean ROC-AUC of a generator left out of training",
        lambda found: found["left_out"] and found["left_out"]["roc_auc"],
        0.90,
        None,
    ),
    Target(
        "speakers, athletes, unsplash, phone-portraits called fake, as is, q90",
        lambda found: found["profiles"]["as is, q90"]["rate"],
        0.005,
        0.005,
        most=True,
    ),
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


def _cell(target: Target, asked: float | None, measured: float | None) -> str:
    if asked is None:
        return "to be published"
    bound = f"{'at most' if target.most else 'at least'} {asked:.3f}"
    if measured is None:
        return bound
    reached = measured <= asked if target.most else measured >= asked
    return f"{bound}: {'reached' if reached else '**missed**'}"
