"""Kernels that run the host's program."""
