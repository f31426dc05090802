"""Controllers side by side on one task."""
