"""Energies and ratios as text."""

from collections.abc import Sequence

UNITS = ((1.0, "J"), (1e-3, "mJ"), (1e-6, "µJ"), (1e-9, "nJ"), (1e-12, "pJ"))


def energy(value: float | None) -> str:
    """Write an energy [J] with three digits and a unit; a dash where none is published."""
    if value is None:
        return "-"
    rounded = float(f"{value:.3g}")
    scale, unit = next((one for one in UNITS if rounded >= one[0]), UNITS[-1])
    return f"{rounded / scale:.3g} {unit}" if value else "0"


def ratio(value: float) -> str:
    """Write a ratio with three digits, or whole."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def energy_range(values: Sequence[float] | None) -> str:
    """Write a range of energies [J], its unit once where both have the same."""
    if values is None:
        return "not published"
    low, high = (energy(one) for one in sorted(values))
    number, _, unit = low.partition(" ")
    return low if low == high else f"{number if high.endswith(f' {unit}') else low} to {high}"


def ratio_range(values: Sequence[float]) -> str:
    """Write a range of ratios."""
    low, high = (ratio(one) for one in sorted(values))
    return low if low == high else f"{low} to {high}"
