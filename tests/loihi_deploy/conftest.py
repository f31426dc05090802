"""A small network that hears, learns and speaks, on all ways of spikes between host and chip."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import nengo
import numpy as np
import pytest

from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi
from spikearm.neural.host_io import HostInput, HostOutput

Way = Literal["compiled", "in turn", "queues"]


class Small(NamedTuple):
    """A network, and what goes in and comes out.

    Attributes:
        network: 45 neurons that hear two numbers, 20 that decode these, 36 that hear them.
        given: Numbers for the first neurons, shape (2,).
        error: What teaches the decoder of a third number, shape (1,).
        heard: Two sums of spikes, and the number that is learned, shape (3,).
    """

    network: nengo.Network
    given: HostInput
    error: HostInput
    heard: HostOutput

    def set_inputs(self, step: int) -> None:
        """Give the inputs of a step."""
        self.given.values[:] = 0.8 * np.sin(0.035 * step), -0.5
        self.error.values[:] = 0.4 * np.cos(0.02 * step)


def _small(way: Way) -> Small:
    given, error, heard = HostInput(2), HostInput(1), HostOutput(3)
    with nengo.Network(seed=7) as network:
        nengo_loihi.add_params(network)
        resting = {"voltage": nengo.dists.Choice([0])}
        network.config[nengo.Ensemble].neuron_type = nengo.LIF(tau_ref=0.002, initial_state=resting)
        network.config[nengo.Ensemble].max_rates = nengo.dists.Uniform(60, 150)
        gives, teaches = nengo.Node(given, label="gives"), nengo.Node(error, label="teaches")
        hears = nengo.Node(heard, size_in=3, label="hears")
        a, b = nengo.Ensemble(45, 2, label="a"), nengo.Ensemble(36, 2, label="b")
        nengo.Connection(gives, a, synapse=None)
        nengo.Connection(a, b, synapse=0.005)
        weights = np.random.default_rng(8).uniform(-1e-2, 1e-2, (2, 36))
        nengo.Connection(b.neurons, hears[:2], transform=weights, synapse=0.01)
        learned = nengo.Connection(
            a, hears[2], function=lambda x: 0.2, learning_rule_type=nengo.PES(5e-3), synapse=0.01
        )
        nengo.Connection(teaches, learned.learning_rule, synapse=None)
        if way == "in turn":
            nengo.Node(lambda t: t, label="what Python has to run")
        if way == "queues":  # two errors for one decoder
            nengo.Connection(gives[0], learned.learning_rule, transform=0.1, synapse=None)
    return Small(network, given, error, heard)


@pytest.fixture
def small() -> Callable[[Way], Small]:
    """Make the network for one of the ways."""
    return _small
