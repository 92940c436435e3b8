"""The socket and the HTTP server on it."""

import errno
import re
import socket
from http import HTTPStatus
from typing import Any, cast

import waitress.server
from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.task import ErrorTask
from waitress.utilities import BadRequest

from .guards import SECURITY_HEADERS
from .limits import Limits
from .problems import CONTENT_TYPE, code_of, problem_body, status_of

# Above the checks at a time, so that health and the page are answered while all of them run.
SPARE_THREADS = 4
# Bounds what slow or idle clients can hold: waitress keeps each body in a file until it is complete.
MAX_CONNECTIONS = 64
IDLE_SECONDS = 30
MAX_HEADER_BYTES = 32 * 1024


class PortTakenError(Exception):
    """Another program listens on the port."""


def bind(host: str, port: int) -> socket.socket:
    """Listen on a port (0: any free one); connections wait until the socket is served.

    Raises:
        PortTakenError: another program has the port.
        OSError: the address is not this machine's, or the port may not be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(host, port) from None
        raise


def make_server(app: Flask, listening: socket.socket, limits: Limits) -> BaseWSGIServer:
    """An HTTP server for the app on a bound socket; its run() returns on KeyboardInterrupt or SystemExit."""
    # The stubs of waitress have no types for its options.
    options: Any = {
        "sockets": [listening],
        "threads": limits.checks_at_a_time + SPARE_THREADS,
        # waitress refuses a body of exactly this length.
        "max_request_body_size": limits.request_bytes + 1,
        "max_request_header_size": MAX_HEADER_BYTES,
        "connection_limit": MAX_CONNECTIONS,
        "channel_timeout": IDLE_SECONDS,
    }
    server = cast(BaseWSGIServer, waitress.server.create_server(app, **options))
    server.channel_class = _Channel
    return server


class _ProblemTask(ErrorTask):
    """What waitress refuses before the app sees it, as a problem too."""

    def execute(self) -> None:
        """Write the answer and close the connection."""
        # The stubs take the request for its error.
        error: Any = cast(Any, self.request).error
        code = code_of(error.code)
        body = problem_body(code, error.body)
        status = HTTPStatus(status_of(code))
        self.status = f"{status.value} {status.phrase}"
        headers = {**SECURITY_HEADERS, "Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
        self.response_headers = list(headers.items())
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


# A method is a token (RFC 9112); blank lines may come before it.
_BEGINS_LIKE_A_REQUEST = re.compile(rb"[\r\n]*([!#$%&'*+.^_`|~0-9A-Za-z-]|\Z)")


class _Parser(HTTPRequestParser):
    def received(self, data: bytes) -> int:
        """Take some bytes of a request; returns how many."""
        # What speaks another protocol, TLS above all, waits for an answer before it sends the blank line that ends a
        # request's head: both sides would wait until the connection idles out.
        in_body = self.body_rcv is not None
        if in_body or self.completed or _BEGINS_LIKE_A_REQUEST.match(self.header_plus + data):
            return super().received(data)
        self.parse_header(b"GET / HTTP/1.0\r\n")
        self.error = BadRequest("This is not HTTP. Addresses of this server begin with http://, not https://.")
        self.completed = True
        return len(data)


class _Channel(HTTPChannel):
    parser_class = _Parser
    error_task_class = _ProblemTask
