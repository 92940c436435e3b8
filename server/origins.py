"""Which browser extensions may call the server."""

import re

# Chrome derives it from the public key in the extension's manifest, so it is the same on every machine.
EXTENSION_ID = "hgpaaniobhdpijdkkhcekjbifnchbpac"

# Firefox gives the extension another id in every installation, so any Firefox extension has to be let in: one that was
# installed by the person could read the same pictures without us. \Z because flask-cors matches from the start only.
EXTENSION_ORIGIN = re.compile(rf"(?:chrome-extension://{EXTENSION_ID}|moz-extension://[0-9A-Za-z-]+)\Z")


def is_allowed(origin: str, host: str) -> bool:
    """Whether a request with this Origin may be answered; `host` is the request's Host, already found to be ours."""
    return origin == f"http://{host}" or EXTENSION_ORIGIN.match(origin) is not None
