"""Kinds of photographs, for what is promised of each of them and not only of their mean."""

from __future__ import annotations

PROFILES = "as profiles show them"

# Sources whose photographs were taken and treated alike. A false alarm of 1 % on average can be one of 15 % on
# retouched portraits, which are few among labelled faces and many on the web. No finer than this: of some hundred and
# fifty faces none may be called fake if that is to bound a rate by 2 %, and then one odd photograph decides for all.
KINDS: dict[str, frozenset[str]] = {
    "studio, stock and retouched portraits": frozenset({"studio-portraits", "stock-portraits"}),
    "masked faces": frozenset({"masked-faces"}),
    PROFILES: frozenset(
        {
            *("profile-portraits", "phone-portraits", "phone-selfies", "unsplash"),
            *("speakers", "speakers-2", "athletes", "celebrities", "celebrities-2"),
        }
    ),
    "FFHQ and its likes": frozenset({"ffhq", "ffhq-128", "ffhq-celebahq"}),
}
OTHER = "other photographs"


def kind(origin: str) -> str:
    """Return the kind of an origin's photographs."""
    return next((name for name, origins in KINDS.items() if origin in origins), OTHER)
