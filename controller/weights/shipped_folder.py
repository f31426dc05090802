"""Folder of the trained controllers that ship, apart from what it takes to load them."""

from pathlib import Path

SHIPPED_FOLDER = Path(__file__).parents[1] / "shipped"
"""Folder of a file per controller, named after its arm and what it was trained for."""

WEIGHTLESS = "-weightless"
"""Suffix of the arm's name in files of controllers that were trained without gravity."""

BETWEEN = "-workspace"
"""Suffix in files of controllers whose motions go from pose to pose across the workspace."""


def shipped_file(name: str) -> Path:
    """Return the path of a controller's file, for an arm's name and perhaps a suffix."""
    return SHIPPED_FOLDER / f"{name}.npz"


def shipped_names() -> list[str]:
    """Return the names of the controllers that ship, in their order."""
    return sorted(path.stem for path in SHIPPED_FOLDER.glob("*.npz"))


def shipped_arms() -> list[str]:
    """Return the arms that a controller ships for which reaches from home and bears the arm."""
    return [name for name in shipped_names() if not name.endswith((WEIGHTLESS, BETWEEN))]
