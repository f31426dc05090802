"""Backends: simulations of the chip's arithmetic."""
