"""Perturbations: anything that a controller was not told of, or is disturbed by."""
