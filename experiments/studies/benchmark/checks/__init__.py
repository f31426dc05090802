"""Checks of what a benchmark shows: of its baseline, and of a controller that was trained."""
