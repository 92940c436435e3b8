"""LiteRT on the CPU; needs no TensorFlow."""

import os
import platform
import re
import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from typing import Literal

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from fake_image_detection.bundle import Bundle, GraphFiles
from fake_image_detection.errors import BundleError
from fake_image_detection.runtimes.runtime import Graph

# Copies of a graph that run at a time at most: each takes memory of its own.
_MOST_CALLERS = 8


class LiteRuntime:
    """Runs LiteRT graphs on all CPU cores of this process."""

    name = "lite"
    form: Literal["lite", "saved_model"] = "lite"
    batch = 8
    # One for all graphs of the process: each takes every core.
    _lock = threading.Lock()

    def __init__(self) -> None:
        """Find out what the CPU is called."""
        self.device = f"CPU: {_cpu_name()}"

    def load(self, bundle: Bundle, files: GraphFiles) -> Graph:
        """Load a .tflite file."""
        content = bundle.read_file(files.lite)
        try:
            return _LiteGraph(content, self._lock)
        except (ValueError, RuntimeError) as error:
            raise BundleError(
                f"LiteRT cannot load {bundle.root / files.lite}: {error}. Build the bundle anew."
            ) from error


class _LiteGraph(Graph):
    def __init__(self, content: bytes, lock: threading.Lock) -> None:
        self._content, self._lock = content, lock
        self._run = _runner(content, _cores())

    @cached_property
    def parallel(self) -> Graph:
        return _ParallelGraph(self._content, min(_cores(), _MOST_CALLERS))

    def __call__(self, images: NDArray[np.uint8]) -> Mapping[str, NDArray[np.float32]]:
        with self._lock:
            outputs: Mapping[str, NDArray[np.float32]] = self._run(image=images.astype(np.float32))
        return outputs


class _ParallelGraph(Graph):
    """Copies of a graph, each on one core, which loses nothing to the meetings of threads within a small graph."""

    def __init__(self, content: bytes, callers: int) -> None:
        self.callers = callers
        self._idle: SimpleQueue[Callable[..., Mapping[str, NDArray[np.float32]]]] = SimpleQueue()
        for _ in range(callers):
            self._idle.put(_runner(content, 1))

    def __call__(self, images: NDArray[np.uint8]) -> Mapping[str, NDArray[np.float32]]:
        run = self._idle.get()
        try:
            return run(image=images.astype(np.float32))
        finally:
            self._idle.put(run)


def _runner(content: bytes, threads: int) -> Callable[..., Mapping[str, NDArray[np.float32]]]:
    interpreter = Interpreter(model_content=content, num_threads=threads)
    runner: Callable[..., Mapping[str, NDArray[np.float32]]] = interpreter.get_signature_runner("serving_default")
    return runner


def _cores() -> int:
    # In a container, or under taskset, a process may use fewer cores than the machine has.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cpu_name() -> str:
    try:
        described = re.search(
            r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE
        )
    except OSError:
        described = None
    return described.group(1).strip() if described else platform.processor() or platform.machine()
