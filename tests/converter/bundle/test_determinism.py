"""The same network gives the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

from tests.converter.tiny_networks import numbers, tiny_network, write_files

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from pathlib import Path
from converter.environment import prepare_tensorflow
prepare_tensorflow()
import tensorflow as tf
from converter.forms.artifacts import settle, write_artifacts
from converter.networks.fold import fold
from converter.forms.precision import plain
from converter.forms.saved_model import write_network
from converter.networks.trained_network import read_network
folder, out, past = sys.argv[1:]
for _ in range(int(past)):
    tf.function(lambda x: x + 1)(tf.zeros(3))
    read_network(Path(folder))
network = read_network(Path(folder))
artifacts = write_artifacts(
    fold(network.model),
    lambda model, place: write_network(network, model, place),
    Path(out),
    network.name,
    ("saved_model", "lite", "tfjs"),
    ("int8",),
)
settle(artifacts, plain("uint8"), "int8")
"""


def test_two_processes_with_different_pasts_write_the_same_bytes(node: None, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "tiny", tiny_network(), numbers())
    for past in ("0", "3"):
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(folder), str(tmp_path / past), past],
            check=True,
            capture_output=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": past},
        )
    first, second = (contents(tmp_path / past) for past in ("0", "3"))
    assert len(first) == 6
    assert first == second


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
