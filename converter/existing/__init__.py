"""What is asked of bundles that are there."""
