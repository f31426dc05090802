"""A network's way onto the chip: build, rescale, quantise, drop zeros, place, check.

Each stage is a function with a value of its own; :func:`deploy` composes them.
"""

from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass

import nengo

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.checks.board_config import NENGO_LOIHI_BOARD, BoardConfig
from spikearm.loihi_deploy.checks.check import check
from spikearm.loihi_deploy.checks.report import REFUSALS, Report, refusal
from spikearm.loihi_deploy.discretisation.blocks import FloatBlocks, IntegerBlocks, build
from spikearm.loihi_deploy.discretisation.quantisation import (
    QuantisationError,
    quantisation_errors,
    quantise,
)
from spikearm.loihi_deploy.discretisation.rescaling import rescale
from spikearm.loihi_deploy.discretisation.zeros import drop_zeros
from spikearm.loihi_deploy.mapping.allocators import ALLOCATORS, AllocatorName
from spikearm.loihi_deploy.mapping.placement import Placement, place
from spikearm.loihi_deploy.mapping.traffic import CoreTraffic, core_traffic

__all__ = [
    "Deployment", "build", "check", "core_traffic", "deploy", "drop_zeros", "place", "preflight",
    "quantisation_errors", "quantise", "rescale",
]  # fmt: skip


@dataclass(frozen=True)
class Deployment:
    """A network on its way onto the chip, stage by stage.

    Attributes:
        floats: Blocks in floating point, as built.
        scaled: Blocks to quantise: rescaled, if the network ran so.
        integers: Blocks in the chip's integers.
        errors: Quantisation error of each array, from ``scaled`` to ``integers``.
        stored: Blocks as the chip stores them: without zeros.
        placement: Core of each block.
        traffic: Spikes between cores, as counted in the run.
        report: Use of every limited resource.
    """

    floats: FloatBlocks
    scaled: FloatBlocks
    integers: IntegerBlocks
    errors: tuple[QuantisationError, ...]
    stored: IntegerBlocks
    placement: Placement
    traffic: CoreTraffic
    report: Report


def deploy(
    simulation: RecordedSimulation,
    board: BoardConfig = NENGO_LOIHI_BOARD,
    allocator: AllocatorName = "greedy",
    sensors: Collection[str] = (),
) -> Deployment:
    """Bring a network that has run onto the chip, and check it against every limit.

    Args:
        simulation: Recorded run of the network, after some steps.
        board: Board to deploy to. Default: the one that nengo-loihi builds, of one chip and with a
            link for 50 spikes.
        allocator: Name of the allocator that assigns cores.
        sensors: Labels of the connections from neurons that stand for sensors. Their spikes come by
            the chip's own bus, and not over the link from the host.
    """
    activity = simulation.activity
    floats = build(simulation.network, simulation.seed)
    scaled = rescale(floats) if simulation.rescaled else floats
    integers = quantise(scaled)
    errors = quantisation_errors(scaled, integers)
    stored = drop_zeros(integers)
    placement = place(stored, ALLOCATORS[allocator](activity))
    traffic = core_traffic(stored, placement, activity)
    report = check(stored, placement, activity, floats.rates, board, sensors)
    return Deployment(floats, scaled, integers, errors, stored, placement, traffic, report)


def preflight(
    network: nengo.Network, steps: int = 1000, board: BoardConfig = NENGO_LOIHI_BOARD
) -> Report:
    """Check a network that is driven by its own nodes against every limit of the chip.

    For a network that is driven from outside, run it as a :class:`RecordedSimulation` and
    :func:`deploy` that.

    Args:
        network: Any network for nengo-loihi.
        steps: Length of the simulated run.
        board: Board to deploy to, as in :func:`deploy`.

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
        return deploy(simulation, board).report
