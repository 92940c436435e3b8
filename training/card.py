"""The card of a released network: what it is, how well it does, what it must not be used for."""

from __future__ import annotations

from typing import Any

from training import tables
from training.calibrate import FALSE_ALARM_BOUND, MISS_BOUND
from training.evaluation import Scores


def write(network: dict[str, Any], metrics: dict[str, Any], measured: Scores) -> str:
    """Return the card in Markdown, all its figures taken from `network` and `metrics`."""
    training = network["training"]
    weights = " ".join(f"--weight {origin}={factor:g}" for origin, factor in training["origin_weights"].items())
    reals, fakes = (int((measured.labels[measured.generated] == label).sum()) for label in (0, 1))
    bands = network["bands"]
    return f"""\
# {network["name"]} {network["release"]}

Judges one face crop of {training["input_size"]} x {training["input_size"]} px: photographed or generated.
Weights start: {network["provenance"].split("started from ")[1]}.

## Figures

{reals} real and {fakes} fake faces of the validation split, from the same sources as the training faces but not trained
on; calibration and bands were set on the other half of that split. Every face, real or fake, was re-encoded as the row
says. Hand-edited composites, which no generator made, are counted in the second table only.
**These figures say nothing of generators that are not in that table**: expect a generator that the network has not seen
to pass as real far more often.

{_conditions(metrics)}

Accuracy, precision, recall and F1 are at probability 0.5. "Called" are the shipped verdicts: real below
{bands["real_below"]:g}, fake from {bands["fake_from"]:g}, uncertain between. The bands were chosen so that under each
condition the share of real faces called fake has an upper bound of {FALSE_ALARM_BOUND:.0%} with 95 % confidence
(Clopper-Pearson) on the faces that chose them, and the share of fakes called real one of {MISS_BOUND:.0%}; the bound
in the table is that of the measured faces, other ones, and may come out higher.

ROC-AUC of the hard pair, FFHQ photographs against StyleGAN 1, 2 and 3:
{", ".join(f"{name}: {value:.3f}" for name, value in metrics["pair"].items())}.

Confusion at probability 0.5, JPEG quality 75: {tables.confusion(metrics["conditions"]["as is, q75"]["confusion"])}

![confusion matrix](confusion.png) ![ROC](roc.png) ![scores](scores.png)

### By origin (as is, JPEG quality 90)

{tables.origins(metrics["origins"])}

{tables.ORIGINS_EXPLAINED}

## Training

![accuracy](accuracy.png) ![loss](loss.png)

{training["epochs"]} epochs of {training["samples_per_epoch"]} augmented faces, AdamW, learning rate up to
{training["learning_rate"]:g} with warm-up and cosine decay, batches of {training["batch_size"]}, seed
{training["seed"]}; classes drawn evenly, origins by the square root of their size. {training["faces"]} training faces:
photographs of FFHQ, CelebA, UTKFace, LFW, CIPLAB and others, and pictures of StyleGAN 1 to 3, ProGAN, Stable Diffusion
1.5 and 2.1, SDXL and FLUX.1-schnell. They are of research and non-commercial sets and not part of this project.

```
python -m training train --network {training["network"]} --data DIR --out runs/{network["name"]} \\
  --start {training["start"]} --input-size {training["input_size"]} --epochs {training["epochs"]} \\
  --samples-per-epoch {training["samples_per_epoch"]} --batch-size {training["batch_size"]} \\
  --learning-rate {training["learning_rate"]:g} --seed {training["seed"]} {weights}
python -m training release --run runs/{network["name"]} --data DIR \\
  --name {network["name"]} --version {network["release"]}
```

Augmentation, the same for both classes: crop, mirror, rescale (down to 72 px), blur, colour, grey, JPEG quality 35 to
95 or WebP, now and then twice.

## Use and limits

For a second opinion on a face seen on the web. **Not** for identifying people, for arrests, in court, or as the only
ground for a decision about a person. A verdict can be wrong in both directions. Known to be weak: faces from generators
that are not named above, faces under 96 px, heavy filters, faces edited by hand (composites are often called real).
`python -m training evaluate` measures error rates by age, gender and ethnic origin.

Report a wrong verdict as an issue of this project, with the bundle version that the verdict names; send the picture
only if it is yours to send.
"""


def _conditions(metrics: dict[str, Any]) -> str:
    return tables.table(
        "condition | ROC-AUC | accuracy | precision | recall | F1 | found at 1 % / 0.5 % false alarms "
        "| real called fake (95 % bound) | real called uncertain | fake called fake | fake called real",
        [
            f"{name} | {row['roc_auc']:.3f} | {row['accuracy']:.3f} | {row['precision']:.3f} | {row['recall']:.3f} "
            f"| {row['f1']:.3f} | {row['tpr_at_fpr_1%']:.2f} / {row['tpr_at_fpr_0.5%']:.2f} "
            f"| {v['real_called_fake']:.1%} ({v['real_called_fake_upper_bound']:.1%}) "
            f"| {v['real_called_uncertain']:.1%} | {v['fake_called_fake']:.1%} | {v['fake_called_real']:.1%}"
            for name, row in metrics["conditions"].items()
            for v in [row["verdicts"]]
        ],
    )
