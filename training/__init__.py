"""Training: labelled faces in, a trained network with its figures, curves and card out."""
