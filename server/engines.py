"""Which detector answers: one for each network of the bundle, made when it is first asked for."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from fake_image_detection.bundle import ROLES, Role
from fake_image_detection.verdict import Sensitivity

DEFAULT_ROLE: Role = "strong"


class Report(Protocol):
    """What the detector says about one picture."""

    def to_dict(self) -> dict[str, Any]:
        """The report as the JSON object of the API."""
        ...


class Manifest(Protocol):
    """The bundle's manifest."""

    @property
    def raw(self) -> dict[str, Any]:
        """The contents of manifest.json."""
        ...


class Detector(Protocol):
    """What the server needs of a detector; `fake_image_detection.FakeImageDetector` has it."""

    @property
    def manifest(self) -> Manifest:
        """The manifest of the bundle in use."""
        ...

    @property
    def device(self) -> str:
        """The device that computes, in words."""
        ...

    @property
    def runtime(self) -> str:
        """The runtime's name, as in the report."""
        ...

    @property
    def sensitivities(self) -> Sequence[Sensitivity]:
        """The settings that the network in use was measured at."""
        ...

    def check(self, picture: bytes, heatmap: bool, sensitivity: Sensitivity) -> Report:
        """Judge one encoded picture; raises PictureError."""
        ...

    def check_many(self, pictures: Sequence[bytes], heatmap: bool, sensitivity: Sensitivity) -> Sequence[Report]:
        """Judge encoded pictures, one report each, in order; a picture's failure is a report too."""
        ...


class EngineError(Exception):
    """What computes elsewhere for this server does not answer as it should; the message tells how."""


class NotLoadedError(Exception):
    """The default network is still being loaded and proved, or could not be."""


class UnknownNetworkError(Exception):
    """The bundle has no network for the role that was asked for."""


class Engines:
    """The detectors of one server. Safe to call from several threads."""

    def __init__(self, make: Callable[[Role], Detector], probe: Callable[[], object] = lambda: None) -> None:
        """Load nothing yet.

        Args:
            make: makes the detector for a role, and proves it; slow, may raise.
            probe: raises EngineError while what the detectors depend on elsewhere is away.
        """
        self._make = make
        self.probe = probe
        self._by_network: dict[str, Detector] = {}
        self._default: Detector | None = None
        self._failed = False
        self._lock = threading.Lock()

    @property
    def ready(self) -> bool:
        """Whether the default network is loaded and has given its golden answers."""
        return self._default is not None

    @property
    def failed(self) -> bool:
        """Whether the default network could not be loaded."""
        return self._failed

    def load(self) -> Detector:
        """Load the default network; raises what the detector raises."""
        try:
            detector = self._make(DEFAULT_ROLE)
        except Exception:
            self._failed = True
            raise
        self._by_network[detector.manifest.raw["roles"][DEFAULT_ROLE]] = detector
        self._default = detector
        return detector

    def get(self, role: str = DEFAULT_ROLE) -> Detector:
        """The detector for a role; a network's first call loads it, which takes seconds.

        Raises:
            NotLoadedError: the default network is not ready.
            UnknownNetworkError: the bundle has no such role.
        """
        if self._default is None:
            raise NotLoadedError
        roles = self._default.manifest.raw["roles"]
        if role not in ROLES or role not in roles:
            raise UnknownNetworkError(role)
        network = roles[role]
        if network not in self._by_network:
            with self._lock:
                if network not in self._by_network:
                    self._by_network[network] = self._make(role)
        return self._by_network[network]
