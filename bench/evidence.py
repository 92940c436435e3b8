"""What evidence costs: processor time of reading and matching texts, and of the reader of Content Credentials.

python -m bench.evidence PICTURE...
"""

import argparse
import resource
import statistics
import time
from pathlib import Path

from fake_image_detection.evidence import find_evidence
from fake_image_detection.evidence.containers import read_metadata
from fake_image_detection.evidence.rules import find_markers

REPEATS = 5


def texts_ms(data: bytes) -> float:
    """Median processor time of reading and matching all texts, in milliseconds."""
    spent = []
    for _ in range(REPEATS):
        started = time.process_time()
        list(find_markers(read_metadata(data)))
        spent.append(time.process_time() - started)
    return statistics.median(spent) * 1000


def reader_ms(data: bytes) -> float:
    """Processor time of the reader's process, in milliseconds; 0 for a picture without Content Credentials."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    find_evidence(data)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def main() -> None:
    """Print a row for each picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", metavar="PICTURE", nargs="+", type=Path)
    print(f"{'texts, ms':>10} {'reader, ms':>11} {'KB':>7}  picture")
    for path in parser.parse_args().pictures:
        data = path.read_bytes()
        print(f"{texts_ms(data):10.2f} {max(0.0, reader_ms(data)):11.0f} {len(data) // 1024:7}  {path.name}")


if __name__ == "__main__":
    main()
