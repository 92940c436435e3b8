"""GIF: palettes, transparency, frames that do not fill the screen, damage. Pillow writes only sound ones."""

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.picture_corpus.entry import HEIGHT, WIDTH, Entry, another, grey_scene, saved, scene

Indices = NDArray[np.uint8]


def ramp(levels: int) -> Indices:
    """Bluish greys (levels, 3)."""
    grey = np.linspace(0, 255, levels)
    return np.rint(np.stack([grey * 0.9, grey, np.sqrt(grey * 255)], axis=-1)).astype(np.uint8)


def lzw(indices: Indices, bits: int) -> bytes:
    """Compressed without a dictionary: the code width never grows, for the table is cleared before it could."""
    clear, end = 1 << bits, (1 << bits) + 1
    every = (1 << bits) - 2
    codes: list[int] = []
    for at, index in enumerate(indices.ravel().tolist()):
        if at % every == 0:
            codes.append(clear)
        codes.append(index)
    codes.append(end)
    return pack(codes, bits + 1)


def pack(codes: list[int], width: int) -> bytes:
    array = np.array(codes, np.uint16)
    flat = ((array[:, np.newaxis] >> np.arange(width)) & 1).astype(np.uint8).ravel()
    return np.packbits(flat, bitorder="little").tobytes()


def blocks(data: bytes) -> bytes:
    parts = (data[at : at + 255] for at in range(0, len(data), 255))
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def palette_bits(colours: Indices) -> int:
    return max(1, (len(colours) - 1).bit_length())


def head(
    colours: Indices | None, size: tuple[int, int] = (WIDTH, HEIGHT), background: int = 0, version: bytes = b"GIF89a"
) -> bytes:
    flags = 0x70 if colours is None else 0xF0 | (palette_bits(colours) - 1)
    return version + struct.pack("<HHBBB", *size, flags, background, 0) + table(colours)


def table(colours: Indices | None) -> bytes:
    if colours is None:
        return b""
    return colours.tobytes() + bytes(3 * ((1 << palette_bits(colours)) - len(colours)))


def control(transparent: int | None = None, dispose: int = 0) -> bytes:
    return b"\x21\xf9\x04" + struct.pack("<BHBB", dispose << 2 | (transparent is not None), 10, transparent or 0, 0)


def image(
    indices: Indices,
    bits: int = 8,
    left: int = 0,
    top: int = 0,
    local: Indices | None = None,
    interlaced: bool = False,
    data: bytes | None = None,
) -> bytes:
    flags = (0 if local is None else 0x80 | (palette_bits(local) - 1)) | interlaced << 6
    if interlaced:
        order = [row for start, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for row in range(start, len(indices), step)]
        indices = indices[order]
    described = b"\x2c" + struct.pack("<HHHHB", left, top, indices.shape[1], indices.shape[0], flags) + table(local)
    return described + bytes([max(2, bits)]) + blocks(lzw(indices, max(2, bits)) if data is None else data)


END = b"\x3b"


