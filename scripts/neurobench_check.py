"""Check of spikearm's NeuroBench metrics against the package neurobench, on the same network.

Three values reach twelve neurons through weights, these eight others, and these two outputs. In
floating point, snnTorch simulates the network by itself, and its spikes are compared, too. In the
chip's arithmetic, which snnTorch does not have, the spikes that the engine counted are replayed
through layers of the chip's weights. Needs neurobench, snntorch and torch.

python scripts/neurobench_check.py
"""

from contextlib import closing
from typing import Any, NamedTuple

import nengo
import numpy as np
import snntorch
import torch
from neurobench.metrics.static import ConnectionSparsity, Footprint
from neurobench.metrics.workload import ActivationSparsity, SynapticOperations
from neurobench.models import NeuroBenchModel, SNNTorchModel, TorchModel
from rich.console import Console
from rich.table import Table

from spikearm.experiments.studies.benchmark.neurobench import neurobench_metrics
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.counts import StepCounts
from spikearm.neural.nengo_simulation import BYTES_PER_WEIGHT, NengoSimulation

N_STEPS = 200
N_INPUTS, N_FIRST, N_SECOND, N_OUTPUTS = 3, 12, 8, 2
STATE = 2 * (N_FIRST + N_SECOND)  # numbers: a voltage and a refractory time per neuron

Metrics = dict[str, float]


class Weights(NamedTuple):
    """Weights of the network; none negative, some zero."""

    first: np.ndarray
    second: np.ndarray
    output: np.ndarray


def draw_weights() -> Weights:
    """Draw weights with which a neuron spikes at most once in a step."""
    rng = np.random.default_rng(8)
    first = rng.uniform(0.05, 0.25, (N_FIRST, N_INPUTS))
    second = rng.uniform(0.02, 0.08, (N_SECOND, N_FIRST))
    output = rng.uniform(-1.0, 1.0, (N_OUTPUTS, N_SECOND))
    for weights, share in ((first, 0.2), (second, 0.4), (output, 0.1)):
        weights[rng.uniform(size=weights.shape) < share] = 0.0
    return Weights(first, second, output)


def values_at(step: int) -> np.ndarray:
    """Compute the inputs of a step: never zero, as NeuroBench counts no products with zero."""
    return np.array([0.9, 0.4, 0.6]) + 0.3 * np.sin([0.11 * step, 0.17 * step, 0.05 * step])


def build(weights: Weights, scale: float) -> nengo.Network:
    """Build the network for Nengo; its inputs are scaled to a current [1/s]."""
    with nengo.Network(seed=1) as network:
        at_rest = {"voltage": nengo.dists.Choice([0])}
        network.config[nengo.Ensemble].neuron_type = nengo.SpikingRectifiedLinear(
            initial_state=at_rest
        )
        plain = {"gain": nengo.dists.Choice([1.0]), "bias": nengo.dists.Choice([0.0])}
        given = nengo.Node(lambda t: values_at(round(t / 0.001) - 1), label="given")
        out = nengo.Node(lambda t, x: None, size_in=N_OUTPUTS, label="out")
        first = nengo.Ensemble(N_FIRST, 1, label="first", **plain)
        second = nengo.Ensemble(N_SECOND, 1, label="second", **plain)
        nengo.Connection(given, first.neurons, transform=scale * weights.first, synapse=None)
        nengo.Connection(first.neurons, second.neurons, transform=weights.second, synapse=None)
        nengo.Connection(second.neurons, out, transform=weights.output, synapse=None)
    return network


class Layers(torch.nn.Module):
    """Network in snnTorch."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.first, self.second, self.output = map(linear, weights)
        perfect = {"beta": 1.0, "reset_mechanism": "subtract", "init_hidden": True}
        self.first_neurons, self.second_neurons = (snntorch.Leaky(**perfect) for _ in range(2))
        self.spikes: list[np.ndarray] = []

    def forward(self, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Advance by a step."""
        first = self.first_neurons(self.first(values)).double()  # snnTorch gives floats
        second = self.second_neurons(self.second(first)).double()
        self.spikes.append(np.concatenate([first.numpy()[0], second.numpy()[0]]))
        out = self.output(second)
        return out, out


class Replay(torch.nn.Module):
    """Layers that given spikes pass through, neuron by neuron."""

    def __init__(self, layers: list[tuple[np.ndarray, np.ndarray]]) -> None:
        super().__init__()
        self.sources = [sources for sources, _ in layers]
        self.layers = torch.nn.ModuleList([linear(weights) for _, weights in layers])
        self.neurons = torch.nn.ReLU()  # leaves spikes as they are, and NeuroBench sees it

    def forward(self, spikes: torch.Tensor) -> torch.Tensor:
        """Pass the spikes of all steps, shape (1, n_steps, n_neurons)."""
        for step in spikes[0]:
            fired = self.neurons(step[None])
            for sources, layer in zip(self.sources, self.layers, strict=True):
                layer(fired[:, sources])
        return spikes


