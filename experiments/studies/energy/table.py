"""Tables of an energy report."""

from rich.table import Table

from spikearm.experiments.energy_units import energy, energy_range, ratio_range
from spikearm.experiments.studies.energy.report import (
    ARM,
    CALIBRATED,
    HARD,
    HOST,
    LAW,
    LEAN,
    LOIHI,
    POLYNOMIAL,
    PUBLISHED,
    SPIKES,
    EnergyReport,
    Way,
)
from spikearm.experiments.tables import make_dense_table
from spikearm.loihi_deploy.energy import devices
from spikearm.loihi_deploy.energy.account import Account

ROWS = {
    "events, whole rows": devices.SYNAPSES,
    "events, indexed rows": devices.INDEXED,
    "events, shared rows": devices.SHARED,
    "neuron updates": devices.UPDATES,
    "spikes": devices.SPIKES,
    "learning": devices.LEARNING,
    "messages": devices.MESSAGES,
    "hops east-west": devices.EAST_WEST,
    "hops north-south": devices.NORTH_SOUTH,
    "between chips": devices.BETWEEN_CHIPS,
}
"""Parts of a network's account, by the rows of a table."""
TEXT = ("", "device", "job", "what", "how", "parts", "source", "metric", "of Loihi")
"""Headings of columns that are not numbers."""


def chip_table(report: EnergyReport) -> Table:
    """Lay out a step on Loihi: counts, and energy by both lists of prices."""
    least, calibrated = (report.account(name, SPIKES) for name in (LOIHI, CALIBRATED))
    counts = report.reach.chip.work.counts
    table = _table("A step on Loihi", "", "count", "least prices", "calibrated")
    for name, part in ROWS.items():
        if counts[part]:
            table.add_row(
                name, number(counts[part]), *(energy(one.part(part)) for one in (least, calibrated))
            )
    table.add_row("messages from the host", number(report.reach.chip.host_messages), "-", "-")
    table.add_section()
    table.add_row("dynamic", "", energy(least.dynamic), energy(calibrated.dynamic))
    chips = len(report.reach.cores_per_chip)
    table.add_row("leakage, chips", str(chips), energy(least.static), energy(calibrated.static))
    return table


def time_table(report: EnergyReport) -> Table:
    """Lay out the time of a step on the chip, and what stands outside of it."""
    times = report.reach.times
    table = _table("Time of a step on Loihi's cores, estimated", "", "a step")
    table.add_row("mean", f"{1e6 * times.mean:.1f} µs")
    table.add_row("99th percentile", f"{1e6 * times.p99:.1f} µs")
    table.add_row("longest", f"{1e6 * times.longest:.1f} µs")
    table.add_row("synchronisation, of each", f"{1e6 * times.synchronisation:.1f} µs")
    table.add_row("slowest core", f"{times.bottleneck}, with {times.busy_with}")
    table.add_row("highest control rate", f"{1e-3 * times.highest_rate:.1f} kHz")
    table.add_row("host, x86 cores, link", "outside, not estimated")
    return table


def fair_table(report: EnergyReport) -> Table:
    """Lay out what else computes the torque on an ARM processor, beside the chip."""
    table = _table(
        "The law on an ARM, over Loihi: times less, below 1 more", "job", "a step",
        "dynamic", "and its host", "and leakage",
    )  # fmt: skip
    beside = report.account(ARM, HOST).dynamic
    for job in (LAW, LEAN, POLYNOMIAL):
        other = report.account(ARM, job).dynamic
        ratios = (
            [other / (one + more) for one in report.dynamic]
            for more in (0.0, beside, report.static)
        )
        table.add_row(job, energy(other), *map(ratio_range, ratios))
    return table


def sharing_table(report: EnergyReport) -> Table:
    """Lay out the energy of an arm where several share a chip, with the leakage."""
    sharing = report.sharing
    table = _table("Arms that share a chip", "arms", "an arm, leakage included")
    for n_arms in sorted({1, max(1, sharing.most_arms // 2), sharing.most_arms}):
        table.add_row(str(n_arms), energy_range(sharing.per_arm(n_arms)))
    return table


def verdict(report: EnergyReport) -> str:
    """Write two sentences on what a step costs, and what no figure here tells."""
    law, times = report.account(ARM, LAW).dynamic, report.reach.times
    alone = [one / law for one in report.sharing.per_arm(1)]
    n_arms = report.sharing.break_even(law)
    even = (
        f"the {report.sharing.most_arms} that fill a chip still take more each"
        if n_arms is None
        else f"from {n_arms} arms on a chip on each takes less"
    )
    return (
        f"A step takes {energy_range(report.dynamic)} of dynamic energy on Loihi, by the least "
        f"and by calibrated prices, and {1e6 * times.mean:.0f} µs on average, "
        f"{1e6 * times.longest:.0f} µs at most; with the chip's leakage, "
        f"{energy(report.static)} in the same step, one arm takes {ratio_range(alone)} times the "
        f"control law on an ARM processor, and {even}. No chip was measured: all of this is "
        "estimated from counted work, and the host, the link, the x86 cores and the board are "
        "outside of it."
    )


def number(value: float) -> str:
    """Write a count with one decimal, or whole."""
    return f"{value:,.1f}".removesuffix(".0")


def work_table(report: EnergyReport) -> Table:
    """Lay out the counts of a step."""
    reach, work = report.reach, report.reach.chip.work
    rows = {
        "steps in the reach": reach.n_steps,
        "spikes of the chip": work.spikes,
        "spikes from the host": reach.counts.host_spikes,
        "messages of these to groups of synapses": reach.chip.host_messages,
        "neurons on the host that code inputs": reach.n_coders,
        "stored weights that spikes reach": work.stored_events,
        "those that are not zero": reach.counts.synaptic_events,
        "neuron updates on the chip": work.neuron_updates,
        "those that change current or voltage": reach.changed,
        "learning updates": work.learning_updates,
        "messages within a chip": work.messages,
        "hops of all, east-west": work.east_west,
        "hops of all, north-south": work.north_south,
        "messages between chips": work.between_chips,
        "multiply-adds with all weights": report.all_weights.synaptic_events,
    }
    operations = {f"operations, {name}": one.total for name, one in report.operations.items()}
    table = _table("Counted in a step, on average", "what", "per step")
    for name, value in (rows | operations).items():
        table.add_row(name, number(value))
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
                one.other, energy(one.other_energy), one.chip, energy_range(one.chip_energy),
                ratio_range(one.ratios),
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
    return make_dense_table(title, headings, TEXT)
