"""Networks side by side: figures on the same faces, size, and time on this machine."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fake_image_detection.verdict import opposite
from training.errors import NetworkError
from training.faces.conditions import SHOWN
from training.faces.examples import Example
from training.figures import metrics, plots, tables
from training.figures.bootstrap import roc_auc_with_interval
from training.release.trained import Trained
from training.studies.evaluate import Measured, measure

WARM_UP = 3
ROUNDS = 30


def compare(networks: Sequence[Trained], examples: Sequence[Example], split: str, folder: Path, draws: int) -> str:
    """Measure `networks` on a split of `examples`; write comparison.md, .json and .png to `folder`.

    Returns:
        The text of comparison.md.

    Raises:
        NetworkError: two networks have the same name.
    """
    if len({network.name for network in networks}) < len(networks):
        raise NetworkError("two of these networks have the same name and release")
    times = milliseconds(networks)
    measured = [measure(network, examples, split).generated() for network in networks]
    rows = {
        network.name: {
            "input_size": network.input_size,
            "parameters": network.parameters,
            "weights_bytes": network.weights_bytes,
            "milliseconds": elapsed,
            **_figures(found, draws),
            "beside_first": agreement(measured[0], found),
        }
        for network, elapsed, found in zip(networks, times, measured, strict=True)
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "comparison.json").write_text(json.dumps(rows, indent=1) + "\n")
    plots.comparison(
        {name: (row["milliseconds"], row["conditions"][SHOWN[0]]["roc_auc"]) for name, row in rows.items()},
        folder / "comparison.png",
    )
    text = write(rows, split, draws)
    (folder / "comparison.md").write_text(text)
    return text


def milliseconds(networks: Sequence[Trained], rounds: int = ROUNDS) -> list[float]:
    """Return the median time that each network takes for one face, in Keras on this machine.

    The networks take turns, so that whatever else the machine does meets all of them.
    """
    rng = np.random.default_rng(0)
    faces = [rng.uniform(0, 255, (1, n.input_size, n.input_size, 3)).astype(np.float32) for n in networks]
    elapsed: list[list[float]] = [[] for _ in networks]
    for turn in range(WARM_UP + rounds):
        for network, face, found in zip(networks, faces, elapsed, strict=True):
            start = time.perf_counter()
            network.model.predict_on_batch(face)
            if turn >= WARM_UP:
                found.append(1000 * (time.perf_counter() - start))
    return [float(np.median(found)) for found in elapsed]


def agreement(first: Measured, second: Measured) -> dict[str, dict[str, float]]:
    """Return, by condition, the share of faces to which two networks give the same verdict, and opposite ones.

    Opposite is real here and fake there.
    """
    shares = {}
    for condition in SHOWN:
        ours, theirs = (network.verdicts[condition] for network in (first, second))
        shares[condition] = {
            "same": float(np.mean(ours == theirs)),
            "opposite": float(np.mean(opposite(ours, theirs))),
        }
    return shares


def _figures(measured: Measured, draws: int) -> dict[str, Any]:
    labels, pair = measured.scores.labels, measured.scores.pair
    has_pair = len(set(labels[pair])) == 2
    return {
        "conditions": {
            name: {
                **metrics.summarise(labels, probabilities),
                **roc_auc_with_interval(labels, probabilities, draws),
                "pair": roc_auc_with_interval(labels[pair], probabilities[pair], draws) if has_pair else None,
            }
            for name, probabilities in measured.probabilities.items()
        }
    }


def write(rows: dict[str, dict[str, Any]], split: str, draws: int) -> str:
    """Return comparison.md."""
    return f"""\
# Networks side by side

On the same faces of the split "{split}", hand-edited composites left out; 95 % intervals from {draws} bootstrap draws.

{_sizes(rows)}

Milliseconds: median for one face at a time, Keras on the machine that ran this, the networks taking turns. Weight file:
as released, or float16 for a run.

{_conditions(rows)}

Hard pair: ROC-AUC of FFHQ photographs against StyleGAN 1, 2 and 3.

{_beside_first(rows)}![time and ROC-AUC](comparison.png)
"""


def _sizes(rows: dict[str, dict[str, Any]]) -> str:
    return tables.table(
        "network | input | parameters | weight file | ms a face",
        (
            f"{name} | {row['input_size']} px | {row['parameters']:,} | {row['weights_bytes'] / 1e6:.1f} MB "
            f"| {row['milliseconds']:.1f}"
            for name, row in rows.items()
        ),
    )


def _conditions(rows: dict[str, dict[str, Any]]) -> str:
    header = (
        "network | ROC-AUC | hard pair | average precision | found at 1 % false alarms | found at 0.5 % "
        "| accuracy | F1 | ECE"
    )
    parts = []
    for condition in SHOWN:
        lines = (
            f"{name} | {tables.between(row['roc_auc'], row['interval'])} "
            f"| {tables.between(row['pair']['roc_auc'], row['pair']['interval']) if row['pair'] else '-'} "
            f"| {row['average_precision']:.3f} | {row['tpr_at_fpr_1%']:.3f} | {row['tpr_at_fpr_0.5%']:.3f} "
            f"| {row['accuracy']:.3f} | {row['f1']:.3f} | {row['ece']:.3f}"
            for name, row in ((name, row["conditions"][condition]) for name, row in rows.items())
        )
        parts.append(f"## {condition}\n\n{tables.table(header, lines)}")
    return "\n\n".join(parts)


def _beside_first(rows: dict[str, dict[str, Any]]) -> str:
    first, *others = rows
    if not others:
        return ""
    lines = []
    for name in others:
        shares = (rows[name]["beside_first"][condition] for condition in SHOWN)
        lines.append(" | ".join([name, *(f"{share['same']:.1%} / {share['opposite']:.1%}" for share in shares)]))
    return f"""\
## Verdicts beside those of {first}

How often it is the same one / the opposite one (one says real, the other fake; in the rest one is unsure). A network
that was calibrated on these faces is judged crosswise: each tenth by what the other nine set.

{tables.table(" | ".join(["network", *SHOWN]), lines)}

"""
