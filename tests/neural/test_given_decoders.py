"""Connections whose decoders are known: decoded alike, without points to solve them at."""

import nengo
import numpy as np
import pytest

from spikearm.neural.given_decoders import given_decoders

DECODERS = np.random.default_rng(3).normal(scale=1e-3, size=(50, 2))


def decoded(arguments: dict) -> np.ndarray:
    """Return what a network decodes."""
    resting = {"voltage": nengo.dists.Choice([0])}
    with nengo.Network(seed=5) as network:
        given = nengo.Node(lambda t: [np.sin(30 * t), 0.4])
        ensemble = nengo.Ensemble(50, 2, neuron_type=nengo.LIF(initial_state=resting))
        out = nengo.Node(size_in=2)
        nengo.Connection(given, ensemble)
        nengo.Connection(ensemble, out, **arguments)
        probe = nengo.Probe(out)
    with nengo.Simulator(network, progress_bar=False) as simulator:
        simulator.run_steps(80)
        return simulator.data[probe].copy()


def test_the_same_is_decoded_as_at_the_points_that_nengo_draws():
    usual = decoded({"solver": nengo.solvers.NoSolver(DECODERS)})
    here = decoded(given_decoders(DECODERS, dimensions=2))
    np.testing.assert_array_equal(here, usual)
    assert np.abs(here).max() > 0.01


@pytest.mark.parametrize("dimensions", [1, 20])
def test_neurons_fire_at_the_points_where_nengo_wants_to_see_some_fire(dimensions):
    points = given_decoders(np.zeros((30, 1)), dimensions)["eval_points"]
    with nengo.Network(seed=1) as network:
        ensemble = nengo.Ensemble(30, dimensions, intercepts=nengo.dists.Choice([0.6]))
    with nengo.Simulator(network, progress_bar=False) as simulator:
        _, rates = nengo.utils.ensemble.tuning_curves(ensemble, simulator, points)
    assert rates.shape == (2 * dimensions, 30) and rates.any(axis=1).all()
