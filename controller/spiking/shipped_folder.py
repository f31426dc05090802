"""Folder of the trained controllers that ship, apart from what it takes to load them."""

from pathlib import Path

WEIGHTLESS = "-weightless"
"""Suffix of the arm's name in files of controllers that were trained without gravity."""

SHIPPED_FOLDER = Path(__file__).parents[1] / "shipped"
"""Folder of a file per controller, named after its arm."""
