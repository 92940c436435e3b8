"""Labelled faces: which there are, how they are altered, how they reach a network."""
