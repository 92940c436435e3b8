"""`python -m converter`."""

import os
import signal
import sys

# The figures of the proof must not depend on which GPU, with which rounding, sits in the machine.
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

from converter.cli import main

# An exception, unlike the default, lets the half-written bundle be removed.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
sys.exit(main())
