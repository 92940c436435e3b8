"""AVIF: sampling, ranges, transparency, orientation, sequences, colour spaces, damage."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from tests.picture_corpus.entry import (
    Entry,
    another,
    displayed,
    grey_scene,
    over_white,
    profile_named,
    rgb,
    saved,
    scene,
    stored_as,
    vignette,
)

LOSS = 5.0
UNSUPPORTED = "unsupported_format"


def entries() -> Iterator[Entry]:
    """All AVIF files of the corpus."""
    refused, shown = "unreadable_picture", scene()
    good = {"quality": 90, "speed": 8}
    for sampling in ("4:4:4", "4:2:2", "4:2:0", "4:0:0"):
        for span in ("full", "limited"):
            data = saved(shown, "AVIF", subsampling=sampling, range=span, **good)
            shows = rgb(grey_scene()) if sampling == "4:0:0" else shown
            yield Entry(f"avif-{sampling.replace(':', '')}_{span}", data, shows, LOSS)
    alpha = vignette()
    see_through = Image.fromarray(np.dstack([shown, alpha]))
    yield Entry("avif-alpha", saved(see_through, "AVIF", subsampling="4:4:4", **good), over_white(shown, alpha), LOSS)
    yield Entry(
        "avif-alpha_premultiplied",
        saved(see_through, "AVIF", subsampling="4:4:4", alpha_premultiplied=True, **good),
        refused=UNSUPPORTED,
    )
    for size in ((1, 1), (17, 33), (151, 173)):
        yield Entry(
            f"avif-{size[0]}x{size[1]}", saved(scene(*size), "AVIF", subsampling="4:4:4", **good), scene(*size), 8
        )
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        data = saved(stored_as(shown, orientation), "AVIF", subsampling="4:4:4", exif=exif, **good)
        yield Entry(f"avif-orientation_{orientation}", data, shown, LOSS)
    exif = Image.Exif()
    exif[0x0112] = 1
    data = saved(shown, "AVIF", subsampling="4:4:4", exif=exif, **good)
    told = exif.tobytes()[6:]
    if told in data:
        six = Image.Exif()
        six[0x0112] = 6
        yield Entry("avif-orientation_in_exif_alone", data.replace(told, six.tobytes()[6:]), shown, LOSS)
    for name in ("srgb", "adobe_rgb", "display_p3", "prophoto"):
        data = saved(shown, "AVIF", subsampling="4:4:4", icc_profile=profile_named(name), **good)
        yield Entry(f"avif-icc_{name}", data, shown if name == "srgb" else displayed(shown, name), LOSS + 2)
    for span in ("full", "limited"):
        for sampling in ("4:4:4", "4:2:0"):
            frames = [Image.fromarray(another())]
            data = saved(
                Image.fromarray(shown),
                "AVIF",
                save_all=True,
                append_images=frames,
                duration=100,
                range=span,
                subsampling=sampling,
                **good,
            )
            name = f"avif-sequence_{span}_{sampling.replace(':', '')}"
            yield Entry(name, data, refused=UNSUPPORTED) if span == "full" else Entry(name, data, shown, LOSS)
    whole = saved(shown, "AVIF", subsampling="4:4:4", **good)
    for percent in (1, 10, 50, 90, 99):
        yield Entry(f"avif-cut_at_{percent}", whole[: len(whole) * percent // 100], refused=refused)
    yield Entry("avif-after_end", whole + b"and more" * 5, None)
    damaged = bytearray(whole)
    damaged[-2000:-1900] = bytes(100)
    yield Entry("avif-damaged", bytes(damaged), None)
    at = whole.index(b"nclx") + 4
    for name, numbers in {
        "bt709": (1, 13, 1),
        "bt2020": (9, 13, 9),
        "display_p3": (12, 13, 6),
        "unspecified": (2, 2, 2),
        "identity": (1, 13, 0),
        "pq": (9, 16, 9),
        "hlg": (9, 18, 9),
        "linear": (1, 8, 6),
        "gamma22": (1, 4, 6),
        "bt709_curve": (1, 1, 6),
    }.items():
        changed = bytearray(whole)
        for place, number in enumerate(numbers):
            changed[at + 2 * place : at + 2 * place + 2] = number.to_bytes(2, "big")
        yield Entry(f"avif-nclx_{name}", bytes(changed), refused=UNSUPPORTED if name in ("pq", "hlg") else None)
    for file in sorted((Path(__file__).parent / "made").glob("*.avif")):
        unequal = file.stem in ("cropped", "grid", "pq", "hlg")
        yield Entry(f"avif-{file.stem}", file.read_bytes(), refused=UNSUPPORTED if unequal else None)
