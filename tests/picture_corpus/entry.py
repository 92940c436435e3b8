"""What every file of the corpus shows or why it is refused, and the scene that most of them show."""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image, ImageCms

Pixels = NDArray[np.uint8]

WIDTH, HEIGHT = 150, 172


@dataclass(frozen=True)
class Entry:
    """One file and the rule's answer to it.

    Attributes:
        name: of the file; the part before the first hyphen is its format.
        data: the file.
        shows: uint8 (height, width, 3), what a person sees on a white page; None if the file is refused, or if only
            browsers can tell what it shows.
        within: how far the mean of the absolute differences may lie from what is shown.
        refused: the error's code.
        warnings: codes.
    """

    name: str
    data: bytes
    shows: Pixels | None = field(default=None, repr=False)
    within: float = 1.0
    refused: str | None = None
    warnings: tuple[str, ...] = ()


def scene(width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """The face of Eileen Collins (NASA, public domain): uint8 (height, width, 3); the sides differ, so a turn shows."""
    portrait = Image.fromarray(skimage.data.astronaut()).crop((105, 5, 345, 280))
    return np.asarray(portrait.resize((width, height), Image.Resampling.LANCZOS))


def grey_scene(width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """The scene in grey: uint8 (height, width)."""
    return np.asarray(Image.fromarray(scene(width, height)).convert("L"))


def another(width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """A picture without a face that nobody may mistake for the scene: uint8 (height, width, 3)."""
    row, column = np.mgrid[0:height, 0:width]
    return np.stack([row % 256, column % 256, (row + column) % 256], axis=-1).astype(np.uint8)


def rgb(grey: NDArray[Any]) -> Pixels:
    """Grey (height, width), 0..255, as colour."""
    return np.repeat(np.asarray(grey, np.uint8)[:, :, np.newaxis], 3, axis=2)


def over_white(colour: Pixels, alpha: NDArray[Any]) -> Pixels:
    """What shows of `colour` (height, width, 3) with `alpha` (height, width), 0..255, on a white page."""
    share = np.asarray(alpha, float)[:, :, np.newaxis] / 255
    return np.rint(colour * share + 255 * (1 - share)).astype(np.uint8)


def vignette(width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """Opaque in the middle, transparent in the corners: uint8 (height, width)."""
    row, column = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return np.clip((1.6 - np.hypot(row, column)) * 255, 0, 255).astype(np.uint8)


def saved(image: Image.Image | Pixels, kind: str, **options: Any) -> bytes:
    """A file by Pillow."""
    file = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, kind, **options)
    return file.getvalue()


def stored_as(upright: Pixels, orientation: int) -> Pixels:
    """The rows that EXIF's `orientation` (1 to 8) turns into `upright`."""
    undone = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }
    return np.ascontiguousarray(undone[orientation])


ORIENTATION_TAG, SHORT, LONG, BYTE, SIGNED_SHORT, RATIONAL = 0x0112, 3, 4, 1, 8, 5


def tiff(
    orientation: int, *, order: str = ">", kind: int = SHORT, count: int = 1, tag: int = ORIENTATION_TAG, at: int = 8
) -> bytes:
    """EXIF that holds an orientation and nothing else, in big (`>`) or little (`<`) order of bytes."""
    value = {SHORT: "HH", LONG: "I", BYTE: "BBH", SIGNED_SHORT: "hh", RATIONAL: "I"}[kind]
    values = {SHORT: (orientation, 0), LONG: (orientation,), BYTE: (orientation, 0, 0)}.get(kind, (orientation, 0))
    if kind == RATIONAL:
        values = (at + 18,)
    entry = struct.pack(order + "HHI" + value, tag, kind, count, *values)
    mark = b"MM" if order == ">" else b"II"
    head = mark + struct.pack(order + "HI", 42, at)
    rest = struct.pack(order + "II", orientation, 1) if kind == RATIONAL else b""
    return head + bytes(at - 8) + struct.pack(order + "H", 1) + entry + bytes(4) + rest


def orientations() -> Iterator[tuple[str, bytes, int]]:
    """Name, EXIF, and the orientation that browsers make of it."""
    for orientation in range(1, 9):
        yield f"{orientation}", tiff(orientation), orientation
    yield "6_little_endian", tiff(6, order="<"), 6
    yield "far_directory", tiff(6, at=64), 6
    yield "0", tiff(0), 1
    yield "9", tiff(9), 1
    yield "long", tiff(6, kind=LONG), 1
    yield "long_little_endian", tiff(6, kind=LONG, order="<"), 1
    yield "byte", tiff(6, kind=BYTE), 1
    yield "signed_short", tiff(6, kind=SIGNED_SHORT), 1
    yield "rational", tiff(6, kind=RATIONAL), 1
    yield "two_values", tiff(6, count=2), 1
    yield "no_value", tiff(6, count=0), 1
    yield "cut_off", tiff(6)[:14], 1
    yield "no_exif_at_all", b"garbage", 1
    yield "other_tag", tiff(6, tag=0x0113), 1
    yield "wrong_magic", tiff(6).replace(b"MM\0\x2a", b"MM\0\x2b"), 1


def profile_named(name: str) -> bytes:
    """An ICC profile by its short name."""
    if name == "srgb":
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    curve, matrix = _PROFILES[name]
    return matrix_profile(curve, matrix)


# Primaries, as the XYZ of red, green and blue at D50: Adobe RGB (1998), Display P3, ProPhoto (ROMM), sRGB.
_ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
_PROPHOTO = ((0.79768, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491))
_SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))

