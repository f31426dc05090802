"""Populations of a chip by name, on every backend that can tell who spiked."""

from contextlib import closing
from types import SimpleNamespace

import nengo
import numpy as np
import pytest

from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.loihi_deploy.backends.chip import ChipSimulation
from spikearm.loihi_deploy.backends.emulator import EmulatorSimulation
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.backends.populations import HOST, populations_of
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.neural.spikes import UNLABELLED

BACKENDS = [EngineSimulation, EmulatorSimulation, RecordedSimulation]


def network() -> nengo.Network:
    """A number that the host codes in two neurons, and that passes over two populations."""
    with nengo.Network(seed=7) as made:
        given = nengo.Node(lambda t: 0.9 * np.sin(40 * t))
        resting = nengo.LIF(initial_state={"voltage": nengo.dists.Choice([0])})
        first = nengo.Ensemble(40, 1, neuron_type=resting, label="first")
        second = nengo.Ensemble(30, 1, neuron_type=resting, label="second")
        nengo.Connection(given, first, synapse=None)
        nengo.Connection(first, second, synapse=0.005)
        nengo.Connection(second, nengo.Node(size_in=1))
    return made


@pytest.mark.parametrize("backend", BACKENDS)
def test_who_spiked_is_numbered_as_the_populations_say(backend: type[ChipSimulation]):
    with closing(backend(network())) as simulation:
        names = [one.name for one in simulation.populations]
        assert {"first", "second", "first to second", HOST} <= set(names)
        assert len(names) == len(set(names))
        sizes = {one.name: one.n_neurons for one in simulation.populations}
        assert (sizes["first"], sizes["second"]) == (40, 30)
        labels = np.repeat(names, [one.n_neurons for one in simulation.populations])
        seen: set[str] = set()
        for _ in range(80):
            simulation.step()
            assert len(simulation.spiked) == simulation.counts.spikes
            from_host = np.count_nonzero(labels[simulation.spiked] == HOST)
            assert from_host == simulation.counts.host_spikes
            seen.update(labels[simulation.spiked].tolist())
    assert seen == {"first", "second", "first to second", HOST}


def test_an_ensemble_in_several_blocks_is_one_population(trained):
    with closing(SpikingController(trained.weights, EngineSimulation, "loihi")) as controller:
        simulation = controller.simulation
        assert isinstance(simulation, EngineSimulation)
        layers = dict(zip(("features", "code", "products"), trained.weights.layers, strict=False))
        sizes = dict(simulation.populations)
        assert {name: sizes[name] for name in layers} == layers
        simulation.step()
        assert sum(sizes.values()) == simulation.counts.neuron_updates


@pytest.mark.parametrize("label", [None, "", "<Ensemble (unlabeled) at 0x7f>[0:4:1]"])
def test_neurons_without_a_label_are_a_population_too(label):
    block = SimpleNamespace(label=label, n_neurons=4)
    model = SimpleNamespace(blocks=[block], inputs=[])
    assert populations_of(model) == ((UNLABELLED, 4),)
