"""What foreign web pages must not be able to do."""

import base64
import hashlib
import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.engines import Engines
from server.hosts import Hosts
from server.origins import EXTENSION_ID
from tests.server.server_calls import Server, serving
from tests.server.server_standin import StandinDetector

EXTENSION_MANIFEST = Path(__file__).parents[2] / "extension" / "static" / "manifest.json"
CHROME = f"chrome-extension://{EXTENSION_ID}"
FIREFOX = "moz-extension://3c5a9c1e-6d5b-4f0e-9a59-0f2b7e9d1c11"


def test_extension_id_is_that_of_the_key_in_the_extensions_manifest() -> None:
    key = base64.b64decode(json.loads(EXTENSION_MANIFEST.read_text())["key"])
    digits = hashlib.sha256(key).hexdigest()[:32]
    assert "".join("abcdefghijklmnop"[int(digit, 16)] for digit in digits) == EXTENSION_ID


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_loopback_names_are_answered(standin: Server, name: str) -> None:
    assert standin.get("/healthz", host=f"{name}:{standin.port}").status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.com",
        "evil.com:{port}",
        "localhost.evil.com:{port}",
        "127.0.0.1.evil.com:{port}",
        "localhost",
        "localhost:1",
        "localhost:{port}.evil.com",
        "localhost:{port}/",
        "localhost:{port}, evil.com",
        "evil.com@localhost:{port}",
        "localhost.:{port}",
        "0.0.0.0:{port}",
        "2130706433:{port}",
        "a b",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/healthz", "/", "/nowhere", "/web/page.js", "/metrics"])
def test_foreign_host_is_refused(standin: Server, host: str, path: str) -> None:
    answer = standin.get(path, host=host.format(port=standin.port))
    assert (answer.status, answer.code) == (403, "host_not_allowed")


def test_request_without_host_is_refused(standin: Server) -> None:
    with socket.create_connection(("127.0.0.1", standin.port), timeout=20) as connection:
        connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.0 403"


def test_second_host_header_is_refused(standin: Server) -> None:
    with socket.create_connection(("127.0.0.1", standin.port), timeout=20) as connection:
        own = f"Host: localhost:{standin.port}\r\n".encode()
        connection.sendall(b"GET /healthz HTTP/1.1\r\n" + own + b"Host: evil.com\r\nConnection: close\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 403"


@pytest.mark.parametrize(
    "greeting",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        b"\x80\x2e\x01\x03\x01",
        b"\0",
        b"\r\n\r\n\x16\x03\x01",
    ],
    ids=["TLS", "SSL 2", "nothing known", "TLS after blank lines"],
)
def test_what_is_not_http_is_answered_at_once(standin: Server, greeting: bytes) -> None:
    # Well under the half minute after which an idle connection is closed.
    with socket.create_connection(("127.0.0.1", standin.port), timeout=5) as connection:
        connection.sendall(greeting)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.0 400 Bad Request")
    assert b"http://, not https://" in answer


def test_https_to_the_plain_port_fails_at_once(standin: Server) -> None:
    with socket.create_connection(("127.0.0.1", standin.port), timeout=5) as connection, pytest.raises(ssl.SSLError):
        ssl.create_default_context().wrap_socket(connection, server_hostname="localhost")


def test_default_port_may_be_left_out() -> None:
    assert Hosts("127.0.0.1", 80).allows("localhost")
    assert not Hosts("127.0.0.1", 8765).allows("localhost")


@pytest.mark.parametrize(("bind", "sent"), [("MyBox.local", "mybox.local"), ("FD00:0::1", "[fd00::1]")])
def test_names_and_addresses_are_known_in_the_form_that_browsers_send(bind: str, sent: str) -> None:
    assert Hosts(bind, 8765).allows(f"{sent}:8765")


