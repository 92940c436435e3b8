"""Questions about trained networks, each answered by a report."""
