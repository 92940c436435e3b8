"""Pictures of figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402  (the backend must be chosen first: training machines have no screen)


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
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
        figure.savefig(folder / f"{name}.png", dpi=110)
        plt.close(figure)