def test_on_every_address_a_name_of_others_is_refused_but_addresses_are_answered() -> None:
    hosts = Hosts("0.0.0.0", 8765)
    assert hosts.allows("192.168.1.5:8765")
    assert hosts.allows("[fe80::1]:8765")
    assert not hosts.allows("192.168.1.5:80")
    assert not hosts.allows("192.168.1.5")
    assert not hosts.allows("evil.com:8765")
    assert not hosts.allows("192.168.1.5.evil.com:8765")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.com",
        "http://evil.com",
        "null",
        "",
        "http://localhost",
        "http://localhost:3000",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1:{port}.evil.com",
        "http://127.0.0.1:{port}/",
        "http://127.0.0.1:{port}, https://evil.com",
        "chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        f"{CHROME}.evil.com",
        f"{CHROME}/",
        f"https://{EXTENSION_ID}",
        f"{FIREFOX}.evil.com",
        "moz-extension://",
        "moz-extension://a@evil.com",
        "xmoz-extension://a",
        "file://",
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/check"), ("GET", "/v1/model"), ("OPTIONS", "/v1/check")])
def test_foreign_origin_is_refused(standin: Server, origin: str, method: str, path: str) -> None:
    answer = standin.call(method, path, headers={"Origin": origin.format(port=standin.port)})
    assert (answer.status, answer.code) == (403, "origin_not_allowed")
    assert "access-control-allow-origin" not in answer.headers


def test_further_builds_of_the_extension_are_let_in_by_their_id() -> None:
    store = "abcdefghijklmnopabcdefghijklmnop"
    engines = Engines(StandinDetector)
    engines.load()
    with serving(engines, extensions=[store]) as server:
        for origin in (f"chrome-extension://{store}", CHROME):
            answer = server.call("POST", "/v1/check", b"picture", {"Origin": origin, "Content-Type": "image/png"})
            assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, origin)
        foreign = server.call("GET", "/v1/model", headers={"Origin": f"chrome-extension://{store[::-1]}"})
        assert foreign.code == "origin_not_allowed"


@pytest.mark.parametrize("origin", [CHROME, FIREFOX])
def test_extension_may_check_and_read_the_answer(standin: Server, origin: str) -> None:
    answer = standin.call("POST", "/v1/check", b"picture", {"Origin": origin, "Content-Type": "image/png"})
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["vary"] == "Origin"


def test_extension_may_read_errors(standin: Server) -> None:
    answer = standin.call("POST", "/v1/check", headers={"Origin": CHROME})
    assert answer.code == "no_picture"
    assert answer.headers["access-control-allow-origin"] == CHROME


def test_own_page_may_check(standin: Server) -> None:
    headers = {"Origin": f"http://127.0.0.1:{standin.port}", "Content-Type": "image/png"}
    assert standin.call("POST", "/v1/check", b"picture", headers).status == 200


def test_local_program_may_check(standin: Server) -> None:
    answer = standin.check(b"picture")
    assert answer.status == 200
    assert "access-control-allow-origin" not in answer.headers


def test_preflight_of_the_extension_is_answered(standin: Server) -> None:
    headers = {
        "Origin": CHROME,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = standin.call("OPTIONS", "/v1/check", headers=headers)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == CHROME
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == "content-type"


@pytest.mark.parametrize("path", ["/", "/web/page.js", "/v1/model", "/nowhere"])
def test_every_answer_has_security_headers(standin: Server, path: str) -> None:
    headers = standin.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_page_has_nothing_inline(standin: Server) -> None:
    page = standin.get("/").body.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert " on" not in page.replace(" on ", " ").replace(" one", " ").replace(" only", " ")
    assert page.count("<script") == page.count('<script type="module" src="')


TOKEN = "0123456789abcdef"


@pytest.fixture(scope="module")
def locked() -> Iterator[Server]:
    engines = Engines(StandinDetector)
    engines.load()
    with serving(engines, token=TOKEN) as server:
        yield server


@pytest.mark.parametrize("given", [None, "Bearer ", "Bearer wrong", TOKEN, f"bearer {TOKEN}x", "Bearer \xe9"])
def test_wrong_token_is_refused(locked: Server, given: str | None) -> None:
    answer = locked.get("/v1/model", headers={} if given is None else {"Authorization": given})
    assert (answer.status, answer.code) == (401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_right_token_is_accepted(locked: Server) -> None:
    assert locked.get("/v1/model", headers={"Authorization": f"Bearer {TOKEN}"}).status == 200


@pytest.mark.parametrize("path", ["/", "/web/page.js", "/healthz", "/readyz"])
def test_page_and_health_need_no_token(locked: Server, path: str) -> None:
    assert locked.get(path).status == 200
