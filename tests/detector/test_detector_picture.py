"""Decoding: formats, modes, orientation, limits, damage."""

import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fake_image_detection import PictureError
from fake_image_detection.bundle import PictureLimits
from fake_image_detection.picture import decode, read_picture

RED, WHITE = (255, 0, 0), (255, 255, 255)
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"]


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def photograph() -> Image.Image:
    """Smooth, so that lossy formats keep it."""
    row, column = np.mgrid[0:48, 0:64]
    return Image.fromarray(np.stack([row * 5, column * 3, 255 - row * 2 - column], axis=-1).astype(np.uint8))


def code_of(data: bytes, limits: PictureLimits) -> str:
    with pytest.raises(PictureError) as caught:
        decode(data, limits)
    return caught.value.code


@pytest.mark.parametrize("kind", FORMATS)
def test_reads_the_format_whatever_the_name_says(kind: str, limits: PictureLimits, tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    path.write_bytes(encoded(photograph(), kind))
    picture = read_picture(path, limits)
    assert picture.format == kind
    assert picture.pixels.shape == (48, 64, 3)
    if kind != "GIF":
        assert np.abs(picture.pixels.astype(int) - np.asarray(photograph())).mean() < 6


def test_names_the_file_and_the_formats_when_a_text_calls_itself_a_picture(
    limits: PictureLimits, tmp_path: Path
) -> None:
    path = tmp_path / "x.jpg"
    path.write_text("just text")
    with pytest.raises(
        PictureError, match=r"x\.jpg: no picture in a supported format \(JPEG, PNG, WEBP, GIF, BMP, AVIF\)"
    ):
        read_picture(path, limits)


@pytest.mark.parametrize("kind", ["TIFF", "PPM", "ICO", "JPEG2000", "TGA"])
def test_refuses_formats_that_are_not_on_the_list(kind: str, limits: PictureLimits) -> None:
    assert code_of(encoded(photograph(), kind), limits) == "unsupported_format"


def test_refuses_a_known_format_that_the_manifest_leaves_out() -> None:
    only_png = PictureLimits(("PNG",), 1_000_000, 1_000_000)
    assert code_of(encoded(photograph(), "JPEG"), only_png) == "unsupported_format"


def test_refuses_heic_though_it_shares_a_container_with_avif(limits: PictureLimits) -> None:
    assert code_of(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), limits) == "unsupported_format"


def test_refuses_nothing(limits: PictureLimits) -> None:
    assert code_of(b"", limits) == "empty_picture"


def test_refuses_too_many_bytes(limits: PictureLimits) -> None:
    assert code_of(encoded(photograph(), "PNG") + bytes(2_000_000), limits) == "too_many_bytes"


def test_refuses_too_many_bytes_of_a_file(limits: PictureLimits, tmp_path: Path) -> None:
    path = tmp_path / "long.png"
    path.write_bytes(bytes(2_000_001))
    with pytest.raises(PictureError, match=r"long\.png: the picture has 2000001 bytes") as caught:
        read_picture(path, limits)
    assert caught.value.code == "too_many_bytes"


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has next to no data."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [1001, 12_000, 60_000], ids=["above our limit", "Pillow warns", "Pillow refuses"])
@pytest.mark.parametrize("action", ["error", "default"])
def test_refuses_too_many_pixels_before_decoding(side: int, action: Any, limits: PictureLimits) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter(action)
        assert code_of(png_header(side, side), limits) == "too_many_pixels"
    assert caught == []


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_calls_a_truncated_picture_unreadable(kind: str, part: float, limits: PictureLimits, astronaut: Any) -> None:
    data = encoded(Image.fromarray(astronaut), kind)
    assert code_of(data[: int(len(data) * part)], limits) == "unreadable_picture"


@pytest.mark.parametrize("progressive", [False, True])
def test_calls_a_jpeg_without_end_marker_unreadable(progressive: bool, limits: PictureLimits) -> None:
    data = encoded(photograph(), "JPEG", progressive=progressive)
    assert code_of(data[:-2], limits) == "unreadable_picture"


def test_is_not_fooled_by_the_end_marker_of_a_thumbnail(limits: PictureLimits) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a thumbnail's end: \xff\xd9"
    data = encoded(photograph(), "JPEG", exif=b"Exif\0\0\xff\xd8\xff\xd9")
    assert code_of(data[:-2], limits) == "unreadable_picture"


def test_reads_a_jpeg_with_something_after_its_end(limits: PictureLimits) -> None:
    assert decode(encoded(photograph(), "JPEG") + b"trailing bytes", limits).format == "JPEG"


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xe0garbage\xff\xd9",
        b"\x89PNG\r\n\x1a\nrubbish",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBP",
        b"BM and more words",
    ],
)
def test_calls_a_damaged_header_unreadable(data: bytes, limits: PictureLimits) -> None:
    assert code_of(data, limits) == "unreadable_picture"