SRGB_CURVE = (3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_PROFILES: dict[str, tuple[tuple[float, ...], tuple[tuple[float, ...], ...]]] = {
    "adobe_rgb": ((0, 563 / 256), _ADOBE),
    "display_p3": (SRGB_CURVE, _P3),
    "prophoto": ((0, 1.8), _PROPHOTO),
    "gamma_1": ((0, 1.0), _SRGB),
    "swapped_channels": (SRGB_CURVE, (_SRGB[2], _SRGB[1], _SRGB[0])),
}


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _icc(space: bytes, tags: dict[bytes, bytes], kind: bytes = b"mntr", between: bytes = b"XYZ ") -> bytes:
    head_size, table = 128, struct.pack(">I", len(tags))
    at, body = head_size + 4 + 12 * len(tags), b""
    for name, data in tags.items():
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    illuminant = _fixed(0.9642) + _fixed(1.0) + _fixed(0.8249)
    head = (
        bytes(4)
        + b"test"
        + bytes([2 if kind == b"prtr" else 4, 0x20, 0, 0])
        + kind
        + space
        + between
        + bytes(12)
        + b"acsp"
        + bytes(28)
    )
    head += illuminant
    head = head.ljust(head_size, b"\0")
    profile = head + table + body
    return struct.pack(">I", len(profile)) + profile[4:]


def _curve(curve: tuple[float, ...]) -> bytes:
    """Type 0: a power; type 3: a power above a straight piece."""
    return b"para" + bytes(4) + struct.pack(">HH", int(curve[0]), 0) + b"".join(_fixed(value) for value in curve[1:])


def _text(words: str) -> bytes:
    encoded = words.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II", 1, 12) + b"enUS" + struct.pack(">II", len(encoded), 28) + encoded


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(_fixed(value) for value in values)


def matrix_profile(curve: tuple[float, ...], matrix: tuple[tuple[float, ...], ...]) -> bytes:
    """An ICC profile of a screen: one curve, and the XYZ of its three primaries."""
    tags = {b"desc": _text("test"), b"cprt": _text("none"), b"wtpt": _xyz((0.9642, 1.0, 0.8249))}
    for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), matrix, strict=True):
        tags[name] = _xyz(column)
    return _icc(b"RGB ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(curve)))


def grey_profile(gamma: float) -> bytes:
    """An ICC profile for pictures in grey."""
    tags = {b"desc": _text("test"), b"cprt": _text("none"), b"wtpt": _xyz((0.9642, 1.0, 0.8249))}
    return _icc(b"GRAY", tags | {b"kTRC": _curve((0, gamma))})


_INK_GRID = 9


def _brighter(cmyk: NDArray[Any]) -> NDArray[Any]:
    """Light (..., 3), 0..1, of inks (..., 4), 0..1: paper through four filters, none of them quite black."""
    free = 1 - 0.9 * cmyk
    return free[..., :3] * free[..., 3:]


def ink_profile() -> bytes:
    """An ICC profile of a press: a table from four inks to Lab."""
    steps = np.linspace(0, 1, _INK_GRID)
    inks = np.stack(np.meshgrid(steps, steps, steps, steps, indexing="ij"), axis=-1)
    xyz = _brighter(inks) @ np.array(_SRGB) / np.array((0.9642, 1.0, 0.8249))
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    lab = np.stack(
        [116 * root[..., 1] - 16, 500 * (root[..., 0] - root[..., 1]), 200 * (root[..., 1] - root[..., 2])], axis=-1
    )
    table = np.rint(lab * (65280 / 100, 256, 256) + (0, 32768, 32768)).astype(">u2")
    line = np.array([0, 65535], ">u2").tobytes()
    identity = b"".join(_fixed(value) for value in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    head = b"mft2" + bytes(4) + bytes((4, 3, _INK_GRID, 0)) + identity + struct.pack(">HH", 2, 2)
    tags = {b"desc": _text("test"), b"cprt": _text("none"), b"wtpt": _xyz((0.9642, 1.0, 0.8249))}
    return _icc(b"CMYK", tags | {b"A2B0": head + line * 4 + table.tobytes() + line * 3}, b"prtr", b"Lab ")


def displayed(pixels: Pixels, name: str) -> Pixels:
    """What pixels (height, width, 3) with the profile of this name look like in sRGB, computed from the definition."""
    curve, columns = _PROFILES[name]
    encoded = pixels / 255
    if curve[0] == 0:
        linear = encoded ** curve[1]
    else:
        power, slope, offset, straight, knee = curve[1:]
        linear = np.where(encoded >= knee, (slope * encoded + offset) ** power, straight * encoded)
    there, here = np.array(columns).T, np.array(_SRGB).T
    light = np.clip(linear @ (np.linalg.inv(here) @ there).T, 0, 1)
    shown = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(shown * 255).astype(np.uint8)


def chunk(kind: bytes, content: bytes, crc: int | None = None) -> bytes:
    """A chunk of a PNG file; `crc` only where it is to be wrong."""
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content) if crc is None else crc)
    )
