"""What the networks of a bundle cost: operations, parameters, bytes, milliseconds."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from converter.bundle.stored import artifacts_of, graphs, open_bundle, require_saved_model
from converter.environment import quiet
from converter.forms.artifacts import Artifacts, Form, run_artifacts
from converter.forms.saved_model import SIGNATURE
from converter.tables import table
from fake_image_detection.bundle import Bundle

ROUNDS = 30


def report_costs(folder: Path) -> str:
    """Measure every network of the bundle in `folder` on this machine; returns Markdown.

    Raises:
        ConverterError: it is no bundle or is damaged, or Node is missing.
    """
    bundle = open_bundle(folder)
    costs = "\n\n".join(_write(bundle, name) for name in graphs(bundle))
    return f"""\
# Costs of bundle {bundle.manifest.version}

Milliseconds: the median of {ROUNDS} runs of one picture on one thread of this machine. TF.js: what it downloads.

{costs}"""


def _write(bundle: Bundle, name: str) -> str:
    artifacts, side = artifacts_of(bundle, name), graphs(bundle)[name]["input_size"]
    pictures = np.random.default_rng(0).integers(0, 256, (ROUNDS, side, side, 3)).astype(np.uint8)
    require_saved_model(bundle, name, "to count its operations")
    parameters, operations = _graph_costs(bundle.root / artifacts.saved_model, side)
    graph = f"TF.js graph: {_nodes(bundle.root / artifacts.tfjs)}." if "tfjs" in artifacts.forms else ""
    rows = (
        (answers.runtime, f"{_bytes(bundle, artifacts, answers.form):,}", f"{answers.milliseconds:.1f}")
        for answers in run_artifacts(artifacts, pictures, browser=False, batch=1, threads=1)
    )
    return f"""\
## {name}

{parameters:,} parameters; {operations / 1e6:,.0f} million operations a picture, a product and a sum each. {graph}

{table(("runtime", "bytes", "milliseconds"), rows)}"""


def _bytes(bundle: Bundle, artifacts: Artifacts, form: Form) -> int:
    place = {"lite": artifacts.lite, "saved_model": f"{artifacts.saved_model}/", "tfjs": f"{artifacts.tfjs}/"}[form]
    return sum(entry["bytes"] for path, entry in bundle.manifest.raw["files"].items() if path.startswith(place))


def _graph_costs(saved_model: Path, side: int) -> tuple[int, int]:
    """Parameters, and floating-point operations for one picture as TensorFlow's profiler counts them."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    with quiet():
        loaded: Any = tf.saved_model.load(str(saved_model))
        signature = loaded.signatures[SIGNATURE]
        one = tf.TensorSpec((1, side, side, 3), tf.uint8)
        function = tf.function(lambda image: signature(image=image)).get_concrete_function(one)
        graph = convert_variables_to_constants_v2(function).graph
        options = tf.compat.v1.profiler.ProfileOptionBuilder(
            tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
        )
        profile = tf.compat.v1.profiler.profile(graph, options=options.with_empty_output().build())
    return sum(int(np.prod(weight.shape)) for weight in loaded.weights), int(profile.total_float_ops)


def _nodes(folder: Path) -> str:
    graph = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    counted = Counter(
        node["op"] for node in graph["modelTopology"]["node"] if node["op"] not in ("Const", "Placeholder")
    )
    return ", ".join(f"{count} {operation}" for operation, count in counted.most_common())
