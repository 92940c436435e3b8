"""What a network's answers are worth: figures, bounds, tables and plots."""