def test_never_raises_anything_but_picture_error_for_damaged_bytes(limits: PictureLimits) -> None:
    random = np.random.default_rng(0)
    for kind in FORMATS:
        whole = np.frombuffer(encoded(photograph(), kind), np.uint8)
        for _ in range(40):
            damaged = whole.copy()
            places = random.integers(0, len(whole), 8)
            damaged[places] = random.integers(0, 256, 8)
            try:
                assert decode(damaged.tobytes(), limits).pixels.dtype == np.uint8
            except PictureError as error:
                assert error.code in {"unreadable_picture", "unsupported_format", "too_many_pixels", "empty_picture"}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "AVIF"])
def test_turns_the_picture_upright(orientation: int, kind: str, limits: PictureLimits) -> None:
    upright = np.zeros((40, 64, 3), np.uint8)
    upright[:20, :32] = 255
    upright[20:, :32] = 90
    undo: dict[int, Any] = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
        8: lambda a: np.rot90(a, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(undo[orientation](upright)))
    pixels = decode(encoded(stored, kind, exif=exif), limits).pixels
    assert pixels.shape == upright.shape
    assert np.abs(pixels.astype(int) - upright).mean() < 4


@pytest.mark.parametrize(
    "exif",
    [b"Exif\0\0garbage", b"Exif\0\0II*\0\x08\0\0\0\xff\xff", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"Exif\0\0"],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_broken_exif_does_not_spoil_a_picture(exif: bytes, kind: str, limits: PictureLimits) -> None:
    assert decode(encoded(photograph(), kind, exif=exif), limits).pixels.shape == (48, 64, 3)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_unknown_orientation_is_none(orientation: int, limits: PictureLimits) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert decode(encoded(photograph(), "JPEG", exif=exif), limits).pixels.shape == (48, 64, 3)


def test_a_phone_picture_with_a_second_one_inside_is_a_jpeg(limits: PictureLimits) -> None:
    data = encoded(photograph(), "MPO", save_all=True, append_images=[Image.new("RGB", (8, 8))])
    picture = decode(data, limits)
    assert (picture.format, picture.pixels.shape) == ("JPEG", (48, 64, 3))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_gives_its_first_frame(kind: str, limits: PictureLimits) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, (0, 0, 255))]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    assert np.abs(decode(data, limits).pixels[10, 10].astype(int) - RED).max() < 8


def test_transparency_is_laid_over_white_with_exact_rounding(limits: PictureLimits) -> None:
    colour, alpha = np.meshgrid(np.arange(256), np.arange(256))
    rgba = np.stack([colour, colour, colour, alpha], axis=-1).astype(np.uint8)
    pixels = decode(encoded(Image.fromarray(rgba), "PNG"), limits).pixels
    assert (pixels[:, :, 0] == (colour * alpha + 255 * (255 - alpha) + 127) // 255).all()


def see_through(mode: str) -> Image.Image:
    """Left half red (or black), right half transparent."""
    rgba = Image.new("RGBA", (20, 20), (0, 255, 0, 0))
    rgba.paste((*RED, 255), (0, 0, 10, 20))
    if mode == "P":
        palette = Image.new("P", (20, 20), 1)
        palette.putpalette([*RED, 0, 255, 0])
        palette.paste(0, (0, 0, 10, 20))
        palette.info["transparency"] = bytes([255, 0])
        return palette
    return rgba.convert(mode)


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGBA", "PNG"), ("P", "PNG"), ("P", "GIF"), ("LA", "PNG"), ("RGBA", "WEBP")]
)
def test_transparent_pixels_become_white(mode: str, kind: str, limits: PictureLimits) -> None:
    options: dict[str, dict[str, Any]] = {"WEBP": {"lossless": True}, "GIF": {"transparency": 1}}
    pixels = decode(encoded(see_through(mode), kind, **options.get(kind, {})), limits).pixels
    assert tuple(pixels[10, 15]) == WHITE
    assert pixels[10, 5, 1] < 128


def test_a_transparent_colour_becomes_white(limits: PictureLimits) -> None:
    data = encoded(Image.new("RGB", (8, 8), (1, 2, 3)), "PNG", transparency=(1, 2, 3))
    assert tuple(decode(data, limits).pixels[0, 0]) == WHITE


def test_sixteen_bit_grey_is_scaled_down(limits: PictureLimits) -> None:
    grey = np.array([[0, 257, 128 * 257, 65535]], np.uint16)
    pixels = decode(encoded(Image.fromarray(grey), "PNG"), limits).pixels
    assert pixels[0, :, 1].tolist() == [0, 1, 128, 255]


