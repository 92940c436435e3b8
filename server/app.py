"""The Flask app."""

import mimetypes
from collections.abc import Sequence

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from . import guards, problems, routes
from .engines import Engines
from .hosts import Hosts
from .limits import Limits
from .metrics import Metrics
from .pictures import FormInMemory

# Windows takes the type of .js from its registry, where other programs leave text/plain, and a browser that was told
# not to sniff then runs no script.
mimetypes.add_type("text/javascript", ".js")


def create_app(
    engines: Engines,
    hosts: Hosts,
    token: str | None = None,
    limits: Limits | None = None,
    extensions: Sequence[str] = (),
) -> Flask:
    """Make an app.

    Args:
        engines: the detectors; the caller loads them, before or while the app answers.
        hosts: the names that the app answers to.
        token: bearer token that every request for the API must carry; None: no token is asked for.
        limits: bounds on requests; None: the usual ones.
        extensions: ids of builds of the browser extension, beside its own, that may call the app.
    """
    limits = limits or Limits()
    app = Flask(__name__, static_folder="web/dist", static_url_path="/web")
    app.request_class = FormInMemory
    app.config["MAX_CONTENT_LENGTH"] = limits.request_bytes
    app.config["MAX_FORM_PARTS"] = limits.pictures_per_request
    # Bounded by the body already; the default would take a picture sent as a text field for too many parts.
    app.config["MAX_FORM_MEMORY_SIZE"] = limits.request_bytes
    app.json = _OrderedJSON(app)
    metrics = Metrics()
    metrics.watch(app)
    guards.install(app, hosts, token, extensions)
    problems.install(app)
    routes.install(app, engines, metrics, limits)
    return app


class _OrderedJSON(DefaultJSONProvider):
    # A report reads better with its verdict first.
    sort_keys = False
