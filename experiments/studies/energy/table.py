"""Tables of an energy report."""

from collections.abc import Sequence
from textwrap import fill

from rich.console import RenderableType
from rich.table import Table

from spikearm.experiments.energy_units import energy, energy_range, ratio, ratio_range
from spikearm.experiments.studies.energy.comparison import HARD, PUBLISHED, Comparison, Way
from spikearm.experiments.studies.energy.jobs import (
    ARM,
    CALIBRATED,
    HOST,
    LAW,
    LEAN,
    LOIHI,
    POLYNOMIAL,
    SPIKES,
)
from spikearm.experiments.studies.energy.report import EnergyReport
from spikearm.experiments.tables import WIDTH, Line, compare, make_dense_table
from spikearm.loihi_deploy.energy import devices
from spikearm.loihi_deploy.energy.account import BARE, Account
from spikearm.loihi_deploy.plain_names import plain_name

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
PRICES = ("least prices", "calibrated")
"""Names of the two lists of prices."""
TEXT = ("", "device", "job", "what", "how", "parts", "source", "metric", "of Loihi")
"""Headings of columns that are not numbers."""


def short_tables(report: EnergyReport) -> list[RenderableType]:
    """Lay out what a step costs on the chip, and the law on a processor."""
    return [chip_table(report), time_table(report), *fair_tables(report)]


def long_tables(report: EnergyReport) -> list[RenderableType]:
    """Lay out all else: shared chips, counts, other devices, ratios, metrics and sources."""
    return [
        holding_table(report), sharing_table(report), comparison_table(report),
        work_table(report),
        *network_tables(report), other_table(report), *published_tables(report),
        *hard_tables(report), metric_table(report), *source_list(report),
    ]  # fmt: skip


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
    holding = report.reach.holding
    events = number(holding.work.stored_events)
    table.add_row("holding still, all events", events, *map(energy, holding.synaptic_energy or ()))
    table.add_row("holding still, dynamic", "", *map(energy, holding.energy or ()))
    chips = len(report.reach.cores_per_chip)
    table.add_row("leakage, chips", str(chips), energy(least.static), energy(calibrated.static))
    return table


def holding_table(report: EnergyReport) -> Table:
    """Lay out a step while the arm holds still at the target, beside one while it moves."""
    moving, holding = report.reach.chip, report.reach.holding
    title = "A step on Loihi, while the arm moves and while it holds"
    table = _table(title, "", "moving", "holding", "of moving")
    pairs = {"synaptic events": (moving.synaptic_energy, holding.synaptic_energy),
             "dynamic": (moving.energy, holding.energy)}  # fmt: skip
    for kind, (before, after) in pairs.items():
        for name, one, other in zip(PRICES, before or (), after or (), strict=True):
            table.add_row(f"{kind}, {name}", energy(one), energy(other), ratio(other / one))
    times = [one.time_mean for one in (moving, holding)]
    table.add_row(
        "mean time", *(f"{1e6 * one:.1f} µs" for one in times), ratio(times[1] / times[0])
    )
    return table


def time_table(report: EnergyReport) -> Table:
    """Lay out the time of a step on the chip, and what stands outside of it."""
    times = report.reach.times
    table = _table("Time of a step on Loihi's cores, estimated", "", "a step")
    table.add_row("mean", f"{1e6 * times.mean:.1f} µs")
    table.add_row("99th percentile", f"{1e6 * times.p99:.1f} µs")
    table.add_row("longest", f"{1e6 * times.longest:.1f} µs")
    table.add_row("synchronisation, of each", f"{1e6 * times.synchronisation:.1f} µs")
    table.add_row("slowest core", f"{plain_name(times.bottleneck)}, with {times.busy_with}")
    table.add_row("highest control rate", f"{1e-3 * times.highest_rate:.1f} kHz")
    table.add_row("host, x86 cores, link", "outside, not estimated")
    return table


def fair_tables(report: EnergyReport) -> list[Table]:
    """Lay out what else computes the torque on an ARM processor, as times the chip's energy."""
    beside = report.account(ARM, HOST).dynamic
    others = {job: report.account(ARM, job).dynamic for job in (LAW, LEAN, POLYNOMIAL)}
    lines = [Line("a step", [energy(one) for one in others.values()])]
    parts = {"dynamic": 0.0, "and the host": beside, "and leakage": report.static}
    for part, more in parts.items():
        for name, chip in zip(PRICES, report.dynamic, strict=True):
            cells = [ratio(one / (chip + more)) for one in others.values()]
            lines.append(Line(f"over Loihi, {part}, {name}", cells))
    title = "The law on an ARM, over the network on Loihi: times less, below 1 more"
    return compare(title, list(others), lines)


