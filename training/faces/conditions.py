"""The conditions under which a detector is measured: how the web shows faces, and how heads are held.

Both classes are treated alike.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PIL import Image

from training.faces.augment import jpeg_file
from training.faces.looks import blur, cover, cut_off, grey, light
from training.faces.poses import turn

Treatment = Callable[[Image.Image], Image.Image]


@dataclass(frozen=True)
class Condition:
    """A change of size or pose and a JPEG compression, so that no class keeps its own last compression.

    Attributes:
        change: of size or pose.
        quality: JPEG quality, 1 to 95.
    """

    change: Treatment
    quality: int

    def file(self, face: Image.Image) -> bytes:
        """Return `face` as the JPEG file that a page would serve."""
        return jpeg_file(self.change(face), self.quality)

    def __call__(self, face: Image.Image) -> Image.Image:
        """Return `face` as it is decoded from that file."""
        return Image.open(io.BytesIO(self.file(face))).convert("RGB")


def _keep(face: Image.Image) -> Image.Image:
    return face


def _at_most_200(face: Image.Image) -> Image.Image:
    return face if face.width <= 200 else face.resize((200, 200), Image.Resampling.LANCZOS)


def _avatar(face: Image.Image) -> Image.Image:
    return face.resize((96, 96), Image.Resampling.LANCZOS)


def _screenshot(face: Image.Image) -> Image.Image:
    side = round(face.width * 0.71)
    return face.resize((side, side), Image.Resampling.BILINEAR)


def _enlarged(face: Image.Image) -> Image.Image:
    return face.resize((2 * face.width, 2 * face.height), Image.Resampling.BICUBIC)


as_is = Condition(_keep, 90)
quality_75 = Condition(_keep, 75)
# A profile page.
small = Condition(_at_most_200, 70)
avatar = Condition(_avatar, 75)
# Scaled to 71 % by the browser, then a screenshot is saved.
screenshot = Condition(_screenshot, 85)

# Degrees by which a head may be tilted -> how much ROC-AUC may fall there. Data sets of aligned faces teach networks
# their pose, and what is measured upright alone does not show it.
TILTS = {20: 0.02, 30: 0.03}


def tilted(degrees: int) -> str:
    """Return the name of the condition under which faces are turned by `degrees`."""
    return f"turned by {degrees}°, q90"


CONDITIONS: dict[str, Condition] = {
    "as is, q90": as_is,
    "as is, q75": quality_75,
    "<= 200 px, q70": small,
    "96 px, q75": avatar,
    "screenshot, q85": screenshot,
    **{tilted(degrees): Condition(partial(turn, degrees=degrees), 90) for degrees in TILTS},
}

# States that the detector warns of by the code that a name begins with (fake_image_detection/trust.py), so strong that
# most faces get the warning. They set nothing.
WARNED_OF: dict[str, Condition] = {
    "dark: a quarter of the light": Condition(partial(light, times=0.25), 90),
    "overexposed: 2.5 times the light": Condition(partial(light, times=2.5), 90),
    "blurred: by 1/64 of the side": Condition(blur, 90),
    "grey: without colours": Condition(grey, 90),
    "recompressed: JPEG quality 20": Condition(_keep, 20),
    "upscaled: twice as large": Condition(_enlarged, 90),
    "cut_off: three tenths of the face": Condition(partial(cut_off, share=0.3), 90),
    "covered: a mask drawn over nose and mouth": Condition(cover, 90),
}

# Where a table has no room for all of them.
SHOWN = ("as is, q90", "<= 200 px, q70", "96 px, q75")
