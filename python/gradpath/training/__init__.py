"""Training: a network, its data, and any optimizer and schedule."""
