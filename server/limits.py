"""How much one client may ask of the server."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on requests. The bounds on a single picture stand in the bundle's manifest.

    Attributes:
        request_bytes: largest request body.
        pictures_per_request: most pictures in one request.
        checks_at_a_time: requests that may be checking or waiting for the network; the next one is told "busy".
        retry_after_seconds: what a client that was told "busy" is asked to wait.
    """

    request_bytes: int = 64 * 1024 * 1024
    pictures_per_request: int = 16
    checks_at_a_time: int = 4
    retry_after_seconds: int = 1
