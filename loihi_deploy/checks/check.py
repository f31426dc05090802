"""Check of blocks on cores against every limit of the chip."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.activity import Activity
from spikearm.loihi_deploy.backends.overflows import (
    CUT_ERROR,
    CUT_TRACE,
    OVER_CURRENT,
    OVER_INPUT,
    OVER_MEMBRANE,
)
from spikearm.loihi_deploy.checks.board_config import BoardConfig, link_setting
from spikearm.loihi_deploy.checks.report import Report, Row
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks, block_name
from spikearm.loihi_deploy.limits import Limit
from spikearm.loihi_deploy.mapping.placement import Placement
from spikearm.loihi_deploy.mapping.traffic import host_spikes
from spikearm.loihi_deploy.nengo_loihi_compat import bias_to_manexp, vth_to_manexp


def check(
    integers: IntegerBlocks,
    placement: Placement,
    activity: Activity,
    rates: Iterable[tuple[str, float]],
    board: BoardConfig,
    sensors: Collection[str] = (),
) -> Report:
    """Check a network that has run.

    Args:
        integers: Blocks in the chip's integers.
        placement: Core of each block.
        activity: Activity in the run.
        rates: Share of its highest possible rate that each ensemble asks for, with its name.
        board: Board to deploy to.
        sensors: Labels of the connections from sensors, whose spikes come by the chip's own bus.
    """
    sent = host_spikes(integers, placement, activity, sensors)
    rows = (
        *core_rows(placement, board.chips),
        *block_rows(integers, activity),
        _highest(limits.RATE, rates),
        host_row(sent, link_setting(board, integers, placement, sensors)),
        *register_rows(integers, activity),
    )
    return Report(rows)


def core_rows(placement: Placement, n_chips: int) -> Iterator[Row]:
    """Check each resource of a core, then the number of cores."""
    for limit in placement.cores[0].resources:
        yield _highest(limit, ((core.name, core.resources[limit].used) for core in placement.cores))
    limit = replace(limits.CORES, most=limits.CORES.most * n_chips)
    chips = placement.cores_per_chip
    note = "" if len(chips) == 1 else f"{' + '.join(map(str, chips))} on {len(chips)} chips"
    yield _row(limit, len(placement.cores), note=note)


def block_rows(integers: IntegerBlocks, activity: Activity) -> Iterator[Row]:
    """Check the parameters of blocks."""
    for limit, largest in LARGEST.items():
        yield _highest(limit, ((block_name(block), largest(block)) for block in integers.blocks))
    increments = (
        (block_name(block), int(synapse.tracing_mag))
        for block in integers.blocks
        for synapse in block.synapses
        if synapse.learning
    )
    row = _highest(limits.TRACE_INCREMENT, increments)
    cut = "cut" if activity.overflow_counts[CUT_TRACE] else ""
    yield _breached(row, limits.TRACE_INCREMENT, cut)


def host_row(sent: np.ndarray, setting: int) -> Row:
    """Check the spikes that the host sends.

    Args:
        sent: Spikes from the host, shape (n_steps, n_chips).
        setting: Spikes in a step that the link is built for.
    """
    limit = replace(limits.HOST_SPIKES, most=setting)
    above = (sent > setting).any(axis=1).mean()
    built = f"with a link built for {setting}: snip_max_spikes_per_step"
    note = f"more in {above:.1%} of steps" if above else built
    return _row(limit, int(sent.max(initial=0)), note=note)


def register_rows(integers: IntegerBlocks, activity: Activity) -> Iterator[Row]:
    """Check the largest values of the chip's registers."""
    names = [block_name(block) for block in integers.blocks]
    ends = np.cumsum([block.n_neurons for block in integers.blocks])
    for limit, peaks, overflow in (
        (limits.INPUT, activity.input, OVER_INPUT),
        (limits.CURRENT, activity.current, OVER_CURRENT),
        (limits.MEMBRANE, activity.membrane, OVER_MEMBRANE),
    ):
        by_block = np.split(peaks, ends[:-1])
        largest = (int(peak.max(initial=0)) for peak in by_block)
        row = _highest(limit, zip(names, largest, strict=True))
        yield _breached(row, limit, _in_steps("overflows", activity.overflow_counts[overflow]))
    row = _row(limits.ERROR, activity.error)
    yield _breached(row, limits.ERROR, _in_steps("cut", activity.overflow_counts[CUT_ERROR]))


def _row(limit: Limit, used: float, where: str = "", note: str = "") -> Row:
    ok = used <= limit.most
    return Row(limit.resource, used, limit.most, where, ok, note, remedy="" if ok else limit.remedy)


def _highest(limit: Limit, uses: Iterable[tuple[str, float]]) -> Row:
    """Check a limit where most is used; without uses, nothing is."""
    where, used = max(uses, key=lambda use: use[1], default=("", 0))
    return _row(limit, used, where if used else "")


def _breached(row: Row, limit: Limit, note: str) -> Row:
    """Mark a row as a breach if the chip cut or overflowed a number, as the note tells."""
    return replace(row, ok=False, note=note, remedy=limit.remedy) if note else row


def _in_steps(event: str, n_steps: int) -> str:
    return f"{event} in {n_steps} steps" if n_steps else ""


def _largest_decay(block: Any) -> int:
    return int(max(block.compartment.decay_u.max(), block.compartment.decay_v.max()))


def _largest_exponent(block: Any) -> int:
    return max((abs(one.synapse_cfg.weight_exp) for one in block.synapses), default=0)


LARGEST: Mapping[Limit, Callable[[Any], int]] = {
    limits.WEIGHT_EXPONENT: _largest_exponent,
    limits.THRESHOLD: lambda block: int(vth_to_manexp(block.compartment.vth)[0].max()),
    limits.BIAS: lambda block: int(abs(bias_to_manexp(block.compartment.bias)[0]).max()),
    limits.DECAY: _largest_decay,
    limits.REFRACTORY: lambda block: int(block.compartment.refract_delay.max()),
}
"""Functions that return the largest number of a kind in a block, by its limit."""
