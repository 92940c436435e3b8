"""Picture bytes to upright RGB pixels, within limits."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fake_image_detection import formats
from fake_image_detection.bundle import PictureLimits
from fake_image_detection.errors import PictureError
from fake_image_detection.files import read_file, too_many_bytes
from fake_image_detection.formats import Refused
from fake_image_detection.formats.colour import Light, to_srgb
from fake_image_detection.formats.exif import UPRIGHT, orientation
from fake_image_detection.report import Notice

Pixels = NDArray[np.uint8]

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Rows that are laid over white at a time.
_STRIP = 256
# Rows that Pillow hands over at a time: few enough to stay in the processor's cache.
_FEW_ROWS = 32

# Phones write JPEG files with a second picture inside; the first one is an ordinary JPEG.
_JPEG_WITH_MORE = "MPO"
_JPEG_EXIF = b"Exif\0\0"


@dataclass(frozen=True)
class Picture:
    """A decoded picture.

    Attributes:
        pixels: uint8 (height, width, 3), RGB, upright.
        format: `JPEG`, `PNG`, `WEBP`, `GIF`, `BMP` or `AVIF`; `pixels` for a picture that never was a file.
        sha256: of the file's bytes, or of the pixels if there was no file; 64 hex digits.
        warnings: damage that left a picture nevertheless.
        file: the file's bytes; empty if there was no file.
    """

    pixels: Pixels
    format: str
    sha256: str
    warnings: tuple[Notice, ...] = ()
    file: bytes = b""


def read_picture(source: str | Path | bytes | Image.Image | Pixels, limits: PictureLimits) -> Picture:
    """Decode a path, the bytes of a file, a PIL image of any mode, or an array uint8 (height, width, 3) in RGB.

    Raises:
        PictureError: the picture cannot be read, or is beyond the limits.
        TypeError: the source is none of these, or an array of another dtype.
        ValueError: the source is an array of another shape.
    """
    match source:
        case str() | Path():
            path = Path(source)
            try:
                return decode(read_file(path, limits.max_bytes), limits)
            except PictureError as error:
                error.file = path
                raise
        case bytes():
            return decode(source, limits)
        case Image.Image():
            return _from_image(source, limits)
        case np.ndarray():
            return _from_array(source, limits)
    kind = type(source).__name__
    raise TypeError(f"a picture is a path, bytes, a PIL image or a uint8 array (height, width, 3), not {kind}")


def decode(data: bytes, limits: PictureLimits) -> Picture:
    """Decode the bytes of a picture file; the format is told from the content alone.

    Animations give their first frame. Raises PictureError.
    """
    if not data:
        raise PictureError("empty_picture", "the picture is empty: it has 0 bytes")
    if len(data) > limits.max_bytes:
        raise too_many_bytes(len(data), limits.max_bytes)
    kind = formats.sniff(data)
    if kind is None or kind not in limits.formats:
        raise PictureError("unsupported_format", f"no picture in a supported format ({', '.join(limits.formats)})")
    try:
        stored = formats.read(kind, data)
        _check_pixels(*stored.size, limits)
        image = stored.decode()
    except Refused as error:
        raise PictureError(error.code, f"the {kind} picture {error.reason}") from error
    try:
        warnings = stored.inspect(image)
        pixels = to_rgb(_turned(image, stored.orientation), stored.light)
    except Exception as error:  # Pillow's conversions raise whatever they meet in what a damaged file left.
        raise PictureError("unreadable_picture", f"the {kind} picture is damaged ({error})") from error
    return Picture(pixels, kind, hashlib.sha256(data).hexdigest(), warnings, data)


def to_rgb(image: Image.Image, light: Light | None = None) -> Pixels:
    """The image as uint8 (height, width, 3) in sRGB; transparency over white, 16-bit greyscale scaled down by 257.

    Args:
        image: of any mode.
        light: what the numbers of a picture in grey or RGB stand for; None for sRGB.
    """
    if image.mode == "I" or image.mode.startswith("I;16"):
        grey = np.asarray(image).astype(np.int64).clip(0, 65535)
        image = Image.fromarray(((grey + 128) // 257).astype(np.uint8))
    if not image.has_transparency_data:
        shown = to_srgb(_as(image, "L" if image.mode in ("1", "L") else "RGB"), light)
        return _array(_as(shown, "RGB"))
    # Pillow knows no way from premultiplied grey to colour but through LA.
    image = image.convert("LA") if image.mode == "La" else image
    grey_too = image.mode == "LA" or (image.mode in ("1", "L") and light is not None)
    image = image.convert("LA" if grey_too else "RGBA")
    opaque = image.convert("L" if grey_too else "RGB")
    colours = np.asarray(to_srgb(opaque, light).convert("RGB"))
    alphas = np.asarray(image.getchannel("A"))[:, :, np.newaxis]
    pixels = np.empty_like(colours)
    # In strips: the sums take four times the room of the pixels.
    for top in range(0, len(colours), _STRIP):
        strip = slice(top, top + _STRIP)
        alpha = alphas[strip].astype(np.uint16)
        pixels[strip] = (colours[strip] * alpha + 255 * (255 - alpha) + 127) // 255
    return pixels


def _array(image: Image.Image) -> Pixels:
    """The pixels of an RGB image; in strips, as Pillow writes the whole down twice, which takes three times as long."""
    width, height = image.size
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, _FEW_ROWS):
        strip = (0, top, width, min(top + _FEW_ROWS, height))
        pixels[top : strip[3]] = np.asarray(image.crop(strip))
    return pixels


def _as(image: Image.Image, mode: str) -> Image.Image:
    # Pillow copies what has the mode already, which of a large picture takes as long as to decode it.
    return image if image.mode == mode else image.convert(mode)


def upright(image: Image.Image) -> Image.Image:
    """Apply the EXIF orientation of an image that Pillow has opened, as browsers do: not to WebP, and not XMP's."""
    if image.format == "WEBP":
        return image
    exif = image.info.get("exif", b"")
    return _turned(image, orientation(exif.removeprefix(_JPEG_EXIF))) if isinstance(exif, bytes) else image


