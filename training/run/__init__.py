"""One training: its settings, its steps, its folder."""
