"""Runs a network on Nengo's reference simulator: stages ``rate`` and ``spiking``."""

from collections.abc import Callable, Sequence

import nengo
import numpy as np
from nengo.builder.neurons import SimNeurons
from nengo.builder.signal import Signal

from spikearm.arm_models.single_entry import SingleEntry
from spikearm.neural.counts import Footprint, StepCounts
from spikearm.neural.faults import SilenceableSimulation
from spikearm.neural.learning import LearningSimulation, overwrite
from spikearm.neural.spikes import UNLABELLED, Population, SpikeReadingSimulation

BYTES_PER_WEIGHT = 8  # double precision, as Nengo simulates


class NengoSimulation(LearningSimulation, SilenceableSimulation, SpikeReadingSimulation):
    """Floating-point simulation, step by step, with its work counted.

    A connection out of an ensemble is its decoders, and one out of its neurons is weights: each
    output of a neuron reaches one of them per number that it is decoded to, or per neuron. What
    decoders yield is then multiplied with encoders, and what nodes put in with encoders or
    weights; those products are driven by values and counted apart.

    Neurons are numbered ensemble by ensemble, as ``network.all_ensembles`` lists them. A silenced
    one computes on, but its output is 0 to all that would see it.
    """

    def __init__(self, network: nengo.Network) -> None:
        super().__init__(network)
        self._entry = SingleEntry("This simulation")
        # Nengo's optimiser orders sums by where things lie in memory: no two runs are alike.
        self._simulator = nengo.Simulator(network, progress_bar=False, optimize=False)
        model = self._simulator.model
        self._outputs = [model.sig[ens.neurons]["out"] for ens in network.all_ensembles]
        self._learned = [model.sig[one]["weights"] for one in _learning(network)]
        self._n_learned = sum(weights.size for weights in self._learned)
        self._fan_out = [self._weights_per_neuron(ens) for ens in network.all_ensembles]
        self._n_neurons = self.n_neurons
        self._spiking = [
            (one, output)
            for one, output in zip(network.all_ensembles, self._outputs, strict=True)
            if one.neuron_type.spiking
        ]
        order = self._simulator._step_order
        firing = {op.output: k for k, op in enumerate(order) if isinstance(op, SimNeurons)}
        self._firing = [firing[output] for output in self._outputs]
        self._whole = list(self._simulator._steps)

    def step(self) -> None:
        """Advance by one control period."""
        with self._entry:
            self._simulator.step()

    def restart(self) -> None:
        """Reset to the state just after construction."""
        self._simulator.reset()
        self._whole = list(self._simulator._steps)
        self._change_silent(self._silent)

    def read_learned(self) -> list[np.ndarray]:
        """Copy the decoders that learn, shape (n_outputs, n_neurons) each."""
        return [self._signal(weights).copy() for weights in self._learned]

    def write_learned(self, learned: Sequence[np.ndarray]) -> None:
        """Write weights that :meth:`read_learned` returned."""
        overwrite([self._signal(weights) for weights in self._learned], learned)

    @property
    def counts(self) -> StepCounts:
        """Neural work of the last step."""
        active = [self._signal(output) > 0 for output in self._outputs]
        return StepCounts(
            spikes=sum(int(np.count_nonzero(a)) for a in active),
            synaptic_events=sum(int(a @ f) for a, f in zip(active, self._fan_out, strict=True)),
            neuron_updates=self._n_neurons,
            learning_updates=self._n_learned,
        )

    @property
    def populations(self) -> tuple[Population, ...]:
        """Ensembles of spiking neurons; none of them at stage ``rate``."""
        return tuple(Population(one.label or UNLABELLED, one.n_neurons) for one, _ in self._spiking)

    @property
    def spiked(self) -> np.ndarray:
        """Neurons that spiked in the last step, numbered population by population."""
        outputs = [self._signal(output) for _, output in self._spiking]
        return np.flatnonzero(np.concatenate([np.zeros(0), *outputs]))

    @property
    def footprint(self) -> Footprint:
        """Memory and operations of the network."""
        outgoing = [c for c in self.network.all_connections if _neurons_of(c.pre_obj) is not None]
        decoders = [self._weights_in_use(connection) for connection in outgoing]
        inputs = [self._encoders_in_use(ensemble) for ensemble in self.network.all_ensembles]
        inputs += [
            self._weights(c)
            for c in self.network.all_connections
            if isinstance(c.pre_obj, nengo.Node) and isinstance(c.post_obj, nengo.ensemble.Neurons)
        ]
        weights = decoders + inputs
        total = sum(w.size for w in weights)
        nonzero = sum(int(np.count_nonzero(w)) for w in weights)
        return Footprint(
            connection_sparsity=1.0 - nonzero / total,
            footprint_bytes=BYTES_PER_WEIGHT * (total + self._state_size()),
            dense=total,
            effective_macs=sum(int(np.count_nonzero(w)) for w in inputs),
        )

    def close(self) -> None:
        """Free the simulator."""
        self._simulator.close()

    def _change_silent(self, neurons: np.ndarray) -> None:
        """Silence exactly these, right after their ensembles' steps and before all that follow."""
        steps = self._simulator._steps
        steps[:] = self._whole
        first = 0
        for output, place in zip(self._outputs, self._firing, strict=True):
            own = neurons[(neurons >= first) & (neurons < first + output.size)] - first
            if own.size:
                steps[place] = _silenced(steps[place], self._signal(output), own)
            first += output.size

    def _signal(self, signal: Signal) -> np.ndarray:
        return self._simulator.signals[signal]

    def _weights_per_neuron(self, ensemble: nengo.Ensemble) -> np.ndarray:
        fan_out = np.zeros(ensemble.n_neurons, dtype=np.int64)
        for connection in self.network.all_connections:
            if _neurons_of(connection.pre_obj) is ensemble:
                whole = connection.pre_obj is ensemble
                reached = slice(None) if whole else connection.pre_slice
                fan_out[reached] += self._weights_in_use(connection).sum(axis=0)
        return fan_out

    def _weights(self, connection: nengo.Connection) -> np.ndarray:
        """Return a connection's weights, one row per output; a single number is one for each."""
        weights = self._simulator.data[connection].weights
        if weights is None or np.ndim(weights) < 2:
            return np.broadcast_to(1.0 if weights is None else weights, (1, connection.size_in))
        return weights

    def _weights_in_use(self, connection: nengo.Connection) -> np.ndarray:
        """Return a mask of the weights that are not zero for good: those that learn count."""
        weights = self._weights(connection)
        return (weights != 0) | (connection.learning_rule_type is not None)

    def _encoders_in_use(self, ensemble: nengo.Ensemble) -> np.ndarray:
        """Return an ensemble's encoders, zero for dimensions that no connection reaches.

        Values, rather than spikes, are multiplied with them.
        """
        reached = np.zeros(ensemble.dimensions, dtype=bool)
        for connection in self.network.all_connections:
            if connection.post_obj is ensemble:
                reached[connection.post_slice] |= _rows_in_use(connection.transform)
        if not reached.any():
            return np.zeros((0, 0))
        return np.where(reached, self._simulator.data[ensemble].scaled_encoders, 0.0)

    def _state_size(self) -> int:
        per_neuron = 2  # membrane voltage and refractory time
        filters = sum(c.size_out for c in self.network.all_connections if c.synapse is not None)
        return per_neuron * self._n_neurons + filters


def _silenced(
    step: Callable[[], None], output: np.ndarray, neurons: np.ndarray
) -> Callable[[], None]:
    """Make a step of an ensemble in which some neurons put nothing out."""

    def step_and_silence() -> None:
        step()
        output[neurons] = 0.0

    return step_and_silence


def _learning(network: nengo.Network) -> list[nengo.Connection]:
    return [one for one in network.all_connections if one.learning_rule_type is not None]


def _neurons_of(end: object) -> nengo.Ensemble | None:
    """Return the ensemble whose neurons are at one end of a connection, if there is one."""
    if isinstance(end, nengo.ensemble.Neurons):
        return end.ensemble
    return end if isinstance(end, nengo.Ensemble) else None


def _rows_in_use(transform: nengo.transforms.Transform) -> np.ndarray:
    """Return a mask of the outputs of a transform that are not always zero, (size_out,)."""
    if isinstance(transform, nengo.Dense) and np.ndim(transform.init) == 2:
        return np.any(transform.sample(), axis=1)
    return np.ones(transform.size_out, dtype=bool)
