"""Picture bytes to upright RGB pixels, within limits."""

import hashlib
import io
import re
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from fake_image_detection.bundle import PictureLimits
from fake_image_detection.errors import PictureError
from fake_image_detection.files import read_file, too_many_bytes

Pixels = NDArray[np.uint8]

_SIGNATURES = (
    ("JPEG", b"\xff\xd8\xff"),
    ("PNG", b"\x89PNG\r\n\x1a\n"),
    ("GIF", b"GIF87a"),
    ("GIF", b"GIF89a"),
    ("BMP", b"BM"),
)

_ORIENTATIONS = {
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

# Phones write JPEG files with a second picture inside; the first one is an ordinary JPEG.
_JPEG_WITH_MORE = "MPO"

# Python's warning filters belong to the whole process, so only one thread at a time may put its own in place.
_warning_filters = threading.Lock()


@dataclass(frozen=True)
class Picture:
    """A decoded picture.

    Attributes:
        pixels: uint8 (height, width, 3), RGB, upright.
        format: `JPEG`, `PNG`, `WEBP`, `GIF`, `BMP` or `AVIF`; `pixels` for a picture that never was a file.
        sha256: of the file's bytes, or of the pixels if there was no file; 64 hex digits.
    """

    pixels: Pixels
    format: str
    sha256: str


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
    kind = sniff(data)
    if kind is None or kind not in limits.formats:
        raise PictureError("unsupported_format", f"no picture in a supported format ({', '.join(limits.formats)})")
    if kind == "JPEG" and not _has_end_of_image(data):
        raise PictureError("unreadable_picture", "the JPEG picture is cut off: its end-of-image marker is missing")
    with _open(_without_text(data) if kind == "PNG" else data, kind, limits) as image:
        _check_pixels(*image.size, limits)
        try:
            image.load()
            pixels = to_rgb(upright(image))
        except Exception as error:  # Pillow's decoders raise whatever they meet in a damaged file.
            raise PictureError("unreadable_picture", f"the {kind} picture is damaged or cut off ({error})") from error
    return Picture(pixels, kind, hashlib.sha256(data).hexdigest())


def sniff(data: bytes) -> str | None:
    """The format that the first bytes announce, or None; a name or a declared type is often wrong."""
    for kind, signature in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        # HEIC shares the container, and some AVIF files name their brand only among the compatible ones.
        end = min(int.from_bytes(data[:4], "big"), len(data))
        if any(data[at : at + 4] in (b"avif", b"avis") for at in range(8, end - 3, 4)):
            return "AVIF"
    return None


def to_rgb(image: Image.Image) -> Pixels:
    """The image as uint8 (height, width, 3), RGB; transparency over white, 16-bit greyscale scaled down by 257."""
    if image.mode == "I" or image.mode.startswith("I;16"):
        grey = np.asarray(image).astype(np.int64).clip(0, 65535)
        return np.repeat(((grey + 128) // 257).astype(np.uint8)[:, :, np.newaxis], 3, axis=2)
    if not image.has_transparency_data:
        return np.asarray(image.convert("RGB"))
    # Pillow knows no way from premultiplied grey to colour but through LA.
    rgba = np.asarray((image.convert("LA") if image.mode == "La" else image).convert("RGBA"))
    pixels = np.empty((*rgba.shape[:2], 3), np.uint8)
    # In strips: the sums take four times the room of the pixels.
    for top in range(0, len(rgba), _STRIP):
        strip = rgba[top : top + _STRIP]
        alpha = strip[:, :, 3:].astype(np.uint16)
        pixels[top : top + _STRIP] = (strip[:, :, :3] * alpha + 255 * (255 - alpha) + 127) // 255
    return pixels


def _from_image(image: Image.Image, limits: PictureLimits) -> Picture:
    _check_pixels(*image.size, limits)
    try:
        pixels = to_rgb(upright(image))
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


def _open(data: bytes, kind: str, limits: PictureLimits) -> Image.Image:
    """Read the header only."""
    with _warning_filters, warnings.catch_warnings():
        # Pillow complains of metadata that this package does not need; the pixels may be whole nevertheless.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return Image.open(io.BytesIO(data), formats=[kind])
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            most = limits.max_pixels
            raise PictureError(
                "too_many_pixels", f"the picture has more than {most} pixels, the most allowed"
            ) from error
        except Exception as error:  # Pillow's readers raise whatever they meet in a damaged header.
            raise PictureError(
                "unreadable_picture", f"the {kind} picture is damaged: its header cannot be read"
            ) from error


def _check_pixels(width: int, height: int, limits: PictureLimits) -> None:
    if width * height > limits.max_pixels:
        size = f"{width} x {height} = {width * height} pixels"
        raise PictureError("too_many_pixels", f"the picture has {size}; at most {limits.max_pixels} are allowed")
    if width * height == 0:
        raise PictureError("empty_picture", f"the picture is empty: it has {width} x {height} pixels")


def upright(image: Image.Image) -> Image.Image:
    """Apply the EXIF orientation; XMP, which browsers ignore, is ignored here too."""
    exif = Image.Exif()
    with _warning_filters, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exif.load(image.info.get("exif", b""))
            operation = _ORIENTATIONS.get(exif.get(ExifTags.Base.Orientation, 1))
        except Exception:  # noqa: BLE001 - metadata may hold anything; what cannot be read gives no orientation
            return image
    return image if operation is None else image.transpose(operation)


# Texts and colour profiles, which this package does not need: Pillow refuses a picture for the size of one, and
# generators of pictures write long ones.
_TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt", b"iCCP")


def _without_text(png: bytes) -> bytes:
    """Leave out a PNG file's chunks of text; what follows a chunk that is cut off stays as it is."""
    kept, position = [png[:8]], 8
    while position + 8 <= len(png):
        end = position + 12 + int.from_bytes(png[position : position + 4], "big")
        if png[position + 4 : position + 8] not in _TEXT_CHUNKS:
            kept.append(png[position:end])
        position = end
    kept.append(png[position:])
    return b"".join(kept)


# In compressed data 0xff is followed by 0x00 or a restart marker; anything else is a marker of a segment.
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_END_OF_IMAGE = 0xD9


def _has_end_of_image(data: bytes) -> bool:
    """Walk the segments, so that a thumbnail's end inside the metadata is never taken for the picture's own."""
    position = 2
    while found := _MARKER.search(data, position):
        position = found.end()
        if data[position - 1] == _END_OF_IMAGE:
            return True
        position += int.from_bytes(data[position : position + 2], "big")
    return False
