"""Writes what Python finds in small pictures and manifest stores, for the extension to find as well.

python -m tests.evidence.evidence_golden
"""

import base64
import json
from pathlib import Path

from PIL import ExifTags

from fake_image_detection.evidence import find_evidence
from fake_image_detection.evidence.credentials import judge
from tests.evidence.evidence_hostile import HOSTILE
from tests.evidence.evidence_pictures import (
    MARKED,
    WITH_EXIF,
    WITH_RESOURCES,
    WITH_XMP,
    exif,
    image_resources,
    xmp_attribute,
)
from tests.evidence.evidence_stores import STORES

ROOT = Path(__file__).parents[2]
# Node 20, where the extension's unit tests run, is more lenient here than browsers and Python are.
LEFT_OUT = ("PNG with more behind a packed text",)
GOLDEN = ROOT / "extension" / "src" / "evidence" / "evidence.golden.json"


def pictures() -> dict[str, bytes]:
    """Every small picture of the tests by its name."""
    credit = xmp_attribute("photoshop:Credit", "Made with Google AI")
    software = exif({ExifTags.Base.Software: "Stable Diffusion"})
    resources = image_resources(110, b"Edited with Google AI")
    return (
        {name: data for name, (data, _) in MARKED.items()}
        | {f"EXIF in {name}": make(software) for name, make in WITH_EXIF.items()}
        | {f"XMP in {name}": make(credit) for name, make in WITH_XMP.items()}
        | {f"IPTC in {name}": make(resources) for name, make in WITH_RESOURCES.items()}
        | {name: data for name, data in HOSTILE.items() if len(data) < 4096 and name not in LEFT_OUT}
    )


def main() -> None:
    """Write the file."""
    golden = {
        "pictures": [
            {
                "name": name,
                "file": base64.b64encode(data).decode(),
                "evidence": [item.to_dict() for item in find_evidence(data)],
            }
            for name, data in pictures().items()
        ],
        "stores": [
            {"name": name, "store": store, "evidence": judge(store).to_dict()} for name, (store, _) in STORES.items()
        ],
    }
    GOLDEN.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
