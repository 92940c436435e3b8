"""What each route answers."""

import threading
from pathlib import Path

import pytest

from fake_image_detection import PictureError
from fake_image_detection.bundle import Role
from server.app import create_app
from server.engines import Engines
from server.hosts import Hosts
from tests.server.server_calls import Server, serving
from tests.server.server_standin import BROKEN, StandinDetector


def test_picture_as_body_is_checked(standin: Server) -> None:
    assert standin.check(b"picture").json["verdict"] == "no_face"


def test_picture_as_octet_stream_is_checked(standin: Server) -> None:
    assert standin.check(b"picture", "application/octet-stream").json["verdict"] == "no_face"


def test_one_picture_in_a_form_is_answered_with_its_report(standin: Server) -> None:
    assert standin.check_form(b"picture").json["verdict"] == "no_face"


def test_several_pictures_are_answered_in_order_with_an_error_in_its_place(standin: Server) -> None:
    reports = standin.check_form(b"a", BROKEN, b"c").json["reports"]
    assert [report["verdict"] for report in reports] == ["no_face", "error", "no_face"]
    assert reports[1]["error"]["code"] == "unreadable_picture"


def test_one_broken_picture_is_a_problem(standin: Server) -> None:
    answer = standin.check_form(BROKEN)
    assert (answer.status, answer.code) == (422, "unreadable_picture")


@pytest.mark.parametrize("field", ["picture", "images", ""])
def test_form_without_the_field_has_no_picture(standin: Server, field: str) -> None:
    answer = standin.check_form(b"picture", field=field)
    assert (answer.status, answer.code) == (400, "no_picture")


def test_empty_request_has_no_picture(standin: Server) -> None:
    answer = standin.call("POST", "/v1/check")
    assert (answer.status, answer.code) == (400, "no_picture")


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "application/x-www-form-urlencoded"])
def test_body_of_another_type_is_refused(standin: Server, content_type: str) -> None:
    answer = standin.check(b"picture", content_type)
    assert (answer.status, answer.code) == (415, "unsupported_format")


def test_body_without_type_is_refused(standin: Server) -> None:
    assert standin.call("POST", "/v1/check", b"picture").code == "unsupported_format"


def test_order_of_a_report_is_kept(standin: Server) -> None:
    assert next(iter(standin.check(b"picture").json)) == "verdict"


def test_light_network_answers_on_request(standin: Server) -> None:
    assert standin.check(b"picture", query="?network=light").json["model"]["network"] == "small"
    assert standin.check(b"picture", query="?network=strong").json["model"]["network"] == "big"


@pytest.mark.parametrize("network", ["huge", "", "files"])
def test_unknown_network_is_refused(standin: Server, network: str) -> None:
    answer = standin.check(b"picture", query=f"?network={network}")
    assert (answer.status, answer.code) == (400, "unknown_network")


def test_sensitivity_is_passed_on_and_is_the_usual_one_unless_asked_for() -> None:
    detector = StandinDetector()
    engines = Engines(lambda _: detector)
    engines.load()
    with serving(engines) as server:
        server.check(b"picture")
        server.check(b"picture", query="?sensitivity=eager")
        server.check_form(b"a", b"b", query="?sensitivity=eager")
    assert detector.asked == ["usual", "eager", "eager"]


@pytest.mark.parametrize("sensitivity", ["strict", "wild", ""])
def test_a_sensitivity_that_the_network_lacks_is_refused(standin: Server, sensitivity: str) -> None:
    answer = standin.check(b"picture", query=f"?sensitivity={sensitivity}")
    assert (answer.status, answer.code) == (400, "unknown_sensitivity")


def test_networks_are_made_when_first_asked_for() -> None:
    made: list[Role] = []

    def make(role: Role) -> StandinDetector:
        made.append(role)
        return StandinDetector(role)

    engines = Engines(make)
    engines.load()
    assert made == ["strong"]
    assert engines.get("light") is engines.get("light")
    assert made == ["strong", "light"]


def test_roles_of_one_network_share_a_detector() -> None:
    def make(role: Role) -> StandinDetector:
        detector = StandinDetector(role)
        detector.manifest.raw = {**detector.manifest.raw, "roles": {"strong": "big", "light": "big"}}
        return detector

    engines = Engines(make)
    engines.load()
    assert engines.get("light") is engines.get("strong")


