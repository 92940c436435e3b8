"""Reading a bundle: manifest.json, checked against its schema, and its files, checked against their hashes."""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from fake_image_detection.errors import BundleError
from fake_image_detection.verdict import Bands, Calibration, Sensitivity

Role = Literal["strong", "light"]
ROLES: tuple[Role, ...] = get_args(Role)

BUNDLE_VARIABLE = "FAKE_IMAGE_DETECTION_BUNDLE"
BUNDLE_HELP = f"folder of the bundle; if left out, ${BUNDLE_VARIABLE}, or one beside the installation, or ./bundle"
_MANIFEST = "manifest.json"
_SCHEMA = Path(__file__).with_name("manifest.schema.json")
_REBUILD = (
    "Build it with `make run`, or with `python -m converter --network models/NAME --light models/NAME --out bundle`, "
    "in the project's repository."
)


@dataclass(frozen=True)
class PictureLimits:
    """Which pictures are read: formats, bytes of the file, pixels."""

    formats: tuple[str, ...]
    max_bytes: int
    max_pixels: int


@dataclass(frozen=True)
class GraphFiles:
    """Where a graph lies in the bundle, as relative paths: its SavedModel's folder, if any, and its LiteRT file."""

    saved_model: str | None
    lite: str


@dataclass(frozen=True)
class Golden:
    """Inputs whose outputs are known, for a runtime to check itself with.

    Attributes:
        pictures: a file of the bundle, uint8 (n, input_size, input_size, 3), raw.
        answers: by the form that a runtime runs, what it gives: of a network a logit for each picture; of the face
            detector the best row (score, x, y, width, height, key points) for the one picture.
        max_delta: how much an answer may differ.
    """

    pictures: str
    answers: Mapping[str, Sequence[float]]
    max_delta: float


@dataclass(frozen=True)
class SearchRule:
    """How a picture is searched for faces; sizes are of a face's box, its longer side in pixels of the graph's input.

    Attributes:
        smallest_size: what a look is trusted to show.
        best_size: what a second look shows a candidate at.
        confirmed_score: that a second look must give.
        turned_score: that it must give where the face is turned by quarter turns.
        doubtful_score: that it must give for the face to be looked for upside down as well; also the least that its
            mirror image is believed to show.
        hopeful_score: with less in a look that several candidates share, one gets a look of its own only where no face
            is found otherwise.
        sure_score: with which no second look is needed, and none at the face upside down.
        max_tilt: degrees that a face may be turned in the look that confirms it.
        piece_share: two boxes that share more than this part of the smaller one are one face.
        finer_by: how much finer than the whole picture tiles must be to be looked at.
        coarser_by: how much coarser each level of tiles is than the one before.
        overlap: of tiles that are neighbours, in pixels of the input.
        max_tiles, max_candidates, max_seconds: where a search ends.
    """

    smallest_size: float
    best_size: float
    confirmed_score: float
    turned_score: float
    doubtful_score: float
    hopeful_score: float
    sure_score: float
    max_tilt: float
    piece_share: float
    finer_by: float
    coarser_by: float
    overlap: int
    max_tiles: int
    max_candidates: int
    max_seconds: float


@dataclass(frozen=True)
class FaceDetectorRule:
    """How faces are found: the graph's square input in pixels, which boxes are candidates, how far to look.

    Boxes that overlap by more than `iou_threshold` are of one face; those with `blend_score` tell where it lies.
    """

    input_size: int
    score_threshold: float
    iou_threshold: float
    blend_score: float
    search: SearchRule
    files: GraphFiles
    golden: Golden


@dataclass(frozen=True)
class CropRule:
    """The square around a face: `scale` times the box's longer side, raised by `raise_by` times that side."""

    scale: float
    raise_by: float
    min_side: int


@dataclass(frozen=True)
class CoveredRule:
    """Where a face is looked at for something that covers mouth and nose, and what of it tells.

    Attributes:
        patch: half the side of a patch, in distances of the eyes.
        brow: how far it is above the eyes, in distances from mouth to eyes.
        chin: how far it is below the mouth, in distances from nose to mouth.
        weights: of what `covering` tells, and what is added.
    """

    patch: float
    brow: float
    chin: float
    weights: Sequence[float]


