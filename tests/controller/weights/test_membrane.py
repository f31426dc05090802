"""Membranes against closed forms, and against neurons that Nengo and the chip's emulator run."""

import math
from contextlib import closing

import nengo
import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.controller.weights.membrane import LEAKY, Membrane
from spikearm.loihi_deploy.backends.emulator import EmulatorSimulation
from spikearm.neural.host_io import HostOutput
from spikearm.neural.nengo_simulation import NengoSimulation

CURRENTS = {LEAKY: np.r_[-3.0, 0.0, 0.9, 1.3, 2.0, 3.0], Membrane(): np.r_[-90.0, 0.0, 9.0, 62.0]}
BOTH = pytest.mark.parametrize("membrane", CURRENTS, ids=["leaky", "without a leak"])
STAGES = pytest.mark.parametrize(
    ("stage", "simulation"), [("spiking", NengoSimulation), ("loihi", EmulatorSimulation)]
)
N_STEPS = 1500


def test_leaky_neurons_have_the_rates_of_the_closed_form():
    current = np.array([0.3, 1.0, 1.4, 6.0, -2.0])
    expected = [0, 0, *(1 / (0.001 - 0.02 * math.log(1 - 1 / j)) for j in (1.4, 6.0)), 0]
    np.testing.assert_allclose(LEAKY.rates(current), expected, rtol=1e-12)


def test_neurons_without_a_leak_fire_at_the_rate_of_their_current():
    np.testing.assert_array_equal(Membrane().rates(np.array([-5.0, 0.0, 7.5])), [0.0, 0.0, 7.5])


@BOTH
def test_rates_are_those_of_nengos_neurons(membrane):
    current = np.r_[-3.0, 0.0, 1.0, 1.0 + 1e-9, np.geomspace(1.01, 50.0, 30)]
    expected = membrane.rate_type().rates(current[:, None], np.ones(1), np.zeros(1)).ravel()
    np.testing.assert_allclose(membrane.rates(current), expected, rtol=1e-9)


@BOTH
@STAGES
def test_spikes_come_at_these_rates(membrane, stage, simulation):
    current = CURRENTS[membrane]
    counted = HostOutput(len(current))
    with nengo.Network(seed=0) as network:
        neurons = nengo.Ensemble(
            len(current), 1, gain=np.full(len(current), 100.0), bias=current,
            neuron_type=membrane.neuron_type(stage),
        )  # fmt: skip
        host = nengo.Node(counted, size_in=len(current))
        nengo.Connection(neurons.neurons, host, synapse=None)
    total = np.zeros(len(current))
    with closing(simulation(network)) as made:
        for _ in range(N_STEPS):
            made.step()
            total += counted.values
    # On the chip a period is a whole number of steps, and a membrane's decay is rounded.
    np.testing.assert_allclose(total / N_STEPS, membrane.rates(current), rtol=0.1, atol=0.7)


@BOTH
def test_tuned_neurons_fire_from_their_intercept_on_and_at_their_largest_rate_at_1(membrane):
    gain, bias = membrane.tune(np.array([80.0, 120.0]), np.array([-0.5, 0.3]))
    np.testing.assert_allclose(membrane.rates(gain + bias), [80.0, 120.0], rtol=1e-9)
    at_intercept = gain * np.array([-0.5, 0.3]) + bias
    np.testing.assert_array_equal(membrane.rates(at_intercept - 1e-6), 0.0)
    assert (membrane.rates(at_intercept + 1e-3 * gain) > 0).all()


@BOTH
def test_the_output_of_rate_neurons_is_scaled_by_the_amplitude(membrane):
    assert membrane.rate_type(0.01).amplitude == 0.01


@pytest.mark.parametrize("leak", [-50.0, math.nan, math.inf])
def test_a_leak_that_is_none_is_refused(leak):
    with pytest.raises(SpikearmError, match="leak"):
        Membrane(leak)
