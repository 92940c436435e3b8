"""The card of a released network: what it is, how well it does, what it must not be used for."""

from __future__ import annotations

from typing import Any

from fake_image_detection.verdict import Bands
from training.faces.conditions import SHOWN
from training.figures import tables
from training.run.configuration import options

_AUGMENTATIONS = {
    "web": "Augmentation, the same for both classes: crop, mirror, rescale (down to 72 px), blur, colour, grey, JPEG\n"
    "quality 35 to 95 or WebP, now and then twice.",
    "rotations-and-flips": "Augmentation, the same for both classes: turned by up to 15 degrees, mirrored.",
}


def write(network: dict[str, Any], metrics: dict[str, Any]) -> str:
    """Return the card in Markdown, all its figures taken from what network.json and metrics.json hold."""
    training, bands, licences = network["training"], network["bands"], network["licences"]
    reals, fakes = (metrics["conditions"][SHOWN[0]]["verdicts"][f"{word}_pictures"] for word in ("real", "fake"))
    return f"""\
# {network["name"]} {network["release"]}

Judges one face crop of {network["input_size"]} x {network["input_size"]} px: photographed or generated.
Weights start: {training["start_weights"]}.

## Figures

{reals} real and {fakes} fake faces of the validation split, from the same sources as the training faces but not trained
on. They set calibration and bands, too: for the shares of verdicts each tenth of them was judged by what the other nine
by themselves would have set. Every face, real or fake, was re-encoded as the row says. Hand-edited composites, which no
generator made, are counted in the second table only.
**These figures say nothing of generators that are not in that table**: expect a generator that the network has not seen
to pass as real far more often.

{_rows(metrics["conditions"])}

Accuracy, precision, recall and F1 are at probability 0.5. "Called" are the verdicts at the usual sensitivity. As
shipped they are real below {bands["real_below"]:g}, fake from {bands["fake_from"]:g}, uncertain between.

{_pair(metrics)}Confusion at probability 0.5, JPEG quality 75:
{tables.confusion(metrics["conditions"]["as is, q75"]["confusion"])}

![confusion matrix](confusion.png) ![ROC](roc.png) ![scores](scores.png)

### By sensitivity, kind of photograph and generator

{tables.sensitivities(metrics["sensitivities"], _fake_from(network))}

{tables.kinds(metrics["sensitivities"])}

{tables.generators(metrics["sensitivities"])}

{tables.SENSITIVITIES_EXPLAINED}

### By origin (as is, JPEG quality 90)

{tables.origins(metrics["origins"])}

{tables.ORIGINS_EXPLAINED}

### Turned, closer, moved, stretched (JPEG quality 90)

A network that tells faces by their pose falls here. "Same side" is the share of faces that stay on their side of even
odds; "called" is by the bands as shipped, which all rows but the first had no part in setting.

{tables.controls(metrics["poses"])}

### Faces that the detector warns of

{_warned_of(metrics)}

{_drawn(network)}{_groups(metrics)}\
Intervals, the hard pair, false alarms on profile photographs, the other shortcut controls and the
generators left out of training are in the report that this writes, for a published network
`report/report.md`:

```
python -m training evaluate --network models/{network["name"]} --data DIR --out models/{network["name"]}/report
```

## Training

{_ensemble(network, metrics) if "members" in training else _run(network, metrics)}
## Licences

| weights | code that made them | faces that they learned from |
| --- | --- | --- |
| {licences["weights"]}: see [LICENSE](LICENSE) | {licences["code"]} | {licences["data"]} |

## Use and limits

For a second opinion on a face seen on the web. **Not** for identifying people, for arrests, in court, or as the only
ground for a decision about a person. A verdict can be wrong in both directions. Known to be weak: faces from generators
that are not named above, faces under 96 px, heavy filters, faces edited by hand (composites are often called real).
**Swapped faces are not detected**: somebody else's generated face in a photograph is another thing than a generated
picture, none are among these faces, and such pictures are likely to be called real.

Report a wrong verdict as an issue of this project, with the bundle version that the verdict names; send the picture
only if it is yours to send.
"""


def _fake_from(network: dict[str, Any]) -> dict[str, float]:
    return {name: bands.fake_from for name, bands in Bands.by_sensitivity(network).items()}


def _groups(metrics: dict[str, Any]) -> str:
    found = tables.groups(metrics["groups"])
    if not found:
        return ""
    return f"""\
### False alarms by group of people

Photographs whose data set states age, gender and race (UTKFace, whose labels are partly guessed by a program), flagged
of all, share (interval). {tables.groups_come_from(metrics["groups"])}

{found.replace("### ", "#### ")}

"""


def _warned_of(metrics: dict[str, Any]) -> str:
    rows = metrics["warned_of"]
    some = next(iter(rows.values()))["verdicts"]
    return f"""\
{some["real_pictures"]} real and {some["fake_pictures"]} fake of these faces, in states that lower the trust in a
verdict; re-encoded at JPEG quality 90 but where said. The verdicts are by the bands as shipped, which these states had
no part in setting.

{_rows(rows)}"""


def _drawn(network: dict[str, Any]) -> str:
    if "drawn" not in network:
        return ""
    found = network["drawn"]["figures"]
    return f"""\
### Drawings, paintings, statues and dolls

What looks like one gets no verdict (warning `drawn`):
{found["drawings_told"]:.0%} of {found["drawings"]} such pictures, but also
{found["real_told"]:.1%} of {found["real"]} photographed faces and
{found["fake_told"]:.1%} of {found["fake"]} generated ones.
Each was shown as it is, at 96 px, turned by 20° and compressed to JPEG quality 20, and judged by a head that had
seen nothing of the same origin.

"""


