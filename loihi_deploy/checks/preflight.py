"""Checks a network against every limit of the chip, without one."""

import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import nengo
import numpy as np
from nengo.exceptions import BuildError, ValidationError

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.backends.overflows import (
    CUT_ERROR,
    CUT_TRACE,
    OVER_CURRENT,
    OVER_INPUT,
    OVER_MEMBRANE,
)
from spikearm.loihi_deploy.backends.recording import Activity, RecordedSimulation
from spikearm.loihi_deploy.checks.board_config import UNTOLD, BoardConfig, link_setting
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks, block_name
from spikearm.loihi_deploy.limits import Limit
from spikearm.loihi_deploy.mapping.placement import Placement
from spikearm.loihi_deploy.mapping.traffic import core_traffic, host_spikes
from spikearm.loihi_deploy.nengo_loihi_compat import (
    Allocator,
    Greedy,
    bias_to_manexp,
    vth_to_manexp,
)
from spikearm.loihi_deploy.pipeline import place

REFUSALS = (BuildError, ValidationError, NotImplementedError, AssertionError)
"""What nengo-loihi raises where it does not build a network."""


@dataclass(frozen=True)
class Row:
    """One limit, and how near a network comes to it.

    Attributes:
        resource: What is limited.
        used: How much of it is used where most is.
        limit: How much there is.
        where: The core, block or ensemble that uses most; empty where none can be named.
        ok: Whether it fits.
        note: More about ``used``.
        remedy: What to change; empty where it fits.
    """

    resource: str
    used: float
    limit: float
    where: str = ""
    ok: bool = True
    note: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Deployed:
    """Where a network's blocks would lie, and what would go between them.

    Attributes:
        placement: Blocks on cores.
        traffic: Spikes per step from each core to each core, shape (n_cores, n_cores).
        host_traffic: Spikes per step from the host to each core, shape (n_cores,).
    """

    placement: Placement
    traffic: np.ndarray
    host_traffic: np.ndarray


@dataclass(frozen=True)
class Report:
    """What a preflight found.

    Attributes:
        rows: One per limit.
        deployed: Where everything would lie; None where nengo-loihi refuses to build.
    """

    rows: tuple[Row, ...]
    deployed: Deployed | None = None

    @property
    def ok(self) -> bool:
        """Whether everything fits."""
        return not self.breaches

    @property
    def breaches(self) -> tuple[Row, ...]:
        """What does not."""
        return tuple(row for row in self.rows if not row.ok)


def preflight(network: nengo.Network, steps: int = 1000, board: BoardConfig = UNTOLD) -> Report:
    """Check a network that is driven by its own nodes.

    For one that is driven from outside, make a :class:`RecordedSimulation` of it, drive that, and
    :func:`examine` it.

    Args:
        network: Any network for nengo-loihi.
        steps: Length of the simulated run.
        board: What it is to run on. Default: what nengo-loihi builds when it is not told, one
            chip and a link for 50 spikes.

    Raises:
        SpikearmError: There are no steps, or the engine does not support the network.
    """
    if steps < 1:
        raise SpikearmError(f"A run of {steps} steps shows nothing: give 1 or more.")
    try:
        simulation = RecordedSimulation(network)
    except REFUSALS as error:
        return Report((refusal(error),))
    with closing(simulation):
        for _ in range(steps):
            simulation.step()
        return examine(simulation, board)


def examine(
    simulation: RecordedSimulation,
    board: BoardConfig = UNTOLD,
    allocator: Allocator = Greedy(),
) -> Report:
    """Check a network that has run.

    Args:
        simulation: The network, after some steps.
        board: What it is to run on.
        allocator: What assigns cores.
    """
    blocks, activity = simulation.blocks, simulation.activity
    placement = place(blocks, allocator)
    rows = (
        *core_rows(placement, board.chips),
        *block_rows(blocks, activity),
        rate_row(simulation.model),
        host_row(host_spikes(blocks, placement, activity), link_setting(board, blocks, placement)),
        *register_rows(blocks, activity),
    )
    return Report(rows, Deployed(placement, *core_traffic(blocks, placement, activity)))


def core_rows(placement: Placement, n_chips: int) -> Iterator[Row]:
    """Check each resource of a core, then their number."""
    for limit in placement.cores[0].resources:
        yield _worst(limit, ((core.name, core.resources[limit].used) for core in placement.cores))
    limit = replace(limits.CORES, most=limits.CORES.most * n_chips)
    chips = placement.cores_per_chip
    note = "" if len(chips) == 1 else f"{' + '.join(map(str, chips))} on {len(chips)} chips"
    yield _row(limit, len(placement.cores), note=note)


