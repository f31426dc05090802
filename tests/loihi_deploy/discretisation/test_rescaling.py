"""Weights rescaled from 8 bits: the neurons stay what they are, and the emulator runs them."""

from contextlib import closing
from typing import Any

import nengo
import numpy as np
import pytest

from spikearm.controller.spiking.spiking_network import build_network
from spikearm.controller.weights.trained import shipped
from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.backends.engine import EngineSimulation, RescaledSimulation
from spikearm.loihi_deploy.discretisation.blocks import Blocks, FloatBlocks
from spikearm.loihi_deploy.discretisation.chip_model import RescaledModel
from spikearm.loihi_deploy.discretisation.quantisation import (
    WEIGHTS,
    quantisation_errors,
    weight_loss,
)
from spikearm.loihi_deploy.discretisation.rescaling import RESCALE_ABOVE
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi, without_known_warnings
from spikearm.loihi_deploy.pipeline import build, place, quantise, rescale
from spikearm.loihi_deploy.simulator import Simulator

N_PRE, N_POST = 40, 48
LARGEST = 1.0
RESTING = {"voltage": nengo.dists.Choice([0])}


def uneven(bias: np.ndarray | float = 0.5) -> nengo.Network:
    """One layer drives another: one large weight into its first neuron, small ones to all."""
    sizes = 2.0 ** -(4 + np.arange(N_POST) % 6)
    weights = np.random.default_rng(5).normal(size=(N_POST, N_PRE)).clip(-2, 2) * sizes[:, None]
    weights[0, 7] = LARGEST
    with nengo.Network(seed=2) as network:
        nengo_loihi.add_params(network)
        network.config[nengo.Ensemble].neuron_type = nengo.LIF(initial_state=RESTING)
        given = nengo.Node(lambda t: np.sin(30 * t))
        pre = nengo.Ensemble(N_PRE, 1, label="pre")
        post = nengo.Ensemble(
            N_POST, 1, gain=np.ones(N_POST), bias=bias * np.ones(N_POST), label="post"
        )
        nengo.Connection(given, pre, synapse=None)
        nengo.Connection(pre.neurons, post.neurons, transform=weights / 50, synapse=0.005)
        nengo.Probe(post.neurons)
    return network


def block_of(blocks: Blocks, name: str = "post") -> Any:
    (block,) = [one for one in blocks.blocks if name in str(one.label)]
    return block


def worst(floats: FloatBlocks) -> float:
    errors = quantisation_errors(floats, quantise(floats))
    return max(one.relative_rms for one in errors if one.array == WEIGHTS and "post" in one.block)


def spikes_of(simulator: nengo_loihi.Simulator, n_steps: int = 300) -> np.ndarray:
    with simulator:
        simulator.run_steps(n_steps)
        (probe,) = simulator.model.nengo_probes
        return simulator.data[probe] > 0


def test_weights_thresholds_and_biases_of_a_neuron_keep_their_ratio():
    floats = build(uneven())
    before, after = block_of(floats), block_of(rescale(floats))
    factor = after.compartment.vth / before.compartment.vth
    largest = np.abs(before.synapses[0].weights).max(axis=(0, 1))
    room = (2.0 ** np.floor(np.log2(largest.max() / largest))).clip(max=64)
    assert factor.tolist() == room.tolist()
    assert set(factor) == {1, 8, 16, 32, 64}
    assert (after.compartment.bias / before.compartment.bias).tolist() == factor.tolist()
    for w, scaled in zip(before.synapses[0].weights, after.synapses[0].weights, strict=True):
        np.testing.assert_array_equal(scaled, w * factor)


def test_each_weight_is_off_by_at_most_half_of_its_neurons_step():
    """Steps of a block are even 255ths of its largest weight; a scaled neuron's are finer.

    The largest of a neuron may also be cut to 254 255ths of its range.
    """
    floats = build(uneven())
    rescaled = rescale(floats)
    (synapse,) = block_of(floats).synapses
    after, factor = block_of(quantise(rescaled)), block_of(rescaled).compartment.vth
    scale = after.discretize_info["w_scale"] * 64 * 2.0 ** after.discretize_info["w_exp"] * factor
    half_step = synapse.max_abs_weight() / 255 / factor
    for w, got in zip(synapse.weights, after.synapses[0].weights, strict=True):
        assert (np.abs(got / scale - w) <= 1.001 * half_step).all()


