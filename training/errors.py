"""What can stop a command: each message says what is wrong and how to mend it."""

from __future__ import annotations


class RunError(Exception):
    """The run cannot start or go on; the message names the fix."""


class DataError(Exception):
    """The folder cannot be trained on; the message says what is wrong with it and what is expected."""


class NetworkError(Exception):
    """The folder holds no network that can be used; the message says what is missing."""


class StartWeightsError(Exception):
    """The start weights could not be had or do not fit; the message names the fix."""


class TooFewFacesError(ValueError):
    """No band can be bounded with so few faces."""
