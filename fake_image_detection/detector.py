"""The detector: pictures in, reports out."""

import logging
import math
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from fake_image_detection.bundle import ROLES, Bundle, Manifest, Role, find_bundle
from fake_image_detection.errors import BundleError, DeviceError, PictureError, SensitivityError
from fake_image_detection.evidence import find_evidence, verdict_of
from fake_image_detection.faces import Face, check_golden
from fake_image_detection.geometry import Square, crop_square, cut, resize, turn
from fake_image_detection.network import Judgement, Network
from fake_image_detection.picture import Picture, Pixels, read_picture
from fake_image_detection.report import Evidence, FaceReport, ImageInfo, Milliseconds, ModelInfo, Notice, Report
from fake_image_detection.runtimes import DEVICES, Device, candidates
from fake_image_detection.runtimes.runtime import Graph, Runtime
from fake_image_detection.search import find_faces
from fake_image_detection.trust import face_warnings, is_tilted, middle
from fake_image_detection.verdict import USUAL, Bands, FaceVerdict, Judged, Sensitivity, face_verdicts, picture_verdict

_log = logging.getLogger(__name__)

T = TypeVar("T")
PictureSource = str | Path | bytes | Image.Image | Pixels


class FakeImageDetector:
    """Tells photographed faces from generated ones. Safe to call from several threads.

    Args:
        bundle: folder of the bundle; by default that of the variable FAKE_IMAGE_DETECTION_BUNDLE, one beside the
            installation, or `./bundle`.
        device: `cpu`, `gpu`, or `auto`: an NVIDIA GPU if TensorFlow can use one, else the CPU.
        network: which network of the bundle judges.
        runtime: what runs that network in place of `device`, such as a server elsewhere; faces are found on `device`.

    Raises:
        BundleError: the bundle is missing, damaged, or gives wrong numbers on this machine.
        DeviceError: there is no GPU, though one was asked for.

    Example:
        >>> detector = FakeImageDetector()
        >>> is_fake, confidence = detector.detect_fake_image("portrait.jpg")
        >>> detector.check("portrait.jpg").verdict
        'real'
    """

    def __init__(
        self,
        bundle: str | Path | None = None,
        device: Device = "auto",
        network: Role = "strong",
        runtime: Runtime | None = None,
    ) -> None:
        """Load the networks and prove them with the bundle's golden pictures."""
        if device not in DEVICES:
            raise ValueError(f"device is {' or '.join(DEVICES)}, not {device!r}")
        if network not in ROLES:
            raise ValueError(f"network is {' or '.join(ROLES)}, not {network!r}")
        self._bundle = Bundle(find_bundle() if bundle is None else Path(bundle))
        self._runtime, self._face_graph, self._network = _load(self._bundle, device, network, runtime)

    @property
    def manifest(self) -> Manifest:
        """The bundle's manifest."""
        return self._bundle.manifest

    @property
    def device(self) -> str:
        """The device that computes, in words, such as `CPU: AMD EPYC 7763`."""
        return self._runtime.device

    @property
    def runtime(self) -> str:
        """The runtime's name, as in the report: `lite`, `saved_model`, or that of the runtime given."""
        return self._runtime.name

    @property
    def network(self) -> str:
        """The name of the network in use."""
        return self._network.rule.name

    @property
    def sensitivities(self) -> tuple[Sensitivity, ...]:
        """The settings that the network in use was measured at; `usual` is always among them."""
        return tuple(self._network.rule.bands)

    def check(self, picture: PictureSource, heatmap: bool = False, sensitivity: Sensitivity = USUAL) -> Report:
        """Judge one picture.

        Args:
            picture: path, bytes of a file, PIL image of any mode, or uint8 array (height, width, 3), RGB.
            heatmap: whether to tell for each part of a face how fake it looks.
            sensitivity: how readily a face is called fake: `strict`, `usual` or `eager`; the manifest has for each how
                many photographs it calls fake and how many generated faces it finds.

        Raises:
            PictureError: the picture cannot be read, or is beyond the bundle's limits.
            SensitivityError: the network was not measured at this sensitivity.
            TypeError: the picture is none of these, or an array of another dtype.
            ValueError: the picture is an array of another shape.
        """
        bands = self._bands(sensitivity)
        found = self._find(picture)
        if isinstance(found, PictureError):
            raise found
        return self._reports([found], heatmap, bands)[0]

    def check_many(
        self, pictures: Iterable[PictureSource], heatmap: bool = False, sensitivity: Sensitivity = USUAL
    ) -> list[Report]:
        """Judge pictures in batches: one report each, in order. A picture that cannot be read gives an error report.

        Args and errors as for `check`, but that no PictureError is raised.
        """
        bands = self._bands(sensitivity)
        reports: list[Report] = []
        with ThreadPoolExecutor(max_workers=min(self._runtime.batch, os.cpu_count() or 1)) as pool:
            for batch in _batches(pictures, self._runtime.batch):
                reports += self._reports(list(pool.map(self._find, batch)), heatmap, bands)
        return reports

    def detect_fake_image(self, picture: PictureSource) -> tuple[bool, float]:
        """The short answer: whether the verdict is `fake`, and the probability, 0..1, that this answer is right.

        The probability is 1 where no network decided but a signature by a signer on the list.

        Raises:
            PictureError: as for `check`, or with the code `no_face` or `too_small` when there is no face to judge.
            TypeError, ValueError: as for `check`.
        """
        report = self.check(picture)
        if report.verdict_by == "evidence":
            return report.verdict == "fake", 1.0
        if report.probability_fake is None:
            file = Path(picture) if isinstance(picture, str | Path) else None
            if not report.faces:
                raise PictureError("no_face", "there is no face in this picture", file)
            smallest = self.manifest.crop.min_side
            detail = f"no face with its surroundings has the {smallest} x {smallest} pixels that a verdict needs"
            raise PictureError("too_small", detail, file)
        is_fake = report.verdict == "fake"
        return is_fake, report.probability_fake if is_fake else 1 - report.probability_fake

    def _bands(self, sensitivity: Sensitivity) -> Bands:
        rule = self._network.rule
        if sensitivity not in rule.bands:
            raise SensitivityError(
                f"the network {rule.name} was not measured at the sensitivity {sensitivity!r}: it has "
                f"{', '.join(rule.bands)}"
            )
        return rule.bands[sensitivity]

    def _find(self, source: PictureSource) -> "_Found | PictureError":
        """Decode a picture and cut its faces out, after which its pixels are no longer needed."""
        started = time.perf_counter()
        try:
            picture = read_picture(source, self.manifest.picture)
        except PictureError as error:
            return error
        evidence = find_evidence(picture.file)
        decoded = time.perf_counter()
        search = find_faces(picture.pixels, self._face_graph, self.manifest.face_detector, self._smallest)
        faces = [self._cut_out(picture, face) for face in search.faces]
        spent = Milliseconds((decoded - started) * 1000, (time.perf_counter() - decoded) * 1000)
        height, width, _ = picture.pixels.shape
        image = ImageInfo(width, height, picture.format, picture.sha256)
        return _Found(image, picture.warnings, faces, evidence, search.finished, search.smallest, spent)

    @property
    def _smallest(self) -> float:
        """The longer side, in pixels, of the smallest box whose crop is large enough to be judged."""
        return self.manifest.crop.min_side / self.manifest.crop.scale

    def _cut_out(self, picture: Picture, face: Face) -> "_Face":
        height, width, _ = picture.pixels.shape
        rule, size = self.manifest.crop, self._network.rule.input_size
        square = crop_square(face.box, width, height, rule, face.turns)
        if square.side < rule.min_side:
            return _Face(face, square, None)
        crop = turn(cut(picture.pixels, square), face.turns)
        return _Face(face, square, _Crop(resize(crop, size, size), middle(crop, self.manifest.trust.middle_side)))

    def _reports(self, pictures: Sequence["_Found | PictureError"], heatmap: bool, bands: Bands) -> list[Report]:
        """One report each, in order; the faces of all pictures are judged in common batches."""
        crops = {
            face: face.crop.seen
            for found in pictures
            if isinstance(found, _Found)
            for face in found.faces
            if face.crop is not None
        }
        started = time.perf_counter()
        judgements: dict[_Face, Judgement] = {}
        for batch in _batches(crops.items(), self._runtime.batch):
            judged = self._network.judge([pixels for _, pixels in batch])
            judgements |= zip((face for face, _ in batch), judged, strict=True)
        each = (time.perf_counter() - started) * 1000 / max(1, len(crops))
        return [
            self._failure(found)
            if isinstance(found, PictureError)
            else self._report(found, [(face, judgements.get(face)) for face in found.faces], heatmap, bands, each)
            for found in pictures
        ]

    def _report(
        self,
        found: "_Found",
        faces: Sequence[tuple["_Face", Judgement | None]],
        heatmap: bool,
        bands: Bands,
        each: float,
    ) -> Report:
        verdicts = face_verdicts([self._judged(*face) for face in faces], bands)
        verdict, probability = picture_verdict(
            verdicts, [None if judgement is None else judgement.probability_fake for _, judgement in faces]
        )
        decided = verdict_of(found.evidence)
        judged = [(face, judgement) for face, judgement in faces if judgement is not None]
        return Report(
            verdict=decided or verdict,
            verdict_by="evidence" if decided else "network",
            probability_fake=probability,
            faces=tuple(
                _face_report(face, on_face, judgement, heatmap)
                for (face, judgement), on_face in zip(faces, verdicts, strict=True)
            ),
            evidence=found.evidence,
            warnings=(*found.warnings, *self._warnings(found, judged)),
            image=found.image,
            model=self._model_info(),
            milliseconds=Milliseconds(found.spent.decode, found.spent.faces, each * len(judged)),
        )

    def _judged(self, face: "_Face", judgement: Judgement | None) -> Judged:
        if judgement is None:
            return Judged(None)
        return Judged(judgement.probability_fake, is_tilted(face.face, self._network.rule), judgement.drawn)

    def _warnings(self, found: "_Found", judged: Sequence[tuple["_Face", Judgement]]) -> Iterator[Notice]:
        size = (found.image.width, found.image.height)
        for face, judgement in judged:
            if judgement.drawn:
                yield Notice("drawn", "a face looks drawn, painted or modelled, not photographed: it gets no verdict")
            if face.crop is not None:
                seen, stored = face.crop.seen, face.crop.stored
                yield from face_warnings(
                    face.face, face.square, seen, stored, size, self.manifest.trust, self._network.rule
                )
        if len(judged) > 1:
            yield Notice(
                "several_faces",
                f"{len(judged)} faces were judged: one must be that much more suspicious to be called fake",
            )
        search = self.manifest.face_detector.search
        if not found.finished:
            yield Notice(
                "search_stopped",
                f"the search stopped after {search.max_seconds:g} seconds or {search.max_candidates} places that could "
                "be faces: faces may be missing",
            )
        elif found.smallest > self._smallest:
            yield Notice(
                "search_stopped",
                f"the picture is so large that faces under {math.ceil(found.smallest)} pixels were not looked for",
            )

    def _failure(self, error: PictureError) -> Report:
        return Report(
            verdict="error",
            probability_fake=None,
            faces=(),
            warnings=(),
            image=None,
            model=self._model_info(),
            milliseconds=Milliseconds(),
            error=Notice(error.code, error.detail),
        )

    def _model_info(self) -> ModelInfo:
        return ModelInfo(self.manifest.name, self.manifest.version, self.network, self.runtime, self.device)


