"""Tables and sentences on a deployment."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from spikearm.experiments.energy_units import energy, energy_range
from spikearm.experiments.studies.deployment.deployment import Stages
from spikearm.experiments.tables import Line, compare, make_dense_table
from spikearm.experiments.words import counted
from spikearm.loihi_deploy.checks.compare_allocators import Allocation
from spikearm.loihi_deploy.checks.compare_rescaling import RescalingComparison
from spikearm.loihi_deploy.checks.report import Report, Row
from spikearm.loihi_deploy.checks.split_search import WORTH_A_CORE, SplitCost
from spikearm.loihi_deploy.discretisation.quantisation import WEIGHTS, QuantisationError
from spikearm.loihi_deploy.discretisation.rescaling import RESCALE_ABOVE
from spikearm.loihi_deploy.energy.account import LoihiEnergy
from spikearm.loihi_deploy.limits import CORES, HOST_SPIKES
from spikearm.loihi_deploy.plain_names import plain_name

TIGHTEST = 5  # limits that are shown beside the cores
OPTIONS = {CORES.resource: "--chips", HOST_SPIKES.resource: "--host-spikes"}
"""Options of the command that change a limit, by resource."""
ERRORS = (
    "error: of 8 bits, as a part of the weights, root mean square; rescaled: the same with "
    "thresholds by neuron"
)


def limits_table(report: Report, title: str) -> Table:
    """Lay out every limit, one per line."""
    return _limits_table(report.rows, title)


def tightest_table(report: Report, title: str) -> Table:
    """Lay out the cores, the limits of which most is used, and those that are broken."""
    return _limits_table(tightest(report), title)


def tightest(report: Report) -> list[Row]:
    """List the row of the cores, rows that break their limit, and those of most use."""
    cores = [row for row in report.rows if row.resource == CORES.resource]
    others = [row for row in report.rows if row not in cores and row.where + row.note]
    most = sorted(others, key=share, reverse=True)[:TIGHTEST]
    broken = [row for row in report.breaches if row not in most and row not in cores]
    return [*cores, *broken, *most]


def share(row: Row) -> float:
    """Compute the use of a resource as a part of its limit [1]."""
    return row.used / row.limit if row.limit else float(row.used > 0)


def notes(report: Report) -> list[str]:
    """Write a sentence per limit that is broken, or that holds under a condition."""
    return [f"{row.resource}: {remedy(row)}" for row in report.rows if row.note or not row.ok]


def remedy(row: Row) -> str:
    """Write what holds of a limit: its condition, or its breach and what to do."""
    said = ", ".join(filter(None, ["fits" if row.ok else "breach", row.note]))
    if row.ok:
        return f"{said}."
    option = f" Option: {OPTIONS[row.resource]}." if row.resource in OPTIONS else ""
    return f"{said}. {row.remedy}{option}"


def error_table(rescaling: RescalingComparison) -> Table:
    """Lay out the quantisation error of each weight matrix, as it is and rescaled."""
    headings = ("into", "from", "weights", "error %", "rescaled %")
    table = make_dense_table("Weights in the chip's 8 bits", headings, left=("into", "from"))
    table.caption, table.caption_justify = ERRORS, "left"
    for one, after in _weight_errors(rescaling):
        table.add_row(
            Text(plain_name(one.block)), Text(plain_name(one.source)), f"{one.n_values:,}",
            _percent(one.relative_rms), "" if after == one else _percent(after.relative_rms),
            style="yellow" if one.relative_rms > RESCALE_ABOVE else "",
        )  # fmt: skip
    return table


def losses(rescaling: RescalingComparison, in_use: bool) -> str:
    """Write a sentence on the layers that lose much to 8 bits, and what rescaling leaves of it.

    Args:
        rescaling: Quantisation errors with and without rescaling.
        in_use: True if the network that ran is rescaled.
    """
    pairs = [pair for pair in _weight_errors(rescaling) if pair[0].relative_rms > RESCALE_ABOVE]
    if not pairs:
        return f"No layer loses more than {RESCALE_ABOVE:.0%} of its weights to 8 bits."
    names = ", ".join(dict.fromkeys(plain_name(one.block) for one, _ in pairs))
    most, left = (max(error.relative_rms for error in side) for side in zip(*pairs, strict=True))
    how = "Rescaled" if in_use else "With --rescale"
    return (
        f"More than {RESCALE_ABOVE:.0%} of their weights is lost to 8 bits, at most {most:.1%}: "
        f"{names}. {how}, at most {left:.1%}."
    )


def allocation_tables(allocations: Sequence[Allocation], chosen: str) -> list[Table]:
    """Lay out cores and spike traffic as lines, allocators as columns."""
    names = [
        one.allocator + (" (chosen)" if one.allocator == chosen else "") for one in allocations
    ]
    rows = {
        "cores": [str(sum(one.cores_per_chip)) for one in allocations],
        "chips": [str(len(one.cores_per_chip)) for one in allocations],
        "spikes between cores": [f"{one.between_cores:.2f}" for one in allocations],
        "spikes within a core": [f"{_within(one):.2f}" for one in allocations],
        "hops east-west": [f"{one.traffic.east_west:.2f}" for one in allocations],
        "hops north-south": [f"{one.traffic.north_south:.2f}" for one in allocations],
        "energy, least prices": [_price(one.energy, 0) for one in allocations],
        "energy, calibrated prices": [_price(one.energy, 1) for one in allocations],
    }
    title = "Cores by allocator; spikes, hops and their energy (estimated) per step"
    return compare(title, names, [Line(name, cells) for name, cells in rows.items()])


def split_table(splits: Sequence[SplitCost]) -> Table:
    """Lay out the steps of the search for a split, one per line, with the blocks that changed."""
    headings = ("blocks", "cores", "mean µs", "longest µs", "kHz", "energy, least", "calibrated")
    title = "Layers split over more cores, estimated"
    table = make_dense_table(title, headings, left=("blocks",))
    for one in splits:
        table.add_row(
            Text(_changed_blocks(one, splits)), str(one.cores), f"{1e6 * one.mean:.1f}",
            f"{1e6 * one.longest:.1f}", f"{1e-3 / one.longest:.1f}", _price(one.energy, 0),
            _price(one.energy, 1),
        )  # fmt: skip
    return table


def _changed_blocks(split: SplitCost, splits: Sequence[SplitCost]) -> str:
    """List the layers that a search splits, each with its number of blocks."""
    counts = zip(split.names, split.blocks, splits[0].blocks, splits[-1].blocks, strict=True)
    return ", ".join(f"{name} {n}" for name, n, first, last in counts if first < last)


def cost(stages: Stages) -> str:
    """Write what a step costs on the chip: energy and time."""
    work, times = stages.chip.work, stages.times
    return (
        f"A step: {energy_range(stages.chip.energy)} of dynamic energy, by the least and by "
        f"calibrated prices, of {work.stored_events:,.0f} stored weights that spikes reach and "
        f"{work.neuron_updates:,.0f} neuron updates; {1e6 * times.mean:.1f} µs on average, "
        f"{1e6 * times.p99:.1f} at the 99th percentile, {1e6 * times.longest:.1f} at most, which "
        f"{plain_name(times.bottleneck)} takes for its {times.busy_with}: control at up to "
        f"{1e-3 * times.highest_rate:.1f} kHz. Estimated. Outside of it: the host, its "
        f"{stages.chip.host_messages:.1f} messages per step, x86 cores and link."
    )


def split_price(splits: Sequence[SplitCost]) -> str:
    """Write a sentence on what the split saves, and its price."""
    whole, best = splits[0], splits[-1]
    if whole is best:
        return f"No layer is worth another core: that saves less than {WORTH_A_CORE:.0%} of a step."
    return (
        f"Split, a step takes {best.mean / whole.mean:.0%} of its mean time; the price is "
        f"{counted(best.cores - whole.cores, 'core')} more, which a chip that is shared has less "
        f"of, and their leakage. In nengo-loihi: network.config[ensemble].block_shape."
    )


def _weight_errors(
    rescaling: RescalingComparison,
) -> list[tuple[QuantisationError, QuantisationError]]:
    """List the errors of weights, as they are and rescaled."""
    pairs = zip(rescaling.plain, rescaling.rescaled, strict=True)
    return [pair for pair in pairs if pair[0].array == WEIGHTS]


def _number(value: float) -> str:
    return f"{value:.2f}" if isinstance(value, float) else f"{value:,}"


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"


def _limits_table(rows: Sequence[Row], title: str) -> Table:
    headings = ("resource", "used", "limit", "% of\nlimit", "where most is used")
    table = make_dense_table(title, headings, left=("resource", "where most is used"))
    for row in rows:
        cells = (
            row.resource, _number(row.used), _number(row.limit), f"{100 * share(row):.0f}",
            plain_name(row.where),
        )  # fmt: skip
        style = "" if row.ok else "red"
        table.add_row(*(Text(cell, style=style) for cell in cells))  # names hold brackets
    return table


def _within(allocation: Allocation) -> float:
    traffic = allocation.traffic
    return traffic.spikes + traffic.between_chips - allocation.between_cores


def _price(prices: LoihiEnergy | None, which: int) -> str:
    """Write an energy by the least prices (0) or by the calibrated ones (1)."""
    return energy(None if prices is None else prices[which])
