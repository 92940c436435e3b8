"""Pictures for `bench.faces`: faces pasted into scenes at known places, and pictures without a face."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image, ImageDraw
from sklearn.datasets import load_sample_image

from converter.proof.pictures import LIMITS
from fake_image_detection.files import SUFFIXES
from fake_image_detection.geometry import resize
from fake_image_detection.picture import Pixels, read_picture

FACELESS = ("brick", "cell", "chelsea", "coffee", "coins", "colorwheel", "grass", "gravel", "horse", "moon", "page",
            "hubble_deep_field", "immunohistochemistry", "logo", "retina", "rocket", "text")  # fmt: skip

# A scene is at most so many times larger than the picture that it is made of; beyond, the picture is repeated.
ENLARGED = 2
SMALLEST, LARGEST = 60, 400


@dataclass(frozen=True)
class Scene:
    """A kind of picture with faces.

    Attributes:
        name: of the kind.
        width, height: pixels.
        faces: how many are pasted.
        pictures: that are made in a round.
        turns: quarter turns of the faces, counterclockwise.
        tilt: degrees that they are turned further; they are then cut to discs.
    """

    name: str
    width: int
    height: int
    faces: int
    pictures: int
    turns: int = 0
    tilt: float = 0


SCENES = (
    Scene("avatar", 400, 400, 1, 8),
    Scene("portrait", 1024, 1024, 1, 8),
    Scene("portrait of 12 megapixels", 3000, 4000, 1, 1),
    Scene("portrait on its side", 800, 800, 1, 3, turns=1),
    Scene("portrait upside down", 800, 800, 1, 3, turns=2),
    Scene("tilted by 15°", 800, 800, 1, 3, tilt=15),
    Scene("tilted by 30°", 800, 800, 1, 3, tilt=30),
    Scene("tilted by 45°", 800, 800, 1, 3, tilt=45),
    Scene("three faces", 1600, 1200, 3, 2),
    Scene("group", 4000, 3000, 12, 1),
    Scene("large group", 8660, 5773, 40, 1),
)


@dataclass(frozen=True)
class Place:
    """Where a face was pasted: its crop's corner and side in pixels, and which of the crops it is."""

    left: int
    top: int
    side: int
    crop: int

    def holds(self, box: list[float], scale: float) -> bool:
        """Whether a box (x, y, width, height) lies on the face and has about its size."""
        x, y, width, height = box
        off = max(
            abs(x + width / 2 - self.left - self.side / 2),
            abs(y + height / 2 - self.top - self.side / 2),
        )
        # A crop that was shrunk to the edge of its first picture is as large as the box, not `scale` times that.
        return off < 0.3 * self.side and 0.4 < max(width, height) * scale / self.side < 1.2 * scale


def read_crops(folder: Path) -> list[Pixels]:
    """Validation crops of photographed faces with enough pixels, or one portrait of scikit-image."""
    index = folder / "index.csv"
    if not index.is_file():
        return [np.asarray(skimage.data.astronaut())[28:208, 135:315]]
    with index.open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["split"] == "val" and row["label"] == "real"]
    return [read_picture(folder / row["file"], LIMITS).pixels for row in rows if int(row["side_px"]) >= 150]


def read_faceless() -> Iterator[Pixels]:
    """The pictures of scikit-image and scikit-learn that show no face, uint8 (height, width, 3)."""
    for name in FACELESS:
        picture = np.asarray(getattr(skimage.data, name)())
        if picture.dtype == np.bool_:
            picture = picture.astype(np.uint8) * 255
        if picture.ndim == 2:
            picture = np.repeat(picture[:, :, np.newaxis], 3, axis=2)
        yield np.ascontiguousarray(picture[:, :, :3])
    yield np.asarray(skimage.data.stereo_motorcycle()[0])
    yield from (load_sample_image(name) for name in ("china.jpg", "flower.jpg"))


def list_pictures(folder: Path) -> list[Path]:
    """The files of pictures in a folder and below."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())


def on_canvases(picture: Pixels) -> Iterator[Pixels]:
    """A picture as it is, on a tall white and on a wide grey canvas, and its middle alone."""
    height, width, _ = picture.shape
    yield picture
    tall = np.full((max(height, 2 * width), width, 3), 255, np.uint8)
    tall[:height] = picture
    yield tall
    wide = np.full((height, 2 * width, 3), 128, np.uint8)
    wide[:, width // 2 : width // 2 + width] = picture
    yield wide
    yield np.ascontiguousarray(picture[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4])


def paste(
    crops: list[Pixels], scenes: list[Pixels], kind: Scene, random: np.random.Generator
) -> tuple[Pixels, list[Place]]:
    """A scene with faces beside each other; the sides of their crops are drawn evenly by their logarithm."""
    scene = background(scenes[random.integers(len(scenes))], kind.width, kind.height)
    places: list[Place] = []
    largest = min(LARGEST, kind.width, kind.height)
    while len(places) < kind.faces:
        side = round(float(np.exp(random.uniform(np.log(SMALLEST), np.log(largest)))))
        left, top = int(random.integers(0, kind.width - side + 1)), int(random.integers(0, kind.height - side + 1))
        if any(
            left < place.left + place.side
            and place.left < left + side
            and top < place.top + place.side
            and place.top < top + side
            for place in places
        ):
            continue
        place = Place(left, top, side, int(random.integers(len(crops))))
        face = np.rot90(resize(crops[place.crop], side, side), kind.turns)
        part = scene[top : top + side, left : left + side]
        part[:] = tilted(face, part, kind.tilt) if kind.tilt else face
        places.append(place)
    return scene, places


def background(picture: Pixels, width: int, height: int) -> Pixels:
    """A picture as a scene, repeated in mirror images where it is too small."""
    times = max(1.0, min(ENLARGED, max(width / picture.shape[1], height / picture.shape[0])))
    picture = resize(picture, round(picture.shape[1] * times), round(picture.shape[0] * times))
    tall, wide = (-(-length // side) - 1 for length, side in zip((height, width), picture.shape, strict=False))
    padded = np.pad(picture, ((0, tall * picture.shape[0]), (0, wide * picture.shape[1]), (0, 0)), mode="symmetric")
    return padded[:height, :width].copy()


def tilted(face: Pixels, below: Pixels, degrees: float) -> Pixels:
    """A face turned clockwise in a disc, on what lies below it."""
    side = len(face)
    disc = Image.new("L", (side, side))
    ImageDraw.Draw(disc).ellipse((0, 0, side - 1, side - 1), fill=255)
    turned = Image.fromarray(np.ascontiguousarray(face)).rotate(-degrees, Image.Resampling.BICUBIC)
    canvas = Image.fromarray(np.ascontiguousarray(below))
    canvas.paste(turned, mask=disc)
    return np.asarray(canvas)
