"""Any colours to sRGB, as a screen shows them."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

SRGB_CURVE = "srgb"

Matrix = NDArray[np.float64]

# Chromaticities x, y of red, green, blue and white, by their number in ITU-T H.273.
PRIMARIES = {
    1: (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290),
}
SRGB_PRIMARIES = PRIMARIES[1]

# Exponents by the number of the transfer function in ITU-T H.273.
CURVES: dict[int, float | str] = {4: 2.2, 5: 2.8, 8: 1.0, 13: SRGB_CURVE}
# Pictures brighter than paper: browsers fit them into sRGB each in its own way.
HDR_CURVES = (16, 18)

# Bradford's cone responses, by which whites are adapted.
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])

_LEVELS = 4096


@dataclass(frozen=True)
class Light:
    """What light a picture's numbers stand for.

    Attributes:
        profile: an ICC profile; the other two are not looked at then.
        primaries: x, y of red, green, blue and white.
        curve: the exponent from number to light, or `srgb`.
    """

    profile: bytes | None = None
    primaries: tuple[float, ...] = SRGB_PRIMARIES
    curve: float | str = SRGB_CURVE


def to_srgb(image: Image.Image, light: Light | None) -> Image.Image:
    """The picture in sRGB; an ICC profile that is broken or for another kind of colours is left aside, as browsers do.

    Args:
        image: of mode L or RGB, without transparency.
        light: None for sRGB.
    """
    if light is None:
        return image
    if light.profile is not None:
        return _by_profile(image, light.profile)
    return Image.fromarray(_by_primaries(np.asarray(image.convert("RGB")), light))


def _by_profile(image: Image.Image, data: bytes) -> Image.Image:
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        # Always a core.CmsProfile, which Pillow's constructor does not say in a way that Pyright sees.
        space = profile.profile.xcolor_space  # pyright: ignore[reportAttributeAccessIssue]
        if space.strip() != {"L": "GRAY", "RGB": "RGB"}.get(image.mode):
            return image
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, profile, srgb, ImageCms.Intent.PERCEPTUAL, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return image if converted is None else converted


def _to_xyz(primaries: tuple[float, ...]) -> Matrix:
    """The matrix from linear light in these primaries to XYZ, its white adapted to D50."""
    x, y = np.array(primaries[0::2]), np.array(primaries[1::2])
    xyz = np.stack([x / y, np.ones(4), (1 - x - y) / y])
    colours, white = xyz[:, :3], xyz[:, 3]
    matrix: Matrix = colours * np.linalg.solve(colours, white)
    d50 = np.array([0.9642, 1.0, 0.8249])
    adapt = np.linalg.solve(_BRADFORD, np.diag((_BRADFORD @ d50) / (_BRADFORD @ white)) @ _BRADFORD)
    return np.asarray(adapt @ matrix)


def _by_primaries(pixels: NDArray[np.uint8], light: Light) -> NDArray[np.uint8]:
    numbers = np.arange(256) / 255
    if isinstance(light.curve, str):
        linear = np.where(numbers <= 0.04045, numbers / 12.92, ((numbers + 0.055) / 1.055) ** 2.4)
    else:
        linear = numbers**light.curve
    steps = np.arange(_LEVELS**2 // 256) / (_LEVELS**2 // 256 - 1)
    encoded = np.where(steps <= 0.0031308, 12.92 * steps, 1.055 * steps ** (1 / 2.4) - 0.055)
    table = np.rint(encoded * 255).astype(np.uint8)
    matrix = np.linalg.solve(_to_xyz(SRGB_PRIMARIES), _to_xyz(light.primaries)).astype(np.float32)
    shown = np.empty_like(pixels)
    linear = linear.astype(np.float32)
    for row, colours in enumerate(pixels):  # Row by row: the sums take many times the room of the pixels.
        there = np.clip(linear[colours] @ matrix.T, 0, 1)
        shown[row] = table[np.rint(there * (len(table) - 1)).astype(np.int32)]
    return shown
