"""Command line of the server."""

import _thread
import argparse
import os
import re
import signal
import sys
import threading
from pathlib import Path

from fake_image_detection import BundleError, DeviceError, FakeImageDetector
from fake_image_detection.bundle import BUNDLE_HELP
from fake_image_detection.runtimes import DEVICES

from .app import create_app
from .engines import DEFAULT_ROLE, EngineError, Engines
from .hosts import Hosts, is_loopback
from .limits import Limits
from .listener import PortTakenError, bind, make_server
from .origins import EXTENSION_ID_PATTERN
from .tfserving import ADVICE, TFServing

TOKEN_VARIABLE = "FAKE_IMAGE_DETECTION_TOKEN"
MIN_TOKEN_LENGTH = 16


def serve(program: str) -> int:
    """Serve until Ctrl-C or SIGTERM.

    Args:
        program: how this command is called, for its help and its advice.

    Returns:
        The exit code: 0 stopped, 1 a fault that the message explains.
    """
    options = _parser(program).parse_args()
    token = os.environ.get(TOKEN_VARIABLE) or None
    fault = _token_fault(program, options.host, token)
    if fault:
        return _fail(fault)
    try:
        listening = bind(options.host, options.port)
    except PortTakenError:
        return _fail(
            f"port {options.port} is taken by another program. Stop that program, or choose another port:\n"
            f"  {program} --port {options.port + 1}"
        )
    except (OSError, OverflowError) as error:
        return _fail(f"cannot listen on {options.host}, port {options.port}: {error}")

    port = listening.getsockname()[1]
    limits = Limits()
    remote: TFServing | None = options.engine
    engines = Engines(
        lambda role: FakeImageDetector(options.bundle, device=options.device, network=role, runtime=remote),
        probe=remote.probe if remote else lambda: None,
    )
    server = make_server(
        create_app(engines, Hosts(options.host, port), token, limits, options.extension), listening, limits
    )
    shown = f"[{options.host}]" if ":" in options.host else options.host
    print(f"page      http://{shown}:{port}/  (Ctrl-C stops the server)", flush=True)

    signal.signal(signal.SIGTERM, _stop)
    loading = _Loading(engines, ADVICE if remote else None)
    try:
        loading.start()
        server.run()
    except (KeyboardInterrupt, SystemExit):
        # run() returns on these itself; they may come just before.
        server.task_dispatcher.shutdown()
    server.close()
    return _fail(loading.fault) if engines.failed else 0


class _Loading(threading.Thread):
    """Loads the network while the server answers already; stops the server if that fails."""

    def __init__(self, engines: Engines, advice: str | None = None) -> None:
        """`fault` tells what to say when `engines` could not be loaded; `advice` is added to it."""
        super().__init__(name="loading", daemon=True)
        self.fault = "the network could not be loaded; the lines above tell why"
        self._engines = engines
        self._advice = advice

    def run(self) -> None:
        """Load, then say what runs."""
        try:
            detector = self._engines.load()
        except (BundleError, DeviceError, EngineError) as error:
            self.fault = str(error) if self._advice is None else f"{error}\n{self._advice}"
        else:
            manifest = detector.manifest.raw
            print(f"network   {manifest['roles'][DEFAULT_ROLE]}, bundle {manifest['version']}")
            print(f"device    {detector.device} ({detector.runtime})", flush=True)
        finally:
            if self._engines.failed:
                # Not SIGINT, which shells make their background programs ignore.
                _thread.interrupt_main(signal.SIGTERM)


def _stop(signal_number: int, frame: object) -> None:
    raise SystemExit


def _token_fault(program: str, host: str, token: str | None) -> str | None:
    if token is not None and len(token) < MIN_TOKEN_LENGTH:
        return f"{TOKEN_VARIABLE} must have at least {MIN_TOKEN_LENGTH} characters"
    if token is not None and not re.fullmatch(r"[!-~]+", token):
        return (
            f"{TOKEN_VARIABLE} may have letters, digits and signs of ASCII only, and no blanks: headers carry no more"
        )
    if token is None and not is_loopback(host):
        return (
            f"--host {host} would let other machines in. Give a token that they must send:\n"
            f"  {TOKEN_VARIABLE}=$(openssl rand -hex 16) {program} --host {host}\n"
            "or leave --host out."
        )
    return None


def _fail(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 1


def _engine(text: str) -> TFServing:
    kind, _, url = text.partition("=")
    if kind != "tfserving":
        raise argparse.ArgumentTypeError(f"{text!r} is not like tfserving=http://host:8501")
    try:
        return TFServing(url)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _extension(text: str) -> str:
    if not EXTENSION_ID_PATTERN.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no id such as chrome://extensions shows: 32 letters from a to p")
    return text


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program,
        description="Check faces on this machine: a web page and an HTTP API.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help=f"address to listen on; another needs {TOKEN_VARIABLE}")
    parser.add_argument("--port", type=int, default=8765, help="port to listen on; 0: any free one")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="what computes")
    parser.add_argument(
        "--engine",
        type=_engine,
        metavar="tfserving=URL",
        help="run the network on TensorFlow Serving, such as tfserving=http://host:8501: faces are found here, on "
        "--device, and their crops are sent there; %(prog)s fails, with instructions, unless it serves this bundle's "
        "SavedModel",
    )
    parser.add_argument(
        "--extension",
        type=_extension,
        action="append",
        default=[],
        metavar="ID",
        help="let the browser extension with this id in too, such as the one from a store: chrome://extensions and the "
        "extension itself tell it; may be given several times",
    )
    parser.add_argument("--bundle", type=Path, metavar="DIR", help=BUNDLE_HELP)
    return parser
