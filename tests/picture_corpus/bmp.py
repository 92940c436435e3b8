"""BMP: depths, bit fields, palettes, run lengths, headers of all ages, damage. Written by hand."""

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.picture_corpus.entry import (
    HEIGHT,
    WIDTH,
    Entry,
    grey_scene,
    over_white,
    profile_named,
    saved,
    scene,
    vignette,
)

RGB, RLE8, RLE4, FIELDS, ALPHA_FIELDS = 0, 1, 2, 3, 6
UNSUPPORTED = "unsupported_format"


def padded(rows: NDArray[np.uint8]) -> bytes:
    """Rows of bytes (height, bytes), bottom first, each filled up to four bytes."""
    return np.pad(rows[::-1], ((0, 0), (0, -rows.shape[1] % 4))).tobytes()


def bmp(
    pixels: bytes,
    depth: int,
    *,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    compression: int = RGB,
    between: bytes = b"",
    colours: int = 0,
    header: int = 40,
    more: bytes = b"",
    offset: int | None = None,
    planes: int = 1,
) -> bytes:
    """A file; `more` follows the forty bytes of the header up to its size, `between` lies before the pixels."""
    info = struct.pack("<IiiHHIIiiII", header, *size, planes, depth, compression, len(pixels), 2835, 2835, colours, 0)
    info = (info + more).ljust(header, b"\0")
    at = 14 + len(info) + len(between) if offset is None else offset
    return b"BM" + struct.pack("<IHHI", 14 + len(info) + len(between) + len(pixels), 0, 0, at) + info + between + pixels


def palette(colours: NDArray[np.uint8]) -> bytes:
    """Colours (n, 3) as BGR0."""
    return np.hstack([colours[:, ::-1], np.zeros((len(colours), 1), np.uint8)]).tobytes()


def ramp(levels: int) -> NDArray[np.uint8]:
    grey = np.linspace(0, 255, levels)
    return np.rint(np.stack([grey * 0.9, grey, np.sqrt(grey * 255)], axis=-1)).astype(np.uint8)


def packed_indices(indices: NDArray[np.uint8], depth: int) -> bytes:
    bits = np.unpackbits(indices[:, :, np.newaxis], axis=2)[:, :, 8 - depth :]
    return padded(np.packbits(bits.reshape(len(indices), -1), axis=1))


def fields(pixels: NDArray[np.uint8], masks: tuple[int, ...], depth: int) -> tuple[bytes, NDArray[np.uint8]]:
    """Pixels (height, width, channels) under bit fields, and what they show."""
    value = np.zeros(pixels.shape[:2], np.uint64)
    shows = np.zeros(pixels.shape, np.uint8)
    for channel, mask in enumerate(masks):
        shift = (mask & -mask).bit_length() - 1
        most = mask >> shift
        level = np.rint(pixels[:, :, channel] / 255.0 * most).astype(np.uint64)
        value |= level << np.uint64(shift)
        shows[:, :, channel] = np.rint(level * 255 / most)
    kind = "<u2" if depth == 16 else "<u4"
    return padded(value.astype(kind).view(np.uint8).reshape(len(pixels), -1)), shows


def rle8(indices: NDArray[np.uint8]) -> bytes:
    """Runs of equal pixels, and literal ones, each row with its end mark."""
    out = bytearray()
    for row in indices[::-1]:
        at = 0
        while at < len(row):
            run = 1
            while at + run < len(row) and row[at + run] == row[at] and run < 255:
                run += 1
            if run == 1 and len(row) - at >= 4:
                out += bytes((0, 4)) + row[at : at + 4].tobytes()
                at += 4
            else:
                out += bytes((run, row[at]))
                at += run
        out += b"\0\0"
    return bytes(out) + b"\0\1"


def rle4(indices: NDArray[np.uint8]) -> bytes:
    out = bytearray()
    for row in indices[::-1]:
        for at in range(0, len(row), 2):
            pair = row[at : at + 2].tolist()
            out += bytes((len(pair), pair[0] << 4 | (pair[1] if len(pair) > 1 else 0)))
        out += b"\0\0"
    return bytes(out) + b"\0\1"


