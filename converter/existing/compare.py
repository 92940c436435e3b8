"""What changed between two bundles: numbers, files, sizes, and verdicts on the same pictures."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from converter.bundle.stored import open_bundle
from converter.proof.pictures import ProofPictures
from converter.tables import table
from fake_image_detection.bundle import Bundle, Role
from fake_image_detection.network import Network
from fake_image_detection.runtimes.lite import LiteRuntime
from fake_image_detection.verdict import BANDS, USUAL

# They change whenever a file does, and are no news beside it.
CONSEQUENCES = ("files", "golden")


def compare_bundles(one: Path, other: Path, pictures: ProofPictures) -> str:
    """Say in Markdown what `other` has that `one` has not, and how the verdicts of its networks move.

    Raises:
        ConverterError: one of them is no bundle, or is damaged.
    """
    before, after = open_bundle(one), open_bundle(other)
    numbers = dict(_numbers(before.manifest.raw)), dict(_numbers(after.manifest.raw))
    files = before.manifest.raw["files"], after.manifest.raw["files"]
    changed_numbers = [
        (key, str(numbers[0].get(key, "")), str(numbers[1].get(key, "")))
        for key in sorted({*numbers[0], *numbers[1]})
        if numbers[0].get(key) != numbers[1].get(key)
    ]
    changed_files = [
        (name, *(f"{side[name]['bytes']:,}" if name in side else "" for side in files))
        for name in sorted({*files[0], *files[1]})
        if files[0].get(name) != files[1].get(name)
    ]
    total = [f"{sum(entry['bytes'] for entry in side.values()):,}" for side in files]
    roles = max(before.manifest.roles, after.manifest.roles, key=len)
    verdicts = "\n\n".join(_write_verdicts(role, before, after, pictures) for role in roles)
    return f"""\
# From {before.manifest.version} to {after.manifest.version}

## Numbers

{_table(("", "before", "after"), changed_numbers)}

## Files

{_table(("", "bytes before", "bytes after"), changed_files)}

All files: {total[0]} bytes before, {total[1]} after.

## Verdicts

{verdicts}"""


def _write_verdicts(role: Role, before: Bundle, after: Bundle, pictures: ProofPictures) -> str:
    (old, old_bands), (new, new_bands) = (_judge(role, bundle, pictures) for bundle in (before, after))
    moved = np.abs(old - new)
    counts = [
        (f"{was} before", *(str(int(((old_bands == was) & (new_bands == now)).sum())) for now in BANDS))
        for was in BANDS
    ]
    differ = int((old_bands != new_bands).sum())
    return f"""\
On {pictures.description}, each bundle's {role} network in LiteRT: the probability moves by at most {moved.max():.4f},
in the mean by {moved.mean():.4f}; {differ} of {len(old)} verdicts differ.

{table(("", *(f"{name} after" for name in BANDS)), counts)}"""


def _judge(role: Role, bundle: Bundle, pictures: ProofPictures) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    rule = bundle.manifest.network(role)
    network = Network(LiteRuntime().load(bundle, rule.files), rule)
    judged = [network.judge([crop])[0] for crop in pictures.resized(rule.input_size)]
    probabilities = np.array([each.probability_fake for each in judged])
    return probabilities, rule.bands[USUAL].verdicts(probabilities)


def _numbers(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        yield path, value
        return
    for key, inner in value.items():
        if key not in CONSEQUENCES:
            yield from _numbers(inner, f"{path}.{key}" if path else key)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return table(header, rows) if rows else "No difference."
