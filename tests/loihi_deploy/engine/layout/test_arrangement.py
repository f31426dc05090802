"""Where compartments lie: every one once, sharing a dendrite only with its equals, in few runs."""

from collections import Counter

import nengo
import numpy as np
import pytest

from spikearm.loihi_deploy.engine.layout.arrangement import (
    KEEP_CURRENT,
    KEEP_VOLTAGE,
    MOST_SOMAS,
    arrange,
)
from spikearm.loihi_deploy.engine.layout.fixed_weights import FixedWeights
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi
from spikearm.loihi_deploy.simulator import Simulator

pytestmark = pytest.mark.filterwarnings("ignore:Model is precomputable:UserWarning")

N_NEURONS = 6


def fixed(matrix: np.ndarray) -> FixedWeights:
    """List a matrix of weights, shape (n_neurons, n_compartments)."""
    neurons, targets = np.nonzero(matrix)
    events = np.count_nonzero(matrix, axis=1)
    return FixedWeights(neurons, targets, matrix[neurons, targets], events)


def pinned(constants: np.ndarray, share: float = 0.0, seed: int = 0) -> np.ndarray:
    """Draw which compartments keep their order: by default none."""
    return np.random.default_rng(seed).random(len(constants)) < share


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw weights and constants, many of them alike."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 90))
    columns = rng.integers(-2, 3, size=(N_NEURONS, rng.integers(1, 12)))
    columns[:, 0] *= int(rng.integers(2))  # nothing, or something, for many
    constants = rng.integers(1, 3, size=(2, 5))
    matrix = columns[:, rng.integers(columns.shape[1], size=n)]
    return matrix, constants[rng.integers(2, size=n)]


@pytest.mark.parametrize("seed", range(40))
def test_somas_and_dendrites_fill_their_places_and_every_dendrite_has_one_that_leads(seed):
    matrix, constants = draw(seed)
    made = arrange(fixed(matrix), constants, pinned(constants))
    n = len(constants)
    np.testing.assert_array_equal(np.sort(made.soma), np.arange(n))
    np.testing.assert_array_equal(made.soma[made.order], np.arange(n))
    np.testing.assert_array_equal(np.sort(made.dendrite[made.leads]), np.arange(made.n_dendrites))
    assert set(made.dendrite) == set(range(made.n_dendrites))


def test_compartments_share_a_dendrite_where_weights_and_constants_are_equal_and_some_is_reached():
    shared, full = 0, 0
    for seed in range(40):
        matrix, constants = draw(seed)
        made = arrange(fixed(matrix), constants, pinned(constants))
        groups: dict[tuple, list[int]] = {}
        for n, dendrite in enumerate(made.dendrite):
            reached = bool(matrix[:, n].any())
            assert (dendrite < made.n_reached) == reached
            key = (*matrix[:, n], *constants[n], *(() if reached else (n,)))
            groups.setdefault(key, []).append(int(dendrite))
        for dendrites in groups.values():
            sizes = sorted(Counter(dendrites).values())
            assert sizes[1:] == [MOST_SOMAS] * (len(sizes) - 1)
            assert sizes[0] <= MOST_SOMAS
            shared += len(dendrites) > 1
            full += len(sizes) > 1
        assert sum(len(set(dendrites)) for dendrites in groups.values()) == made.n_dendrites
    assert shared > 100 and full > 20


def test_runs_update_every_reached_dendrite_and_every_soma_once_with_its_constants():
    for seed in range(40):
        matrix, constants = draw(seed)
        made = arrange(fixed(matrix), constants, pinned(constants))
        dendrites, somas = made.runs(constants)
        kept = dict(zip(made.dendrite.tolist(), constants[:, KEEP_CURRENT].tolist(), strict=True))
        assert [n for first, end, _ in dendrites for n in range(first, end)] == [
            *range(made.n_reached)
        ]
        assert all(kept[n] == keep for first, end, keep in dendrites for n in range(first, end))
        updated = [
            (n, first_dendrite + n - first, *rest)
            for first, end, first_dendrite, *rest in somas.tolist()
            for n in range(first, end)
        ]
        assert updated == [
            (n, made.dendrite[c], *constants[c, KEEP_VOLTAGE:]) for n, c in enumerate(made.order)
        ]


def test_like_compartments_take_as_many_runs_as_the_most_that_share():
    constants = np.ones((9, 5), dtype=int)
    columns = np.arange(1, 1 + 4 * N_NEURONS).reshape(N_NEURONS, 4)
    matrix = np.repeat(columns, [3, 1, 2, 3], axis=1)
    made = arrange(fixed(matrix), constants, pinned(constants))
    dendrites, somas = made.runs(constants)
    assert dendrites[:, :2].tolist() == [[0, 4]]
    assert somas[:, :3].tolist() == [[0, 4, 0], [4, 7, 0], [7, 9, 0]]


def test_pinned_compartments_come_first_in_their_order_and_share_nothing():
    for seed in range(40):
        matrix, constants = draw(seed)
        held = pinned(constants, share=0.4, seed=seed)
        made = arrange(fixed(matrix), constants, held)
        expected = np.arange(held.sum())
        for places in (made.dendrite, made.soma):
            np.testing.assert_array_equal(places[held], expected)
            assert (places[~held] >= len(expected)).all()
        assert made.leads[held].all()
        assert made.n_reached >= len(expected)


def test_those_that_the_same_neurons_reach_are_neighbours():
    matrix, constants = np.zeros((4, 12), dtype=int), np.ones((12, 5), dtype=int)
    for n in range(12):
        matrix[n % 2, n], matrix[2 + n // 6, n] = 1 + n, 20 + n
    made = arrange(fixed(matrix), constants, pinned(constants))
    assert made.order.tolist() == [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]


def test_shared_dendrites_give_each_compartment_its_current_voltage_and_spikes():
    """Decode neurons between two ensembles come in sets of equals."""
    with nengo.Network(seed=3) as network:
        network.config[nengo.Ensemble].neuron_type = nengo.LIF(
            initial_state={"voltage": nengo.dists.Choice([0])}
        )
        wave = nengo.Node(lambda t: [np.sin(9 * t), np.cos(7 * t)])
        first, second = nengo.Ensemble(40, 2), nengo.Ensemble(60, 3)
        nengo.Connection(wave, first)
        nengo.Connection(first, second, transform=[[1, 0], [0, 1], [1, 0]])
        probes = [
            nengo.Probe(ensemble.neurons, key)
            for ensemble in (first, second)
            for key in ("input", "voltage", "output")
        ]
    with Simulator(network, precompute=False) as ours:
        ours.run_steps(300)
        state = ours.engine.chip.state
        assert len(state["current"]) < len(state["voltage"]) - 10
    with nengo_loihi.Simulator(network, target="sim", precompute=False) as theirs:
        theirs.run_steps(300)
    for probe in probes:
        assert theirs.data[probe].any()
        np.testing.assert_array_equal(ours.data[probe], theirs.data[probe])
