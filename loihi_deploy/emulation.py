"""Runs a network on nengo-loihi's emulator of the chip: stage ``loihi``."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import nengo
import numpy as np

from arm_models import SpikearmError
from controller.controller import Footprint, StepCounts
from controller.simulation import NeuralSimulation
from loihi_deploy.nengo_loihi_compat import EmulatorInterface, Greedy, nengo_loihi

STATE_BYTES = 8  # per compartment: current and voltage, 32 bits each in the emulator


class LoihiEmulation(NeuralSimulation):
    """The discretised network in the chip's integer arithmetic, with its work counted.

    Spikes come from the chip's compartments and from the host's on/off neurons, which
    code every input number as spikes at the chip's border.
    """

    def __init__(self, network: nengo.Network) -> None:
        super().__init__(network)
        if network.seed is None:
            raise SpikearmError("A network without a seed cannot be built again: give it a seed.")
        self._open()
        self._fan_out = self._compartment_fan_out()
        self._input_fan_out = [_fan_out(inp.axons, inp.n_neurons) for inp in self._emulator.inputs]
        self._counts = StepCounts()
        self._updates = self._emulator.block_info.n_compartments + sum(
            len(fan_out) for fan_out in self._input_fan_out
        )

    def step(self) -> None:
        """Advance by one control period."""
        with _without_known_warnings():
            self._simulator.step()
        self._counts = self._count()

    def restart(self) -> None:
        """Go back to the state just after construction.

        nengo-loihi cannot reset a simulator, so the network is built again, which the
        same seed makes the same.
        """
        self._simulator.close()
        self._open()
        self._counts = StepCounts()

    @property
    def counts(self) -> StepCounts:
        """Neural work of the last step."""
        return self._counts

    @property
    def footprint(self) -> Footprint:
        """What the network takes, cores as nengo-loihi's greedy allocator assigns them."""
        blocks = self._simulator.model.blocks
        synapses = [synapse for block in blocks for synapse in block.synapses]
        weights = [w for synapse in synapses for w in synapse.weights]
        total = sum(w.size for w in weights)
        bits = sum(block.utilization()["synapses"][0] for block in blocks)
        compartments = sum(block.n_neurons for block in blocks)
        return Footprint(
            connection_sparsity=1.0 - sum(int(np.count_nonzero(w)) for w in weights) / total,
            footprint_bytes=bits // 8 + STATE_BYTES * compartments,
            dense=total,
            effective_macs=0,
            cores=self._n_cores(),
            compartments=compartments,
            synapse_memory_bits=bits,
        )

    def close(self) -> None:
        """Free the simulator."""
        self._simulator.close()

    @property
    def _emulator(self) -> EmulatorInterface:
        return self._simulator.sims["emulator"]

    def _open(self) -> None:
        with _without_known_warnings():
            self._simulator = nengo_loihi.Simulator(self.network, target="sim", precompute=False)

    def _count(self) -> StepCounts:
        spiked = self._emulator.compartment.spiked
        spikes = int(np.count_nonzero(spiked))
        events = int(self._fan_out[spiked].sum())
        for inp, fan_out in zip(self._emulator.inputs, self._input_fan_out, strict=True):
            arriving = np.asarray(inp.spikes.get(self._emulator.t, []), dtype=int)
            spikes += len(arriving)
            events += int(fan_out[arriving].sum())
        return StepCounts(spikes, events, self._updates)

    def _compartment_fan_out(self) -> np.ndarray:
        info = self._emulator.block_info
        return np.concatenate([_fan_out(block.axons, block.n_neurons) for block in info.blocks])

    def _n_cores(self) -> int:
        model = self._simulator.model
        board = Greedy()(model, n_chips=1)
        return sum(len(chip.cores) for chip in board.chips)


def _fan_out(axons: list, n_neurons: int) -> np.ndarray:
    """Count the nonzero weights that a spike of each neuron reaches, shape (n_neurons,)."""
    fan_out = np.zeros(n_neurons, dtype=np.int64)
    for axon in axons:
        for neuron in range(n_neurons):
            for spike in axon.map_spikes(np.array([neuron])):
                if spike is not None:
                    fan_out[neuron] += _weights_reached(axon.target, spike)
    return fan_out


def _weights_reached(synapse, spike) -> int:  # noqa: ANN001  nengo-loihi is untyped
    if synapse.axon_compartment_base(spike.axon_idx) is None:
        return 0
    weights, _ = synapse.axon_weights_indices(spike.axon_idx, atom=spike.atom)
    return int(np.count_nonzero(weights))


@contextmanager
def _without_known_warnings() -> Iterator[None]:
    """Silence what the emulator says of every network and what is known to be harmless."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="invalid value encountered in cast")
        warnings.filterwarnings("ignore", message="Model is precomputable")
        yield
