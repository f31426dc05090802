"""Ablations: controllers trained without one of their parts, or with another size of it."""
