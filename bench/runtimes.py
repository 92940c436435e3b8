"""How long a picture takes in each runtime on this machine.

    python -m bench.runtimes

The runtimes take turns within one run, since other programs slow a machine down from one minute to the next; compare
ratios rather than milliseconds. Figures are medians over pictures after a warm-up.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from fake_image_detection.bundle import Bundle, find_bundle
from fake_image_detection.runtimes.lite import LiteRuntime
from fake_image_detection.runtimes.runtime import Graph, Runtime
from fake_image_detection.runtimes.saved_model import SavedModelRuntime


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50, help="pictures a runtime sees (default 50)")
    rounds = parser.parse_args().rounds
    bundle = Bundle(find_bundle())
    detector = bundle.manifest.face_detector
    networks = [bundle.manifest.network(role) for role in bundle.manifest.roles]
    inputs = {
        "face detector": (detector.files, bundle.read_golden(detector.golden, detector.input_size)),
        **{net.name: (net.files, bundle.read_golden(net.golden, net.input_size)[:1]) for net in networks},
    }
    runtimes: tuple[Runtime, ...] = (LiteRuntime(), SavedModelRuntime(tf, "/CPU:0", "CPU"))
    print(f"{runtimes[0].device}, bundle {bundle.manifest.version}, batches of one\n")
    print("| graph | LiteRT | SavedModel | ratio |\n|---|---|---|---|")
    for name, (files, picture) in inputs.items():
        lite, saved = take_turns([runtime.load(bundle, files) for runtime in runtimes], picture, rounds)
        print(f"| {name} | {lite:.1f} ms | {saved:.1f} ms | {saved / lite:.1f} |")


def take_turns(graphs: list[Graph], picture: np.ndarray, rounds: int) -> list[float]:
    """Return the median milliseconds of each graph on `picture`, uint8 (1, S, S, 3)."""
    for graph in graphs:
        graph(picture)
    times: list[list[float]] = [[] for _ in graphs]
    for _ in range(rounds):
        for graph, spent in zip(graphs, times, strict=True):
            spent.append(milliseconds(lambda graph=graph: graph(picture)))  # type: ignore[misc]
    return [statistics.median(spent) for spent in times]


def milliseconds(run: Callable[[], object]) -> float:
    """Return the wall time of one call."""
    start = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
