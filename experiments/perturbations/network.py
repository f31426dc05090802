"""Perturbations of a network: neurons that fall silent, spikes that are lost."""

from functools import partial

from spikearm.experiments.perturbations.loop_setup import Event, LoopSetup
from spikearm.experiments.perturbations.perturbation import Perturbation
from spikearm.neural.faults import lossy_simulation, silenceable_simulation

SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
SILENT = 0.2
ALL = (0.0, 1.0)


def silence(setup: LoopSetup, share: float, seed: int) -> LoopSetup:
    """Silence a share of all neurons from the start."""
    simulation = silenceable_simulation(setup.simulation)
    simulation.silence(simulation.draw_neurons(share, seed))
    return setup.with_undo(partial(simulation.silence, []))


def silence_midway(setup: LoopSetup, share: float, seed: int) -> LoopSetup:
    """Silence a share of all neurons in the middle of every way out."""
    simulation = silenceable_simulation(setup.simulation)
    heal = partial(simulation.silence, [])
    kill = partial(simulation.silence, simulation.draw_neurons(share, seed))
    return setup.with_events(Event(0.0, heal), Event(setup.halfway[0], kill)).with_undo(heal)


def lose_spikes(setup: LoopSetup, share: float, seed: int) -> LoopSetup:
    """Lose a share of the spikes that a host sends to its chip."""
    simulation = lossy_simulation(setup.simulation)
    simulation.drop_host_spikes(share, seed)
    return setup.with_undo(partial(simulation.drop_host_spikes, 0.0, seed))


SILENCED = Perturbation(
    "neurons silent from the start", "%", SHARES, SILENT, silence,
    factor=1e2, allowed=ALL, needs="neurons", drawn=True,
)  # fmt: skip
SILENCED_MIDWAY = Perturbation(
    "neurons silenced on the way", "%", SHARES, SILENT, silence_midway,
    factor=1e2, allowed=ALL, needs="neurons", drawn=True,
)  # fmt: skip
LOST_SPIKES = Perturbation(
    "spikes lost between host and chip", "%", (0.001, 0.01, 0.05, 0.1, 0.2, 0.5), 0.01, lose_spikes,
    factor=1e2, allowed=ALL, needs="chip", drawn=True,
)  # fmt: skip
