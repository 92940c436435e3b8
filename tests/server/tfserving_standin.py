"""TensorFlow Serving's REST API, as https://www.tensorflow.org/tfx/serving/api_rest describes it, on a real port.

It computes with the SavedModel of the bundle, by the signature that is asked for.
"""

import base64
import contextlib
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PATH = re.compile(r"/v1/models/(?P<name>[^/:]+)(?:/versions/(?P<version>[0-9]+))?(?P<verb>:predict)?")


class StandinServing:
    """One model and its versions; the attributes may be changed while it serves.

    Attributes:
        states: state of each version.
        requests: path and JSON of the predictions asked for.
        shift: added to the logit, as another network would.
        change: what is done to an answer before it is sent.
        before: called before each prediction.
    """

    def __init__(self, name: str, saved_model: Path) -> None:
        import tensorflow as tf

        self._tf = tf
        self._model = tf.saved_model.load(str(saved_model))
        self.name = name
        self.reset()

    def reset(self) -> None:
        self.states: dict[str, str] = {"1": "AVAILABLE"}
        self.requests: list[tuple[str, Any]] = []
        self.shift = 0.0
        self.change: Callable[[dict[str, Any]], Any] = lambda answer: answer
        self.before: Callable[[], object] = lambda: None

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        found = PATH.fullmatch(path)
        if found is None:
            return 400, {"error": f"Malformed request: {method} {path}"}
        name, version = found["name"], found["version"]
        if method == "GET" and not found["verb"]:
            return self._status(name, version)
        if method != "POST" or not found["verb"]:
            return 400, {"error": f"Malformed request: {method} {path}"}
        serving = [each for each, state in self.states.items() if state == "AVAILABLE"]
        if name != self.name or not serving or (version and version not in serving):
            wanted = f"Specific({name}, {version})" if version else f"Latest({name})"
            return 404, {"error": f"Servable not found for request: {wanted}"}
        request = json.loads(body)
        self.requests.append((path, request))
        self.before()
        return self._predict(request)

    def _status(self, name: str, version: str | None) -> tuple[int, Any]:
        listed = {each: state for each, state in self.states.items() if version in (None, each)}
        if name != self.name or not listed:
            return 404, {"error": f"Could not find any versions of model {name}"}
        status = {"error_code": "OK", "error_message": ""}
        return 200, {
            "model_version_status": [
                {"version": each, "state": state, "status": status} for each, state in listed.items()
            ]
        }

    def _predict(self, request: Mapping[str, Any]) -> tuple[int, Any]:
        if ("inputs" in request) == ("instances" in request):
            return 400, {"error": 'Request must have one of "inputs" and "instances"'}
        assert "inputs" in request, "the stand-in knows the columnar format only"
        inputs = {name: _decoded(value) for name, value in request["inputs"].items()}
        try:
            outputs = self._run(request.get("signature_name", "serving_default"), inputs)
        except (KeyError, TypeError, ValueError, self._tf.errors.InvalidArgumentError) as error:
            return 400, {"error": str(error)}
        outputs["logit"] = outputs["logit"] + self.shift
        answer = {name: value.tolist() for name, value in outputs.items()}
        return 200, self.change({"outputs": answer if len(answer) > 1 else next(iter(answer.values()))})

    def _run(self, signature: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        function = self._model.signatures[signature]
        # JSON has one kind of number: the signature says what they are.
        specs = function.structured_input_signature[1]
        tensors = {name: self._tf.constant(value, specs[name].dtype) for name, value in inputs.items()}
        return {name: value.numpy() for name, value in function(**tensors).items()}


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(each) for each in value]
    return base64.b64decode(value["b64"], validate=True) if isinstance(value, dict) else value


@contextlib.contextmanager
def serving_models(standin: StandinServing, port: int = 0) -> Iterator[str]:
    """Serve on a port of 127.0.0.1 (0: any free one) while the block runs; yields the URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send(*standin.answer("GET", self.path, b""))

        def do_POST(self) -> None:
            self._send(*standin.answer("POST", self.path, self.rfile.read(int(self.headers["Content-Length"]))))

        def _send(self, status: int, answer: Any) -> None:
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    connections: list[socket.socket] = []

    class Listener(ThreadingHTTPServer):
        def process_request(self, request: Any, client_address: Any) -> None:
            connections.append(request)
            super().process_request(request, client_address)

    server = Listener(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        # Those that clients keep alive would be served on.
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
