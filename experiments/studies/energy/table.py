"""Tables of an energy report."""

from rich.box import SIMPLE_HEAD
from rich.table import Table

from spikearm.experiments.studies.energy.report import HARD, PUBLISHED, SPIKES, EnergyReport, Way
from spikearm.experiments.tables import make_table
from spikearm.loihi_deploy.energy.account import Account
from spikearm.loihi_deploy.energy.devices import (
    ACTIVE,
    BETWEEN_CHIPS,
    EAST_WEST,
    INACTIVE,
    LEARNING,
    NORTH_SOUTH,
    SYNAPSES,
    WITHIN_TILES,
)

UNITS = ((1.0, "J"), (1e-3, "mJ"), (1e-6, "µJ"), (1e-9, "nJ"), (1e-12, "pJ"))
ROWS = {
    "events": SYNAPSES,
    "active": ACTIVE,
    "inactive": INACTIVE,
    "learning": LEARNING,
    "in tiles": WITHIN_TILES,
    "east-west": EAST_WEST,
    "north-south": NORTH_SOUTH,
    "to chips": BETWEEN_CHIPS,
}
"""Parts of a network's account, by the rows of a table."""
TEXT = ("", "device", "job", "what", "how", "parts", "source", "metric", "of Loihi")
"""Headings of columns that are not numbers."""


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


def work_table(report: EnergyReport) -> Table:
    """Lay out the counts of a step."""
    reach, traffic = report.reach, report.reach.work.traffic
    rows = {
        "steps in the reach": reach.n_steps,
        "spikes of the chip": reach.counts.spikes - reach.counts.host_spikes,
        "spikes from the host": reach.counts.host_spikes,
        "stored weights that spikes reach": reach.work.synaptic_events,
        "those that are not zero": reach.counts.synaptic_events,
        "neuron updates, active": reach.work.active_updates,
        "neuron updates, inactive": reach.work.inactive_updates,
        "learning updates": reach.work.learning_updates,
        "spike messages within a chip": traffic.spikes,
        "hops of all, east-west": traffic.east_west,
        "hops of all, north-south": traffic.north_south,
        "spike messages between chips": traffic.between_chips,
        "multiply-adds with all weights": report.all_weights.synaptic_events,
    }
    operations = {f"operations, {name}": one.total for name, one in report.operations.items()}
    table = _table("Counted in a step, on average", "what", "per step")
    for name, value in (rows | operations).items():
        table.add_row(name, f"{value:,.1f}".removesuffix(".0"))
    return table


def network_table(report: EnergyReport) -> Table:
    """Lay out the energy of the spiking network on each device."""
    accounts = _accounts(report, SPIKES)
    table = _table(f"Energy of a step: {SPIKES}", "", *(one.device for one in accounts))
    for name, part in ROWS.items():
        table.add_row(name, *(energy(one.part(part)) for one in accounts))
    table.add_section()
    table.add_row("dynamic", *(energy(one.dynamic) for one in accounts))
    table.add_row("static", *(energy(one.static) for one in accounts))
    table.add_section()
    n_steps = report.reach.n_steps
    table.add_row("all, dynamic", *(energy(n_steps * one.dynamic) for one in accounts))
    table.add_row(
        "all, static",
        *(energy(None if one.static is None else n_steps * one.static) for one in accounts),
    )
    table.add_row("how", *(", ".join(one.labels) for one in accounts))
    return table


def other_table(report: EnergyReport) -> Table:
    """Lay out the energy of all other jobs."""
    table = _table("Energy of a step: all else", "job", "device", "a step", "all steps", "how")
    for job in dict.fromkeys(one.job for one in report.accounts if one.job != SPIKES):
        for one in _accounts(report, job):
            reach = energy(report.reach.n_steps * one.dynamic)
            table.add_row(job, one.device, energy(one.dynamic), reach, ", ".join(one.labels))
        table.add_section()
    return table


def published_table(report: EnergyReport) -> Table:
    """Lay out the ratios to Loihi's energy as papers state them."""
    return _comparison_table("As papers state it", report, PUBLISHED)


def hard_table(report: EnergyReport) -> Table:
    """Lay out the ratios to Loihi's energy, the hard way."""
    return _comparison_table("The hard way", report, HARD)


def _comparison_table(title: str, report: EnergyReport, way: Way) -> Table:
    table = _table(title, "job", "a step", "of Loihi", "a step", "times less")
    for one in report.comparisons:
        if one.way == way:
            table.add_row(
                one.other, energy(one.other_energy), one.chip, energy(one.chip_energy),
                ratio(one.ratio),
            )  # fmt: skip
    return table


def metric_table(report: EnergyReport) -> Table:
    """Lay out NeuroBench's metrics."""
    table = _table("NeuroBench's metrics", "metric", "value")
    for name, value in report.metrics.items():
        table.add_row(name, f"{value:,.4f}".rstrip("0").rstrip("."))
    return table


def source_table(report: EnergyReport) -> Table:
    """Lay out the source of each price, and the kind of each figure."""
    table = _table("Sources", "device", "parts", "source", "how")
    for device in dict.fromkeys(one.device for one in report.accounts):
        names: dict[tuple[str, str], dict[str, None]] = {}
        for account in report.accounts:
            for part in account.parts if account.device == device else ():
                names.setdefault((part.source, part.label), {})[part.name] = None
        for (source, how), parts in names.items():
            table.add_row(device, ", ".join(parts), source, how)
    return table


def _accounts(report: EnergyReport, job: str) -> list[Account]:
    return [one for one in report.accounts if one.job == job]


def _table(title: str, *headings: str) -> Table:
    return make_table(
        title, headings, TEXT, no_wrap=(), box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True
    )
