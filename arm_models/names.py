"""Names of a file, and names that it leaves free."""

from collections.abc import Callable

SEPARATOR = "/"  # of MuJoCo's attached models: "left_arm/joint1"


def free_name(find: Callable[[str], object | None], wanted: str) -> str:
    """Return the wanted name, lengthened until the file has none like it.

    Args:
        find: Function that finds an element of the file by its name, or returns None.
        wanted: Name to begin with.
    """
    while find(wanted) is not None:
        wanted += "_"
    return wanted


def without_prefix(name: str) -> str:
    """Return a name without the names of the models that it was attached with."""
    return name.rpartition(SEPARATOR)[2]
