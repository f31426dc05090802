"""Generalisation of a trained controller beyond the reaches that it was trained for."""