@pytest.mark.parametrize(("mode", "kind"), [("L", "JPEG"), ("CMYK", "JPEG"), ("1", "PNG"), ("P", "BMP"), ("L", "WEBP")])
def test_any_colour_mode_becomes_rgb(mode: str, kind: str, limits: PictureLimits) -> None:
    pixels = decode(encoded(Image.new("RGB", (16, 16), "white").convert(mode), kind), limits).pixels
    assert pixels.shape == (16, 16, 3)
    assert pixels.min() >= 250


@pytest.mark.parametrize(
    "mode",
    ["1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV", "LAB", "I", "I;16", "F"],
)
def test_takes_pil_images_of_any_mode(mode: str, limits: PictureLimits) -> None:
    picture = read_picture(Image.new(mode, (5, 4)), limits)
    assert picture.pixels.shape == (4, 5, 3)
    assert picture.format == "pixels"


def test_turns_a_pil_image_upright(limits: PictureLimits) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(io.BytesIO(encoded(photograph(), "JPEG", exif=exif))) as image:
        assert read_picture(image, limits).pixels.shape == (64, 48, 3)


def test_takes_an_array_as_it_is(limits: PictureLimits) -> None:
    array = np.asarray(photograph())[:, ::2]
    assert (read_picture(array, limits).pixels == array).all()


@pytest.mark.parametrize(
    ("array", "error", "said"),
    [
        (np.zeros((4, 4, 3), np.float32), TypeError, "uint8"),
        (np.zeros((4, 4, 3), np.int64), TypeError, "uint8"),
        (np.zeros((4, 4), np.uint8), ValueError, r"\(height, width, 3\)"),
        (np.zeros((4, 4, 4), np.uint8), ValueError, r"\(height, width, 3\)"),
        (np.zeros((1, 4, 4, 3), np.uint8), ValueError, r"\(height, width, 3\)"),
    ],
)
def test_refuses_arrays_of_another_kind(
    array: NDArray[Any], error: type[Exception], said: str, limits: PictureLimits
) -> None:
    with pytest.raises(error, match=said):
        read_picture(array, limits)


def test_an_array_obeys_the_limits_too(limits: PictureLimits) -> None:
    with pytest.raises(PictureError, match="pixels"):
        read_picture(np.zeros((1001, 1000, 3), np.uint8), limits)


def test_an_image_without_pixels_is_empty(limits: PictureLimits) -> None:
    with pytest.raises(PictureError) as caught:
        read_picture(Image.new("RGB", (0, 5)), limits)
    assert caught.value.code == "empty_picture"


def test_refuses_what_is_no_picture_at_all(limits: PictureLimits) -> None:
    with pytest.raises(TypeError, match="not int"):
        read_picture(5, limits)  # type: ignore[arg-type]


def test_says_that_a_file_is_missing(limits: PictureLimits, tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"none\.jpg: there is no such file") as caught:
        read_picture(tmp_path / "none.jpg", limits)
    assert caught.value.code == "file_not_found"


def test_says_that_a_folder_is_no_picture(limits: PictureLimits, tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="folder") as caught:
        read_picture(str(tmp_path), limits)
    assert caught.value.code == "file_not_found"


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@pytest.mark.parametrize(
    "large",
    [
        chunk(b"zTXt", b"workflow\0\0" + zlib.compress(bytes(5_000_000))),
        chunk(b"iTXt", b"workflow\0\1\0\0\0" + zlib.compress(bytes(5_000_000))),
        chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(5_000_000))),
    ],
    ids=["zTXt", "iTXt", "iCCP"],
)
def test_png_with_a_text_of_any_length_is_read(large: bytes, limits: PictureLimits) -> None:
    plain = encoded(photograph(), "PNG")
    header_ends = 8 + 25
    picture = decode(plain[:header_ends] + large + plain[header_ends:], limits)
    assert np.array_equal(picture.pixels, np.asarray(photograph()))


def test_image_of_a_damaged_file_is_an_error_of_its_own(limits: PictureLimits) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (400, 400, 3), dtype=np.uint8)
    data = bytearray(encoded(Image.fromarray(noise), "PNG"))
    second = data.index(b"IDAT", data.index(b"IDAT") + 4)
    data[second : second + 4] = b"\0\0\0\0"
    with Image.open(io.BytesIO(bytes(data))) as image, pytest.raises(PictureError) as caught:
        read_picture(image, limits)
    assert caught.value.code == "unreadable_picture"


def test_transparency_is_laid_over_white_in_every_row(limits: PictureLimits) -> None:
    rgba = np.random.default_rng(0).integers(0, 256, (600, 20, 4), dtype=np.uint8)
    alpha = rgba[:, :, 3:] / 255
    wanted = rgba[:, :, :3] * alpha + 255 * (1 - alpha)
    pixels = decode(encoded(Image.fromarray(rgba), "PNG"), limits).pixels
    assert np.abs(pixels - wanted).max() <= 0.51
