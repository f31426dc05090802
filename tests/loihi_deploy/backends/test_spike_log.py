"""The log of spikes, on every backend that counts a chip's work."""

from contextlib import closing

import nengo
import numpy as np
import pytest

from spikearm.loihi_deploy.backends.chip import ChipSimulation
from spikearm.loihi_deploy.backends.emulator import EmulatorSimulation
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.backends.spike_log import SpikeLog
from spikearm.neural.counts import ChipWork

N_STEPS = 60


def network() -> nengo.Network:
    """A number that passes over two populations; the host codes it."""
    with nengo.Network(seed=7) as made:
        given = nengo.Node(lambda t: 0.9 * np.sin(40 * t))
        resting = nengo.LIF(initial_state={"voltage": nengo.dists.Choice([0])})
        a, b = (nengo.Ensemble(n, 1, neuron_type=resting) for n in (40, 30))
        nengo.Connection(given, a, synapse=None)
        nengo.Connection(a, b, synapse=0.005)
        nengo.Connection(b, nengo.Node(size_in=1))
    return made


def run(simulation: ChipSimulation) -> np.ndarray:
    for _ in range(N_STEPS):
        simulation.step()
    return simulation.chip_work(N_STEPS)


def test_places_are_turned_into_compartments_and_inputs_follow_one_another():
    log = SpikeLog(4, [2, 3], order=np.array([2, 0, 1, 3]))
    nothing = np.zeros(0, dtype=np.int32)
    fired = np.array([0, 3])
    log.add(fired, np.array([1, 0, 2]), np.array([0, 1, 3]))
    fired[:] = 0  # the engine's arrays go on to the next step
    log.add(nothing, nothing, np.zeros(3, dtype=np.int32))
    log.add(np.array([1]), np.array([1, 7]), np.array([0, 0, 1]))  # what is beyond has no spike
    np.testing.assert_array_equal(
        log.matrix().toarray(),
        [[0, 0, 1, 1, 0, 1, 1, 0, 1], [0] * 9, [1, 0, 0, 0, 0, 0, 0, 1, 0]],
    )
    np.testing.assert_array_equal(log.matrix(1).toarray(), log.matrix().toarray()[2:])
    log.clear()
    assert log.matrix().shape == (0, 9)


@pytest.mark.parametrize("backend", [EmulatorSimulation, RecordedSimulation])
def test_every_backend_counts_the_work_that_the_engine_counts(backend):
    with closing(EngineSimulation(network())) as simulation:
        ours = run(simulation)
        counts = simulation.counts
        simulation.restart()
        np.testing.assert_array_equal(run(simulation), ours)
    with closing(backend(network())) as simulation:
        np.testing.assert_array_equal(run(simulation), ours)
    work = ChipWork(*ours[-1])
    assert work.spikes == counts.spikes - counts.host_spikes
    assert ChipWork(*ours.sum(axis=0)).host_messages > 10
    assert 0.6e-6 < ours[:, -1].min() < ours[:, -1].max() < 1e-4
