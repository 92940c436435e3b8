"""All that decides what a run learns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from training.errors import RunError
from training.faces.examples import KEPT_FOR_CONTROL

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


def _setting(default: Any, help: str, metavar: str | None = None) -> Any:
    """Return a field that is an option of `python -m training train`, too."""
    return field(default=default, metadata={"help": help, "metavar": metavar})


@dataclass(frozen=True)
class Configuration:
    """The settings of a run; written into its folder, and compared when it is resumed.

    What a setting means is said by its help, from which the command line makes an option; those without help are set by
    a preset, or by an option of their own.
    """

    network: str = field(metadata={"help": "listed in training/networks, such as simple_cnn", "metavar": "NETWORK"})
    input_size: int = field(
        metadata={"help": "side of the network's input in pixels (default: the network's)", "metavar": "PIXELS"}
    )
    # What the network's `build` takes beside input size and dropout, such as depth.
    network_parameters: dict[str, int] = field(default_factory=dict)
    preset: str | None = _setting(
        None,
        "a recipe of the field, for what other options do not say. classic: 224 px, frozen base, softmax, Adam, "
        "rotations and flips, for mobilenet_v2; then classic-fine-tuned with --start runs/NAME of the first",
        "|".join(PRESETS),
    )
    # Traces of a generator are local, so that small squares at full resolution teach as much as whole faces in a
    # fraction of the time (as in SAFE, Li et al. 2024, arXiv:2408.06741, which trains on crops, not on resized
    # pictures).
    patch_size: int | None = _setting(None, "train on random squares of the input with this side: faster", "PIXELS")
    start: str = _setting(
        "best",
        "start weights; FOLDER: of models/NAME or runs/NAME; best: those that can be had for the network",
        "best|imagenet|facenet|scratch|FOLDER",
    )
    epochs: int = _setting(12, "each with its own faces, a row in metrics.json and a checkpoint")
    samples_per_epoch: int = _setting(8192, "faces drawn in an epoch")
    batch_size: int = _setting(32, "faces a step")
    learning_rate: float = _setting(1e-3, "highest, after warm-up; it then falls as half a cosine")
    weight_decay: float = 0.01
    label_smoothing: float = 0.02
    # Share of all steps.
    warm_up: float = 0.05
    dropout: float = _setting(0.2, "share of features dropped before the head")
    # Binary cross-entropy of the logit; or sparse categorical cross-entropy over two classes, whose head becomes the
    # one logit of the released network (`training.run.trainee`).
    loss: Literal["logit", "softmax"] = "logit"
    # Whether the head alone is trained.
    frozen: bool = False
    # A name of `training.faces.augment.AUGMENTATIONS`.
    augmentation: str = "web"
    # Polyak & Juditsky 1992. Of what is trained: the statistics of normalisation, averages themselves, are those of the
    # last step.
    average: float | None = _setting(None, "release the moving average of the weights, such as 0.999", "DECAY")
    patience: int | None = _setting(
        None, "stop after so many epochs without a better validation ROC-AUC, and release the best one", "EPOCHS"
    )
    # Kalamkar et al. 2019, arXiv:1905.12322; weights stay float32.
    mixed_precision: bool = False
    seed: int = _setting(1, "of all that is drawn: a run with the same seed is the same run")
    # How much more often an origin is drawn.
    origin_weights: dict[str, float] = field(default_factory=dict)
    # It is asked about the whole face, whatever square of it a step sees.
    teacher: str | None = _setting(
        None, "a released network whose verdicts are taught with the labels (distillation)", "models/NAME"
    )
    traces: str | None = _setting(
        None,
        "of photographs drawn again, by python -m training traces: taught as generated, beside themselves",
        "FOLDER",
    )
    paired: float = _setting(0.25, "of the faces, with --traces, that are such pairs", "SHARE")
    # Origins that the run never sees, neither in training nor in its own validation; those of KEPT_FOR_CONTROL are
    # among them wherever the data has them.
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
        if self.loss == "softmax" and self.label_smoothing:
            raise RunError("sparse categorical cross-entropy has no label smoothing")
        if self.loss == "softmax" and self.teacher:
            raise RunError("a teacher needs the logit: it cannot teach a softmax head")
        if self.teacher and self.traces:
            raise RunError("a teacher takes photographs drawn again for photographs: leave --teacher or --traces out")
        if not 0 < self.paired <= 1:
            raise RunError(f"the share of faces in pairs lies above 0 and up to 1, not at {self.paired}")
        if self.teacher and (unseen := [origin for origin in self.without if origin not in KEPT_FOR_CONTROL]):
            raise RunError(f"a teacher may know {', '.join(unseen)}, and would teach it: leave one of both out")
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
        for name in ("start", "teacher", "traces"):
            if settings[name]:
                settings[name] = "/".join(Path(settings[name]).parts[-2:])
        return settings


# What a training without a generator may have otherwise than the network that it tells about.
SHORTER = ("input_size", "epochs", "samples_per_epoch", "learning_rate", "average")


def known(settings: Mapping[str, Any]) -> Configuration:
    """Return the configuration among `settings`, which may hold more besides, and lack what has its usual value."""
    names = {f.name for f in fields(Configuration)}
    return Configuration(**{name: value for name, value in settings.items() if name in names})


def never_learned(training: Mapping[str, Any]) -> frozenset[str]:
    """Return the origins of KEPT_FOR_CONTROL that a network has not learned from, as far as its record says so.

    Args:
        training: how it was trained, as network.json says it, with the runs before that it started from; of an
            ensemble, how its members were.
    """
    if "members" in training:
        return KEPT_FOR_CONTROL.intersection(*(never_learned(member["training"]) for member in training["members"]))
    runs = [known(settings) for settings in (*(run["settings"] for run in training["earlier"]), training)]
    # What a teacher has learned is not told.
    return frozenset(
        origin for origin in KEPT_FOR_CONTROL if all(origin in run.without and not run.teacher for run in runs)
    )


def with_option() -> dict[str, Field[Any]]:
    """Return the settings that are options of `python -m training train`, by name."""
    return {f.name: f for f in fields(Configuration) if "help" in f.metadata}


def options(settings: Mapping[str, Any]) -> list[str]:
    """Return the options of `python -m training train` that lead to `settings`, which are read as by `known`."""
    settings = known(settings).published()
    usual = {name: f.default for name, f in with_option().items()} | PRESETS.get(settings["preset"], {})
    return [
        *(
            f"--{name.replace('_', '-')} {settings[name]}"
            for name in with_option()
            if settings[name] != usual[name] or name == "start"
        ),
        *(f"--{parameter} {number}" for parameter, number in settings["network_parameters"].items()),
        f"--mixed-precision {'on' if settings['mixed_precision'] else 'off'}",
        *(f"--weight {origin}={factor:g}" for origin, factor in settings["origin_weights"].items()),
        *(f"--without {origin}" for origin in settings["without"]),
    ]
