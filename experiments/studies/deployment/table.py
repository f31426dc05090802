"""Tables and sentences on a deployment."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from spikearm.experiments.energy_units import energy_range
from spikearm.experiments.studies.deployment.deployment import Stages
from spikearm.experiments.tables import make_table
from spikearm.loihi_deploy.checks.compare_allocators import Allocation
from spikearm.loihi_deploy.checks.compare_rescaling import RescalingComparison
from spikearm.loihi_deploy.checks.report import Report, Row
from spikearm.loihi_deploy.checks.split_search import WORTH_A_CORE, SplitCost
from spikearm.loihi_deploy.discretisation.quantisation import WEIGHTS, QuantisationError
from spikearm.loihi_deploy.discretisation.rescaling import RESCALE_ABOVE
from spikearm.loihi_deploy.limits import CORES, HOST_SPIKES
from spikearm.loihi_deploy.pipeline import Deployment

UNBUILDABLE = "It cannot be built for the chip."
OPTIONS = {CORES.resource: "--chips", HOST_SPIKES.resource: "--host-spikes"}
"""Options of the command that change a limit, by resource."""


def report_table(report: Report, title: str) -> Table:
    """Lay out one limit per line."""
    headings = ("resource", "used", "limit", "where most is used", "verdict")
    table = make_table(title, headings, left=("resource", "where most is used", "verdict"))
    for row in report.rows:
        cells = (row.resource, _number(row.used), _number(row.limit), row.where, _verdict(row))
        style = "" if row.ok else "red"
        table.add_row(*(Text(cell, style=style) for cell in cells))  # names hold brackets
    return table


def error_table(rescaling: RescalingComparison) -> Table:
    """Lay out the quantisation error of each weight matrix, as it is and rescaled."""
    headings = (
        "into", "from", "weights", "rms error %", "rescaled", "largest error", "largest weight",
    )  # fmt: skip
    table = make_table("Weights in the chip's integers", headings, left=("into", "from"))
    for one, after in _weight_errors(rescaling):
        table.add_row(
            Text(one.block), Text(one.source), str(one.n_values), _percent(one.relative_rms),
            "" if after == one else _percent(after.relative_rms),
            f"{one.largest:.3g}", f"{one.largest_value:.3g}",
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
    names = ", ".join(dict.fromkeys(one.block for one, _ in pairs))
    most, left = (max(error.relative_rms for error in side) for side in zip(*pairs, strict=True))
    how = "Rescaled" if in_use else "With --rescale"
    return (
        f"More than {RESCALE_ABOVE:.0%} of their weights is lost to 8 bits, at most {most:.1%}: "
        f"{names}. {how}, at most {left:.1%}."
    )


def allocation_table(allocations: Sequence[Allocation], chosen: str) -> Table:
    """Lay out cores and spike traffic under every allocator."""
    headings = (
        "allocator", "cores", "chips", "spikes between cores", "within", "hops east-west",
        "north-south", "energy, estimated",
    )  # fmt: skip
    title = "Cores by allocator; spikes and hops per step"
    table = make_table(title, headings, left=("allocator",))
    for one in allocations:
        traffic = one.traffic
        within = traffic.spikes + traffic.between_chips - one.between_cores
        table.add_row(
            one.allocator + (" (chosen)" if one.allocator == chosen else ""),
            str(sum(one.cores_per_chip)), str(len(one.cores_per_chip)),
            f"{one.between_cores:.2f}", f"{within:.2f}", f"{traffic.east_west:.2f}",
            f"{traffic.north_south:.2f}",
            energy_range(one.energy),
        )  # fmt: skip
    return table


def split_table(splits: Sequence[SplitCost]) -> Table:
    """Lay out the steps of the search for a split, one per line, with the blocks that changed."""
    headings = ("blocks", "cores", "mean µs", "longest µs", "kHz", "energy")
    table = make_table("Layers split over more cores, estimated", headings, left=("blocks",))
    for one in splits:
        table.add_row(
            Text(_changed_blocks(one, splits)), str(one.cores), f"{1e6 * one.mean:.1f}",
            f"{1e6 * one.longest:.1f}", f"{1e-3 / one.longest:.1f}", energy_range(one.energy),
        )  # fmt: skip
    return table


def _changed_blocks(split: SplitCost, splits: Sequence[SplitCost]) -> str:
    """List the layers that a search splits, each with its number of blocks."""
    counts = zip(split.names, split.blocks, splits[0].blocks, splits[-1].blocks, strict=True)
    return ", ".join(f"{name} {n}" for name, n, first, last in counts if first < last)


def summary(deployment: Deployment) -> str:
    """Write a sentence on whether the network fits, and the cores that it takes."""
    report, chips = deployment.report, deployment.placement.cores_per_chip
    verdict = "It fits" if report.ok else f"It does not fit (breaches: {len(report.breaches)})"
    return f"{verdict}. Cores: {sum(chips)}. Chips: {len(chips)}."


def cost(stages: Stages) -> str:
    """Write what a step costs on the chip: energy and time."""
    work, times = stages.chip.work, stages.times
    return (
        f"A step: {energy_range(stages.chip.energy)} of dynamic energy, by the least and by "
        f"calibrated prices, of {work.stored_events:,.0f} stored weights that spikes reach and "
        f"{work.neuron_updates:,.0f} neuron updates; {1e6 * times.mean:.1f} µs on average, "
        f"{1e6 * times.p99:.1f} at the 99th percentile, {1e6 * times.longest:.1f} at most, which "
        f"{times.bottleneck} takes for its {times.busy_with}: control at up to "
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
        f"{best.cores - whole.cores} more cores, which a chip that is shared has less of, and "
        f"their leakage. In nengo-loihi: network.config[ensemble].block_shape."
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


def _verdict(row: Row) -> str:
    verdict = ", ".join(filter(None, ["fits" if row.ok else "breach", row.note]))
    if row.ok:
        return verdict
    option = f" Option: {OPTIONS[row.resource]}." if row.resource in OPTIONS else ""
    return f"{verdict}. {row.remedy}{option}"