@dataclass(frozen=True, eq=False)
class _Crop:
    """What the network sees of a face, and the crop's middle as the picture holds it."""

    seen: Pixels
    stored: Pixels


# Compared by identity: two faces are never the same one.
@dataclass(frozen=True, eq=False)
class _Face:
    face: Face
    square: Square
    crop: _Crop | None


@dataclass(frozen=True)
class _Found:
    image: ImageInfo
    warnings: tuple[Notice, ...]
    faces: list[_Face]
    evidence: tuple[Evidence, ...]
    finished: bool
    smallest: float
    spent: Milliseconds


def _load(bundle: Bundle, device: Device, role: Role, given: Runtime | None) -> tuple[Runtime, Graph, Network]:
    """Load on the best runtime that gives right numbers; the last one's failure is the caller's to see."""
    failure: BundleError | DeviceError | None = None
    rule, face_rule = bundle.manifest.network(role), bundle.manifest.face_detector
    faces = bundle.read_golden(face_rule.golden, face_rule.input_size)
    crops = bundle.read_golden(rule.golden, rule.input_size)
    for local in candidates(device):
        if failure is not None:
            _log.warning("%s", failure)
        runtime = given or local
        try:
            face_graph = local.load(bundle, face_rule.files)
            check_golden(faces, face_graph, face_rule, local.form)
            network = Network(runtime.load(bundle, rule.files), rule)
            network.check_golden(crops, runtime.form)
        except (BundleError, DeviceError) as error:
            failure = error
        else:
            return runtime, face_graph, network
    assert failure is not None
    raise failure


def _face_report(face: _Face, verdict: FaceVerdict, judgement: Judgement | None, heatmap: bool) -> FaceReport:
    box, square = face.face.box, face.square
    return FaceReport(
        box=(box.x, box.y, box.width, box.height),
        crop=(square.left, square.top, square.side, square.side),
        score=box.score,
        verdict=verdict,
        probability_fake=None if judgement is None else judgement.probability_fake,
        heatmap=_heatmap(face, judgement) if heatmap and judgement is not None else None,
    )


def _heatmap(face: _Face, judgement: Judgement) -> tuple[tuple[float, ...], ...]:
    """Over the crop as it lies in the picture, though the network saw it upright."""
    return tuple(tuple(row) for row in np.rot90(judgement.heatmap, -face.face.turns).tolist())


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
