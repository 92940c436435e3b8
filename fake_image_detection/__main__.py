"""`python -m fake_image_detection`."""

import sys

from fake_image_detection.cli import main

if __name__ == "__main__":
    sys.exit(main(program="python -m fake_image_detection"))
