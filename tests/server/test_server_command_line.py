"""python -m server."""

import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path

import pytest

import server.cli
from server.__main__ import main
from tests.server.server_calls import Server

ROOT = Path(__file__).parents[2]
TOKEN = "0123456789abcdef"


COMMAND = [sys.executable, "-m", "server"]


def run(*arguments: str, token: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env={**os.environ, "FAKE_IMAGE_DETECTION_TOKEN": token},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def refused(*arguments: str, token: str = "") -> tuple[int, str]:
    """Exit code and message of a command that never serves: in this process, for another takes a second to start."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(said):
        patch.setattr(sys, "argv", ["server", *arguments])
        patch.setenv("FAKE_IMAGE_DETECTION_TOKEN", token)
        # Whoever serves all the same is not waited for.
        patch.setattr(server.cli, "make_server", None)
        try:
            code = main("python -m server")
        except SystemExit as stopped:
            code = int(str(stopped.code))
    return code, said.getvalue()


@contextmanager
def started(*arguments: str, token: str = "") -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments],
        cwd=ROOT,
        env={**os.environ, "FAKE_IMAGE_DETECTION_TOKEN": token},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def port_in(line: str) -> int:
    return int(line.partition("://")[2].partition("/")[0].rpartition(":")[2])


def test_taken_port_is_an_error_that_names_the_fix() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = run("--port", str(port))
    assert result.returncode == 1
    assert result.stderr == (
        f"error: port {port} is taken by another program. Stop that program, or choose another port:\n"
        f"  python -m server --port {port + 1}\n"
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_other_machines_are_not_let_in_without_a_token(host: str) -> None:
    code, message = refused("--host", host)
    assert code == 1
    assert "FAKE_IMAGE_DETECTION_TOKEN" in message


def test_short_token_is_refused() -> None:
    assert "at least 16 characters" in refused("--host", "0.0.0.0", token="short")[1]


@pytest.mark.parametrize("token", ["pässwörter-sehr-lang", "blanks are no good", "0123456789abcdef "])
def test_token_that_no_header_carries_is_refused(token: str) -> None:
    assert "ASCII" in refused("--host", "0.0.0.0", token=token)[1]


@pytest.mark.parametrize("name", ["short", "chrome-extension://abcdefghijklmnopabcdefghijklmnop", "q" * 32])
def test_extension_that_no_browser_names_so_is_refused(name: str) -> None:
    code, message = refused("--extension", name)
    assert code == 2
    assert "32 letters from a to p" in message


# TensorFlow takes its time to look for one. The detector's own tests know the message, a missing bundle's test the way.
@pytest.mark.exhaustive
def test_missing_gpu_is_an_error_that_names_the_fix() -> None:
    result = run("--port", "0", "--device", "gpu")
    assert result.returncode == 1
    assert "Use --device cpu" in result.stderr
    assert "Traceback" not in result.stderr


def test_address_of_another_machine_is_an_error() -> None:
    code, message = refused("--host", "192.0.2.1", "--port", "0", token=TOKEN)
    assert code == 1
    assert message.startswith("error: cannot listen on 192.0.2.1, port 0: ")


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_impossible_port_is_an_error(port: str) -> None:
    assert run("--port", port).stderr.startswith("error: cannot listen on 127.0.0.1, port ")


def test_missing_bundle_is_an_error_that_names_the_fix(tmp_path: Path) -> None:
    result = run("--port", "0", "--bundle", str(tmp_path / "none"))
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "python -m converter" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_server_says_what_runs_and_stops_cleanly(bundle: Path, stop: signal.Signals) -> None:
    with started("--bundle", str(bundle), "--device", "cpu") as process:
        assert process.stdout is not None
        page, network, device = (process.stdout.readline() for _ in range(3))
        there = Server(port_in(page))
        model = there.get("/v1/model").json
        process.send_signal(stop)
        _, errors = process.communicate(timeout=30)
    assert f"bundle {model['version']}" in network
    assert model["device"] in device
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_server_for_other_machines_asks_for_its_token(bundle: Path) -> None:
    with started("--bundle", str(bundle), "--device", "cpu", "--host", "0.0.0.0", token=TOKEN) as process:
        assert process.stdout is not None
        there = Server(port_in(process.stdout.readline()))
        process.stdout.readline()
        assert there.get("/v1/model").code == "unauthorized"
        assert there.get("/v1/model", headers={"Authorization": f"Bearer {TOKEN}"}).status == 200
