"""All that decides what a run learns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from training.errors import RunError

# The transfer recipe of countless tutorials and papers: 224 px, a frozen base, pooled features, a softmax over the two
# classes with sparse categorical cross-entropy, Adam (which AdamW is without decay), rotations and flips.
_CLASSIC: dict[str, Any] = {
    "input_size": 224,
    "loss": "softmax",
    "frozen": True,
    "augmentation": "rotations-and-flips",
    "weight_decay": 0.0,
    "label_smoothing": 0.0,
}

# Recipes of the field beside the project's own, which is the default.
PRESETS: dict[str, dict[str, Any]] = {
    "classic": _CLASSIC,
    # Its second half: the whole network, at a learning rate that does not shake the start weights off.
    "classic-fine-tuned": {**_CLASSIC, "frozen": False, "learning_rate": 1e-4},
}


@dataclass(frozen=True)
class Configuration:
    """The settings of a run; written into its folder, and compared when it is resumed.

    Attributes:
        network_parameters: what the network's `build` takes beside input size and dropout, such as depth.
        preset: the named configuration that the others came from where they were not given.
        patch_size: side of the random square that a training step sees of each input; all of it where there is none.
            Traces of a generator are local, so that small squares at full resolution teach as much as whole faces in a
            fraction of the time (as in SAFE, Li et al. 2024, arXiv:2408.06741, which trains on crops, not on resized
            pictures).
        start: a name of `training.networks.start_weights`, `scratch`, or the folder of a run or a released network.
        loss: `logit`, binary cross-entropy of the logit; or `softmax`, sparse categorical cross-entropy over two
            classes, whose head becomes the one logit of the released network (`training.run.trainee`).
        frozen: whether the head alone is trained.
        augmentation: a name of `training.faces.augment.AUGMENTATIONS`.
        average: decay of the moving average of the weights (Polyak & Juditsky 1992) that is measured and released in
            place of the weights of the last step; none where there is no average. Of what is trained: the statistics of
            normalisation, averages themselves, are those of the last step.
        focal: exponent of the focal loss (Lin et al. 2017, arXiv:1708.02002), by which faces that are hard to tell
            count for more; 0 for the usual loss.
        patience: epochs without a better validation ROC-AUC after which the run stops, with the weights of its best
            epoch; none to never stop early.
        mixed_precision: whether steps compute in bfloat16 where that is safe (Kalamkar et al. 2019, arXiv:1905.12322);
            weights stay float32.
        simulated: share of the fakes drawn that are photographs with a generator's traces
            (`training.faces.simulated`).
        autoencoder: folder of the autoencoder that makes half of those; none for random kernels alone.
        teacher: folder of a released network whose verdicts are taught along (`training.run.teacher`); it is asked
            about the whole face, whatever square of it a step sees.
        without: origins that the run never sees, neither in training nor in its own validation.
    """

    network: str
    input_size: int
    network_parameters: dict[str, int] = field(default_factory=dict)
    preset: str | None = None
    patch_size: int | None = None
    start: str = "imagenet"
    epochs: int = 12
    samples_per_epoch: int = 8192
    batch_size: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    label_smoothing: float = 0.02
    warm_up: float = 0.05
    dropout: float = 0.2
    loss: Literal["logit", "softmax"] = "logit"
    frozen: bool = False
    augmentation: str = "web"
    average: float | None = None
    focal: float = 0.0
    patience: int | None = None
    mixed_precision: bool = False
    seed: int = 1
    origin_weights: dict[str, float] = field(default_factory=dict)
    simulated: float = 0.0
    autoencoder: str | None = None
    teacher: str | None = None
    without: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse values that no run can have.

        Raises:
            RunError: one of them is out of its range.
        """
        if self.patch_size is not None and not 0 < self.patch_size <= self.input_size:
            raise RunError(f"squares of {self.patch_size} px cannot be cut out of an input of {self.input_size} px")
        if self.batch_size < 1:
            raise RunError(f"a step needs faces: a batch size of {self.batch_size} has none")
        if self.patience is not None and self.patience < 1:
            raise RunError(f"a patience of {self.patience} epochs would stop before the first")
        if self.average is not None and not 0 < self.average < 1:
            raise RunError(f"the decay of averaged weights lies between 0 and 1, such as 0.999: not {self.average}")
        if self.focal < 0:
            raise RunError(f"the exponent of the focal loss is 0 or more, such as 2: not {self.focal}")
        if self.loss == "softmax" and (self.label_smoothing or self.focal):
            raise RunError("sparse categorical cross-entropy has neither label smoothing nor a focal exponent")
        if self.loss == "softmax" and self.teacher:
            raise RunError("a teacher needs the logit: it cannot teach a softmax head")
        if self.teacher and self.without:
            raise RunError(f"a teacher may know {', '.join(self.without)}, and would teach it: leave one of both out")
        if not 0 <= self.simulated <= 1:
            raise RunError(f"the share of simulated fakes lies between 0 and 1, not {self.simulated}")
        if self.autoencoder and not self.simulated:
            raise RunError(
                "an autoencoder makes simulated fakes: say which share of the fakes, such as --simulated 0.25"
            )
        if wrong := [origin for origin, factor in self.origin_weights.items() if factor <= 0]:
            raise RunError(f"an origin's weight is above 0, as {', '.join(wrong)} shows not; --without leaves one out")
        if self.epochs * self.batches_per_epoch < 2:
            raise RunError(
                f"{self.epochs} epochs of {self.samples_per_epoch} faces hold fewer than two batches of "
                f"{self.batch_size}: too few for a learning rate that rises and falls"
            )

    @property
    def batches_per_epoch(self) -> int:
        """Number of steps of an epoch."""
        return self.samples_per_epoch // self.batch_size

    def published(self) -> dict[str, Any]:
        """Return the settings as JSON values, with runs/NAME or models/NAME for folders, wherever those lay."""
        settings = asdict(self)
        for name in ("start", "autoencoder", "teacher"):
            if settings[name]:
                settings[name] = "/".join(Path(settings[name]).parts[-2:])
        return settings


def known(settings: Mapping[str, Any]) -> Configuration:
    """Return the configuration among `settings`, which may be older than some of its fields and hold more besides."""
    names = {f.name for f in fields(Configuration)}
    return Configuration(**{name: value for name, value in settings.items() if name in names})


# What only a preset sets.
_WITHOUT_OPTION = frozenset({"weight_decay", "label_smoothing", "warm_up", "loss", "frozen", "augmentation"})


def options(settings: Mapping[str, Any]) -> list[str]:
    """Return the options of `python -m training train` that lead to `settings`, which are read as by `known`."""
    settings = known(settings).published()
    usual = {f.name: f.default for f in fields(Configuration)} | PRESETS.get(settings["preset"], {})
    found = []
    for name in (f.name for f in fields(Configuration) if f.name not in _WITHOUT_OPTION):
        value = settings[name]
        if name == "origin_weights":
            found += [f"--weight {origin}={factor:g}" for origin, factor in value.items()]
        elif name == "without":
            found += [f"--without {origin}" for origin in value]
        elif name == "network_parameters":
            found += [f"--{parameter} {number}" for parameter, number in value.items()]
        elif name == "mixed_precision":
            found.append(f"--mixed-precision {'on' if value else 'off'}")
        elif value != usual[name] or name == "start":
            found.append(f"--{name.replace('_', '-')} {value}")
    return found
