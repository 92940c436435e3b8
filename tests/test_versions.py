"""A version that has to stand in several files is the same in each."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NODE_PACKAGES = [ROOT / folder / "package.json" for folder in ("extension", "converter/node", "tests/browser")]


def test_packages_of_node_have_one_version_each() -> None:
    wanted: dict[str, set[str]] = {}
    for path in NODE_PACKAGES:
        package = json.loads(path.read_text(encoding="utf-8"))
        asked = {
            **package.get("dependencies", {}),
            **package.get("devDependencies", {}),
            "node": package["engines"]["node"],
        }
        for name, version in asked.items():
            wanted.setdefault(name, set()).add(version)
    assert {name: versions for name, versions in wanted.items() if len(versions) > 1} == {}


def test_pythons_that_are_proved_are_those_that_can_install_it() -> None:
    oldest, beyond = re.findall(r"3\.(\d+)", re.findall(r"requires-python = .*", _read("pyproject.toml"))[0])
    pythons = [f"3.{minor}" for minor in range(int(oldest), int(beyond))]
    assert re.findall(r'SUPPORTED="(.*)"', _read(".ci/test-pythons"))[0].split() == pythons
    assert (
        re.findall(r"python(3\.\d+) ", _read("Makefile").partition("for candidate")[2].partition(";")[0])
        == pythons[::-1]
    )


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
