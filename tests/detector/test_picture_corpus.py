"""Every file of the corpus is shown as the rule of docs/pictures.md says, or refused with the code that it says."""

from types import ModuleType

import numpy as np
import pytest

from fake_image_detection import PictureError
from fake_image_detection.bundle import PictureLimits
from fake_image_detection.picture import decode
from tests.picture_corpus import avif, bmp, gif, jpeg, png, webp
from tests.picture_corpus.entry import Entry


def fault(entry: Entry, limits: PictureLimits) -> str | None:
    """What is wrong with the answer, or None."""
    try:
        picture = decode(entry.data, limits)
    except PictureError as error:
        return None if error.code == entry.refused else f"refused: {error.code} ({error.detail})"
    if entry.refused is not None:
        return "shown"
    if (codes := tuple(warning.code for warning in picture.warnings)) != entry.warnings:
        return f"warnings {codes}"
    if entry.shows is None:
        return None
    if picture.pixels.shape != entry.shows.shape:
        return f"shape {picture.pixels.shape} instead of {entry.shows.shape}"
    apart = np.abs(picture.pixels.astype(int) - entry.shows).mean()
    return None if apart <= entry.within else f"{apart:.1f} apart from what is shown"


@pytest.mark.parametrize("kind", [jpeg, png, webp, gif, bmp, avif], ids=lambda kind: kind.__name__.rpartition(".")[2])
def test_files_are_shown_or_refused_by_the_rule(kind: ModuleType, limits: PictureLimits) -> None:
    answers = {entry.name: fault(entry, limits) for entry in kind.entries()}
    assert len(answers) > 40
    assert {name: found for name, found in answers.items() if found} == {}
