"""Exception for wrong input, and checks that raise it."""

from numbers import Integral

LARGEST = 1e6
"""Largest number that an option may have, in SI units: no arm, gain or time is near it."""
MOST_PROCESSES = 1024
"""Processes of the largest machines that are shared; each takes a core, and memory."""


class SpikearmError(ValueError):
    """Error of bad input: its text says what is wrong, what is allowed and what to do.

    The command line prints the text and exits with status 2.
    """


def sentence(error: Exception) -> str:
    """Return an error's text as part of a sentence: in one line, without unprintable characters."""
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    printable = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(printable.split()).rstrip(".") or type(error).__name__


def check_positive(config: object, *names: str) -> None:
    """Check that attributes of a configuration are positive numbers of bounded size.

    None, a value that was left out, is passed over; of several numbers, all are checked.

    Raises:
        SpikearmError: An attribute is not.
    """
    for name, value in _numbers(config, names):
        if not 0 < value <= LARGEST:
            _refuse(name, value, "more than 0")


def check_not_negative(config: object, *names: str) -> None:
    """Check that attributes of a configuration are numbers of bounded size, and none below 0.

    None, a value that was left out, is passed over; of several numbers, all are checked.

    Raises:
        SpikearmError: An attribute is not.
    """
    for name, value in _numbers(config, names):
        if not 0 <= value <= LARGEST:
            _refuse(name, value, "0 or more")


def check_finite(config: object, *names: str) -> None:
    """Check that attributes of a configuration are numbers of bounded size, of either sign.

    None, a value that was left out, is passed over; of several numbers, all are checked.

    Raises:
        SpikearmError: An attribute is not.
    """
    for name, value in _numbers(config, names):
        if not -LARGEST <= value <= LARGEST:
            raise SpikearmError(
                f"{name} is {value:g}: give a finite number from {-LARGEST:g} to {LARGEST:g}."
            )


def check_count(count: int, things: str, most: int, least: int = 1) -> None:
    """Check a number of things.

    Args:
        count: Number of things.
        things: Plural of them.
        most: Largest number that is possible.
        least: Smallest one.

    Raises:
        SpikearmError: It is no whole number, or out of range.
    """
    if isinstance(count, bool) or not isinstance(count, Integral):
        raise SpikearmError(
            f"{count!r} {things} are not possible: give a whole number, {least} to {most}."
        )
    if count < least:
        raise SpikearmError(f"{count} {things} are too few: give {least} or more, at most {most}.")
    if count > most:
        raise SpikearmError(f"{count} {things} are too many: give {least} to {most}.")


def check_counts(config: object, most: int, *names: str) -> None:
    """Check numbers of things that attributes of a configuration hold.

    Args:
        config: Configuration.
        most: Largest number that is possible.
        *names: Names of the attributes.

    Raises:
        SpikearmError: A number is no whole number, or out of range.
    """
    for name in names:
        value = getattr(config, name)
        for count in value if isinstance(value, tuple) else (value,):
            check_count(count, name.replace("_", " "), most)


def check_processes(jobs: int | None) -> None:
    """Check a number of processes; None stands for the number of cores.

    Raises:
        SpikearmError: It is out of range.
    """
    if jobs is not None:
        check_count(jobs, "jobs", MOST_PROCESSES)


def _numbers(config: object, names: tuple[str, ...]) -> list[tuple[str, float]]:
    """List the numbers of attributes with their names."""
    values = [(name, getattr(config, name)) for name in names]
    several = [(name, value if isinstance(value, tuple) else (value,)) for name, value in values]
    return [(name, one) for name, value in several for one in value if one is not None]


def _refuse(name: str, value: float, allowed: str) -> None:
    raise SpikearmError(f"{name} {value:g} is not possible: give {allowed}, at most {LARGEST:g}.")
