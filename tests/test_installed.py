"""The package as pip installs it: a wheel in an environment that has nothing else, far from the repository."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("fake_image_detection", "server", "requirements", "pyproject.toml", "README.md", "LICENSE")
PORT = re.compile(r"http://127\.0\.0\.1:(\d+)/")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Building leaves things beside the sources.
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, copy / name)
    out = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--wheel-dir", str(out), str(copy)], check=True)
    (built,) = out.iterdir()
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs of the environment are."""
    environment = tmp_path_factory.mktemp("installed") / "environment"
    # The pip that is here installs into it too, and to bring it another one takes longer than all else.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    found = environment / ("Scripts" if sys.platform == "win32" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(found / "python"), "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--no-compile", f"fake-image-detection[server] @ {wheel.as_uri()}"], check=True)
    return found


def clean(**more: str) -> dict[str, str]:
    """An environment in which nothing leads back to the repository."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "FAKE_IMAGE"))} | more


def run(program: Path, *arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(program), *arguments], cwd=cwd, env=clean(**more), capture_output=True, text=True, check=False, timeout=120
    )


def test_wheel_has_every_file_of_the_detector_and_of_the_server(wheel: Path) -> None:
    detector, server = ROOT / "fake_image_detection", ROOT / "server"
    page = [path for path in (server / "web" / "dist").iterdir() if not path.name.startswith(".")]
    assert page, "the page has not been built: make server/web/dist/.built"
    sources = {
        *(path.relative_to(ROOT) for path in detector.rglob("*") if path.is_file() and path.suffix != ".pyc"),
        *("fake_image_detection" / path.relative_to(ROOT) for path in (*server.glob("*.py"), *page)),
    }
    with zipfile.ZipFile(wheel) as archive:
        packed = {Path(name) for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == sources


def test_installation_takes_no_name_but_its_own(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"fake_image_detection"}


@pytest.mark.parametrize("module", ["tensorflow", "keras", "jax", "torch", "scipy", "server", "training", "converter"])
def test_installation_has_no(module: str, programs: Path, tmp_path: Path) -> None:
    done = run(programs / "python", "-c", f"import {module}", cwd=tmp_path)
    assert f"No module named '{module}'" in done.stderr


def test_installed_command_checks_a_picture(
    programs: Path, bundle: Path, astronaut_jpeg: bytes, tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(astronaut_jpeg)
    done = run(
        programs / "fake-image-detection", "check", "a.jpg", "--json",
        cwd=tmp_path, FAKE_IMAGE_DETECTION_BUNDLE=str(bundle),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == "real"


def test_installed_server_answers_with_page_and_verdict(
    programs: Path, bundle: Path, astronaut_jpeg: bytes, tmp_path: Path
) -> None:
    (tmp_path / "bundle").symlink_to(bundle)
    process = subprocess.Popen(
        [str(programs / "fake-image-detection-server"), "--port", "0", "--device", "cpu"],
        cwd=tmp_path,
        env=clean(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        page, _, _ = (process.stdout.readline() for _ in range(3))
        found = PORT.search(page)
        assert found, process.communicate(timeout=20)
        address = found.group()
        with urllib.request.urlopen(address) as answer:
            assert b"<html" in answer.read()
        request = urllib.request.Request(f"{address}v1/check", astronaut_jpeg, {"Content-Type": "image/jpeg"})
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer)["verdict"] == "real"
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "Traceback" not in said
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("program", "arguments"),
    [("fake-image-detection", ["check", "a.jpg"]), ("fake-image-detection-server", ["--port", "0"])],
)
def test_without_a_bundle_the_command_tells_where_it_looked_and_how_to_get_one(
    program: str, arguments: list[str], programs: Path, tmp_path: Path
) -> None:
    done = run(programs / program, *arguments, cwd=tmp_path)
    assert done.returncode != 0
    assert str(tmp_path / "bundle") in done.stderr
    assert str(programs.parent / "share" / "fake-image-detection" / "bundle") in done.stderr
    assert "make run" in done.stderr
    assert "FAKE_IMAGE_DETECTION_BUNDLE" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("module", ["fake_image_detection", "fake_image_detection.server"])
def test_help_of_an_installed_module_names_itself(module: str, programs: Path, tmp_path: Path) -> None:
    done = run(programs / "python", "-m", module, "--help", cwd=tmp_path)
    assert done.stdout.startswith(f"usage: python -m {module} ")


def test_server_without_its_packages_says_what_to_install(wheel: Path, programs: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['flask'] = None")
    done = run(programs / "python", "-m", "fake_image_detection.server", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert "pip install 'fake-image-detection[server]'" in done.stderr
    assert "Traceback" not in done.stderr
