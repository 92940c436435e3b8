"""Green has to mean that everything ran."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run(folder: Path, reason: str, ci: str) -> str:
    (folder / "test_other.py").write_text(f"import pytest\n\ndef test_it():\n    pytest.skip({reason!r})\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-n", "0", "--rootdir", str(folder), str(folder)]
    environment = {**os.environ, "CI": ci, "PYTEST_ADDOPTS": "", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("reason", "ci", "wanted"),
    [
        ("there is no Chromium", "", "1 skipped"),
        ("there is no Chromium", "true", "1 failed"),
        ("the labelled faces in ../shared/faces are not here", "true", "1 skipped"),
    ],
)
def test_in_ci_a_test_that_is_left_out_fails_unless_no_public_clone_can_run_it(
    reason: str, ci: str, wanted: str, tmp_path: Path
) -> None:
    assert wanted in run(tmp_path, reason, ci)
