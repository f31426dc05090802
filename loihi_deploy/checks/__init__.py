"""The chip's limits, checked."""