def _turned(image: Image.Image, exif_orientation: int) -> Image.Image:
    return image if exif_orientation == UPRIGHT else image.transpose(_TURNS[exif_orientation])


def _from_image(image: Image.Image, limits: PictureLimits) -> Picture:
    _check_pixels(*image.size, limits)
    try:
        profile = image.info.get("icc_profile")
        pixels = to_rgb(upright(image), Light(profile) if profile else None)
    except Exception as error:  # As in decode(): the file may be read only now.
        raise PictureError("unreadable_picture", f"the picture is damaged or cut off ({error})") from error
    kind = "JPEG" if image.format == _JPEG_WITH_MORE else image.format
    return Picture(pixels, kind if kind in limits.formats else "pixels", hashlib.sha256(pixels.tobytes()).hexdigest())


def _from_array(array: Pixels, limits: PictureLimits) -> Picture:
    if array.dtype != np.uint8:
        raise TypeError(f"an array must hold uint8 values, 0..255, not {array.dtype}; convert it with .astype('uint8')")
    if array.ndim != 3 or array.shape[2] != 3:
        raise ValueError(f"an array must have the shape (height, width, 3), RGB, not {array.shape}")
    _check_pixels(array.shape[1], array.shape[0], limits)
    pixels = np.ascontiguousarray(array)
    return Picture(pixels, "pixels", hashlib.sha256(pixels.tobytes()).hexdigest())


def _check_pixels(width: int, height: int, limits: PictureLimits) -> None:
    if width * height > limits.max_pixels:
        size = f"{width} x {height} = {width * height} pixels"
        raise PictureError("too_many_pixels", f"the picture has {size}; at most {limits.max_pixels} are allowed")
    if width * height == 0:
        raise PictureError("empty_picture", f"the picture is empty: it has {width} x {height} pixels")