def test_a_lossy_block_loses_less_than_the_share_afterwards_and_takes_no_more_of_the_chip():
    floats = build(uneven())
    rescaled = rescale(floats)
    assert worst(floats) > RESCALE_ABOVE > worst(rescaled)
    coarse, fine = place(quantise(floats)), place(quantise(rescaled))
    for core, other in zip(coarse.cores, fine.cores, strict=True):
        for limit, use in core.resources.items():
            if limit is limits.THRESHOLD_CONFIGS:
                assert other.resources[limit].used <= limit.most
            else:
                assert other.resources[limit] == use


def test_a_block_that_loses_little_stays_as_it_is():
    floats = build(uneven())
    rescaled = rescale(floats)
    assert weight_loss(block_of(floats, "pre"), block_of(quantise(floats), "pre")) < RESCALE_ABOVE
    before, after = block_of(floats, "pre"), block_of(rescaled, "pre")
    np.testing.assert_array_equal(before.compartment.vth, after.compartment.vth)


def test_engine_and_emulator_run_the_rescaled_network_alike_and_another_than_the_coarse_one():
    network = uneven()
    with without_known_warnings():
        ours = spikes_of(Simulator(network, model=RescaledModel()))
        theirs = spikes_of(nengo_loihi.Simulator(network, target="sim", model=RescaledModel()))
        coarse = spikes_of(nengo_loihi.Simulator(network, target="sim"))
    assert ours.any()
    np.testing.assert_array_equal(ours, theirs)
    assert (ours != coarse).any()


def test_rescaled_neurons_spike_more_like_those_in_floating_point():
    network = uneven(bias=1.02)
    with without_known_warnings():
        real = spikes_of(Simulator(network, target="simreal"), 1500).mean(axis=0)
        coarse = spikes_of(Simulator(network), 1500).mean(axis=0)
        rescaled = spikes_of(Simulator(network, model=RescaledModel()), 1500).mean(axis=0)
    assert np.linalg.norm(rescaled - real) < 0.5 * np.linalg.norm(coarse - real)


def test_a_neuron_with_a_large_bias_is_scaled_only_as_far_as_the_bias_can_be_written():
    bias = np.full(N_POST, 0.5)
    bias[-1] = -60.0  # of the 113 that nengo-loihi can write here
    floats = build(uneven(bias))
    rescaled = rescale(floats)
    vth = block_of(rescaled).compartment.vth
    assert (vth[-1], vth[-7]) == (1, 64)  # with weights of one size
    before, after = block_of(quantise(floats)), block_of(quantise(rescaled))
    assert after.discretize_info["w_exp"] == before.discretize_info["w_exp"]


@pytest.mark.parametrize("key", ["voltage", "input"])
def test_a_block_whose_registers_are_probed_is_left_alone(key):
    network = uneven()
    with network:
        nengo.Probe(network.ensembles[1].neurons, key)
    floats = build(network)
    assert worst(floats) > RESCALE_ABOVE
    assert np.ptp(block_of(rescale(floats)).compartment.vth) == 0


def test_as_a_backend_it_runs_what_the_model_builds():
    network = uneven()
    network.probes.clear()
    for kind, n_thresholds in ((EngineSimulation, 1), (RescaledSimulation, 5)):
        with closing(kind(network)) as simulation:
            thresholds = block_of(FloatBlocks.of_model(simulation.model)).compartment.vth
            assert len(set(thresholds)) == n_thresholds


@pytest.mark.slow
def test_a_rescaled_controller_that_ships_computes_the_same_on_engine_and_emulator():
    built = build_network(shipped("gen3").weights, "loihi")
    given = np.random.default_rng(8).uniform(-0.9, 0.9, built.nodes.inputs.shape)
    torques = []
    for simulator in (Simulator, nengo_loihi.Simulator):
        with (
            without_known_warnings(),
            simulator(built.network, target="sim", model=RescaledModel()) as run,
        ):
            built.nodes.inputs[:] = given
            run.run_steps(80)
            torques.append(built.nodes.outputs.values.copy())
    assert np.abs(torques[0]).max() > 0.01
    np.testing.assert_array_equal(torques[0], torques[1])
