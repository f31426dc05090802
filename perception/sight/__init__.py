"""Sight: from frames of several cameras to a target in space, and what its loss means."""
