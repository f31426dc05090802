"""Sweeps: a grid of runs on many processes or machines, whose truth is one file per task."""