@dataclass(frozen=True)
class TrustRule:
    """From which values on a face is trusted less; `fake_image_detection.trust` says how they are taken.

    Attributes:
        sharpness_side: the side in pixels of the square that `blurred_sharpness` is meant for.
        middle_side: the side in pixels, at most, of what blocks and fineness are looked for in.
    """

    enlarged_share: float
    cut_off_share: float
    profile_offset: float
    grey_chroma: float
    sharpness_side: int
    blurred_sharpness: float
    middle_side: int
    recompressed_blocks: float
    upscaled_fineness: float
    dark_luma: float
    white_luma: float
    overexposed_share: float
    covered: CoveredRule


@dataclass(frozen=True)
class NetworkRule:
    """A network and what its logit means.

    Attributes:
        bands: at each sensitivity that was measured; at the usual one always.
        max_roll: degrees that an upright face may be tilted to be called real; None for any.
    """

    name: str
    input_size: int
    calibration: Calibration
    bands: Mapping[Sensitivity, Bands]
    max_roll: float | None
    files: GraphFiles
    golden: Golden


class Manifest:
    """A typed view of manifest.json.

    Attributes:
        raw: the contents of manifest.json.
    """

    def __init__(self, raw: dict[str, Any]) -> None:
        """Wrap contents that fit manifest.schema.json."""
        self.raw = raw

    @property
    def name(self) -> str:
        """Name of the bundle."""
        return str(self.raw["name"])

    @property
    def version(self) -> str:
        """Version of the bundle: its release and the first digits of its content's hash."""
        return str(self.raw["version"])

    @property
    def picture(self) -> PictureLimits:
        """Which pictures are read."""
        limits = self.raw["picture"]
        return PictureLimits(tuple(limits["formats"]), limits["max_bytes"], limits["max_pixels"])

    @property
    def face_detector(self) -> FaceDetectorRule:
        """How faces are found."""
        rule = self.raw["face_detector"]
        return FaceDetectorRule(
            input_size=rule["input_size"],
            score_threshold=rule["score_threshold"],
            iou_threshold=rule["iou_threshold"],
            blend_score=rule["blend_score"],
            search=SearchRule(**rule["search"]),
            files=_graph_files(rule),
            golden=_golden(rule, "faces"),
        )

    @property
    def crop(self) -> CropRule:
        """How a face is cut out."""
        rule = self.raw["crop"]
        return CropRule(rule["scale"], rule["raise"], rule["min_side"])

    @property
    def trust(self) -> TrustRule:
        """What lowers the trust in a verdict."""
        rule = self.raw["trust"]
        return TrustRule(**rule | {"covered": CoveredRule(**rule["covered"])})

    @property
    def roles(self) -> tuple[Role, ...]:
        """One role for each network: `strong` alone where one network has both."""
        return ("strong",) if self.raw["roles"]["strong"] == self.raw["roles"]["light"] else ("strong", "light")

    def network(self, role: Role) -> NetworkRule:
        """The network that has a role."""
        name = self.raw["roles"][role]
        entry = self.raw["networks"][name]
        return NetworkRule(
            name=name,
            input_size=entry["input_size"],
            calibration=Calibration(**entry["calibration"]),
            bands=Bands.by_sensitivity(entry),
            max_roll=entry.get("max_roll"),
            files=_graph_files(entry),
            golden=_golden(entry, "logits"),
        )


def find_bundle() -> Path:
    """The bundle of who names none: that of the environment's variable, beside the installation, or in `./bundle`.

    Raises:
        BundleError: there is none; the message tells how to get one.
    """
    named = os.environ.get(BUNDLE_VARIABLE)
    if named:
        return Path(named)
    places = (
        # Of the repository, and of an environment that this package was installed into.
        Path(__file__).resolve().parents[1] / "bundle",
        Path(sys.prefix) / "share" / "fake-image-detection" / "bundle",
        Path("bundle"),
    )
    for place in places:
        if (place / _MANIFEST).is_file():
            return place
    looked = ", ".join(dict.fromkeys(str(place.absolute()) for place in places))
    raise BundleError(
        f"There is no bundle, which holds the networks: manifest.json is missing in {looked}. {_REBUILD} Then name its "
        f"folder with --bundle or with {BUNDLE_VARIABLE}, or put it in one of these places."
    )


