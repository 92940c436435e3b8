"""What the reader of a format finds in a file before any pixel is decoded."""

import io
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageFile

from fake_image_detection.errors import PictureErrorCode
from fake_image_detection.formats.colour import Light
from fake_image_detection.report import Notice

# Python's warning filters belong to the whole process, so only one thread at a time may put its own in place.
_warning_filters = threading.Lock()


class Refused(Exception):
    """A file that gets no verdict.

    Attributes:
        reason: in words that go on after "the PNG picture".
        code: `unreadable_picture`, or `unsupported_format` for a sound file of a kind that not every browser shows.
    """

    def __init__(self, reason: str, code: PictureErrorCode = "unreadable_picture") -> None:
        """Take the reason and the code."""
        super().__init__(reason)
        self.reason = reason
        self.code: PictureErrorCode = code


def cut_off() -> Refused:
    """The file ends before the picture does."""
    return Refused("is cut off")


def unsupported(what: str) -> Refused:
    """A sound file that one of the browsers does not show, or that they show each in its own way."""
    return Refused(what, "unsupported_format")


def no_warnings(image: Image.Image) -> tuple[Notice, ...]:
    """Nothing to say of any picture."""
    return ()


@dataclass(frozen=True)
class Stored:
    """A picture that may be decoded.

    Attributes:
        size: width, height in pixels, before the orientation is applied.
        decode: gives the pixels, in a mode of Pillow's with or without transparency; raises Refused.
        orientation: as in EXIF, 1 to 8.
        light: what the numbers mean, if they are not sRGB.
        inspect: looks at the decoded pixels for damage that leaves a picture nevertheless.
    """

    size: tuple[int, int]
    decode: Callable[[], Image.Image]
    orientation: int = 1
    light: Light | None = None
    inspect: Callable[[Image.Image], tuple[Notice, ...]] = no_warnings


@contextmanager
def silence() -> Iterator[None]:
    """Pillow complains of metadata that this package does not need; the pixels may be whole nevertheless."""
    with _warning_filters, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def open_with_pillow(data: bytes, kind: str) -> Image.Image:
    """Read the header only. Raises Refused."""
    with silence():
        try:
            return Image.open(io.BytesIO(data), formats=[kind])
        except Exception as error:  # Pillow's readers raise whatever they meet in a damaged header.
            raise Refused("is damaged: its header cannot be read") from error


def decode_with_pillow(data: bytes, kind: str, rawmode: str | None = None) -> Image.Image:
    """Decode the first frame, its samples taken as those of `rawmode` if one is given. Raises Refused."""
    image = open_with_pillow(data, kind)
    if rawmode is not None and isinstance(image, ImageFile.ImageFile):
        image.tile = [image.tile[0]._replace(args=rawmode)]
    # In one piece: some decoders cannot go on in the midst of their data.
    vars(image)["decodermaxblock"] = max(len(data), 1)
    try:
        image.load()
    except Exception as error:  # As above, of damaged data.
        raise Refused(f"is damaged or cut off ({error})") from error
    return image


def on_canvas(image: Image.Image, size: tuple[int, int], place: tuple[int, int]) -> Image.Image:
    """Lay a frame into the transparent area that an animation plays in."""
    if image.size == size:
        return image
    canvas = Image.new("RGBA", size, (255, 255, 255, 0))
    canvas.paste(image.convert("RGBA"), place)
    return canvas
