"""One thread at a time: whoever comes second is refused, and the first is not disturbed."""

import threading
from collections.abc import Callable

import nengo
import numpy as np
import pytest

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.loihi_deploy.simulator import Simulator
from spikearm.neural.nengo_simulation import NengoSimulation


def intruded(advance: Callable[[], None]) -> Callable[[], None]:
    """Make a function that advances the same again from another thread, once."""
    done: list[threading.Thread] = []

    def intrude() -> None:
        if not done:
            done.append(threading.Thread(target=attempt))
            done[0].start()
            done[0].join()

    def attempt() -> None:
        with pytest.raises(SpikearmError, match=r"by another thread.*Give each thread its own"):
            advance()
        refused.append(True)

    refused: list[bool] = []
    intrude.refused = refused  # type: ignore[attr-defined]
    return intrude


def test_an_arm_is_advanced_by_one_thread_at_a_time(monkeypatch):
    arm, alone = load_arm("gen3"), load_arm("gen3")
    intrude = intruded(arm.advance)
    check = arm._check_simulation
    monkeypatch.setattr(arm, "_check_simulation", lambda began: (intrude(), check(began)))
    for one in (arm, alone):
        one.act(np.full(7, 0.5))
        one.advance()
        one.advance()
    assert intrude.refused == [True]  # type: ignore[attr-defined]
    np.testing.assert_array_equal(arm.state.q, alone.state.q)


@pytest.mark.parametrize("kind", ["nengo", "engine"])
def test_a_simulator_is_advanced_by_one_thread_at_a_time(kind):
    wish: list[Callable[[], None]] = []
    with nengo.Network(seed=3) as network:
        node = nengo.Node(lambda t: (wish and wish[0](), 0.5)[1])
        neurons = nengo.LIF(initial_state={"voltage": nengo.dists.Choice([0])})
        ensemble = nengo.Ensemble(20, 1, neuron_type=neurons)
        nengo.Connection(node, ensemble)
    if kind == "nengo":
        simulation = NengoSimulation(network)
        advance, close = simulation.step, simulation.close
    else:
        simulator = Simulator(network, progress_bar=False)
        advance, close = simulator.advance, simulator.close
    advance()
    wish.append(intruded(advance))
    advance()
    advance()
    assert wish[0].refused == [True]  # type: ignore[attr-defined]
    close()