class Bundle:
    """A bundle on the disk.

    Attributes:
        root: its folder.
        manifest: what it says of itself.

    Raises:
        BundleError: the folder holds no bundle, or one that breaks the schema.
    """

    def __init__(self, root: Path) -> None:
        """Read and check the manifest in the folder `root`."""
        self.root = root
        self.manifest = Manifest(_read_manifest(root))

    def read_file(self, path: str) -> bytes:
        """The contents of a file of the bundle; raises BundleError if they are not those that the manifest lists."""
        entry = self.manifest.raw["files"].get(path)
        if entry is None:
            raise BundleError(f"{self.root}: manifest.json does not list {path}. {_REBUILD}")
        try:
            data = (self.root / path).read_bytes()
        except OSError as error:
            raise BundleError(f"{self.root / path} cannot be read ({error.strerror}). {_REBUILD}") from error
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise BundleError(f"{self.root / path} is damaged: its SHA-256 is not that of manifest.json. {_REBUILD}")
        return data

    def read_golden(self, golden: Golden, size: int) -> NDArray[np.uint8]:
        """The golden pictures of a graph whose input side is `size`, uint8 (n, size, size, 3); raises BundleError."""
        data = self.read_file(golden.pictures)
        if not data or len(data) % (size * size * 3):
            raise BundleError(
                f"{self.root / golden.pictures} holds {len(data)} bytes, not pictures of {size} x {size}. {_REBUILD}"
            )
        return np.frombuffer(data, np.uint8).reshape(-1, size, size, 3)

    def saved_model(self, files: GraphFiles) -> str:
        """The folder of a graph's SavedModel; raises BundleError if this bundle was made without."""
        if files.saved_model is None:
            raise BundleError(
                f"The bundle in {self.root} has no SavedModel, which a GPU and TensorFlow Serving need. Make it whole: "
                "make bundle"
            )
        return files.saved_model

    def check_folder(self, path: str) -> Path:
        """The place of a folder of the bundle, all listed files of which are whole; raises BundleError."""
        inside = [name for name in self.manifest.raw["files"] if name.startswith(f"{path}/")]
        if not inside:
            raise BundleError(f"{self.root}: manifest.json lists no file in {path}/. {_REBUILD}")
        for name in inside:
            self.read_file(name)
        return self.root / path


def _graph_files(entry: Mapping[str, Any]) -> GraphFiles:
    return GraphFiles(entry["files"].get("saved_model"), entry["files"]["lite"])


def _golden(entry: Mapping[str, Any], answers: str) -> Golden:
    golden = entry["golden"]
    return Golden(golden["pictures"], golden[answers], golden["max_delta"])


def _read_manifest(root: Path) -> dict[str, Any]:
    path = root / _MANIFEST
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise BundleError(f"There is no bundle in {root}: manifest.json is missing. {_REBUILD}") from None
    except OSError as error:
        raise BundleError(f"{path} cannot be read ({error.strerror}). {_REBUILD}") from error
    except ValueError as error:
        raise BundleError(f"{path} is damaged: it is not JSON ({error}). {_REBUILD}") from error
    faults = list(_faults(raw))
    if faults:
        raise BundleError(
            f"{path} does not fit manifest.schema.json: {'; '.join(faults[:3])}. It was written by another release of "
            f"the converter, or by hand. {_REBUILD}"
        )
    return raw  # type: ignore[no-any-return]


def _faults(raw: Any) -> Iterable[str]:
    import jsonschema

    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    for error in jsonschema.Draft202012Validator(schema).iter_errors(raw):
        yield f"{error.json_path}: {error.message}"
    # What a JSON Schema cannot say.
    if isinstance(raw, dict) and isinstance(raw.get("roles"), dict) and isinstance(raw.get("networks"), dict):
        for role, name in raw["roles"].items():
            if name not in raw["networks"]:
                yield f"$.roles.{role}: there is no network {name!r}"
