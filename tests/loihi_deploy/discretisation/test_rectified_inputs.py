"""Rectified inputs of a chip: no spike says zero, and rates say the rest."""

from contextlib import closing
from dataclasses import replace

import nengo
import numpy as np
import pytest

from spikearm.controller.spiking.spiking_network import build_network
from spikearm.controller.weights.membrane import LEAKY
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.loihi_deploy.backends.emulator import EmulatorSimulation
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.host_io import HostInput, HostOutput
from spikearm.neural.simulation import NeuralSimulation

VALUES = np.array([0.3, -0.7, 0.0])


def run(
    rectified: bool,
    values: np.ndarray,
    simulation: type[NeuralSimulation] = EngineSimulation,
    n_steps: int = 400,
):
    """Give the host's spikes in every step, and what a population says of the values."""
    source, sink = HostInput(3, rectified=rectified), HostOutput(3)
    source.values[:] = values
    with nengo.Network(seed=4) as network:
        population = nengo.Ensemble(200, 3, neuron_type=LEAKY.neuron_type("loihi"))
        nengo.Connection(nengo.Node(source), population, synapse=None)
        nengo.Connection(population, nengo.Node(sink, size_in=3), synapse=0.02)
    sent, said = [], []
    with closing(simulation(network)) as running:
        for _ in range(n_steps):
            running.step()
            sent.append(running.counts.host_spikes)
            said.append(sink.values.copy())
    return np.array(sent), np.array(said)


def test_zeros_send_no_spikes_and_usual_inputs_one_per_value_and_step():
    rectified, usual = (run(one, np.zeros(3))[0][50:].mean() for one in (True, False))
    assert rectified == 0.0
    assert usual == pytest.approx(3.0, rel=0.02)


def test_values_send_spikes_in_proportion_to_their_magnitude():
    sent, said = run(True, VALUES)
    assert sent[50:].mean() == pytest.approx(np.abs(VALUES).sum(), rel=0.02)
    usual = run(False, VALUES)[1]
    np.testing.assert_allclose(said[200:].mean(axis=0), usual[200:].mean(axis=0), atol=0.1)
    assert said[200:].mean(axis=0)[1] < -0.5


def test_nengo_loihi_s_emulator_says_the_same_to_the_last_bit():
    ours, theirs = run(True, VALUES, n_steps=60), run(True, VALUES, EmulatorSimulation, 60)
    assert ours[0].sum() > 20
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


def drive(
    weights: NetworkWeights, inputs: np.ndarray, simulation: type[NeuralSimulation]
) -> tuple[np.ndarray, np.ndarray]:
    """Give a controller's network its inputs step by step; return host spikes and outputs."""
    built = build_network(weights, "loihi", seed=3)
    sent, said = [], []
    with closing(simulation(built.network)) as running:
        for values in inputs:
            built.nodes.inputs[:] = values
            running.step()
            sent.append(running.counts.host_spikes)
            said.append(built.nodes.outputs.values.copy())
    return np.array(sent), np.array(said)


def test_a_controller_at_rest_hears_nothing_from_the_host_if_its_weights_are_of_such_inputs(
    weights,
):
    silence = np.zeros((20, 15))
    n_pairs = 15 + 9  # velocities and command reach the neurons against friction by pairs of theirs
    assert drive(replace(weights, rectified=True), silence, EngineSimulation)[0].sum() == 0
    usual = drive(weights, silence, EngineSimulation)[0]
    assert usual[2:].mean() == pytest.approx(n_pairs, rel=0.1)


def test_controllers_with_such_inputs_run_alike_on_both_chips_to_the_last_bit(weights):
    inputs = np.clip(np.random.default_rng(5).normal(scale=0.5, size=(60, 15)), -1, 1)
    rectified = replace(weights, rectified=True)
    ours, theirs = (drive(rectified, inputs, one) for one in (EngineSimulation, EmulatorSimulation))
    assert ours[0].sum() > 100
    assert np.abs(ours[1][-1]).max() > 0
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)
