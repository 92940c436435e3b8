"""The report of an evaluation, in Markdown."""

from __future__ import annotations

from typing import Any

from training.faces.conditions import SHOWN
from training.figures import tables
from training.studies import targets


def write(found: dict[str, Any]) -> str:
    """Return the report of what training.studies.evaluate found; the pictures that it names lie beside it."""
    bands, faces = found["bands"], found["faces"]
    return f"""\
# Evaluation of {found["network"]}

{found["parameters"]:,} parameters, input {found["input_size"]} px. Measured on
{faces["real"]} real and {faces["fake"]} fake faces of the split "{found["split"]}". Every face, real
or fake, was re-encoded as the row says.
Hand-edited composites, which no generator made, count in the table of origins only. Intervals hold 95 %: those of
figures come from {found["draws"]} bootstrap draws of pictures (seeded, within each class), those of rates are
Clopper-Pearson. They speak of more pictures of these sources, **not of generators or cameras that are not in here**.

{_verdicts_come_from(found)}

## Targets

{targets.table(found)}

Means over sources flatter; the hard pair and generators left out of training do not. "Like sizes" is explained
below, at the controls for shortcuts. {_left_out(found["left_out"])}

## Figures

{_figures(found)}

Accuracy, precision, recall and F1 are at probability 0.5. ECE is the expected calibration error over 15 bins, both
classes weighing the same; chance adds to it in every draw, so that its interval lies a little high. "Found" is the
share of fakes over the threshold that flags that share of the reals of the row.

Confusion at probability 0.5, as is, JPEG quality 90: {tables.confusion(found["conditions"]["as is, q90"]["confusion"])}

![confusion matrix](confusion.png) ![ROC](roc.png)

![reliability](reliability.png) ![scores, as is, JPEG quality 90](scores.png)

## Verdicts

Real below {bands["real_below"]:g}, fake from {bands["fake_from"]:g}, uncertain between.

{_verdicts(found)}

### By sensitivity

{tables.sensitivities(found["sensitivities"], found["fake_from"])}

{tables.kinds(found["sensitivities"])}

{tables.generators(found["sensitivities"])}

{tables.SENSITIVITIES_EXPLAINED}

Photographs as profiles show them, called fake:

{_profiles(found)}

## The hard pair

FFHQ photographs against StyleGAN 1, 2 and 3, which learned to make such pictures: same crop, same sharpness.

{_pair(found)}

## By origin (as is, JPEG quality 90)

{tables.origins(found["origins"])}

{tables.ORIGINS_EXPLAINED}

As the web shows them, ROC-AUC against all faces of the other label:

{_origins_as_shown(found["origins_as_shown"])}

## False alarms by group of people

Real faces whose data set states age, gender and race (UTKFace, whose labels are partly guessed by a program). Flagged
of all, share (interval): read the intervals, not the rates. The threshold is the one that flags 1 % of all real faces
of the split under the same condition. {tables.groups_come_from(found["groups"])}

{tables.groups(found["groups"]) or "The data states no groups."}

## Shortcut controls

### Size and file header alone

A logistic regression that sees width, height and the sums of the quantisation tables, and no pixel, trained on the
training split. It should be near 0.5. Where it is not, figures of networks are flattered, and those of like sizes are
the ones to trust: there each face is shrunk, rank by rank, to the smaller one of both classes' sides, so that both have
the same sizes. The number of bytes gives more away even then; but it is no fact of the header, it tells how well the
pixels compress.

{_header_only(found)}

{_warning(found)}

The network:

{_like_sizes(found)}

### Turned, closer, moved, stretched, mirrored, lit, edited (JPEG quality 90)

A network that lives on the pose of aligned faces, on the crop's position, on colour, on the background, on sharpness,
on smooth skin or on how often a file was saved falls here. Whoever is turned or stretched is cut to the largest upright
square inside, and so a little closer. The last row is what the network would gain from being asked twice. "Same side"
is the share of faces that stay on their side of even odds; "called" is by the bands as shipped.

{tables.controls(found["controls"])}

## Worst mistakes

`python -m training evaluate` writes them to `mistakes.png` beside its report. They show people and are not published.

## How to get these figures

```
python -m training evaluate --network FOLDER --data DIR --split {found["split"]} --draws {found["draws"]}
```
"""


def _left_out(found: dict[str, Any] | None) -> str:
    if not found:
        return (
            "Generators left out of training are measured by\n`python -m training evaluate --hold-out-origin all`, in "
            "the folder of this report."
        )
    return f"""\
The mean over generators
left out of training is of other trainings than this network's, each like this:

```
{found["commands"]}
```"""


def _origins_as_shown(rows: dict[str, Any]) -> str:
    return tables.table(
        " | ".join(["origin", *SHOWN]),
        (
            " | ".join([name, *(tables.between(row[shown]["roc_auc"], row[shown]["interval"]) for shown in SHOWN)])
            for name, row in rows.items()
        ),
    )


