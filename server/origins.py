"""Which browser extensions may call the server."""

import re
from collections.abc import Iterable

# Chrome derives it from the public key in the extension's manifest, so that it is the same on every machine. Its store
# signs with a key of its own, from which another id follows; the server is told that one (--extension).
EXTENSION_ID = "hgpaaniobhdpijdkkhcekjbifnchbpac"

# Firefox gives the extension another id in every installation, so any Firefox extension has to be let in: one that was
# installed by the person could read the same pictures without us.
_FIREFOX = "moz-extension://[0-9A-Za-z-]+"

# As Chrome and Edge write them.
EXTENSION_ID_PATTERN = re.compile(r"[a-p]{32}")


def extension_origin(others: Iterable[str] = ()) -> re.Pattern[str]:
    """The Origins of our extension.

    Args:
        others: ids, as Chrome and Edge show them, of its builds that are signed with another key.
    """
    ids = "|".join(re.escape(name) for name in (EXTENSION_ID, *others))
    # \Z because flask-cors matches from the start only.
    return re.compile(rf"(?:chrome-extension://(?:{ids})|{_FIREFOX})\Z")


def is_allowed(origin: str, host: str, extension: re.Pattern[str]) -> bool:
    """Whether a request with this Origin may be answered; `host` is the request's Host, already found to be ours."""
    return origin == f"http://{host}" or extension.match(origin) is not None
