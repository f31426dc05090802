"""Words for sentences on results: lists, counts and lengths."""

from collections.abc import Sequence


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does: ``a``, ``a and b``, ``a, b and c``."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def counted(n: int, noun: str) -> str:
    """Write a number and its noun: ``1 seed``, ``2 seeds``."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def number(value: float | None, factor: float, digits: int) -> str:
    """Write a number in another unit; nothing where there is none.

    Args:
        value: Number.
        factor: Factor to the unit.
        digits: Number of decimals.
    """
    return "" if value is None else f"{factor * value:.{digits}f}"


def millimetres(metres: float) -> str:
    """Write a length [m] in millimetres with two digits, or whole from 10 mm on."""
    value = 1e3 * metres
    if round(value, 1) >= 10:
        return f"{value:,.0f} mm"
    return f"{value:#.2g} mm"