def _verdicts_come_from(found: dict[str, Any]) -> str:
    if found["crosswise"]:
        network = "" if found["released"] else " (those of a run as its release would)"
        return f"""\
These faces set the network's calibration and bands{network}. For the shares of verdicts, therefore, each tenth of them
(chosen by the hash of the file name) was judged by what the other nine by themselves set. Rankings do not depend on
either, and accuracy and ECE hardly: the calibration is two numbers."""
    return "Calibration and bands are the network's own; as far as is known, these faces had no part in setting them."


def _figures(found: dict[str, Any]) -> str:
    return tables.table(
        "condition | ROC-AUC | average precision | found at 1 % false alarms | found at 0.5 % | accuracy | precision "
        "| recall | F1 | ECE",
        (
            f"{name} | {tables.between(row['roc_auc'], within['roc_auc'])} "
            f"| {tables.between(row['average_precision'], within['average_precision'])} "
            f"| {tables.between(row['tpr_at_fpr_1%'], within['tpr_at_fpr_1%'])} "
            f"| {tables.between(row['tpr_at_fpr_0.5%'], within['tpr_at_fpr_0.5%'])} "
            f"| {tables.between(row['accuracy'], within['accuracy'])} "
            f"| {tables.between(row['precision'], within['precision'])} "
            f"| {tables.between(row['recall'], within['recall'])} "
            f"| {tables.between(row['f1'], within['f1'])} | {tables.between(row['ece'], within['ece'])}"
            for name, row in found["conditions"].items()
            for within in [found["intervals"][name]]
        ),
    )


def _verdicts(found: dict[str, Any]) -> str:
    return tables.table(
        "condition | real faces | called fake (95 % bound) | called uncertain | fake faces | called fake "
        "| called uncertain | called real",
        (
            f"{name} | {v['real_pictures']} | {tables.percent(v['real_called_fake'])} "
            f"({v['real_called_fake_upper_bound']:.1%}) | {tables.percent(v['real_called_uncertain'])} "
            f"| {v['fake_pictures']} | {tables.percent(v['fake_called_fake'])} "
            f"| {tables.percent(v['fake_called_uncertain'])} | {tables.percent(v['fake_called_real'])}"
            for name, row in found["conditions"].items()
            for v in [row["verdicts"]]
        ),
    )


def _profiles(found: dict[str, Any]) -> str:
    return tables.table(
        "condition | called fake", (f"{name} | {tables.rate(row)}" for name, row in found["profiles"].items())
    )


def _pair(found: dict[str, Any]) -> str:
    if not found["pair"]:
        return "The data has no faces of both sides of the pair."
    return tables.table(
        "condition | faces | ROC-AUC | found at 1 % false alarms of the pair's reals | found at 0.5 %",
        (
            f"{name} | {row['pictures']} | {tables.between(row['roc_auc'], row['interval'])} "
            f"| {row['tpr_at_fpr_1%']:.3f} | {row['tpr_at_fpr_0.5%']:.3f}"
            for name, row in found["pair"].items()
        ),
    )


def _header_only(found: dict[str, Any]) -> str:
    if not found["header_only"]:
        return "The data has no training split to fit it on."
    header = "condition | header only | and bytes | header only, like sizes | and bytes, like sizes"
    lines = []
    for name, row in found["header_only"].items():
        like = row.get("like_sizes")
        cells = (
            tables.between(row["roc_auc"], row["interval"]),
            tables.number(row["with_bytes_roc_auc"]),
            tables.between(like["roc_auc"], like["interval"]) if like else "-",
            tables.number(like and like["with_bytes_roc_auc"]),
        )
        lines.append(" | ".join([name, *cells]))
    return tables.table(header, lines)


def _like_sizes(found: dict[str, Any]) -> str:
    return tables.table(
        "condition | ROC-AUC | ROC-AUC, like sizes | found at 1 % false alarms | the same, like sizes | hard pair "
        "| hard pair, like sizes",
        (
            f"{name} | {plain['roc_auc']:.3f} | {tables.between(row['roc_auc'], row['interval'])} "
            f"| {plain['tpr_at_fpr_1%']:.3f} | {row['tpr_at_fpr_1%']:.3f} "
            f"| {tables.number(found['pair'].get(name, {}).get('roc_auc'))} | {tables.number(row['pair_roc_auc'])}"
            for name, row in found["like_sizes"].items()
            for plain in [found["conditions"][name]]
        ),
    )


def _warning(found: dict[str, Any]) -> str:
    if found["warning"]:
        return f"**Warning**: {found['warning']}."
    return "No condition lets the header tell the classes apart." if found["header_only"] else ""
