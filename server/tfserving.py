"""The network on TensorFlow Serving, by its REST API, for those who outgrow one machine.

Pictures are decoded and faces are found here; only the crops of faces travel. The API is described at
https://www.tensorflow.org/tfx/serving/api_rest.
"""

import base64
import io
import json
import logging
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Literal

import numpy as np
import urllib3
from numpy.typing import NDArray
from PIL import Image
from urllib3.util import parse_url

from fake_image_detection.bundle import Bundle, GraphFiles
from fake_image_detection.runtimes.runtime import Graph

from .engines import EngineError

# Crops travel as PNG files in base64: as the nested lists of numbers that a tensor of pixels would need, a crop of
# 160 x 160 takes 326 instead of 66 kB and nine times as long to write.
SIGNATURE = "serve_image_bytes"
OUTPUTS = ("logit", "local_logits")
# A model that computes longer than this for a few crops is overloaded or gone.
TIMEOUT = urllib3.Timeout(connect=2, read=10)
CONNECTIONS = 16

ADVICE = """\
TensorFlow Serving has to serve the SavedModel of this bundle, under its name and with a version number:
  make bundle && python -m converter serving bundle serving
  docker run --rm -p 8501:8501 -v "$PWD/serving/NAME:/models/NAME" -e MODEL_NAME=NAME tensorflow/serving"""

_log = logging.getLogger(__name__)


class TFServing:
    """A runtime of the detector (see `fake_image_detection.runtimes.runtime.Runtime`) that computes elsewhere.

    The version of the model that is the latest when a graph is loaded answers from then on, so that it is the version
    that was proved which gives the verdicts.

    Args:
        url: of the REST API, such as http://host:8501.

    Raises:
        ValueError: this is no URL of a host.
    """

    name = "tfserving"
    form: Literal["lite", "saved_model"] = "saved_model"
    batch = 16

    def __init__(self, url: str) -> None:
        """Connect to nothing yet."""
        parsed = parse_url(url)
        if parsed.scheme not in ("http", "https") or not parsed.host or parsed.auth or parsed.query or parsed.fragment:
            raise ValueError(f"{url!r} is not like http://host:8501")
        self._url = url.rstrip("/")
        self.device = f"TensorFlow Serving: {self._url}"
        # Redirects could lead the crops elsewhere; a repeated request would make an overload worse.
        self._pool = urllib3.PoolManager(maxsize=CONNECTIONS, retries=False)
        self._loaded: dict[str, str] = {}

    def load(self, bundle: Bundle, files: GraphFiles) -> Graph:
        """The graph's latest version on the server; its model there has the name of the graph's folder in the bundle.

        Raises:
            BundleError: the bundle has no SavedModel, so nobody knows what the server has to answer.
            EngineError: the server does not answer, or has no such model that is ready.
        """
        name = PurePosixPath(bundle.saved_model(files)).name
        self._loaded[name] = version = max(self._available(name), key=int)
        return _RemoteGraph(self, name, version)

    def probe(self) -> None:
        """Ask whether the versions in use are still served; raises EngineError if not."""
        for name, version in list(self._loaded.items()):
            if version not in self._available(name):
                raise EngineError(f"{self.device} has taken version {version} of {name} away. Restart this server.")

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON that the server answers under /v1/models/; raises EngineError for everything else."""
        content = None if body is None else json.dumps(body).encode()
        try:
            response = self._pool.request(
                method,
                f"{self._url}/v1/models/{path}",
                body=content,
                headers={"Content-Type": "application/json"},
                timeout=TIMEOUT,
            )
        except urllib3.exceptions.ReadTimeoutError:
            raise EngineError(f"{self.device} did not answer in {TIMEOUT.read_timeout} s.") from None
        except urllib3.exceptions.HTTPError as error:
            _log.warning("%s: %s", self.device, error)
            raise EngineError(f"{self.device} cannot be reached.") from None
        try:
            answer = json.loads(response.data)
        except ValueError:
            raise EngineError(
                f"{self.device} answered {response.status} without JSON, so it is something else."
            ) from None
        if response.status != 200:
            said = str(answer.get("error", "")) if isinstance(answer, dict) else ""
            raise EngineError(f"{self.device} answered {response.status} for {path}: {said[:200] or 'no reason'}.")
        return answer

    def _available(self, name: str) -> list[str]:
        answer = self.ask("GET", name)
        try:
            states = {str(each["version"]): str(each["state"]) for each in answer["model_version_status"]}
        except (KeyError, TypeError):
            raise EngineError(f"{self.device} says nothing of the versions of {name}.") from None
        available = [version for version, state in states.items() if state == "AVAILABLE"]
        if not available:
            found = ", ".join(f"version {version} is {state}" for version, state in states.items()) or "there is none"
            raise EngineError(f"{self.device} has no version of {name} ready: {found}.")
        return available


class _RemoteGraph(Graph):
    def __init__(self, server: TFServing, name: str, version: str) -> None:
        self._server = server
        self._path = f"{name}/versions/{version}:predict"

    def __call__(self, images: NDArray[np.uint8]) -> Mapping[str, NDArray[np.float32]]:
        files = [{"b64": base64.b64encode(_png(image)).decode()} for image in images]
        request = {"signature_name": SIGNATURE, "inputs": {"image_bytes": files}}
        answer = self._server.ask("POST", self._path, request)
        try:
            outputs = {name: np.asarray(values, np.float32) for name, values in answer["outputs"].items()}
        except (AttributeError, KeyError, TypeError, ValueError):
            outputs = {}
        if not outputs.keys() >= set(OUTPUTS) or not all(
            len(values) == len(images) and np.isfinite(values).all() for values in outputs.values()
        ):
            raise EngineError(f"{self._server.device} answered without a number for each of {', '.join(OUTPUTS)}.")
        return outputs


def _png(image: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    # Barely larger than at the usual level, and six times as fast.
    Image.fromarray(image).save(file, "PNG", compress_level=1)
    return file.getvalue()