def entries() -> Iterator[Entry]:
    """All GIF files of the corpus."""
    refused = "unreadable_picture"
    grey, colours = grey_scene(), ramp(256)
    shown = colours[grey]
    whole = head(colours) + image(grey) + END
    yield Entry("gif-by_pillow", saved(Image.fromarray(scene()), "GIF"), scene(), 12)
    yield Entry("gif-plain", whole, shown)
    yield Entry("gif-87a", head(colours, version=b"GIF87a") + image(grey) + END, shown)
    for bits in range(1, 8):
        few = ramp(1 << bits)
        indices = (grey >> (8 - bits)).astype(np.uint8)
        yield Entry(f"gif-{bits}_bits", head(few) + image(indices, bits) + END, few[indices])
    yield Entry("gif-local_palette", head(None) + image(grey, local=colours) + END, shown)
    yield Entry("gif-local_palette_wins", head(colours[::-1]) + image(grey, local=colours) + END, shown)
    yield Entry("gif-interlaced", head(colours) + image(grey, interlaced=True) + END, shown)
    clear = int(np.bincount(grey.ravel()).argmax())
    shows = np.where((grey == clear)[:, :, np.newaxis], 255, shown).astype(np.uint8)
    yield Entry("gif-transparent", head(colours) + control(clear) + image(grey) + END, shows)
    yield Entry(
        "gif-transparent_is_background", head(colours, background=clear) + control(clear) + image(grey) + END, shows
    )
    yield Entry(
        "gif-transparent_beyond_palette",
        head(ramp(128)) + control(200) + image(grey // 2, 7) + END,
        ramp(128)[grey // 2],
    )
    part, placed = grey[20:150, 10:140], np.full_like(shown, 255)
    placed[20:150, 10:140] = shown[20:150, 10:140]
    yield Entry("gif-smaller_frame", head(colours) + image(part, left=10, top=20) + END, placed)
    yield Entry(
        "gif-smaller_frame_on_background", head(colours, background=77) + image(part, left=10, top=20) + END, placed
    )
    yield Entry(
        "gif-smaller_frame_transparent",
        head(colours, background=77) + control(1) + image(part, left=10, top=20) + END,
        None,
    )
    yield Entry("gif-larger_frame", head(colours, (100, 100)) + image(grey) + END, None)
    yield Entry("gif-frame_beyond_the_screen", head(colours) + image(grey, left=20, top=30) + END, refused=refused)
    yield Entry("gif-frame_outside_the_screen", head(colours) + image(grey, left=300, top=300) + END, refused=refused)
    yield Entry("gif-screen_of_no_size", head(colours, (0, 0)) + image(grey) + END, None)
    second = colours[another()[:, :, 0]][:, :, 0]
    yield Entry("gif-animation", head(colours) + control() + image(grey) + control() + image(second) + END, shown)
    for dispose in (1, 2, 3):
        data = head(colours) + control(dispose=dispose) + image(grey) + control() + image(second) + END
        yield Entry(f"gif-animation_dispose_{dispose}", data, shown)
    yield Entry(
        "gif-animation_by_pillow",
        saved(Image.fromarray(scene()), "GIF", save_all=True, append_images=[Image.fromarray(another())]),
        scene(),
        12,
    )
    cut = head(colours) + control() + image(grey) + control() + image(second)
    yield Entry("gif-animation_cut_in_second_frame", cut[:-2000], None)
    yield Entry("gif-animation_without_end", cut, None)
    comment = b"\x21\xfe" + blocks(b"a comment") + b"\x21\xff\x0bNETSCAPE2.0" + blocks(b"\1\0\0")
    yield Entry("gif-comment", head(colours) + comment + image(grey) + END, shown)
    yield Entry("gif-no_palette", head(None) + image(grey) + END, refused=refused)
    yield Entry("gif-short_palette", head(ramp(64)) + image(grey) + END, None)
    for percent in (1, 10, 50, 90, 99):
        yield Entry(f"gif-cut_at_{percent}", whole[: len(whole) * percent // 100], refused=refused)
    laced = head(colours) + image(grey, interlaced=True) + END
    yield Entry("gif-interlaced_cut_at_50", laced[: len(laced) // 2], refused=refused)
    yield Entry("gif-no_end", whole[:-1], None)
    yield Entry("gif-after_end", whole + b"and more", shown)
    half = lzw(grey[: HEIGHT // 2], 8)
    yield Entry("gif-few_rows", head(colours) + image(grey, data=half) + END, refused=refused)
    packed = lzw(grey, 8)
    yield Entry("gif-lzw_cut_off", head(colours) + image(grey, data=packed[: len(packed) // 2]) + END, refused=refused)
    yield Entry("gif-lzw_without_end", head(colours) + image(grey, data=packed[:-2]) + END, refused=refused)
    yield Entry("gif-lzw_too_long", head(colours) + image(grey, data=lzw(np.vstack([grey, grey]), 8)) + END, None)
    yield Entry(
        "gif-lzw_code_size_9", (head(colours) + image(grey) + END).replace(b"\x08\xff", b"\x0d\xff", 1), refused=refused
    )
    damaged = bytearray(packed)
    damaged[len(damaged) // 2 : len(damaged) // 2 + 20] = b"\xff" * 20
    yield Entry("gif-lzw_damaged", head(colours) + image(grey, data=bytes(damaged)) + END, refused=refused)
    yield Entry("gif-no_frame", head(colours) + END, refused=refused)
    yield Entry("gif-header_only", head(colours), refused=refused)
    yield Entry("gif-unknown_block", head(colours) + b"\x99" + image(grey) + END, refused=refused)
    yield Entry("gif-zero_before_frame", head(colours) + b"\0" + image(grey) + END, refused=refused)
    yield Entry("gif-frame_of_no_size", head(colours) + image(grey[:0]) + image(grey) + END, refused=refused)
