"""Controllers for other tools."""
