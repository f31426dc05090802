"""The exception for wrong input, and checks that raise it."""

from math import inf


class SpikearmError(ValueError):
    """Sentence of what was wrong, what is allowed and what to do.

    Raised for every kind of bad input; the command line prints its text and
    leaves with exit status 2.
    """


def check_positive(config: object, *names: str) -> None:
    """Check that attributes of a configuration are positive, finite numbers.

    Raises:
        SpikearmError: One is not.
    """
    for name in names:
        value = getattr(config, name)
        if not 0 < value < inf:
            raise SpikearmError(f"{name} {value:g} is not possible: give more than 0.")
