"""What Python finds, for the browsers' tests: pictures as lines of base64 on stdin, a JSON list on stdout.

`sign` as the argument signs the pictures instead, JPEG with a signer whom nobody knows, and gives them back as base64.
"""

import base64
import json
import sys

from fake_image_detection.evidence import find_evidence
from tests.evidence.evidence_signing import make_signer, manifest

if __name__ == "__main__":
    pictures = [base64.b64decode(line) for line in sys.stdin]
    if sys.argv[1:] == ["sign"]:
        signer, declared = make_signer(), manifest("c2pa.created", "trainedAlgorithmicMedia")
        answers: list[object] = [base64.b64encode(signer.sign(file, "JPEG", declared)).decode() for file in pictures]
    else:
        answers = [[item.to_dict() for item in find_evidence(file)] for file in pictures]
    print(json.dumps(answers))
