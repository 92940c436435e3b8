"""What is checked of every request before anything else, and said in every answer."""

import hmac
from collections.abc import Sequence

from flask import Flask, Response, request
from flask_cors import CORS

from .hosts import Hosts
from .origins import extension_origin, is_allowed
from .problems import Problem

# Without them a browser could not show the page that asks for the token, nor a supervisor see that the server lives.
OPEN_WITHOUT_TOKEN = frozenset({"page", "static", "healthz", "readyz"})

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    # Keeps foreign pages from finding out, by an <img> or a <script>, that the server runs.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def install(app: Flask, hosts: Hosts, token: str | None, extensions: Sequence[str] = ()) -> None:
    """Refuse requests that a foreign web page can have sent, and those without the token if there is one.

    Args:
        app: what is guarded.
        hosts: the names that the app answers to.
        token: bearer token that every request for the API must carry; None: no token is asked for.
        extensions: ids of further builds of the browser extension.
    """
    extension = extension_origin(extensions)

    @app.before_request
    def guard() -> None:
        # From the header itself: werkzeug would make up a host where there is none.
        host = request.headers.get("Host")
        if host is None or not hosts.allows(host):
            raise Problem("host_not_allowed", "This server answers to its own address only.")
        origin = request.headers.get("Origin")
        if origin is not None and not is_allowed(origin, host, extension):
            raise Problem("origin_not_allowed", "Web pages may not use this server.")
        # A preflight never carries credentials.
        if token is not None and request.method != "OPTIONS" and request.endpoint not in OPEN_WITHOUT_TOKEN:
            _demand(token)

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in SECURITY_HEADERS.items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    CORS(
        app,
        origins=[extension],
        methods=["GET", "HEAD", "POST"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["Retry-After"],
        max_age=600,
        # Otherwise the header is sent to clients that did not ask.
        always_send=False,
    )


def _demand(token: str) -> None:
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise Problem("unauthorized", "This server asks for its bearer token.", {"WWW-Authenticate": "Bearer"})
