"""Figures as Markdown, for cards and reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fake_image_detection.verdict import USUAL
from training.figures.calibrate import ALIKE_FROM, BOUNDS, MISSED_BOUND, faces_needed

ORIGINS_EXPLAINED = """\
ROC-AUC is that of the origin against all faces of the other label. "Above" is the share over the threshold that flags
1 % of all real faces of this table, with its 95 % interval (Clopper-Pearson)."""

_NEEDED = ", ".join(f"{faces_needed(bound)} for {bound:.1%}" for bound in BOUNDS.values())
SENSITIVITIES_EXPLAINED = f"""\
Bands are chosen so that the share of photographs called fake stays within the bound with 95 % confidence
(Clopper-Pearson): of all photographs under each condition, each face and each source counted alike, and, over the
conditions together, of each kind of them that has enough faces to show it. Enough are, if none of them is called fake,
{_NEEDED}.
Of a kind with fewer, no larger share than that was called fake when the bands were chosen, and how much larger it could
be stays as open as its bound in the table says. The share of generated faces called real is bounded by
{MISSED_BOUND:.0%} over the conditions together, each face and each source counted alike.

Shares in the first table are means over the conditions, each source counted alike (one with fewer than {ALIKE_FROM}
faces by its faces). Those of a kind are under the condition where it is called fake most. Where these faces set the
bands, each tenth was judged by what the other nine set, so that a share can come out above its bound. A face under
several conditions is counted once. Faces of one site or person are not independent: bounds speak of more photographs
like these."""


def table(header: str, rows: Iterable[str]) -> str:
    """Return a Markdown table; `header` and `rows` have their cells parted by ` | `."""
    columns = header.count(" | ") + 1
    return "\n".join(f"| {row} |" for row in (header, " | ".join(["---"] * columns), *rows))


def origins(rows: dict[str, Any]) -> str:
    """Return the table of scores.figures()["origins"]."""
    return table(
        "origin | faces | ROC-AUC | above | called fake | called uncertain | called real",
        (
            f"{name} | {row['pictures']} | {row['roc_auc']:.3f} "
            f"| {row['above_1%_threshold']:.1%} ({row['above_interval'][0]:.0%} to {row['above_interval'][1]:.0%}) "
            f"| {percent(row['called_fake'])} | {percent(row['called_uncertain'])} | {percent(row['called_real'])}"
            for name, row in rows.items()
        ),
    )


def command(parts: Sequence[str]) -> str:
    """Return a command for a shell, broken into lines between its parts."""
    lines = [parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + len(part) > 110:
            lines.append(f"  {part}")
        else:
            lines[-1] += f" {part}"
    return " \\\n".join(lines)


def confusion(counts: dict[str, int]) -> str:
    """Return a confusion matrix as a sentence."""
    return (
        f"of the real faces {counts['real_called_real']} were called real and {counts['real_called_fake']} fake; "
        f"of the fakes {counts['fake_called_fake']} were called fake and {counts['fake_called_real']} real."
    )


def between(figure: float, interval: tuple[float, float]) -> str:
    """Return a figure with its interval."""
    return f"{figure:.3f} ({interval[0]:.3f} to {interval[1]:.3f})"


def rate(counted: dict[str, Any]) -> str:
    """Return a rate of groups.rate() with what it was counted on and its interval."""
    if not counted["trials"]:
        return "no faces"
    low, high = counted["interval"]
    return f"{counted['events']}/{counted['trials']}, {counted['rate']:.1%} ({low:.1%} to {high:.1%})"


def percent(share: float | None) -> str:
    """Return a share in percent, and a dash where there is none."""
    return "-" if share is None else f"{share:.1%}"


def number(figure: float | None) -> str:
    """Return a figure, and a dash where there is none."""
    return "-" if figure is None else f"{figure:.3f}"


def sensitivities(found: dict[str, Any], fake_from: Mapping[str, float]) -> str:
    """Return the table of sensitivities.figures(), with the probability from which each calls a face fake."""
    return table(
        "sensitivity | fake from | may call fake | photographs called fake (95 % bound) | called uncertain "
        "| generated faces called fake | called uncertain | called real",
        (
            f"{name} | {fake_from[name]:g} | {row['bound']:.1%} | {percent(row['real_called_fake'])} "
            f"({percent(row['real_called_fake_upper_bound'])}) | {percent(row['real_called_uncertain'])} "
            f"| {percent(row['fake_called_fake'])} | {percent(row['fake_called_uncertain'])} "
            f"| {percent(row['fake_called_real'])}"
            for name, row in found.items()
        ),
    )


def kinds(found: dict[str, Any]) -> str:
    """Return the table of the kinds of photographs of sensitivities.figures()."""
    usual = found[USUAL]["kinds"]
    return table(
        f"photographs | faces | {' | '.join(f'called fake, {name} (95 % bound)' for name in found)} "
        f"| called uncertain, {USUAL}",
        (
            " | ".join(
                [
                    kind,
                    str(usual[kind]["pictures"]),
                    *(
                        f"{percent(row['kinds'][kind]['called_fake'])} ({percent(row['kinds'][kind]['upper_bound'])})"
                        for row in found.values()
                    ),
                    percent(usual[kind]["called_uncertain"]),
                ]
            )
            for kind in usual
        ),
    )


def generators(found: dict[str, Any]) -> str:
    """Return the table of the generators of sensitivities.figures()."""
    usual = found[USUAL]["generators"]
    return table(
        f"generator | faces | {' | '.join(f'found, {name}' for name in found)} | called real",
        (
            " | ".join(
                [
                    maker,
                    str(row["pictures"]),
                    *(percent(each["generators"][maker]["called_fake"]) for each in found.values()),
                    percent(row["called_real"]),
                ]
            )
            for maker, row in usual.items()
        ),
    )


def controls(rows: dict[str, dict[str, Any]]) -> str:
    """Return the table of faces otherwise held or lit, each row by training.figures.shortcuts.control_row."""
    return table(
        "faces | ROC-AUC | found at 1 % false alarms | same side | real called fake | fake called fake "
        "| fake called real",
        (
            f"{name} | {row['roc_auc']:.3f} | {row['tpr_at_fpr_1%']:.3f} | {row['same_side']:.1%} "
            f"| {row['real_called_fake']:.1%} | {row['fake_called_fake']:.1%} | {row['fake_called_real']:.1%}"
            for name, row in rows.items()
        ),
    )


def groups(found: dict[str, Any]) -> str:
    """Return the tables of groups.measure(), one for each condition; nothing where the data states no groups."""
    header = "group | real faces | probability 0.5 or more | over the 1 % threshold | called fake"
    parts = []
    for condition, groupings in found["conditions"].items():
        rows = [
            f"{grouping}: {group} | {row['pictures']} | {rate(row['above_even_odds'])} "
            f"| {rate(row['above_1%_threshold'])} | {rate(row['called_fake'])}"
            for grouping, of_people in groupings.items()
            for group, row in of_people.items()
        ]
        if rows:
            parts.append(f"### {condition}\n\n{table(header, rows)}")
    return "\n\n".join(parts)


def groups_come_from(found: dict[str, Any]) -> str:
    """Return in words which faces groups.measure() counted."""
    kept = found["control_pictures"]
    return (
        f"{kept} of these faces are of the training split and were kept out of training for this control."
        if kept
        else "They are of the measured split alone: the network has learned from others, its record does not say that "
        "it has not, or there are none."
    )
