"""The host interface, read from networks that differ from the controller's."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import nengo
import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.experiments.export.host_interface import read_inputs, read_outputs
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.host_io import HostInput, HostOutput

READOUT = np.array([[1e-3, 2e-3, -3e-3], [0.0, 5e-4, 4e-3]])
TAU = 0.02  # s


def network(
    enter: Callable[[nengo.Node, nengo.Ensemble], Any] | None = None,
    leave: Callable[[nengo.Ensemble, nengo.Node], Any] | None = None,
) -> nengo.Network:
    """Make three neurons between three inputs and two outputs, and other ways in or out."""
    with nengo.Network(seed=5) as made:
        resting = nengo.LIF(initial_state={"voltage": nengo.dists.Choice([0])})
        nengo.Node(HostInput(2), label="not used")
        given, out = nengo.Node(HostInput(3)), nengo.Node(HostOutput(2), size_in=2)
        a = nengo.Ensemble(3, 1, neuron_type=resting, gain=np.ones(3), bias=np.ones(3))
        nengo.Connection(given[1:], a.neurons, transform=np.ones((3, 2)), synapse=None)
        nengo.Connection(a.neurons, out, transform=READOUT, synapse=TAU)
        if enter:
            enter(given, a)
        if leave:
            leave(a, out)
    return made


def test_each_input_neuron_sees_its_value_with_its_sign():
    made = network()
    with closing(EngineSimulation(made)) as simulation:
        coding = read_inputs(simulation.model, made)
    np.testing.assert_array_equal(coding.value, [3, 4, 3, 4])  # behind the two of the other node
    np.testing.assert_allclose(coding.gain, [500, 500, -500, -500])
    np.testing.assert_allclose(coding.bias, [500] * 4)


def test_a_spike_adds_its_decoder_over_a_step():
    made = network()
    with closing(EngineSimulation(made)) as simulation:
        decoding = read_outputs(simulation.model, made)
    np.testing.assert_allclose(decoding.decoder, READOUT / 0.001)
    assert decoding.tau == TAU


ENTERING = {
    "filtered": lambda given, a: nengo.Connection(
        given[0], a.neurons, transform=np.ones((3, 1)), synapse=0.01
    ),
    "encoded": lambda given, a: nengo.Connection(given[0], a, transform=2.0, synapse=None),
    "of a node that computes": lambda given, a: nengo.Connection(
        nengo.Node(lambda t: t), a.neurons, transform=np.ones((3, 1)), synapse=None
    ),
}
LEAVING = {
    "filtered twice": lambda a, out: nengo.Connection(
        a.neurons, out, transform=READOUT, synapse=0.01
    ),
    "not filtered": lambda a, out: nengo.Connection(
        a.neurons, out, transform=READOUT, synapse=None
    ),
    "in part": lambda a, out: nengo.Connection(
        a.neurons, out[:1], transform=READOUT[:1], synapse=TAU
    ),
    "decoded by neurons": lambda a, out: nengo.Connection(
        a, out, function=lambda x: [x[0], 0], synapse=TAU
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", ENTERING)
def test_inputs_that_enter_otherwise_are_refused(how):
    made = network(enter=ENTERING[how])
    with (
        closing(EngineSimulation(made)) as simulation,
        pytest.raises(SpikearmError, match="does more than hand an input over"),
    ):
        read_inputs(simulation.model, made)


@pytest.mark.parametrize("how", LEAVING)
def test_outputs_that_leave_otherwise_are_refused(how):
    made = network(leave=LEAVING[how])
    with (
        closing(EngineSimulation(made)) as simulation,
        pytest.raises(SpikearmError, match="other outputs"),
    ):
        read_outputs(simulation.model, made)
