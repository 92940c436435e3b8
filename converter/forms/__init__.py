"""The forms of a network in a bundle: how each is written, how each is run."""
