"""Content Credentials, signed and read by the official library."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from fake_image_detection.evidence import credentials, find_evidence, verdict_of
from fake_image_detection.evidence.credentials import judge
from fake_image_detection.evidence.table import LIMITS
from fake_image_detection.report import Evidence
from tests.evidence.evidence_pictures import saved
from tests.evidence.evidence_signing import TestSigner, make_signer, manifest
from tests.evidence.evidence_stores import STORES

GENERATED = manifest("c2pa.created", "trainedAlgorithmicMedia", "c2pa.converted")


@pytest.fixture(scope="module")
def signer() -> TestSigner:
    return make_signer()


@pytest.fixture
def listed(signer: TestSigner, monkeypatch: pytest.MonkeyPatch) -> TestSigner:
    """The signer, on the list."""
    trust = credentials.SETTINGS["trust"] | {"trust_anchors": signer.root}
    monkeypatch.setitem(credentials.SETTINGS, "trust", trust)
    return signer


def only(data: bytes) -> Evidence:
    (item,) = find_evidence(data)
    return item


@pytest.mark.parametrize("name", STORES)
def test_manifest_store_is_judged(name: str) -> None:
    store, expected = STORES[name]
    item = judge(store)
    assert (item.code, item.proves, item.strength) == expected


def test_signature_by_a_listed_signer_is_conclusive(listed: TestSigner) -> None:
    item = only(listed.sign(saved("JPEG"), "JPEG", GENERATED))
    assert (item.code, item.proves, item.strength) == ("c2pa_signed", "generated", "conclusive")
    for said in ("Tests of a Camera Ltd", "Maker of Tests", "created, converted", "a generative model"):
        assert said in item.detail


def test_signature_by_anybody_else_is_said_to_be_one(signer: TestSigner) -> None:
    item = only(signer.sign(saved("JPEG"), "JPEG", GENERATED))
    assert (item.code, item.proves, item.strength) == ("c2pa_unlisted", "generated", "strong")
    assert "a signer not on our list of 20" in item.detail


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_manifest_is_found_in(kind: str, listed: TestSigner) -> None:
    assert only(listed.sign(saved(kind), kind, GENERATED)).code == "c2pa_signed"


def test_picture_that_was_changed_after_it_was_signed_proves_nothing(listed: TestSigner) -> None:
    signed = bytearray(listed.sign(saved("JPEG"), "JPEG", GENERATED))
    signed[-10] ^= 1
    item = only(bytes(signed))
    assert (item.code, item.proves, item.strength) == ("c2pa_broken", "nothing", "weak")
    assert "assertion.dataHash.mismatch" in item.detail


def test_photograph_that_was_edited_with_signed_tools_is_edited(listed: TestSigner) -> None:
    edits = manifest("c2pa.created", "digitalCapture", "c2pa.color_adjustments")
    item = only(listed.sign(saved("JPEG"), "JPEG", edits))
    assert (item.proves, item.strength) == ("edited", "conclusive")


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("trainedAlgorithmicMedia", "fake"),
        ("digitalCapture", "real"),
        ("compositeSynthetic", None),
        ("screenCapture", None),
    ],
)
def test_conclusive_evidence_decides(source: str, verdict: str | None, listed: TestSigner) -> None:
    signed = listed.sign(saved("JPEG"), "JPEG", manifest("c2pa.created", source))
    assert verdict_of(find_evidence(signed)) == verdict


def test_declarations_that_anybody_can_write_decide_nothing(signer: TestSigner) -> None:
    assert verdict_of(find_evidence(signer.sign(saved("JPEG"), "JPEG", GENERATED))) is None


@pytest.fixture
def visits() -> Iterator[tuple[str, list[str]]]:
    """A server's address and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/manifest.c2pa", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_manifest_elsewhere_is_named_and_not_fetched(signer: TestSigner, visits: tuple[str, list[str]]) -> None:
    address, asked = visits
    data = signer.sign(saved("JPEG"), "JPEG", GENERATED, url=address)
    assert [item.code for item in find_evidence(data)] == ["c2pa_elsewhere"]
    # The reader itself does not fetch it either.
    assert credentials.read_credentials(data, "image/jpeg").code == "c2pa_unread"
    assert asked == []


def test_without_the_library_a_manifest_is_still_seen(signer: TestSigner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "find_spec", lambda name: None)
    item = only(signer.sign(saved("JPEG"), "JPEG", GENERATED))
    assert (item.code, item.proves, item.strength) == ("c2pa_unread", "nothing", "weak")
    assert "pip install c2pa-python" in item.detail


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import os; os.abort()", "the reader failed"),
        ("print('no JSON')", "the reader failed"),
        ("print('[1]')", "the reader failed"),
        ("print('[' * 100000)", "the reader failed"),
        ("print(' ' * 5000000)", "they are too large"),
        ("import time; time.sleep(60)", "they took too long"),
    ],
)
def test_reader_that_fails_is_no_error(
    program: str, reason: str, signer: TestSigner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    reader = tmp_path / "reader.py"
    reader.write_text(program)
    monkeypatch.setattr(credentials, "_READER", reader)
    monkeypatch.setitem(LIMITS, "credentials_seconds", 1)
    item = only(signer.sign(saved("JPEG"), "JPEG", GENERATED))
    assert item.code == "c2pa_unread"
    assert reason in item.detail


def test_list_of_signers_says_where_and_when_it_was_taken() -> None:
    listed = json.loads(files("fake_image_detection.evidence").joinpath("trust_list.json").read_text(encoding="utf-8"))
    assert listed["date"] == "2026-09-24"
    assert "c2pa-org/conformance-public" in listed["source"]
    assert len(listed["certificates"]) == len(listed["signers"]) == len(set(listed["certificates"]))
