"""Write the corpus: `python -m tests.picture_corpus FOLDER`, with what is expected of each file in `index.json`."""

import argparse
import json
from pathlib import Path

from tests.picture_corpus import corpus


def main() -> None:
    """Write the files and the index into a folder that need not exist yet."""
    parser = argparse.ArgumentParser(prog="python -m tests.picture_corpus", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for entry in corpus():
        (folder / entry.name).write_bytes(entry.data)
        index.append({"name": entry.name, "refused": entry.refused, "warnings": entry.warnings})
    (folder / "index.json").write_text(json.dumps(index, indent=1), encoding="utf-8")


main()
