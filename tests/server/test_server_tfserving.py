"""TensorFlow Serving as the engine, played by a stand-in with the bundle's own SavedModel."""

import base64
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import urllib3
from PIL import Image

from fake_image_detection import BundleError, FakeImageDetector
from server import tfserving
from server.engines import EngineError, Engines
from server.tfserving import TFServing
from tests.server.server_calls import Answer, Server, serving
from tests.server.test_server_command_line import port_in, refused, run, started
from tests.server.test_server_openapi import described
from tests.server.tfserving_standin import StandinServing, serving_models


@pytest.fixture(scope="session")
def side(whole_bundle: Path) -> int:
    """Side of the network's input in pixels."""
    manifest = json.loads((whole_bundle / "manifest.json").read_text())
    return int(manifest["networks"][manifest["roles"]["strong"]]["input_size"])


@pytest.fixture(scope="session")
def loaded(whole_bundle: Path) -> StandinServing:
    manifest = json.loads((whole_bundle / "manifest.json").read_text())
    name = manifest["roles"]["strong"]
    return StandinServing(name, whole_bundle / manifest["networks"][name]["files"]["saved_model"])


@pytest.fixture
def models(loaded: StandinServing) -> StandinServing:
    loaded.reset()
    return loaded


@pytest.fixture
def url(models: StandinServing) -> Iterator[str]:
    with serving_models(models) as address:
        yield address


def engines_on(url: str, bundle: Path) -> Engines:
    remote = TFServing(url)
    engines = Engines(
        lambda role: FakeImageDetector(bundle, device="cpu", network=role, runtime=remote), probe=remote.probe
    )
    engines.load()
    return engines


@pytest.fixture
def server(url: str, whole_bundle: Path) -> Iterator[Server]:
    with serving(engines_on(url, whole_bundle)) as running:
        yield running


def test_the_answer_is_that_of_this_machine(server: Server, real: Server, astronaut_jpeg: bytes) -> None:
    there = server.check(astronaut_jpeg, query="?heatmap=1").json
    here = real.check(astronaut_jpeg, query="?heatmap=1").json
    assert there["model"]["runtime"] == "tfserving"
    assert there["model"]["device"].startswith("TensorFlow Serving: http://127.0.0.1:")
    assert there["probability_fake"] == pytest.approx(here["probability_fake"], abs=1e-3)
    assert there["faces"][0]["box"] == pytest.approx(here["faces"][0]["box"])
    for row, expected in zip(there["faces"][0]["heatmap"], here["faces"][0]["heatmap"], strict=True):
        assert row == pytest.approx(expected, abs=1e-3)


def test_only_the_crops_of_faces_travel(
    server: Server, models: StandinServing, side: int, astronaut_jpeg: bytes
) -> None:
    models.requests.clear()
    report = server.check(astronaut_jpeg).json
    ((path, request),) = models.requests
    assert path == f"/v1/models/{models.name}/versions/1:predict"
    assert request["signature_name"] == "serve_image_bytes"
    ((name, files),) = request["inputs"].items()
    sides = [Image.open(io.BytesIO(base64.b64decode(file["b64"]))).size for file in files]
    assert (name, len(files)) == ("image_bytes", len(report["faces"]))
    assert sides == [(side, side)] * len(files)


def test_a_crop_as_a_file_gets_the_logit_of_its_pixels(models: StandinServing, side: int) -> None:
    crop = Image.fromarray(np.random.default_rng(1).integers(0, 256, (side, side, 3), np.uint8))
    file = io.BytesIO()
    crop.save(file, "PNG")
    inputs = {
        "serving_default": {"image": [np.asarray(crop).tolist()]},
        "serve_image_bytes": {"image_bytes": [{"b64": base64.b64encode(file.getvalue()).decode()}]},
    }
    path = f"/v1/models/{models.name}:predict"
    answers = [
        models.answer("POST", path, json.dumps({"signature_name": name, "inputs": value}).encode())
        for name, value in inputs.items()
    ]
    assert [status for status, _ in answers] == [200, 200]
    assert answers[0] == answers[1]


def test_a_picture_without_a_face_is_not_sent_at_all(server: Server, models: StandinServing) -> None:
    models.requests.clear()
    file = io.BytesIO()
    Image.new("RGB", (200, 200), "grey").save(file, "PNG")
    assert server.check(file.getvalue(), "image/png").json["verdict"] == "no_face"
    assert models.requests == []


def test_several_pictures_are_asked_for_at_once(server: Server, models: StandinServing, astronaut_jpeg: bytes) -> None:
    models.requests.clear()
    reports = server.check_form(astronaut_jpeg, b"text", astronaut_jpeg).json["reports"]
    assert [report["verdict"] == "error" for report in reports] == [False, True, False]
    assert len(models.requests) == 1


def test_requests_are_computed_side_by_side(server: Server, models: StandinServing, astronaut_jpeg: bytes) -> None:
    # Neither goes on until both are there.
    models.before = threading.Barrier(2, timeout=20).wait
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(server.check(astronaut_jpeg))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [200, 200]


def test_another_network_is_refused(url: str, models: StandinServing, whole_bundle: Path) -> None:
    models.shift = 0.06
    with pytest.raises(BundleError, match="computes the logit"):
        engines_on(url, whole_bundle)