def test_server_answers_while_the_network_loads_and_is_ready_after() -> None:
    may_load = threading.Event()

    def make(role: Role) -> StandinDetector:
        assert may_load.wait(20)
        return StandinDetector(role)

    engines = Engines(make)
    loading = threading.Thread(target=engines.load)
    loading.start()
    with serving(engines) as server:
        before = [server.get("/readyz"), server.get("/v1/model"), server.check(b"picture")]
        alive = server.get("/healthz")
        may_load.set()
        loading.join()
        after = server.get("/readyz")

    assert [(answer.status, answer.code) for answer in before] == [(503, "busy")] * 3
    assert before[0].headers["retry-after"] == "1"
    assert alive.json == {"status": "alive"}
    assert (after.status, after.json) == (200, {"status": "ready"})


def test_network_that_cannot_be_loaded_is_an_internal_error() -> None:
    def make(role: Role) -> StandinDetector:
        raise RuntimeError("no network")

    engines = Engines(make)
    with pytest.raises(RuntimeError, match="no network"):
        engines.load()
    with serving(engines) as server:
        assert server.get("/readyz").code == "internal_error"


def test_unforeseen_failure_tells_nothing_of_the_inside() -> None:
    def fail() -> None:
        raise RuntimeError("secret")

    engines = Engines(lambda role: StandinDetector(role, before_check=fail))
    engines.load()
    with serving(engines) as server:
        answer = server.check(b"picture")
    assert (answer.status, answer.code) == (500, "internal_error")
    assert b"secret" not in answer.body


def test_error_code_that_is_new_to_the_server_is_told_as_an_unprocessable_picture() -> None:
    def fail() -> None:
        raise PictureError("brand_new", "the picture is odd in a new way")  # type: ignore[arg-type]

    engines = Engines(lambda role: StandinDetector(role, before_check=fail))
    engines.load()
    with serving(engines) as server:
        answer = server.check(b"picture")
    assert (answer.status, answer.code) == (422, "brand_new")


def test_model_is_described(standin: Server) -> None:
    model = standin.get("/v1/model").json
    assert (model["version"], model["device"], model["runtime"]) == ("1.0.0+00000000", "CPU: standin", "lite")
    assert model["networks"]["big"]["bands"] == {"real_below": 0.2, "fake_from": 0.8}


@pytest.mark.parametrize("path", ["/nowhere", "/v1", "/v1/check/", "/web/", "/web/../app.py", "/web/%2e%2e/app.py"])
def test_unknown_path_is_a_problem(standin: Server, path: str) -> None:
    answer = standin.get(path)
    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/check"), ("POST", "/v1/model"), ("DELETE", "/")])
def test_wrong_method_is_a_problem_that_names_the_right_ones(standin: Server, method: str, path: str) -> None:
    answer = standin.call(method, path)
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert "OPTIONS" in answer.headers["allow"]


@pytest.mark.parametrize("path", ["/", "/v1/model", "/healthz", "/web/style.css"])
def test_head_is_get_without_a_body(standin: Server, path: str) -> None:
    head = standin.call("HEAD", path)
    get = standin.get(path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_options_names_the_methods(standin: Server) -> None:
    answer = standin.call("OPTIONS", "/v1/check")
    assert answer.status == 200
    assert set(answer.headers["allow"].split(", ")) == {"OPTIONS", "POST"}


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/web/page.js", "text/javascript; charset=utf-8"),
        ("/web/style.css", "text/css; charset=utf-8"),
    ],
)
def test_page_has_the_types_that_browsers_insist_on(standin: Server, path: str, content_type: str) -> None:
    answer = standin.get(path)
    assert (answer.status, answer.headers["content-type"]) == (200, content_type)


def test_answers_of_the_api_are_not_stored(standin: Server) -> None:
    assert standin.check(b"picture").headers["cache-control"] == "no-store"


def test_page_that_was_not_built_says_how(tmp_path: Path) -> None:
    engines = Engines(StandinDetector)
    engines.load()
    app = create_app(engines, Hosts("127.0.0.1", 80))
    app.static_folder = str(tmp_path)
    answer = app.test_client().get("/", headers={"Host": "127.0.0.1"})
    assert answer.status_code == 404
    assert b"build:page" in answer.data
