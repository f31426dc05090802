"""Simulations of the chip's arithmetic."""
