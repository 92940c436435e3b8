"""Labelled faces on disk, in any of the layouts that people bring, as one list of examples."""

from __future__ import annotations

import csv
import hashlib
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tqdm import tqdm

from fake_image_detection import PictureError
from fake_image_detection.bundle import PictureLimits
from fake_image_detection.files import SUFFIXES
from fake_image_detection.formats import KINDS
from fake_image_detection.picture import read_picture
from training.errors import DataError

# A person's own data may be larger than what the web is trusted with.
LIMITS = PictureLimits(KINDS, max_bytes=sys.maxsize, max_pixels=sys.maxsize)

Split = Literal["train", "val", "test"]
# The further to the right, the further from training.
SPLITS: tuple[Split, ...] = ("train", "val", "test")

# Composites are photographs edited by hand: no generator made them, so where an origin tells them apart they are
# measured apart and never trained on.
HAND_EDITED = frozenset({"photoshop-composite"})

# Photographs whose data set states age, gender and origin of the people. No network learns from them, so that false
# alarms by group are counted on all of them: those of the validation split alone are too few to tell groups apart.
KEPT_FOR_CONTROL = frozenset({"utkface"})

# Origins whose pictures were made by another origin's generator: what leaves that out has to leave them out too.
MADE_BY = {"stylegan1-128": "stylegan1", "stylegan2-inversion": "stylegan2"}

SPLIT_FOLDERS: dict[str, Split] = {"train": "train", "valid": "val", "validation": "val", "val": "val", "test": "test"}
LABEL_FOLDERS = {"real": 0, "fake": 1, "training_real": 0, "training_fake": 1}
UNSPLIT_VALIDATION_SHARE = 10


@dataclass(frozen=True)
class Example:
    """One face.

    Attributes:
        path: the picture.
        label: 1 for generated, 0 for photographed.
        origin: the data set or generator that it comes from.
        split: the part that it belongs to.
        age, gender, race: as the UTKFace part states them (0 male, 1 female; 0 White, 1 Black, 2 Asian, 3 Indian,
            4 other), empty elsewhere.
        host: the web site or collection within the origin that the face comes from; empty where that is not told.
    """

    path: Path
    label: int
    origin: str
    split: Split
    age: str = ""
    gender: str = ""
    race: str = ""
    host: str = ""


def read_examples(folder: Path, both_classes: bool = True) -> list[Example]:
    """Read `folder` as an `index.csv` or as nested folders of classes.

    Understood are `index.csv` (file, label, origin, split), `{real,fake}/`, `{train,valid,test}/{real,fake}/` (Kaggle's
    "140k real and fake faces", also below `real_vs_fake/real-vs-fake/`) and `{training_real,training_fake}/` (CIPLAB).
    Where a layout has no split, one picture in ten, chosen by the hash of its name, is for validation.

    Raises:
        DataError: no such folder, no known layout, or a class without pictures; without `both_classes`, no pictures.
    """
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder")
    index = folder / "index.csv"
    examples = _from_index(index) if index.exists() else _from_folders(folder)
    labels = Counter(example.label for example in examples)
    wanted = ((0, "real"), (1, "fake"))
    if both_classes or not examples:
        for name in (name for label, name in wanted if not labels[label]):
            raise DataError(
                f"{folder} has no {name} pictures. Expected is index.csv, or folders real/ and fake/, by themselves or "
                "within train/, valid/ and test/"
            )
    return examples


def drop_unreadable(examples: Iterable[Example]) -> tuple[list[Example], list[Path]]:
    """Part the examples whose pictures the detector can read whole from the files that it cannot."""
    good: list[Example] = []
    bad: list[Example] = []
    for example in tqdm(list(examples), "reading all pictures once", leave=False, disable=None):
        (good if _is_whole(example.path) else bad).append(example)
    return good, [example.path for example in bad]


def _is_whole(path: Path) -> bool:
    try:
        return not read_picture(path, LIMITS).warnings
    except PictureError:
        return False


def drop_repeated(examples: Iterable[Example]) -> tuple[list[Example], dict[Path, str]]:
    """Part the examples from those whose file stands, byte for byte, elsewhere too where it must not.

    A picture in several splits stays in the one that is the furthest from training; one in both classes stays in none.

    Returns:
        The examples that stay, and the others' paths with the reason.
    """
    digests = {example: hashlib.sha256(example.path.read_bytes()).digest() for example in examples}
    furthest: dict[bytes, int] = {}
    labels: dict[bytes, set[int]] = {}
    for example, digest in digests.items():
        furthest[digest] = max(furthest.get(digest, 0), SPLITS.index(example.split))
        labels.setdefault(digest, set()).add(example.label)
    repeated = {}
    for example, digest in digests.items():
        if len(labels[digest]) > 1:
            repeated[example] = "is called real in one place and fake in another"
        elif SPLITS.index(example.split) < furthest[digest]:
            repeated[example] = f"stands in the split {SPLITS[furthest[digest]]} too"
    kept = [example for example in digests if example not in repeated]
    return kept, {example.path: reason for example, reason in repeated.items()}


def _from_index(index: Path) -> list[Example]:
    examples = []
    with index.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            try:
                age, gender, race = (row.get("age;gender;race") or ";;").split(";")
                examples.append(
                    Example(
                        path=index.parent / row["file"],
                        label={"real": 0, "fake": 1}[row["label"]],
                        origin=row["origin"],
                        split=SPLIT_FOLDERS[row["split"]],
                        age=age,
                        gender=gender,
                        race=race,
                        host=row.get("host") or "",
                    )
                )
            except (KeyError, ValueError) as error:
                raise DataError(f"{index}: a row cannot be understood ({error}): {row}") from error
    return examples


def _from_folders(folder: Path) -> list[Example]:
    for nested in ("real_vs_fake/real-vs-fake", "real_vs_fake", "real-vs-fake"):
        if (folder / nested).is_dir():
            folder = folder / nested
            break
    examples = []
    parts: list[tuple[Path, Split | None]] = [
        (folder / name, split) for name, split in SPLIT_FOLDERS.items() if (folder / name).is_dir()
    ]
    for part, split in parts or [(folder, None)]:
        for name, label in LABEL_FOLDERS.items():
            for path in sorted((part / name).rglob("*")):
                if path.suffix.lower() in SUFFIXES:
                    # The first folder below the class, as sets such as FFHQ have numbered ones of their own.
                    below = path.relative_to(part / name).parts
                    origin = below[0] if len(below) > 1 else name.removeprefix("training_")
                    examples.append(Example(path, label, origin, split or _split_by_name(path)))
    return examples


def _split_by_name(path: Path) -> Split:
    digest = hashlib.sha256(path.name.encode()).digest()
    return "val" if digest[0] % UNSPLIT_VALIDATION_SHARE == 0 else "train"


def generator(example: Example) -> str:
    """Return the generator that made a fake: its origin, or the origin whose generator it shares."""
    return MADE_BY.get(example.origin, example.origin)


def fingerprint(examples: Iterable[Example]) -> str:
    """Return 16 hex digits that change with the examples, their order, labels, origins or splits; not with a move."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(f"{example.path.name} {example.label} {example.origin} {example.split}\n".encode())
    return digest.hexdigest()[:16]