def entries() -> Iterator[Entry]:
    """All BMP files of the corpus."""
    refused, shown, grey = "unreadable_picture", scene(), grey_scene()
    rows24 = shown[:, :, ::-1].reshape(HEIGHT, -1)
    whole = bmp(padded(rows24), 24)
    yield Entry("bmp-by_pillow", saved(shown, "BMP"), shown)
    yield Entry("bmp-24", whole, shown)
    yield Entry("bmp-24_from_the_top", bmp(padded(rows24[::-1]), 24, size=(WIDTH, -HEIGHT)), shown)
    odd = scene(151, 173)
    yield Entry("bmp-24_odd_width", bmp(padded(odd[:, :, ::-1].reshape(173, -1)), 24, size=(151, 173)), odd)
    alpha = vignette()
    bgra = np.dstack([shown[:, :, ::-1], alpha]).reshape(HEIGHT, -1)
    yield Entry("bmp-32", bmp(padded(bgra), 32), shown)
    bgr0 = np.dstack([shown[:, :, ::-1], np.zeros_like(grey)]).reshape(HEIGHT, -1)
    yield Entry("bmp-32_all_alpha_zero", bmp(padded(bgr0), 32), shown)
    for depth in (1, 2, 4, 8):
        colours = ramp(2**depth)
        indices = (grey >> (8 - depth)).astype(np.uint8)
        data = bmp(packed_indices(indices, depth), depth, between=palette(colours), colours=2**depth)
        answer: dict[str, Any] = {"shows": colours[indices]} if depth != 2 else {"refused": UNSUPPORTED}
        yield Entry(f"bmp-palette_{depth}", data, **answer)
        data = bmp(packed_indices(indices, depth), depth, between=palette(colours))
        yield Entry(f"bmp-palette_{depth}_count_left_out", data, **answer)
    few = ramp(100)
    indices = (grey.astype(int) * 99 // 255).astype(np.uint8)
    yield Entry(
        "bmp-palette_of_100", bmp(packed_indices(indices, 8), 8, between=palette(few), colours=100), few[indices]
    )
    yield Entry("bmp-palette_too_short", bmp(packed_indices(grey, 8), 8, between=palette(few), colours=100), None)
    yield Entry("bmp-palette_missing", bmp(packed_indices(grey, 8), 8, offset=54), refused=refused)
    yield Entry(
        "bmp-palette_of_1000",
        bmp(packed_indices(grey, 8), 8, between=palette(np.vstack([ramp(256)] * 4)[:1000]), colours=1000),
        None,
    )
    kinds = {
        "16_555": (16, (0x7C00, 0x3E0, 0x1F)), "16_565": (16, (0xF800, 0x7E0, 0x1F)),
        "16_444": (16, (0xF00, 0xF0, 0xF)),
        "16_bgr565": (16, (0x1F, 0x7E0, 0xF800)), "16_odd": (16, (0xE000, 0x1C00, 0x0300)),
        "32_888": (32, (0xFF0000, 0xFF00, 0xFF)), "32_rgbx": (32, (0xFF000000, 0xFF0000, 0xFF00)),
        "32_bgr": (32, (0xFF, 0xFF00, 0xFF0000)), "32_101010": (32, (0x3FF00000, 0xFFC00, 0x3FF)),
    }  # fmt: skip
    for name, (depth, masks) in kinds.items():
        pixels, shows = fields(shown, masks, depth)
        data = bmp(pixels, depth, compression=FIELDS, between=struct.pack("<III", *masks))
        yield Entry(f"bmp-fields_{name}", data, shows)
        more = struct.pack("<IIII", *masks, 0)
        yield Entry(f"bmp-fields_{name}_v4", bmp(pixels, depth, compression=FIELDS, header=108, more=more), shows)
    pixels, shows = fields(shown, (0x7C00, 0x3E0, 0x1F), 16)
    yield Entry("bmp-16", bmp(pixels, 16), shows)
    with_alpha = {
        "16_4444": (16, (0xF00, 0xF0, 0xF, 0xF000)), "16_1555": (16, (0x7C00, 0x3E0, 0x1F, 0x8000)),
        "32_8888": (32, (0xFF0000, 0xFF00, 0xFF, 0xFF000000)), "32_rgba": (32, (0xFF000000, 0xFF0000, 0xFF00, 0xFF)),
    }  # fmt: skip
    for name, (depth, four_masks) in with_alpha.items():
        pixels, shows = fields(np.dstack([shown, alpha]), four_masks, depth)
        shows = over_white(shows[:, :, :3], shows[:, :, 3])
        more = struct.pack("<IIII", *four_masks)
        for header in (56, 108, 124):
            data = bmp(pixels, depth, compression=FIELDS, header=header, more=more)
            yield Entry(f"bmp-alpha_{name}_header_{header}", data, shows, 1.5)
        data = bmp(pixels, depth, compression=ALPHA_FIELDS, between=more)
        yield Entry(f"bmp-alpha_{name}_alpha_fields", data, refused=UNSUPPORTED)
    for name, masks in {"overlap": (0xFF00, 0xFF0, 0xFF), "hole": (0xF0F000, 0xFF00, 0xFF), "none": (0, 0, 0)}.items():
        data = bmp(padded(bgr0), 32, compression=FIELDS, between=struct.pack("<III", *masks))
        yield Entry(f"bmp-fields_{name}", data, refused=refused)
    v5 = bmp(padded(rows24), 24, header=124, more=bytes(16) + b"BGRs")
    yield Entry("bmp-v5_srgb", v5, shown)
    profile = profile_named("display_p3")
    more = (bytes(16) + b"DEBM" + bytes(48)).ljust(72, b"\0") + struct.pack(
        "<II", 124 + len(padded(rows24)), len(profile)
    )
    yield Entry("bmp-v5_profile", bmp(padded(rows24), 24, header=124, more=more) + profile, None)
    core = (
        b"BM"
        + struct.pack("<IHHI", 26 + len(padded(rows24)), 0, 0, 26)
        + struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, 24)
    )
    yield Entry("bmp-os2_24", core + padded(rows24), shown)
    triples = ramp(256)[:, ::-1].tobytes()
    core = b"BM" + struct.pack("<IHHI", 0, 0, 0, 26 + 768) + struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, 8)
    yield Entry("bmp-os2_8", core + triples + packed_indices(grey, 8), ramp(256)[grey])
    for header in (16, 52, 56, 64):
        yield Entry(
            f"bmp-header_{header}", bmp(padded(rows24), 24, header=header) if header >= 40 else _short(rows24), None
        )
    flat = (grey // 32 * 32).astype(np.uint8)
    colours = ramp(256)
    run: dict[str, Any] = {"between": palette(colours), "colours": 256, "compression": RLE8}
    yield Entry("bmp-rle8", bmp(rle8(flat), 8, **run), colours[flat])
    yield Entry("bmp-rle8_from_the_top", bmp(rle8(flat[::-1]), 8, size=(WIDTH, -HEIGHT), **run), None)
    yield Entry("bmp-rle8_without_end", bmp(rle8(flat)[:-2], 8, **run), None)
    packed = rle8(flat)
    skipped = b"\0\2\x0a\x05" + packed
    yield Entry("bmp-rle8_skips", bmp(skipped, 8, **run), refused=refused)
    yield Entry("bmp-rle8_row_cut_short", bmp(b"\x14\x33\0\0" + rle8(flat[:-1]), 8, **run), refused=refused)
    yield Entry(
        "bmp-rle8_ends_early", bmp(packed[: packed.index(b"\0\0", 3000) + 2] + b"\0\1", 8, **run), refused=refused
    )
    yield Entry("bmp-rle8_run_over_the_edge", bmp(b"\xff\x33" + packed, 8, **run), refused=refused)
    yield Entry("bmp-rle8_cut_off", bmp(packed, 8, **run)[: -len(packed) // 2], refused=refused)
    four: dict[str, Any] = {"between": palette(ramp(16)), "colours": 16, "compression": RLE4}
    yield Entry("bmp-rle4", bmp(rle4((grey >> 4).astype(np.uint8)), 4, **four), ramp(16)[grey >> 4])
    yield Entry("bmp-rle8_at_depth_24", bmp(padded(rows24), 24, compression=RLE8), refused=UNSUPPORTED)
    for name, compression in {"jpeg": 4, "png": 5, "unknown": 99}.items():
        yield Entry(f"bmp-compression_{name}", bmp(padded(rows24), 24, compression=compression), refused=UNSUPPORTED)
    for percent in (1, 50, 99):
        yield Entry(f"bmp-cut_at_{percent}", whole[: len(whole) * percent // 100], refused=refused)
    odd_whole = bmp(padded(odd[:, :, ::-1].reshape(173, -1)), 24, size=(151, 173))
    yield Entry("bmp-last_padding_missing", odd_whole[: -(-151 * 3 % 4)], refused=refused)
    yield Entry("bmp-last_pixel_missing", whole[:-5], refused=refused)
    yield Entry("bmp-after_end", whole + b"and more", shown)
    yield Entry("bmp-offset_0", bmp(padded(rows24), 24, offset=0), refused=refused)
    yield Entry("bmp-offset_in_header", bmp(padded(rows24), 24, offset=30), refused=refused)
    yield Entry("bmp-offset_beyond_end", bmp(padded(rows24), 24, offset=10**6), refused=refused)
    yield Entry("bmp-gap_before_pixels", bmp(padded(rows24), 24, between=bytes(50)), shown)
    yield Entry("bmp-file_size_0", whole[:2] + bytes(4) + whole[6:], shown)
    yield Entry("bmp-planes_0", bmp(padded(rows24), 24, planes=0), None)
    yield Entry("bmp-planes_3", bmp(padded(rows24), 24, planes=3), None)
    for depth in (0, 3, 48, 64):
        yield Entry(f"bmp-depth_{depth}", bmp(padded(rows24) * 4, depth), refused=UNSUPPORTED)
    yield Entry("bmp-no_width", bmp(b"", 24, size=(0, HEIGHT)), refused=refused)
    yield Entry("bmp-negative_width", bmp(padded(rows24), 24, size=(-WIDTH, HEIGHT)), refused=refused)
    yield Entry("bmp-no_height", bmp(b"", 24, size=(WIDTH, 0)), refused=refused)
    for size in ((1, 1), (7, 5)):
        small = scene(*size)
        yield Entry(
            f"bmp-{size[0]}x{size[1]}", bmp(padded(small[:, :, ::-1].reshape(size[1], -1)), 24, size=size), small
        )


def _short(rows24: NDArray[np.uint8]) -> bytes:
    pixels = padded(rows24)
    return (
        b"BM"
        + struct.pack("<IHHI", 30 + len(pixels), 0, 0, 30)
        + struct.pack("<IIIHH", 16, WIDTH, HEIGHT, 1, 24)
        + pixels
    )
