from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest

from training.errors import RunError
from training.release.licences import RESEARCH_AND_PERSONAL_USE, licences, write

from ..tiny_run import CONFIGURATION

MEMBER = replace(CONFIGURATION, network="inception_resnet_v1", start="facenet")


def trained(*origins: str, **changes: Any) -> dict[str, Any]:
    settings = asdict(replace(CONFIGURATION, network="efficientnet_lite0", **changes))
    return {**settings, "earlier": [], "origins": {"real": dict.fromkeys(origins, 1), "fake": {}}}


def test_faces_of_a_research_set_make_data_and_weights_restricted() -> None:
    found = licences(trained("holiday-pictures", "celeba"), {})
    assert found == {"weights": RESEARCH_AND_PERSONAL_USE, "code": "MIT", "data": "LicenseRef-research-only"}


def test_licence_of_unknown_faces_is_asked_for() -> None:
    with pytest.raises(RunError, match=r"licence of the faces \(holiday-pictures\).*--data-licence CC-BY-4.0"):
        licences(trained("holiday-pictures"), {})
    assert licences(trained("holiday-pictures"), {"data": "CC-BY-4.0"})["weights"] == "MIT"


def test_what_is_stated_goes_before_what_is_derived() -> None:
    given = {"weights": "CC-BY-NC-4.0", "code": "Apache-2.0", "data": "CC0-1.0"}
    assert licences(trained("ffhq"), given) == given


def test_weights_are_no_freer_than_what_they_began_with() -> None:
    own = {"data": "CC0-1.0"}
    assert licences(trained("a", start="imagenet"), own)["weights"] == "MIT"
    assert licences(trained("a", start="scratch", teacher="models/other"), own)["weights"] == RESEARCH_AND_PERSONAL_USE
    assert licences(trained("a", start="scratch", traces="runs/traces"), own)["weights"] == RESEARCH_AND_PERSONAL_USE
    later = {**asdict(MEMBER), "start": "runs/first", "earlier": [{"name": "run first", "settings": asdict(MEMBER)}]}
    later["origins"] = {"real": {"a": 1}, "fake": {}}
    assert licences(later, own)["weights"] == RESEARCH_AND_PERSONAL_USE
    free = {"name": "free", "training": trained("a", start="imagenet")}
    bound = {"name": "bound", "training": later}
    assert licences({"members": [free, free]}, own)["weights"] == "MIT"
    assert licences({"members": [free, bound]}, own)["weights"] == RESEARCH_AND_PERSONAL_USE


def test_licence_file_names_what_the_weights_descend_from() -> None:
    training = trained("ffhq", "utkface", start="imagenet")
    text = write("net", licences(training, {}), training)
    assert text.startswith(f"SPDX-License-Identifier: {RESEARCH_AND_PERSONAL_USE}\n")
    for source in ("weights of ImageNet", "FFHQ (CC-BY-NC-SA-4.0)", "UTKFace (non-commercial research)"):
        assert f"\n* {source}" in text
    assert "for research and for personal use" in text
    assert "Commercial use is not granted" in text
