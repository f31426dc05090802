"""The host's part of a network, compiled."""