def block_rows(blocks: IntegerBlocks, activity: Activity) -> Iterator[Row]:
    """Check the numbers that blocks are made of."""
    for limit, largest in LARGEST.items():
        yield _worst(limit, ((block_name(block), largest(block)) for block in blocks.blocks))
    yield _cut(
        _worst(
            limits.TRACE_INCREMENT,
            (
                (block_name(block), int(synapse.tracing_mag))
                for block in blocks.blocks
                for synapse in block.synapses
                if synapse.learning
            ),
        ),
        limits.TRACE_INCREMENT,
        "cut" if activity.overflow_counts[CUT_TRACE] else "",
    )


def rate_row(model: Any) -> Row:
    """Check the rates that ensembles are asked to reach; those with gains ask for none."""
    ensembles = (
        ensemble
        for ensemble in model.params
        if isinstance(ensemble, nengo.Ensemble) and ensemble.gain is None and ensemble.bias is None
    )
    return _worst(limits.RATE, ((str(one), _rate_share(model, one)) for one in ensembles))


def host_row(sent: np.ndarray, setting: int) -> Row:
    """Check the spikes from the host, shape (n_steps, n_chips), for what the link is built for."""
    limit = replace(limits.HOST_SPIKES, most=setting)
    above = (sent > setting).any(axis=1).mean()
    built = f"with a link built for {setting}: snip_max_spikes_per_step"
    note = f"more in {above:.1%} of steps" if above else built
    return _row(limit, int(sent.max(initial=0)), note=note)


def register_rows(blocks: IntegerBlocks, activity: Activity) -> Iterator[Row]:
    """Check what the chip's registers held."""
    for limit, peaks, notice in (
        (limits.INPUT, activity.input, OVER_INPUT),
        (limits.CURRENT, activity.current, OVER_CURRENT),
        (limits.MEMBRANE, activity.membrane, OVER_MEMBRANE),
    ):
        ends = np.cumsum([block.n_neurons for block in blocks.blocks])
        by_block = np.split(peaks, ends[:-1])
        names = map(block_name, blocks.blocks)
        largest = (int(peak.max(initial=0)) for peak in by_block)
        row = _worst(limit, zip(names, largest, strict=True))
        yield _cut(row, limit, _in_steps("overflows", activity.overflow_counts[notice]))
    row = _row(limits.ERROR, activity.error)
    yield _cut(row, limits.ERROR, _in_steps("cut", activity.overflow_counts[CUT_ERROR]))


def refusal(error: Exception) -> Row:
    """Say in nengo-loihi's words what it does not build: one of :data:`REFUSALS`."""
    return replace(_row(limits.REFUSED, 1), remedy=reason(error))


def reason(error: Exception) -> str:
    """Give an error's own sentence, or else the line of code that raised it."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return str(error) or f"It stops at `{frame.line}` in {frame.name}."


def _rate_share(model: Any, ensemble: nengo.Ensemble) -> float:
    """Give the highest rate that an ensemble is asked for, over the highest that it can reach."""
    built = model.objs[ensemble]["in"]
    block = built[0] if isinstance(built, list) else built
    period = model.dt * int(block.compartment.refract_delay.max())
    return float(model.params[ensemble].max_rates.max()) * period


def _row(limit: Limit, used: float, where: str = "", note: str = "") -> Row:
    ok = used <= limit.most
    return Row(limit.resource, used, limit.most, where, ok, note, remedy="" if ok else limit.remedy)


def _worst(limit: Limit, uses: Iterable[tuple[str, float]]) -> Row:
    """Check a limit where most is used; nothing is used where there is nothing."""
    where, used = max(uses, key=lambda use: use[1], default=("", 0))
    return _row(limit, used, where if used else "")


def _cut(row: Row, limit: Limit, note: str) -> Row:
    """Add that the chip cut a number that was too large, where it did."""
    return replace(row, ok=False, note=note, remedy=limit.remedy) if note else row


def _in_steps(what: str, n_steps: int) -> str:
    return f"{what} in {n_steps} steps" if n_steps else ""


def _largest_decay(block: Any) -> int:
    return int(max(block.compartment.decay_u.max(), block.compartment.decay_v.max()))


def _largest_exponent(block: Any) -> int:
    return max((abs(one.synapse_cfg.weight_exp) for one in block.synapses), default=0)


LARGEST: dict[Limit, Callable[[Any], int]] = {
    limits.WEIGHT_EXPONENT: _largest_exponent,
    limits.THRESHOLD: lambda block: int(vth_to_manexp(block.compartment.vth)[0].max()),
    limits.BIAS: lambda block: int(abs(bias_to_manexp(block.compartment.bias)[0]).max()),
    limits.DECAY: _largest_decay,
    limits.REFRACTORY: lambda block: int(block.compartment.refract_delay.max()),
}
"""How to find the largest number of a kind in a block."""