def linear(weights: np.ndarray) -> torch.nn.Linear:
    """Build a layer from its weights, shape (n_out, n_in)."""
    layer = torch.nn.Linear(*weights.shape[::-1], bias=False, dtype=torch.float64)
    layer.weight.data = torch.tensor(weights, dtype=torch.float64)
    return layer.requires_grad_(False)


def theirs(model: NeuroBenchModel, data: np.ndarray) -> Metrics:
    """Compute neurobench's metrics of a step.

    Args:
        model: Network.
        data: Inputs, shape (n_steps, n).
    """
    model.register_hooks()
    batch = torch.tensor(data[None], dtype=torch.float64)
    predicted = model(batch)
    operations = SynapticOperations()(model, predicted, (batch, batch))
    return {
        "activation_sparsity": ActivationSparsity()(model, predicted, (batch, batch)),
        "connection_sparsity": ConnectionSparsity()(model),
        "effective_acs": operations["Effective_ACs"] / len(data),
        "effective_macs": operations["Effective_MACs"] / len(data),
        "dense": operations["Dense"] / len(data),
    }


def compare_floats() -> tuple[Metrics, Metrics]:
    """Compare in floating point, and check that both networks spike alike.

    Returns:
        Spikearm's metrics, and neurobench's.
    """
    weights = draw_weights()
    network = build(weights, scale=1000.0)
    counts = []
    with closing(NengoSimulation(network)) as simulation:
        for _ in range(N_STEPS):
            simulation.step()
            counts.append(simulation.counts)
        mine = neurobench_metrics(StepCounts(*np.mean(counts, axis=0)), simulation.footprint)
    layers = Layers(weights)
    values = np.array([values_at(step) for step in range(N_STEPS)])
    their = theirs(SNNTorchModel(layers), values)
    spikes = np.array(layers.spikes).sum(axis=1).tolist()
    assert spikes == [one.spikes for one in counts], "snnTorch's neurons spike otherwise"
    buffers = sum(one.numel() * one.element_size() for one in layers.buffers())
    mine["weight_bytes"] = mine["footprint_bytes"] - BYTES_PER_WEIGHT * STATE
    their["weight_bytes"] = Footprint()(SNNTorchModel(layers)) - buffers
    return mine, their


def compare_chip() -> tuple[Metrics, Metrics]:
    """Compare in the chip's arithmetic.

    Spikes reach weights in the step after they were fired, and those of the host are counted when
    they arrive. So the first step is left out, and the last spikes reach nothing.

    Returns:
        Spikearm's metrics, and neurobench's.
    """
    network = build(draw_weights(), scale=1.0)
    with closing(EngineSimulation(network)) as simulation:
        simulation.step()
        n_neurons = simulation.counts.neuron_updates
        fired = [spikes_of(simulation, n_neurons)]
        counts = []
        for _ in range(N_STEPS):
            simulation.step()
            counts.append(simulation.counts)
            fired.append(spikes_of(simulation, n_neurons))
        layers = chip_layers(simulation.model)
        mine = neurobench_metrics(StepCounts(*np.mean(counts, axis=0)), simulation.footprint)
    arriving, firing = np.array(fired[:-1]), np.array(fired[1:])
    their = theirs(TorchModel(Replay(layers)), arriving)
    n_chip = N_FIRST + N_SECOND
    counted = np.hstack([firing[:, :n_chip], arriving[:, n_chip:]])
    sparsity = theirs(TorchModel(Replay(layers)), counted)["activation_sparsity"]
    return mine, their | {"activation_sparsity": sparsity}


def spikes_of(simulation: EngineSimulation, n_neurons: float) -> np.ndarray:
    """Return a mask of the neurons that fired in the last step, those of the chip first."""
    spikes = np.zeros(int(n_neurons))
    spikes[simulation.fired] = 1.0
    return spikes


def chip_layers(model: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """List the chip's weights: for each group its sources, and the matrix."""
    sources = [*model.blocks, *model.inputs]
    first = np.cumsum([0, *(one.n_neurons for one in sources)])
    layers = []
    for source, start in zip(sources, first[:-1].tolist(), strict=True):
        for axon in source.axons:
            synapse = axon.target
            block = next(one for one in model.blocks if synapse in one.synapses)
            matrix = np.zeros((block.n_neurons, source.n_neurons))
            for neuron, number in enumerate(axon.map_axon(np.arange(source.n_neurons))):
                if number >= 0:  # else all its weights are zero
                    weights, indices = synapse.axon_weights_indices(number)
                    matrix[indices, neuron] = weights
            layers.append((start + np.arange(source.n_neurons), matrix))
    return layers


def main() -> None:
    """Print both, side by side."""
    for title, compare in (("in floating point", compare_floats), ("on the chip", compare_chip)):
        table = Table("metric", "spikearm", "neurobench", title=title)
        mine, their = compare()
        for name in their:
            table.add_row(name, f"{mine[name]:.6g}", f"{their[name]:.6g}")
        Console().print(table)


if __name__ == "__main__":
    main()
