"""The network as matrix products, against Nengo and closed forms."""

from contextlib import closing

import numpy as np

from spikearm.controller.spiking.spiking_network import Filters, build_network
from spikearm.experiments.studies.energy.dense_network import DenseNetwork
from spikearm.neural.nengo_simulation import NengoSimulation

FILTERS = Filters(layer_tau=0.004, torque_tau=0.013)
N_STEPS, DT = 60, 0.001


def draw_inputs(n: int) -> np.ndarray:
    """Give inputs that wander, shape (n, 15)."""
    rng = np.random.default_rng(4)
    return np.clip(np.cumsum(rng.normal(scale=0.1, size=(n, 15)), axis=0), -1, 1)


def test_it_computes_what_nengo_computes_in_every_step(weights):
    made = build_network(weights, "rate", FILTERS)
    theirs = []
    with closing(NengoSimulation(made.network)) as simulation:
        for inputs in draw_inputs(N_STEPS):
            made.nodes.inputs[:] = inputs
            simulation.step()
            theirs.append(made.nodes.outputs.values.copy())
    dense = DenseNetwork(weights, DT, FILTERS)
    ours = [dense.step(inputs) for inputs in draw_inputs(N_STEPS)]
    assert np.abs(theirs[-1]).max() > 0.05
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)
    dense.restart()
    again = [dense.step(inputs) for inputs in draw_inputs(N_STEPS)]
    np.testing.assert_array_equal(again, ours)


def test_its_operations_are_counted_from_the_sizes_of_its_matrices(weights):
    dense = DenseNetwork(weights, DT)
    # 14 features of 6 + 3 values; 11 neurons of these; a code of 2; 26 products of 2 + 6 values;
    # 9 neurons of 3 + 6; 3 torques of all 60.
    assert dense.multiply_adds == 14 * 9 + 11 * 14 + 2 * 11 + 26 * 8 + 9 * 9 + 3 * 60
    assert dense.n_neurons == 60
