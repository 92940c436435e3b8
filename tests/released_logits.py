"""The logits that the released networks give on photographs of installed packages.

They stand in released_logits.json. After the release of another network write them anew, and look at the difference:

    python -m tests.released_logits
"""

import json
from pathlib import Path

import matplotlib
import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image

from fake_image_detection.bundle import Bundle, NetworkRule, find_bundle
from fake_image_detection.geometry import resize
from fake_image_detection.runtimes.lite import LiteRuntime

RELEASED = Path(__file__).with_suffix(".json")

# Left, top and side of squares as the crop rule cuts them, and one that cuts the face off.
_SQUARES = {"astronaut": [(135, 28, 180), (110, 55, 180)], "grace_hopper": [(102, 54, 334), (60, 160, 270)]}


def photographs() -> dict[str, NDArray[np.uint8]]:
    """Portraits of two people in the public domain, uint8 (height, width, 3): Eileen Collins and Grace Hopper."""
    hopper = Path(matplotlib.get_data_path(), "sample_data", "grace_hopper.jpg")
    with Image.open(hopper) as image:
        return {"astronaut": np.asarray(skimage.data.astronaut()), "grace_hopper": np.asarray(image.convert("RGB"))}


def logits(bundle: Bundle, rule: NetworkRule) -> list[float]:
    """What a network of the bundle gives on the squares and on their mirror images, in a fixed order."""
    squares = [
        photograph[top : top + side, left : left + side]
        for name, photograph in photographs().items()
        for left, top, side in _SQUARES[name]
    ]
    crops = [resize(square, rule.input_size, rule.input_size) for square in squares]
    graph = LiteRuntime().load(bundle, rule.files)
    return [float(graph(crop[np.newaxis])["logit"][0, 0]) for face in crops for crop in (face, face[:, ::-1])]


def main() -> None:
    """Write the file."""
    bundle = Bundle(find_bundle())
    rules = [bundle.manifest.network(role) for role in bundle.manifest.roles]
    released = {rule.name: [round(logit, 3) for logit in logits(bundle, rule)] for rule in rules}
    RELEASED.write_text(json.dumps(released, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