def _pair(metrics: dict[str, Any]) -> str:
    if not metrics["pair_roc_auc"]:
        return ""
    found = ", ".join(f"{name}: {value:.3f}" for name, value in metrics["pair_roc_auc"].items())
    return f"ROC-AUC of the hard pair, FFHQ photographs against StyleGAN 1, 2 and 3:\n{found}.\n\n"


def _run(network: dict[str, Any], metrics: dict[str, Any]) -> str:
    curves = "![accuracy](accuracy.png) ![loss](loss.png)\n\n" if metrics["history"] else ""
    return f"{curves}{_recipe(network['name'], network['release'], network['training'])}"


def _recipe(name: str, version: str, training: dict[str, Any]) -> str:
    commands = []
    # Each goes on from the folder of the one before: models/NAME may hold a later release by now.
    start: dict[str, str] = {}
    for run in [*training["earlier"], {"name": name, "settings": training}]:
        out = f"runs/{run['name'].removeprefix('run ').replace(' ', '-')}"
        settings = run["settings"] | start
        commands.append(tables.command(["python -m training train", *options(settings), "--data DIR", f"--out {out}"]))
        start = {"start": out}
    lines = "\n".join(commands)
    return f"""\
{_epochs(training)} of {training["samples_per_epoch"]} augmented faces, AdamW, learning rate up to
{training["learning_rate"]:g} with warm-up and cosine decay, batches of {training["batch_size"]}, seed
{training["seed"]}; classes drawn evenly, origins by the square root of their size. {training["faces"]}
training faces, which are not part of this project{_counted(training["origins"])}. {_additions(training)}

```
{lines}
{tables.command(["python -m training release", f"--run runs/{name}", "--data DIR", *_named(name, version)])}
```

{_AUGMENTATIONS[training["augmentation"]]}
"""


def _epochs(training: dict[str, Any]) -> str:
    trained = training["epochs_trained"]
    if trained == training["epochs"]:
        return f"{trained} epochs"
    return f"{trained} of at most {training['epochs']} epochs"


def _counted(origins: dict[str, dict[str, int]]) -> str:
    real, fake = (", ".join(f"{name} {count}" for name, count in origins[word].items()) for word in ("real", "fake"))
    return f"; photographed: {real};\ngenerated: {fake}"


def _additions(training: dict[str, Any]) -> str:
    sentences = []
    if training["without"]:
        sentences.append(f"**Left out of training, not of the figures**: {', '.join(training['without'])}.")
    if training["frozen"]:
        sentences.append("The head alone was trained.")
    if training["loss"] == "softmax":
        sentences.append("Its softmax over two classes became the one logit.")
    if training["patience"]:
        sentences.append(f"Stopped, and its epoch chosen, by the validation split (patience: {training['patience']}).")
    if training["teacher"]:
        sentences.append(f"Half of the loss was agreement with {training['teacher']} (distillation).")
    if training["average"]:
        sentences.append(f"Released: the moving average of the weights, decay {training['average']:g}.")
    return " ".join(sentences)


def _ensemble(network: dict[str, Any], metrics: dict[str, Any]) -> str:
    members = network["training"]["members"]
    command = [
        "python -m training ensemble",
        *(f"models/{member['name']}" for member in members),
        "--data DIR",
        *_named(network["name"], network["release"]),
    ]
    recipes = "\n".join(
        f"### {member['name']} {member['release']}\n\nStart: {member['training']['start_weights']}.\n\n"
        f"{_recipe(member['name'], member['release'], member['training'])}"
        for member in members
    )
    rows = {**metrics["members"], f"**{network['name']} {network['release']}**": metrics}
    return f"""\
The mean of the calibrated logits of networks that were released before, whose recipes follow; nothing more was trained.
Their weights are within its own: this makes a network of one of them again.

```
python -m training release --member models/{network["name"]} MEMBER --data DIR --name MEMBER
```

Each by itself, on the same faces:

{
        tables.table(
            f"network | {' | '.join(f'ROC-AUC, {name}' for name in SHOWN)} | hard pair, {SHOWN[0]} "
            f"| found at 1 % false alarms, {SHOWN[0]}",
            (
                f"{name} | {' | '.join(tables.number(row['conditions'][shown]['roc_auc']) for shown in SHOWN)} "
                f"| {tables.number(row['pair_roc_auc'].get(SHOWN[0]))} "
                f"| {row['conditions'][SHOWN[0]]['tpr_at_fpr_1%']:.3f}"
                for name, row in rows.items()
            ),
        )
    }

```
{tables.command(command)}
```

{recipes}"""


def _named(name: str, version: str) -> list[str]:
    return [f"--name {name}", f"--version {version}"]


def _rows(conditions: dict[str, Any]) -> str:
    return tables.table(
        "condition | ROC-AUC | accuracy | precision | recall | F1 | average precision | ECE "
        "| found at 1 % / 0.5 % false alarms | real called fake (95 % bound) | real called uncertain "
        "| fake called fake | fake called real",
        [
            f"{name} | {row['roc_auc']:.3f} | {row['accuracy']:.3f} | {row['precision']:.3f} | {row['recall']:.3f} "
            f"| {row['f1']:.3f} | {row['average_precision']:.3f} | {row['ece']:.3f} "
            f"| {row['tpr_at_fpr_1%']:.2f} / {row['tpr_at_fpr_0.5%']:.2f} "
            f"| {v['real_called_fake']:.1%} ({v['real_called_fake_upper_bound']:.1%}) "
            f"| {v['real_called_uncertain']:.1%} | {v['fake_called_fake']:.1%} | {v['fake_called_real']:.1%}"
            for name, row in conditions.items()
            for v in [row["verdicts"]]
        ],
    )
