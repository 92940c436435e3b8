"""The description of the API is complete and true."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from fake_image_detection.report import SCHEMA
from server.app import create_app
from server.engines import Engines
from server.hosts import Hosts
from server.problems import STATUS_OF, ServerCode
from tests.server.server_calls import Answer, Server
from tests.server.server_standin import BROKEN, StandinDetector


@pytest.fixture(scope="module")
def description(standin: Server) -> Any:
    return standin.get("/openapi.json").json


def described(description: Any, path: str, method: str, answer: Answer) -> Draft202012Validator:
    """A validator for an answer, which must be among the described ones."""
    responses = description["paths"][path][method]["responses"]
    content = responses[str(answer.status)]["content"][answer.headers["content-type"]]
    return Draft202012Validator({**content["schema"], "components": description["components"]})


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_route_and_no_other_is_described(description: Any) -> None:
    app = create_app(Engines(StandinDetector), Hosts("127.0.0.1", 1))
    routes = {
        (rule.rule.replace("<path:filename>", "{filename}"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == {(path, method) for path, methods in description["paths"].items() for method in methods}


def test_every_reference_leads_somewhere(description: Any) -> None:
    schemas = description["components"]["schemas"]
    assert {reference.removeprefix("#/components/schemas/") for reference in references(description)} == set(schemas)


def test_every_schema_is_valid(description: Any) -> None:
    for schema in description["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_codes_of_the_server_are_those_of_the_schema() -> None:
    described = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]["ServerErrorCode"]["enum"]
    assert sorted(get_args(ServerCode)) == sorted(described)


def test_every_code_has_an_answer(description: Any) -> None:
    for code, status in STATUS_OF.items():
        answers = [
            operation["responses"].get(str(status), {"description": ""})["description"]
            for methods in description["paths"].values()
            for operation in methods.values()
        ]
        # Of a path or a method that is not described there is nothing to describe.
        assert code == "method_not_allowed" or any(code in answer.split(", ") for answer in answers), code


@pytest.mark.parametrize("path", ["/v1/model", "/healthz", "/readyz", "/openapi.json"])
def test_answers_to_get_are_as_described(standin: Server, description: Any, path: str) -> None:
    answer = standin.get(path)
    described(description, path, "get", answer).validate(answer.json)


@pytest.mark.parametrize("pictures", [(b"a",), (BROKEN,), (b"a", BROKEN), ()])
def test_answers_to_check_are_as_described(standin: Server, description: Any, pictures: tuple[bytes, ...]) -> None:
    answer = standin.check_form(*pictures)
    described(description, "/v1/check", "post", answer).validate(answer.json)


def test_refusals_are_as_described(standin: Server, description: Any) -> None:
    answer = standin.get("/v1/model", headers={"Origin": "https://evil.com"})
    described(description, "/v1/model", "get", answer).validate(answer.json)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Transfer-Encoding": "gzip"}, 501),
        ({"X-Long": "x" * 40_000}, 431),
        ({"Content-Length": "many"}, 400),
        ({"Content-Length": "99999999999"}, 413),
    ],
)
@pytest.mark.parametrize("path", ["/v1/model", "/healthz"])
def test_refusals_of_the_http_server_itself_are_as_described(
    standin: Server, description: Any, path: str, headers: dict[str, str], status: int
) -> None:
    answer = standin.get(path, headers)
    assert answer.status == status
    described(description, path, "get", answer).validate(answer.json)


def test_report_is_described_by_the_detectors_own_schema(description: Any) -> None:
    definitions = json.loads(SCHEMA.read_text(encoding="utf-8").replace("#/$defs/", "#/components/schemas/"))["$defs"]
    assert definitions.items() <= description["components"]["schemas"].items()


@pytest.mark.parametrize("query", ["", "?heatmap=1", "?network=light"])
def test_real_reports_are_as_described(real: Server, description: Any, astronaut_jpeg: bytes, query: str) -> None:
    answer = real.check(astronaut_jpeg, query=query)
    assert answer.json["faces"]
    described(description, "/v1/check", "post", answer).validate(answer.json)


def test_real_reports_of_several_are_as_described(real: Server, description: Any, astronaut_jpeg: bytes) -> None:
    answer = real.check_form(astronaut_jpeg, astronaut_jpeg[:5000], b"text", query="?heatmap=1")
    described(description, "/v1/check", "post", answer).validate(answer.json)


def test_real_model_is_as_described(real: Server, description: Any) -> None:
    answer = real.get("/v1/model")
    described(description, "/v1/model", "get", answer).validate(answer.json)
