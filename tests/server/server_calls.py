"""Servers on real ports for the tests, and requests whose headers can be forged."""

import http.client
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from server.app import create_app
from server.engines import Engines
from server.hosts import Hosts
from server.limits import Limits
from server.listener import bind, make_server

BOUNDARY = "----boundary----"


@dataclass(frozen=True)
class Answer:
    """A response; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a problem; fails if this is none."""
        assert self.headers["content-type"] == "application/problem+json"
        assert self.json["status"] == self.status
        code = self.json["code"]
        assert isinstance(code, str)
        return code


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        host: str | None = None,
    ) -> Answer:
        """Send a request; `host` replaces the Host header."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", f"127.0.0.1:{self.port}" if host is None else host)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())
        finally:
            connection.close()

    def get(self, path: str, headers: Mapping[str, str] | None = None, host: str | None = None) -> Answer:
        return self.call("GET", path, None, headers, host)

    def check(self, picture: bytes, content_type: str = "image/jpeg", query: str = "") -> Answer:
        """Send one picture as the body."""
        return self.call("POST", f"/v1/check{query}", picture, {"Content-Type": content_type})

    def check_form(self, *pictures: bytes, field: str = "image", query: str = "") -> Answer:
        """Send pictures as a form."""
        return self.call("POST", f"/v1/check{query}", form(*pictures, field=field), form_headers())


def form_headers() -> dict[str, str]:
    return {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def form(*pictures: bytes, field: str = "image") -> bytes:
    """A multipart body with pictures."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="p"\r\n\r\n'.encode()
    return b"".join(head + picture + b"\r\n" for picture in pictures) + f"--{BOUNDARY}--\r\n".encode()


@contextmanager
def serving(
    engines: Engines, token: str | None = None, limits: Limits | None = None, extensions: Sequence[str] = ()
) -> Iterator[Server]:
    """Serve an app on a free port of 127.0.0.1 while the block runs."""
    limits = limits or Limits()
    listening = bind("127.0.0.1", 0)
    port = listening.getsockname()[1]
    server = make_server(create_app(engines, Hosts("127.0.0.1", port), token, limits, extensions), listening, limits)
    # The stubs of waitress leave it out.
    sockets = cast(Any, server)._map
    stopping = threading.Event()

    def run() -> None:
        # waitress's own run() ends on KeyboardInterrupt only, which no thread but the main one gets.
        while not stopping.is_set():
            server.asyncore.loop(timeout=0.05, map=sockets, count=1)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield Server(port)
    finally:
        stopping.set()
        thread.join()
        server.task_dispatcher.shutdown()
        server.asyncore.close_all(sockets)
