"""Learned weights, read and written: every pair keeps its difference and loses what it shares."""

from contextlib import closing

import nengo
import numpy as np
import pytest

from spikearm.controller.adaptation.adaptive_network import AdaptiveNetwork
from spikearm.controller.adaptation.scaling import AdaptationConfig
from spikearm.controller.weights.membrane import LEAKY
from spikearm.loihi_deploy.backends.emulator import EmulatorSimulation
from spikearm.loihi_deploy.backends.engine import EngineSimulation, FloatSimulation
from spikearm.neural.simulation import NeuralSimulation


def alone(network: AdaptiveNetwork) -> nengo.Network:
    made = nengo.Network(seed=network.seed)
    network.add_to(made)
    return made


def raw(simulation: NeuralSimulation) -> np.ndarray:
    model = simulation._simulator.model
    (synapse,) = (s for block in model.blocks for s in block.synapses if s.learning)
    return np.concatenate(synapse.weights)


@pytest.mark.parametrize("kind", [EngineSimulation, EmulatorSimulation, FloatSimulation])
def test_a_pair_keeps_its_difference_exactly_and_is_made_even(kind):
    network = AdaptiveNetwork(
        2, AdaptationConfig(neurons=300, ensembles=1), LEAKY.neuron_type("loihi")
    )
    network.state.values[:] = np.array([0.3, -0.4, 0.2, 0.1, 0.8])
    network.error.values[:] = 0.3, -0.2
    with closing(kind(alone(network))) as simulation:
        for _ in range(120):
            simulation.step()
        before = raw(simulation)
        (learned,) = simulation.read_learned()
        np.testing.assert_array_equal(raw(simulation), before)  # reading changes nothing
        simulation.rest()
        after = raw(simulation)
        np.testing.assert_array_equal(after, learned)
        np.testing.assert_array_equal(simulation.read_learned()[0], learned)  # even already
    assert after.dtype == before.dtype
    step = np.unique(np.abs(before[before != 0])).min()
    common = np.abs(after[:, :2] + after[:, 2:])
    if kind is FloatSimulation:
        np.testing.assert_array_equal(common, 0.0)
        np.testing.assert_allclose(after[:, :2] - after[:, 2:], before[:, :2] - before[:, 2:])
    else:
        assert np.abs(before[:, :2] + before[:, 2:]).max() > step  # rounding had made them uneven
        assert common.max() <= step
        np.testing.assert_array_equal(after[:, :2] - after[:, 2:], before[:, :2] - before[:, 2:])


def test_weights_of_another_shape_are_refused_and_nothing_is_written():
    network = AdaptiveNetwork(2, AdaptationConfig(neurons=300), LEAKY.neuron_type("loihi"))
    with closing(EngineSimulation(alone(network))) as simulation:
        (mine,) = simulation.read_learned()
        for wrong in ([mine[:-1]], [mine, mine], [], [mine.astype(float)]):
            with pytest.raises(ValueError, match="no weights of"):
                simulation.write_learned(wrong)
        np.testing.assert_array_equal(raw(simulation), mine)


@pytest.mark.filterwarnings("ignore:Clipping learning weights:UserWarning")
@pytest.mark.parametrize("kind", [EngineSimulation, EmulatorSimulation])
def test_the_largest_weight_is_put_in_units_of_where_it_would_be_clipped(kind):
    config = AdaptationConfig(neurons=400, learning_rate=12.0)
    network = AdaptiveNetwork(1, config, LEAKY.neuron_type("loihi"))
    network.state.values[:] = 0.6, 0.0, 0.8
    network.error.values[:] = 1.2
    with closing(kind(alone(network))) as simulation:
        assert simulation.learned_share == 0.0
        shares = []
        while not simulation.overflow_counts["Clipping learning weights"] and len(shares) < 3000:
            simulation.step()
            shares.append(simulation.learned_share)
        assert 0.0 < shares[len(shares) // 2] < 1.0
        # Less by half of what the pair has in common, which reading leaves out.
        assert shares[-1] == pytest.approx(1.0, abs=0.05)
