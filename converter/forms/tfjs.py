"""TensorFlow.js graph models, and the repair of what its WASM backend refuses."""

import base64
import json
import re
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from converter.environment import prepare_tensorflowjs, quiet
from converter.errors import ConverterError
from converter.forms.javascript import missing_kernels
from converter.forms.precision import Plan
from converter.forms.saved_model import SIGNATURE

FUSED_OPERATIONS = {"_FusedConv2D": "Conv2D", "FusedDepthwiseConv2dNative": "DepthwiseConv2dNative"}
CONVOLUTION_ATTRIBUTES = ("T", "data_format", "dilations", "explicit_paddings", "padding", "strides")
REPLACE = (
    "Build that layer from operations that browsers have: convolutions, pooling, batch normalisation, ReLU, sigmoid, "
    "sums, products and matrix products."
)
# What may stand behind the sum in a fused convolution, as an operation of one input.
ACTIVATIONS = ("Elu", "Relu", "Relu6", "Sigmoid", "Tanh")


def write_tfjs(bare: Path, folder: Path) -> dict[str, str]:
    """Convert a SavedModel to a float32 graph model that every TF.js backend takes.

    Returns:
        The tensor to execute for each output of the signature, such as {"logit": "Identity_1:0"}.

    Raises:
        ConverterError: TF.js knows an operation not.
    """
    prepare_tensorflowjs()
    from tensorflowjs.converters import tf_saved_model_conversion_v2

    try:
        with quiet():
            tf_saved_model_conversion_v2.convert_tf_saved_model(str(bare), str(folder))
    except ValueError as error:
        unknown = re.search(r"Unsupported Ops.*?\n(.+)", str(error))
        if unknown is None:
            raise
        operations = {operation.strip() for operation in unknown[1].split(",")}
        raise ConverterError(
            f"TF.js has no {', '.join(sorted(operations))}, which {_users(bare, operations)} needs. {REPLACE}"
        ) from error
    graph = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    flatten_biases(graph)
    unfuse_sums(graph)
    _write_graph(graph, folder)
    return {name: tensor["name"] for name, tensor in sorted(graph["signature"]["outputs"].items())}


def require_kernels(folder: Path, shape: tuple[int, ...]) -> None:
    """Refuse a graph with an operation that TF.js cannot run on WASM or WebGPU.

    Args:
        folder: of the graph model.
        shape: of one picture: height, width, channels.

    Raises:
        ConverterError: there is such an operation; the message names it, its layer and what to do.
    """
    missing = missing_kernels(folder / "model.json", shape)
    if missing:
        told = "; ".join(
            f"{lack['op']} in {lack['node']} has no kernel {lack['kernel']} on {' and '.join(lack['backends'])}"
            for lack in missing
        )
        raise ConverterError(f"{folder.name} would not run in every browser: {told}. {REPLACE}")


def _users(bare: Path, operations: set[str]) -> str:
    import tensorflow as tf

    function = tf.saved_model.load(str(bare)).signatures[SIGNATURE]
    graph = function.graph.as_graph_def()
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    return " and ".join(sorted({node.name for node in nodes if node.op in operations})) or "the network"


def read_weights(folder: Path) -> dict[str, NDArray[Any]]:
    """The weights of a graph model by name, as TF.js computes with them: whatever they are stored as, in float32."""
    prepare_tensorflowjs()
    from tensorflowjs import read_weights as reader

    graph = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    entries = reader.read_weights(graph["weightsManifest"], str(folder), flatten=True)
    return {entry["name"]: entry["data"] for entry in entries}


def quantise_tfjs(folder: Path, plan: Plan) -> None:
    """Store the weights of a float32 graph model as `plan` says; TF.js turns them into float32 when it loads them."""
    prepare_tensorflowjs()
    from tensorflowjs import write_weights as writer

    weights = read_weights(folder)
    graph = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    for group in graph["weightsManifest"]:
        for shard in group["paths"]:
            (folder / shard).unlink()
    names: dict[str, list[str]] = {}
    for name, value in weights.items():
        if (stored := plan.stored_as(value)) != "float32":
            names.setdefault(stored, []).append(name)
    group = [{"name": name, "data": value} for name, value in weights.items()]
    graph["weightsManifest"] = writer.write_weights(
        [group], str(folder), write_manifest=False, quantization_dtype_map=names
    )
    _write_graph(graph, folder)


def flatten_biases(graph: dict[str, Any]) -> list[str]:
    """Give fused biases of shape [1, 1, 1, C] the shape [C], in place; returns the names of the weights changed.

    TensorFlow's graph optimiser makes such biases of BatchNormalization(axis=3), the Inception habit, and of the bias
    of a convolution to one channel, our networks' head. The WebGL and CPU backends broadcast them, the WASM backend
    refuses them: "FusedConv2D only supports rank-1 bias but got rank 4". Their bytes are the same.
    """
    nodes = graph["modelTopology"]["node"]
    fused = [node for node in nodes if node["op"] in FUSED_OPERATIONS and len(node["input"]) > 2]
    biases = {node["input"][2].split(":")[0] for node in fused}
    weights = {weight["name"]: weight for group in graph["weightsManifest"] for weight in group["weights"]}
    constants = {node["name"]: node for node in nodes if node["op"] == "Const"}
    changed = []
    for name in sorted(biases & weights.keys()):
        shape = weights[name]["shape"]
        if len(shape) > 1 and all(side == 1 for side in shape[:-1]):
            weights[name]["shape"] = shape[-1:]
            tensor = constants[name]["attr"]["value"]["tensor"]
            tensor["tensorShape"] = {"dim": tensor["tensorShape"]["dim"][-1:]}
            changed.append(name)
    return changed


def unfuse_sums(graph: dict[str, Any]) -> list[str]:
    """Make a convolution and a sum again of fused convolutions whose "bias" is no weight; returns their names.

    TensorFlow's graph optimiser takes the other branch of a residual sum for the bias of a convolution that has none.
    Here too only the WASM backend refuses: "FusedConv2D only supports rank-1 bias but got rank 4".
    """
    nodes = graph["modelTopology"]["node"]
    weights = {weight["name"] for group in graph["weightsManifest"] for weight in group["weights"]}
    changed = []
    for node in [node for node in nodes if node["op"] in FUSED_OPERATIONS]:
        fused = [base64.b64decode(name).decode() for name in node["attr"]["fused_ops"]["list"]["s"]]
        if fused[0] != "BiasAdd" or node["input"][2].split(":")[0] in weights:
            continue
        if len(fused) > 2 or not set(fused[1:]) <= set(ACTIVATIONS):
            continue
        name, (picture, kernel, branch, *_), attributes = node["name"], node["input"], node["attr"]
        kept = {key: attributes[key] for key in attributes if key in CONVOLUTION_ATTRIBUTES}
        number = {"T": attributes["T"]}
        convolution = f"{name}/convolution"
        nodes.append({
            "name": convolution, "op": FUSED_OPERATIONS[node["op"]], "input": [picture, kernel], "attr": kept,
        })  # fmt: skip
        total = f"{name}/sum" if fused[1:] else name
        node.update({"op": "AddV2", "input": [convolution, branch], "attr": number})
        if fused[1:]:
            nodes.append({**node, "name": total})
            node.update({"op": fused[1], "input": [total], "attr": number})
        changed.append(name)
    return changed


def _write_graph(graph: dict[str, Any], folder: Path) -> None:
    # Sorted, for the order that TensorFlow.js writes in changes from run to run.
    text = json.dumps(graph, sort_keys=True, separators=(",", ":"))
    (folder / "model.json").write_text(text, encoding="utf-8")
