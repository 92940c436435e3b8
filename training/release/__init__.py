"""What is published of a trained network: its folder in models/, and its card."""