def test_the_version_that_was_proved_answers_even_when_a_newer_one_comes(
    server: Server, models: StandinServing, astronaut_jpeg: bytes
) -> None:
    models.states = {"1": "AVAILABLE", "2": "AVAILABLE"}
    server.check(astronaut_jpeg)
    assert {path for path, _ in models.requests} == {f"/v1/models/{models.name}/versions/1:predict"}


def test_the_latest_version_is_taken(url: str, models: StandinServing, whole_bundle: Path) -> None:
    models.states = {"9": "AVAILABLE", "10": "AVAILABLE", "11": "LOADING"}
    engines_on(url, whole_bundle)
    assert models.requests[-1][0].endswith("/versions/10:predict")


@pytest.mark.parametrize(
    ("states", "message"),
    [({"1": "LOADING"}, "version 1 is LOADING"), ({"1": "END"}, "version 1 is END"), ({}, "Could not find any")],
)
def test_a_model_that_is_not_ready_is_told(
    url: str, models: StandinServing, whole_bundle: Path, states: dict[str, str], message: str
) -> None:
    models.states = states
    with pytest.raises(EngineError, match=message):
        engines_on(url, whole_bundle)


def test_a_dead_engine_is_a_problem_until_it_is_back(
    models: StandinServing, whole_bundle: Path, astronaut_jpeg: bytes
) -> None:
    with serving_models(models) as url:
        engines = engines_on(url, whole_bundle)
        port = int(url.rpartition(":")[2])
    with serving(engines) as server:
        away = [server.check(astronaut_jpeg), server.check_form(astronaut_jpeg, b"text"), server.get("/readyz")]
        alive, openapi = server.get("/healthz"), server.get("/openapi.json").json
        with serving_models(models, port):
            back = [server.check(astronaut_jpeg), server.get("/readyz")]
    assert [(answer.status, answer.code) for answer in away] == [(503, "engine_unavailable")] * 3
    assert [answer.headers["retry-after"] for answer in away] == ["5"] * 3
    described(openapi, "/v1/check", "post", away[0]).validate(away[0].json)
    described(openapi, "/readyz", "get", away[2]).validate(away[2].json)
    assert [answer.status for answer in (alive, *back)] == [200] * 3


def test_a_version_that_is_taken_away_is_a_problem(
    server: Server, models: StandinServing, astronaut_jpeg: bytes
) -> None:
    models.states = {"2": "AVAILABLE"}
    ready, checked = server.get("/readyz"), server.check(astronaut_jpeg)
    assert (ready.code, checked.code) == ("engine_unavailable", "engine_unavailable")
    assert "Restart this server" in ready.json["detail"]
    assert "Servable not found" in checked.json["detail"]


def test_an_engine_that_hangs_is_given_up(
    server: Server, models: StandinServing, astronaut_jpeg: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    models.before = lambda: over.wait(20)
    monkeypatch.setattr(tfserving, "TIMEOUT", urllib3.Timeout(connect=2, read=0.2))
    answer = server.check(astronaut_jpeg)
    over.set()
    assert answer.code == "engine_unavailable"
    assert "did not answer in 0.2 s" in answer.json["detail"]


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: b"<html>",
        lambda answer: [],
        lambda answer: {"outputs": {"logit": answer["outputs"]["logit"]}},
        lambda answer: {"outputs": {**answer["outputs"], "logit": [[float("nan")]]}},
        lambda answer: {"outputs": {**answer["outputs"], "logit": []}},
        lambda answer: {"outputs": {**answer["outputs"], "logit": "high"}},
    ],
    ids=["no JSON", "a list", "one output", "not a number", "too few", "text"],
)
def test_an_answer_that_is_none_is_a_problem(
    server: Server, models: StandinServing, astronaut_jpeg: bytes, change: Any
) -> None:
    models.change = change
    assert server.check(astronaut_jpeg).code == "engine_unavailable"


def test_the_command_line_names_the_engine(url: str, whole_bundle: Path, astronaut_jpeg: bytes) -> None:
    with started("--bundle", str(whole_bundle), "--device", "cpu", "--engine", f"tfserving={url}") as process:
        assert process.stdout is not None
        page, _, device = (process.stdout.readline() for _ in range(3))
        report = Server(port_in(page)).check(astronaut_jpeg).json
    assert device == f"device    TensorFlow Serving: {url} (tfserving)\n"
    assert report["model"]["runtime"] == "tfserving"


def test_an_engine_that_is_not_there_is_an_error_that_names_the_fix(whole_bundle: Path) -> None:
    result = run(
        "--port", "0", "--bundle", str(whole_bundle), "--device", "cpu", "--engine", "tfserving=http://127.0.0.1:9"
    )
    assert result.returncode == 1
    assert "TensorFlow Serving: http://127.0.0.1:9 cannot be reached" in result.stderr
    assert "docker run" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("engine", ["tfserving", "tfserving=host:8501", "tfserving=file:///etc", "other=http://host"])
def test_an_engine_of_another_form_is_a_wrong_usage(engine: str) -> None:
    code, message = refused("--engine", engine)
    assert code == 2
    assert "is not like" in message
