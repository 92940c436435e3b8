"""The layout of TensorFlow Serving: NAME/VERSION/ with a SavedModel in it."""

import shutil
from pathlib import Path

from converter.bundle.stored import open_bundle, require_saved_model
from converter.errors import ConverterError


def write_serving(bundle: Path, place: Path) -> str:
    """Add every network of the bundle to the models in `place`, each as its next version unless it is the latest.

    Returns:
        What was written, a line for each network.

    Raises:
        ConverterError: there is no bundle, it is damaged, or `place` is a file.
    """
    if place.exists() and not place.is_dir():
        raise ConverterError(f"{place} is a file; name a folder.")
    opened = open_bundle(bundle)
    lines = []
    for name, entry in opened.manifest.raw["networks"].items():
        require_saved_model(opened, name, "for TensorFlow Serving")
        source, folder = opened.root / entry["files"]["saved_model"], place / name
        present = sorted(int(path.name) for path in folder.glob("*") if path.name.isdigit())
        if present and _contents(folder / str(present[-1])) == _contents(source):
            lines.append(f"{folder / str(present[-1])}: is there already")
            continue
        version = folder / str(present[-1] + 1 if present else 1)
        # TensorFlow Serving watches the folder and would load a version that is half there.
        fresh = folder / f".{version.name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(source, fresh)
        fresh.rename(version)
        lines.append(f"{version}: written")
    return "\n".join(lines)


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
