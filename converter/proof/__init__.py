"""What shows that all forms are the network that was trained."""
