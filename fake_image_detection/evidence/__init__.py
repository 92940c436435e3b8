"""What a picture's own bytes say of its making: Content Credentials, IPTC, XMP, EXIF and texts of generators.

Nothing here decodes pixels, asks another computer, or raises an error: metadata may hold anything.
"""

from fake_image_detection.evidence.containers import read_metadata
from fake_image_detection.evidence.credentials import read_credentials
from fake_image_detection.evidence.rules import find_markers
from fake_image_detection.evidence.table import LIMITS
from fake_image_detection.report import Evidence
from fake_image_detection.verdict import Verdict

_STRENGTHS = ("conclusive", "strong", "weak")


def find_evidence(data: bytes) -> tuple[Evidence, ...]:
    """The markers in a picture's file, the strongest first.

    Args:
        data: the whole file; JPEG, PNG, WebP, GIF, AVIF or HEIF (others give no evidence).
    """
    metadata = read_metadata(data)
    found = [read_credentials(data, _media_type(data))] if metadata.has_manifest else []
    for evidence in find_markers(metadata):
        if all(evidence.code != other.code for other in found):
            found.append(evidence)
    return tuple(sorted(found, key=lambda evidence: _STRENGTHS.index(evidence.strength))[: LIMITS["markers"]])


def verdict_of(evidence: tuple[Evidence, ...]) -> Verdict | None:
    """The verdict that a conclusive marker decides, if there is one.

    A picture that is signed as edited may still show a photographed face or a generated one: that is for the network.
    """
    proved = {item.proves for item in evidence if item.strength == "conclusive"}
    if "generated" in proved:
        return "fake"
    return "real" if "photographed" in proved else None


def _media_type(data: bytes) -> str:
    if data.startswith(b"\xff\xd8"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG"):
        return "image/png"
    if data.startswith(b"RIFF"):
        return "image/webp"
    if data.startswith(b"GIF8"):
        return "image/gif"
    return "image/avif" if data[8:12] in (b"avif", b"avis") else "image/heif"