def comparison_table(report: EnergyReport) -> Table:
    """Lay out what the comparison controllers compute and store, beside the network on Loihi."""
    headings = "", "multiply-adds", "bytes", "energy", "over Loihi", "45 nm"
    table = _table("Comparison controllers on an ARM: a step, and stored weights", *headings)
    chip = report.dynamic
    for name, cost in report.costs.items():
        on_arm, bare = (report.account(device, name).dynamic for device in (ARM, BARE))
        ratios = ratio_range([on_arm / one for one in chip])
        count, stored = f"{cost.operations.fused:,.0f}", f"{cost.weight_bytes:,}"
        table.add_row(name, count, stored, energy(on_arm), ratios, energy(bare))
    events, stored = report.reach.chip.work.stored_events, report.reach.footprint.footprint_bytes
    table.add_row("loihi, events", number(events), f"{stored:,}", energy_range(chip), "1", "")
    return table


def sharing_table(report: EnergyReport) -> Table:
    """Lay out the energy of an arm where several share a chip, with the leakage."""
    sharing = report.sharing
    table = _table("Arms that share a chip: a step of each, leakage included", "arms", *PRICES)
    for n_arms in sorted({1, max(1, sharing.most_arms // 2), sharing.most_arms}):
        table.add_row(str(n_arms), *map(energy, sharing.per_arm(n_arms)))
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


def network_tables(report: EnergyReport) -> list[Table]:
    """Lay out the energy of the spiking network on each device."""
    accounts = _accounts(report, SPIKES)
    n_steps = report.reach.n_steps
    lines = [
        Line(name, [energy(one.part(part)) for one in accounts]) for name, part in ROWS.items()
    ]
    lines += [
        Line("dynamic", [energy(one.dynamic) for one in accounts]),
        Line("static", [energy(one.static) for one in accounts]),
        Line("reach, dynamic", [energy(n_steps * one.dynamic) for one in accounts]),
        Line("reach, static", [energy(one.static and n_steps * one.static) for one in accounts]),
        Line("how", ["\n".join(one.labels) for one in accounts]),
    ]
    return compare(f"Energy of a step: {SPIKES}", [one.device for one in accounts], lines)


def other_table(report: EnergyReport) -> Table:
    """Lay out the energy of all other jobs."""
    table = _table("Energy of a step: all else", "job", "device", "a step", "all steps", "how")
    for job in dict.fromkeys(one.job for one in report.accounts if one.job != SPIKES):
        for one in _accounts(report, job):
            reach = energy(report.reach.n_steps * one.dynamic)
            table.add_row(job, one.device, energy(one.dynamic), reach, ", ".join(one.labels))
        table.add_section()
    return table


def published_tables(report: EnergyReport) -> list[Table]:
    """Lay out the ratios to Loihi's energy as papers state them."""
    return _comparison_tables("As papers state it", report, PUBLISHED)


def hard_tables(report: EnergyReport) -> list[Table]:
    """Lay out the ratios to Loihi's energy, the hard way."""
    return _comparison_tables("The hard way", report, HARD)


def _comparison_tables(title: str, report: EnergyReport, way: Way) -> list[Table]:
    """Lay out a table for each part of the chip's energy that counts, its rivals as columns."""
    chosen = [one for one in report.comparisons if one.way == way]
    return [
        table
        for part in dict.fromkeys(one.chip for one in chosen)
        for table in _rivals(f"{title}: Loihi's {part}", [c for c in chosen if c.chip == part])
    ]


def _rivals(title: str, chosen: Sequence[Comparison]) -> list[Table]:
    lines = [Line("a step", [energy(one.other_energy) for one in chosen])]
    for which, name in enumerate(PRICES):
        lines += [
            Line(f"Loihi, {name}", [energy(one.chip_energy[which]) for one in chosen]),
            Line("  takes times less", [ratio(one.ratios[which]) for one in chosen]),
        ]
    return compare(title, [one.other for one in chosen], lines)


def metric_table(report: EnergyReport) -> Table:
    """Lay out NeuroBench's metrics."""
    table = _table("NeuroBench's metrics", "metric", "value")
    for name, value in report.metrics.items():
        table.add_row(name, f"{value:,.4f}".rstrip("0").rstrip("."))
    return table


def source_list(report: EnergyReport) -> list[str]:
    """List the source of each price, and the kind of each figure, device by device."""
    lines = ["Sources"]
    for device in dict.fromkeys(one.device for one in report.accounts):
        names: dict[tuple[str, str], dict[str, None]] = {}
        for account in report.accounts:
            for part in account.parts if account.device == device else ():
                names.setdefault((part.source, part.label), {})[part.name] = None
        lines.append(device)
        lines += [
            fill(f"{', '.join(parts)}: {source} ({how})", WIDTH, initial_indent="  ",
                 subsequent_indent="    ")
            for (source, how), parts in names.items()
        ]  # fmt: skip
    return lines


def _accounts(report: EnergyReport, job: str) -> list[Account]:
    return [one for one in report.accounts if one.job == job]


def _table(title: str, *headings: str) -> Table:
    return make_dense_table(title, headings, TEXT)
