"""Exception for wrong input, and checks that raise it."""

from math import inf


class SpikearmError(ValueError):
    """Error of bad input: its text says what is wrong, what is allowed and what to do.

    The command line prints the text and exits with status 2.
    """


def check_positive(config: object, *names: str) -> None:
    """Check that attributes of a configuration are positive, finite numbers.

    Raises:
        SpikearmError: An attribute is not.
    """
    for name in names:
        value = getattr(config, name)
        if not 0 < value < inf:
            raise SpikearmError(f"{name} {value:g} is not possible: give more than 0.")
