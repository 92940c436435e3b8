"""A trained network: read, checked, folded, with the face detector that goes with it."""
