"""The same network gives the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

import tensorflow as tf

from converter.forms.artifacts import settle, write_artifacts
from converter.forms.precision import plain
from converter.forms.saved_model import write_network
from converter.networks.fold import fold
from converter.networks.trained_network import read_network
from tests.converter.tiny_networks import numbers, tiny_network, write_files

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from pathlib import Path
from converter.environment import prepare_tensorflow
prepare_tensorflow()
from tests.converter.bundle.test_determinism import convert
convert(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def convert(folder: Path, out: Path) -> None:
    """Write the network in `folder` to `out` in every form."""
    network = read_network(folder)
    artifacts = write_artifacts(
        fold(network.model),
        lambda model, place: write_network(network, model, place),
        out,
        network.name,
        ("saved_model", "lite", "tfjs"),
        ("int8",),
    )
    settle(artifacts, plain("uint8"), "int8")


def test_two_processes_with_different_pasts_write_the_same_bytes(node: None, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "tiny", tiny_network(), numbers())
    # Names of operations and of layers are counted on.
    for _ in range(3):
        tf.function(lambda x: x + 1)(tf.zeros(3))
        read_network(folder)
    convert(folder, tmp_path / "here")
    subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), str(tmp_path / "there")],
        check=True,
        capture_output=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "3"},
    )
    here, there = (contents(tmp_path / place) for place in ("here", "there"))
    assert len(here) == 6
    assert here == there


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
