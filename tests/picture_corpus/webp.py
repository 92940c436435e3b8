"""WebP: lossy, lossless, transparency, animation, orientation, colour spaces, damage."""

import struct
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests.picture_corpus.entry import (
    HEIGHT,
    WIDTH,
    Entry,
    another,
    displayed,
    orientations,
    over_white,
    profile_named,
    saved,
    scene,
    stored_as,
    tiff,
    vignette,
)

LOSS = 5.0
ICC, ALPHA, EXIF, XMP, ANIMATION = 0x20, 0x10, 0x08, 0x04, 0x02


def chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def riff(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def extended(flags: int, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    uint24 = [struct.pack("<I", value - 1)[:3] for value in (width, height)]
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]) + b"".join(uint24))


def pixels_of(webp: bytes) -> bytes:
    """The chunks of a simple file."""
    return webp[12:]


def entries() -> Iterator[Entry]:
    """All WebP files of the corpus."""
    refused, shown = "unreadable_picture", scene()
    alpha = vignette()
    lossy, lossless = saved(shown, "WEBP", quality=90), saved(shown, "WEBP", lossless=True)
    yield Entry("webp-lossy", lossy, shown, LOSS)
    yield Entry("webp-lossless", lossless, shown)
    see_through = Image.fromarray(np.dstack([shown, alpha]))
    yield Entry("webp-lossy_alpha", saved(see_through, "WEBP", quality=90), over_white(shown, alpha), LOSS)
    yield Entry("webp-lossless_alpha", saved(see_through, "WEBP", lossless=True), over_white(shown, alpha))
    without = pixels_of(saved(see_through, "WEBP", lossless=True))
    yield Entry("webp-lossless_alpha_not_flagged", riff(extended(0), without), None)
    lossy_alpha = saved(see_through, "WEBP", quality=90)
    yield Entry("webp-lossy_alpha_not_flagged", lossy_alpha[:20] + b"\0" + lossy_alpha[21:], None)
    for size in ((1, 1), (17, 33)):
        yield Entry(f"webp-{size[0]}x{size[1]}", saved(scene(*size), "WEBP", lossless=True), scene(*size))
    yield Entry("webp-extended", riff(extended(0), pixels_of(lossless)), shown)
    for name, content, orientation in orientations():
        body = pixels_of(saved(stored_as(shown, orientation), "WEBP", lossless=True))
        swapped = (HEIGHT, WIDTH) if orientation >= 5 else (WIDTH, HEIGHT)
        yield Entry(
            f"webp-orientation_{name}",
            riff(extended(EXIF, *swapped), body, chunk(b"EXIF", content)),
            stored_as(shown, orientation),
        )
    body = pixels_of(lossless)
    lying = pixels_of(saved(stored_as(shown, 6), "WEBP", lossless=True))
    upright = (HEIGHT, WIDTH)
    yield Entry(
        "webp-orientation_with_jpeg_marker",
        riff(extended(EXIF, *upright), lying, chunk(b"EXIF", b"Exif\0\0" + tiff(6))),
        None,
    )
    yield Entry("webp-orientation_without_extension", riff(body, chunk(b"EXIF", tiff(6))), shown)
    yield Entry("webp-orientation_not_flagged", riff(extended(0), body, chunk(b"EXIF", tiff(6))), None)
    yield Entry("webp-orientation_before_pixels", riff(extended(EXIF, *upright), chunk(b"EXIF", tiff(6)), lying), None)
    yield Entry(
        "webp-orientation_twice",
        riff(extended(EXIF, *upright), lying, chunk(b"EXIF", tiff(6)), chunk(b"EXIF", tiff(3))),
        None,
    )
    yield Entry(
        "webp-orientation_in_lossy",
        riff(
            extended(EXIF, *upright), pixels_of(saved(stored_as(shown, 6), "WEBP", quality=90)), chunk(b"EXIF", tiff(6))
        ),
        stored_as(shown, 6),
        LOSS,
    )
    for name in ("srgb", "adobe_rgb", "display_p3", "prophoto"):
        shows = shown if name == "srgb" else displayed(shown, name)
        yield Entry(f"webp-icc_{name}", riff(extended(ICC), chunk(b"ICCP", profile_named(name)), body), shows, 1.5)
    p3 = profile_named("display_p3")
    yield Entry("webp-icc_not_flagged", riff(extended(0), chunk(b"ICCP", p3), body), None)
    yield Entry("webp-icc_after_pixels", riff(extended(ICC), body, chunk(b"ICCP", p3)), None)
    yield Entry("webp-icc_broken", riff(extended(ICC), chunk(b"ICCP", b"no profile"), body), shown)
    both = riff(extended(ICC | ALPHA), chunk(b"ICCP", p3), without)
    yield Entry("webp-icc_display_p3_alpha", both, over_white(displayed(shown, "display_p3"), alpha), 1.5)
    frames = [Image.fromarray(shown), Image.fromarray(another())]
    animated = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True, duration=100)
    yield Entry("webp-animation", animated, shown)
    part = saved(shown[20:150, 10:140], "WEBP", lossless=True)
    placed = np.full_like(shown, 255)
    placed[20:150, 10:140] = shown[20:150, 10:140]
    anim = chunk(b"ANIM", bytes((10, 200, 30, 255, 0, 0)))
    anmf = chunk(b"ANMF", _frame_head(10, 20, 130, 130) + pixels_of(part))
    yield Entry("webp-animation_smaller_frame", riff(extended(ANIMATION | ALPHA), anim, anmf, anmf), placed)
    whole_frame = chunk(b"ANMF", _frame_head(0, 0, WIDTH, HEIGHT) + without)
    yield Entry(
        "webp-animation_with_alpha",
        riff(extended(ANIMATION | ALPHA), anim, whole_frame, whole_frame),
        over_white(shown, alpha),
    )
    still = chunk(b"ANMF", _frame_head(0, 0, WIDTH, HEIGHT) + body)
    yield Entry("webp-animation_of_one_frame", riff(extended(ANIMATION), anim, still), shown)
    yield Entry("webp-animation_not_flagged", riff(extended(0), anim, still), refused=refused)
    yield Entry(
        "webp-animation_turned",
        riff(
            extended(ANIMATION | EXIF, *upright),
            anim,
            chunk(b"ANMF", _frame_head(0, 0, *upright) + lying),
            chunk(b"EXIF", tiff(6)),
        ),
        None,
    )
    yield Entry("webp-animation_cut_off", animated[: len(animated) - 300], refused=refused)
    yield Entry("webp-animation_cut_in_first_frame", animated[: len(animated) // 3], refused=refused)
    for percent in (1, 10, 50, 90, 99):
        for name, data in (("lossy", lossy), ("lossless", lossless)):
            yield Entry(f"webp-{name}_cut_at_{percent}", data[: len(data) * percent // 100], refused=refused)
    yield Entry("webp-alpha_cut_at_30", lossy_alpha[: len(lossy_alpha) * 3 // 10], refused=refused)
    yield Entry("webp-cut_in_metadata", riff(extended(EXIF), body, chunk(b"EXIF", tiff(1)))[:-9], refused=refused)
    yield Entry("webp-after_end", lossless + b"and more" * 9, shown)
    yield Entry("webp-length_too_short", lossless[:4] + struct.pack("<I", 1000) + lossless[8:], refused=refused)
    yield Entry(
        "webp-length_too_long", lossless[:4] + struct.pack("<I", len(lossless) + 5000) + lossless[8:], refused=refused
    )
    yield Entry("webp-length_zero", lossless[:4] + bytes(4) + lossless[8:], refused=refused)
    yield Entry("webp-unknown_chunk", riff(extended(0), chunk(b"WHAT", b"now?"), body), None)
    yield Entry("webp-other_size_in_extension", riff(extended(0, 100, 100), body), refused=refused)
    yield Entry("webp-no_pixels", riff(extended(0)), refused=refused)
    yield Entry("webp-header_only", riff(), refused=refused)
    damaged = bytearray(lossy)
    damaged[len(damaged) // 2 : len(damaged) // 2 + 20] = bytes(20)
    yield Entry("webp-lossy_damaged", bytes(damaged), None)
    damaged = bytearray(lossless)
    damaged[len(damaged) // 2 : len(damaged) // 2 + 20] = bytes(20)
    yield Entry("webp-lossless_damaged", bytes(damaged), None)


def _frame_head(left: int, top: int, width: int, height: int) -> bytes:
    places = (left // 2, top // 2, width - 1, height - 1, 100)
    return b"".join(struct.pack("<I", value)[:3] for value in places) + b"\2"
