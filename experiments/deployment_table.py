"""What a preflight found, as a person reads it."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from loihi_deploy.examination import Report, Row
from loihi_deploy.quantisation import WEIGHTS, QuantisationError


def report_table(report: Report, title: str) -> Table:
    """Lay out one limit per line."""
    table = Table(title=title, title_justify="left")
    for heading in ("resource", "used", "limit", "where most is used", "verdict"):
        justify = "right" if heading in ("used", "limit") else "left"
        table.add_column(heading, justify=justify)
    for row in report.rows:
        cells = (row.resource, _number(row.used), _number(row.limit), row.where, _verdict(row))
        style = "" if row.ok else "red"
        table.add_row(*(Text(cell, style=style) for cell in cells))  # names hold brackets
    return table


def error_table(errors: Sequence[QuantisationError]) -> Table:
    """Lay out what discretisation does to each weight matrix."""
    table = Table(title="Weights in the chip's integers", title_justify="left")
    for heading in ("into", "from", "weights", "rms error %", "largest error", "largest weight"):
        table.add_column(heading, justify="left" if heading in ("into", "from") else "right")
    for one in errors:
        if one.array == WEIGHTS:
            table.add_row(
                Text(one.block), Text(one.source), str(one.n_values),
                f"{one.relative_rms:.2%}".rstrip("%"), f"{one.largest:.3g}",
                f"{one.largest_value:.3g}",
            )  # fmt: skip
    return table


def summary(report: Report) -> str:
    """Say in a line whether it fits, and what it takes."""
    if report.deployed is None:
        return "It cannot be built for the chip."
    chips = report.deployed.placement.cores_per_chip
    verdict = "It fits" if report.ok else f"It does not fit (breaches: {len(report.breaches)})"
    return f"{verdict}. Cores: {sum(chips)}. Chips: {len(chips)}."


def _number(value: float) -> str:
    return f"{value:.2f}" if isinstance(value, float) else f"{value:,}"


def _verdict(row: Row) -> str:
    verdict = "fits" if row.ok else "breach"
    return ". ".join(filter(None, [", ".join(filter(None, [verdict, row.note])), row.remedy]))
