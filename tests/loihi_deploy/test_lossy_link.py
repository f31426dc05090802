"""A link that loses spikes: how many, which, and that engine and emulator lose the same."""

from contextlib import closing
from typing import Any

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy.backends.emulator import EmulatorSimulation
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.engine.exchange.exchange import Exchange
from spikearm.neural.simulation import NeuralSimulation

BACKENDS = (EmulatorSimulation, EngineSimulation)
WAYS = ("compiled", "in turn", "queues")
N_STEPS = 400
SHARE, SEED = 0.23, 11


def arrivals(simulation: EngineSimulation, made: Any, n_steps: int = N_STEPS) -> list[np.ndarray]:
    """List which neurons' spikes came to the chip's one input, step by step."""
    arrived = []
    for step in range(n_steps):
        made.set_inputs(step)
        simulation.step()
        neurons, (_, n_arrived) = simulation._simulator.arrived
        arrived.append(neurons[:n_arrived].copy())
        assert simulation.counts.host_spikes == n_arrived
    return arrived


def hear(simulation: NeuralSimulation, made: Any, n_steps: int = 80) -> np.ndarray:
    heard = []
    for step in range(n_steps):
        made.set_inputs(step)
        simulation.step()
        heard.append(made.heard.values.copy())
    return np.array(heard)


@pytest.mark.parametrize("way", WAYS)
def test_what_arrives_is_what_the_draws_leave_of_what_was_sent(small, way):
    made = small(way)
    with closing(EngineSimulation(made.network)) as simulation:
        assert isinstance(simulation._simulator._runner, Exchange) == (way != "queues")
        sent = arrivals(simulation, made)
        simulation.restart()
        simulation.drop_host_spikes(SHARE, SEED)
        arrived = arrivals(simulation, made)
    n_sent = sum(map(len, sent))
    draws = np.random.default_rng(SEED).random(n_sent) >= SHARE
    step = np.repeat(np.arange(N_STEPS), [len(one) for one in sent])
    for k, neurons in enumerate(arrived):
        np.testing.assert_array_equal(neurons, sent[k][draws[step == k]])
    # Of so many, the share that is lost has a known spread; four of it either way.
    lost, spread = 1 - sum(map(len, arrived)) / n_sent, np.sqrt(SHARE * (1 - SHARE) / n_sent)
    assert n_sent > 200
    assert abs(lost - SHARE) < 4 * spread


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_link_that_loses_everything_lets_nothing_arrive_that_is_sent_from_then_on(small, backend):
    made, arrived = small("compiled"), []
    with closing(backend(made.network)) as simulation:
        for loses_after in (120, 60):
            simulation.restart()
            for step in range(120):
                if step == loses_after:
                    simulation.drop_host_spikes(1.0, SEED)
                made.set_inputs(30)
                simulation.step()
                arrived.append(simulation.counts.host_spikes)
    whole, cut = np.reshape(arrived, (2, 120))
    np.testing.assert_array_equal(cut[:61], whole[:61])  # what is under way still comes
    assert whole[60] > 0
    assert not cut[61:].any()


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_restart_draws_again_another_seed_otherwise_and_no_share_heals(small, backend):
    made = small("compiled")
    with closing(backend(made.network)) as simulation:
        whole = hear(simulation, made)
        simulation.drop_host_spikes(0.5, SEED)
        simulation.restart()
        lossy = hear(simulation, made)
        simulation.restart()
        np.testing.assert_array_equal(hear(simulation, made), lossy)
        simulation.drop_host_spikes(0.5, SEED + 1)
        simulation.restart()
        other = hear(simulation, made)
        simulation.drop_host_spikes(0.0, SEED)
        simulation.restart()
        np.testing.assert_array_equal(hear(simulation, made), whole)
    assert np.abs(lossy - whole).max() > 0.01
    assert np.abs(lossy - other).max() > 0.01


@pytest.mark.parametrize("share", [-0.1, 1.01, np.nan])
def test_what_is_no_share_is_refused(small, share):
    for backend in BACKENDS:
        with (
            closing(backend(small("compiled").network)) as simulation,
            pytest.raises(SpikearmError, match="share of host spikes is a number from 0 to 1"),
        ):
            simulation.drop_host_spikes(share, SEED)
