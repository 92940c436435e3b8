"""Figures as Markdown, for cards and reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

ORIGINS_EXPLAINED = """\
ROC-AUC is that of the origin against all faces of the other label. "Above" is the share over the threshold that flags
1 % of all real faces of this table, with its 95 % interval (Clopper-Pearson)."""


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
