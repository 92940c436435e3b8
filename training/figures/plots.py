"""Pictures of figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator
from sklearn.metrics import roc_curve

from training.figures.metrics import ReliabilityBin

# Before pyplot is imported: training machines have no screen.
matplotlib.use("Agg")
from matplotlib import pyplot as plt


def curves(history: Sequence[dict[str, Any]], folder: Path) -> None:
    """Write accuracy.png and loss.png: training and validation over the epochs."""
    epochs = [row["epoch"] for row in history]
    for name, lines in (
        ("accuracy", {"training": "accuracy", "validation": "val_accuracy", "validation ROC-AUC": "val_roc_auc"}),
        ("loss", {"training": "loss", "validation": "val_loss"}),
    ):
        figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
        for label, key in lines.items():
            axes.plot(epochs, [row[key] for row in history], marker="o", markersize=3, label=label)
        axes.set(xlabel="epoch", ylabel=name)
        axes.locator_params(axis="x", integer=True)
        axes.grid(alpha=0.3)
        # Where a curve leaves room is known: to look for it takes so long on a busy machine that matplotlib warns.
        axes.legend(frameon=False, loc="upper right" if name == "loss" else "lower right")
        _save(figure, folder / f"{name}.png")


def roc(labels: np.ndarray, scores: Mapping[str, np.ndarray], path: Path) -> None:
    """Write ROC curves, one for each named array of scores (n,), over a logarithmic false-positive axis."""
    figure, axes = plt.subplots(figsize=(5.5, 4.5), layout="constrained")
    for name, values in scores.items():
        false_positives, true_positives, _ = roc_curve(labels, values)
        axes.step(np.maximum(false_positives, 1e-4), true_positives, where="post", label=name)
    axes.set(
        xscale="log", xlim=(5e-4, 1), ylim=(0, 1.01), xlabel="real faces called fake", ylabel="generated faces found"
    )
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, loc="lower right")
    _save(figure, path)


def histogram(labels: np.ndarray, probabilities: np.ndarray, path: Path) -> None:
    """Write how the probabilities (n,) of real and of generated faces are spread."""
    figure, axes = plt.subplots(figsize=(5.5, 3.5), layout="constrained")
    for label, name, colour in ((0, "real", "tab:blue"), (1, "generated", "tab:red")):
        axes.hist(probabilities[labels == label], bins=40, range=(0, 1), alpha=0.6, label=name, color=colour)
    axes.set(yscale="log", xlabel="probability that the face is fake", ylabel="faces")
    axes.legend(frameon=False, loc="upper center")
    _save(figure, path)


def confusion(counts: Mapping[str, int], path: Path) -> None:
    """Write the confusion matrix at probability 0.5."""
    table = np.array(
        [
            [counts["real_called_real"], counts["real_called_fake"]],
            [counts["fake_called_real"], counts["fake_called_fake"]],
        ]
    )
    shares = table / table.sum(axis=1, keepdims=True)
    figure, axes = plt.subplots(figsize=(3.8, 3.4), layout="constrained")
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(table):
        share = shares[row, column]
        colour = "white" if share > 0.5 else "black"
        axes.text(column, row, f"{count}\n{share:.1%}", ha="center", va="center", color=colour)
    axes.set(
        xticks=(0, 1), xticklabels=("real", "fake"), yticks=(0, 1), yticklabels=("real", "fake"),
        xlabel="called", ylabel="is",
    )  # fmt: skip
    _save(figure, path)


def reliability(bins: Mapping[str, Sequence[ReliabilityBin]], path: Path) -> None:
    """Write what became of each probability: a calibrated network stays on the diagonal."""
    figure, axes = plt.subplots(figsize=(4.5, 4.5), layout="constrained")
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    for name, line in bins.items():
        axes.plot([b.probability for b in line], [b.fakes for b in line], marker="o", markersize=3, label=name)
    axes.set(
        xlim=(0, 1), ylim=(0, 1),
        xlabel="probability that the face is fake", ylabel="share of fakes, classes weighing the same",
    )  # fmt: skip
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, loc="upper left")
    _save(figure, path)


def comparison(networks: Mapping[str, tuple[float, float]], path: Path) -> None:
    """Write milliseconds against ROC-AUC of named networks."""
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    for name, (milliseconds, roc_auc) in networks.items():
        axes.plot(milliseconds, roc_auc, marker="o", linestyle="", label=name)
    axes.set(xlabel="milliseconds a face", ylabel="ROC-AUC, as is, JPEG quality 90")
    _make_logarithmic(axes)
    axes.margins(0.15)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, loc="lower right")
    _save(figure, path)


def tuning(parameters: Sequence[Mapping[str, float]], values: Sequence[float], path: Path) -> None:
    """Write the ROC-AUC of every trial over each of its parameters."""
    names = list(parameters[0])
    figure, grid = plt.subplots(1, len(names), figsize=(2.6 * len(names), 2.8), sharey=True, layout="constrained")
    for name, axes in zip(names, grid, strict=True):
        tried = [trial[name] for trial in parameters]
        axes.plot(tried, values, marker="o", markersize=4, linestyle="", alpha=0.7)
        axes.set_xlabel(name.replace("_", " "))
        if name == "learning_rate":
            _make_logarithmic(axes)
        elif len(set(tried)) <= 3:
            axes.set_xticks(sorted(set(tried)))
        axes.grid(alpha=0.3)
    grid[0].set_ylabel("validation ROC-AUC")
    _save(figure, path)


def hold_out(rows: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    """Write the ROC-AUC, with its interval, of every generator that was left out."""
    names = sorted(rows, key=lambda name: float(rows[name]["roc_auc"]))
    values = np.array([rows[name]["roc_auc"] for name in names])
    ends = np.array([rows[name]["interval"]["roc_auc"] for name in names])
    figure, axes = plt.subplots(figsize=(6, 1.2 + 0.35 * len(names)), layout="constrained")
    # An interval of few draws may lie beside its figure.
    reach = np.maximum(0, [values - ends[:, 0], ends[:, 1] - values])
    axes.errorbar(values, names, xerr=reach, fmt="o", capsize=3)
    axes.axvline(0.5, color="grey", linewidth=0.8)
    axes.set(xlabel="ROC-AUC, as is, JPEG quality 90", xlim=(min(0.45, float(ends.min()) - 0.05), 1.01))
    axes.grid(alpha=0.3)
    _save(figure, path)


def _make_logarithmic(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=110)
    plt.close(figure)
