"""A trained network in, a bundle out: SavedModel, TF.js and LiteRT, proved to be the network that was trained.

Run it with `python -m converter --network models/NAME --out bundle`; `python -m converter --help` teaches the rest.
"""
