"""What the converter refuses, and what to do about it."""


class ConverterError(Exception):
    """Something the person who runs the converter can mend; the message names the mending."""
