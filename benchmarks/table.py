"""Comparison of simulators as a table, and as JSON."""

from dataclasses import asdict, dataclass
from typing import Any

from limits import Share
from measurement import Measurement, Work
from networks import DT
from rich.table import Table

MICRO, MEGA = 1e6, 1e6


@dataclass(frozen=True)
class Row:
    """Measurement compared with the others of its network.

    Attributes:
        measured: Measurement.
        speedup: Speed over that of each peer on the same network [1].
        work: Work of a step, where the engine counted it.
        share: Share of the machine's limits, of simulators that do this work only.
        same_output: True if the output equals nengo-loihi's to the last bit.
    """

    measured: Measurement
    speedup: dict[str, float]
    work: Work | None
    share: Share | None
    same_output: bool | None

    def json(self) -> dict[str, Any]:
        """Return a dictionary of plain values."""
        return asdict(self)


def make_table(rows: list[Row]) -> Table:
    """Lay rows out, network by network."""
    table = Table(title="Simulators side by side")
    table.add_column("network")
    table.add_column("simulator")
    for heading in (
        "us/step", "us/step, singly", "x nengo-loihi", "x nengo", "real time", "Mevents/s",
        "% of memory", "% of instructions", "MB at peak", "build s", "first step s", "same output",
    ):  # fmt: skip
        table.add_column(heading, justify="right")
    previous = None
    for row in rows:
        if previous not in (None, row.measured.network):
            table.add_section()
        table.add_row(*_cells(row, repeated=row.measured.network == previous))
        previous = row.measured.network
    return table


def markdown(rows: list[Row]) -> str:
    """Write the main columns as a table for the documentation."""
    lines = [
        "| network | simulator | us per step | x nengo-loihi | x nengo | real-time factor | MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = _cells(row, repeated=False)
        chosen = [cells[k] for k in (0, 1, 2, 4, 5, 6, 10)]
        lines.append("| " + " | ".join(chosen) + " |")
    return "\n".join(lines)


def describe(work: Work) -> str:
    """Write the work of a network in a line."""
    return (
        f"{work.ensembles} ensembles, {work.neurons} neurons, {work.compartments} compartments, "
        f"{work.synapses} synapses, {work.events:.0f} events and {work.learning_updates:.0f} "
        "learning updates per step"
    )


def _cells(row: Row, repeated: bool) -> list[str]:
    one, share = row.measured, row.share
    on_chip = one.peer in ("nengo-loihi", "engine")
    rate = row.work.events / one.step_time / MEGA if row.work and on_chip else None
    return [
        "" if repeated else one.network,
        one.peer,
        f"{one.step_time * MICRO:.1f}",
        f"{one.single_step_time * MICRO:.1f}",
        _number(row.speedup.get("nengo-loihi"), ".3g"),
        _number(row.speedup.get("nengo"), ".3g"),
        f"{DT / one.step_time:.3g}",
        _number(rate, ".3g"),
        _number(share and 100 * share.memory, ".2g"),
        _number(share and 100 * share.instructions, ".2g"),
        _number(one.peak_memory and one.peak_memory / MEGA, ".0f"),
        f"{one.build_time:.2f}",
        f"{one.first_step_time:.2f}",
        {True: "yes", False: "NO", None: "-"}[row.same_output],
    ]


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
