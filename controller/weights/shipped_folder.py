"""Folder of the trained controllers that ship, apart from what it takes to load them."""

from pathlib import Path

SHIPPED_FOLDER = Path(__file__).parents[1] / "shipped"
"""Folder of a file per controller, named after its arm and what it was trained for."""

WEIGHTLESS = "-weightless"
"""Suffix of the arm's name in files of controllers that were trained without gravity."""

ACROSS = "-workspace"
"""Suffix in files of controllers whose motions go from pose to pose across the workspace."""


def shipped_name(arm: str, knows_gravity: bool = True, between: bool = False) -> str:
    """Return the name of a controller: its arm's, and suffixes, that of gravity first.

    Args:
        arm: Name of the arm.
        knows_gravity: False for a controller that leaves gravity to adaptation.
        between: True for a controller of motions from pose to pose.
    """
    return f"{arm}{'' if knows_gravity else WEIGHTLESS}{ACROSS if between else ''}"


def shipped_file(name: str) -> Path:
    """Return the path of a controller's file, for its name."""
    return SHIPPED_FOLDER / f"{name}.npz"


def shipped_names() -> list[str]:
    """Return the names of the controllers that ship, sorted."""
    return sorted(path.stem for path in SHIPPED_FOLDER.glob("*.npz"))


def shipped_arms() -> list[str]:
    """Return the arms for which a controller ships that bears them, and reaches from home."""
    return [name for name in shipped_names() if not name.endswith((WEIGHTLESS, ACROSS))]
