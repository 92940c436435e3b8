"""The licences of a released network: of its weights, of the code that made it, of the faces that it learned from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from training.errors import RunError
from training.networks.start_weights import RESEARCH_ONLY, SOURCES

CODE = "MIT"
# SPDX knows no id for this; the LICENSE beside the weights says what it is.
RESEARCH_AND_PERSONAL_USE = "LicenseRef-research-and-personal-use"

PERMISSIVE = frozenset({"MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CC-BY-4.0"})

# Origins whose publishers say so. Of the others nobody knows, and whoever releases is asked.
RESTRICTED = {
    "ffhq": ("FFHQ (CC-BY-NC-SA-4.0)",),
    "ffhq-128": ("FFHQ (CC-BY-NC-SA-4.0)",),
    "ffhq-celebahq": ("FFHQ (CC-BY-NC-SA-4.0)", "CelebA-HQ (CC-BY-NC-4.0)"),
    "celeba": ("CelebA (non-commercial research)",),
    "utkface": ("UTKFace (non-commercial research)",),
}


def licences(training: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Return the SPDX licence expressions of `weights`, `code` and `data`.

    Args:
        training: how the network was trained, as network.json says it.
        given: those that a person stated; the others are derived. Data are for research only as soon as one of the
            origins is; weights are as free as what they started and learned from, and else for research and personal
            use.

    Raises:
        RunError: the licence of the data is neither stated nor known.
    """
    data = of_data(_origins(training), given)
    free = {*data.split(" AND "), *_starts(training).values()} <= PERMISSIVE
    return {
        "weights": given.get("weights") or ("MIT" if free else RESEARCH_AND_PERSONAL_USE),
        "code": given.get("code") or CODE,
        "data": data,
    }


def of_data(origins: Collection[str], given: Mapping[str, str]) -> str:
    """Return the licence of the faces of `origins`, as `licences` does.

    Raises:
        RunError: it is neither stated nor known.
    """
    found = given.get("data") or (RESEARCH_ONLY if RESTRICTED.keys() & set(origins) else "")
    if not found:
        raise RunError(
            f"nobody knows the licence of the faces ({', '.join(sorted(origins))}): state it, such as "
            f"--data-licence CC-BY-4.0, or --data-licence {RESEARCH_ONLY}"
        )
    return found


def write(name: str, found: Mapping[str, str], training: Mapping[str, Any]) -> str:
    """Return the file LICENSE of a released network."""
    sets = {faces for origin in _origins(training) for faces in RESTRICTED.get(origin, ())}
    sources = "\n".join(f"* {line}" for line in [*sorted(_starts(training)), *sorted(sets)])
    if found["weights"] == RESEARCH_AND_PERSONAL_USE:
        terms = """\
You may use the weights, change them and pass them on, for research and for personal use, free of charge, as long as
this file goes with them. Commercial use is not granted: it is not ours to grant, as the weights descend from what
others gave for research or non-commercial use."""
    else:
        terms = f"The weights are licensed under {found['weights']}; its text is at https://spdx.org/licenses/."
    return f"""\
SPDX-License-Identifier: {found["weights"]}

This is the licence of the weights of {name} (weights*.npz).

{terms}

They come without any warranty. Whoever uses them answers for that use.

The code that made them: {found["code"]}.
The faces that they learned from, which are not part of this project: {found["data"]}.

They descend from:

{sources or "* nothing that is known to restrict their use"}
"""


def _recipes(training: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [member["training"] for member in training["members"]] if "members" in training else [training]


def _origins(training: Mapping[str, Any]) -> set[str]:
    return {origin for recipe in _recipes(training) for faces in recipe["origins"].values() for origin in faces}


def _starts(training: Mapping[str, Any]) -> dict[str, str]:
    """Return what the weights started from, in words, with its licence."""
    found = {}
    for recipe in _recipes(training):
        runs = [*(run["settings"] for run in recipe["earlier"]), recipe]
        source = SOURCES.get(runs[0]["start"], {}).get(runs[0]["network"])
        if source:
            found[f"weights of {source.learned_from}, from {source.requirement}: {source.terms}"] = source.licence
        # Whose licences are not noted here.
        found |= {f"the verdicts of {run['teacher']}": RESEARCH_ONLY for run in runs if run["teacher"]}
        found |= {
            f"photographs that an autoencoder drew again ({run['traces']})": RESEARCH_ONLY
            for run in runs
            if run.get("traces")
        }
    return found
