"""Sources of spikes: the chip's blocks, then its spike inputs."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from spikearm.loihi_deploy.nengo_loihi_compat import EmulatorInterface


class Sources:
    """Sources of spikes, whose neurons are numbered through, and the synapses that they feed.

    Neurons of the blocks come first, then those of the spike inputs.

    Args:
        emulator: New emulator of the model.

    Attributes:
        start: First neuron of each source, and the end, shape (n_sources + 1,).
    """

    def __init__(self, emulator: EmulatorInterface) -> None:
        self._all = [*emulator.block_info.blocks, *emulator.inputs]
        sizes = [source.n_neurons for source in self._all]
        self.start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        n_blocks = len(emulator.block_info.blocks)
        self._feeding: dict[int, list[tuple[int, Any]]] = {}
        for number in [*range(n_blocks, len(self._all)), *range(n_blocks)]:
            for axon in self._all[number].axons:
                self._feeding.setdefault(id(axon.target), []).append((number, axon))

    @property
    def n_neurons(self) -> int:
        """Number of neurons of all sources."""
        return int(self.start[-1])

    def feeding(self, synapse: Any) -> list[tuple[int, Any]]:
        """List sources and axons that feed a synapse, in the emulator's order: inputs first."""
        return self._feeding.get(id(synapse), [])

    def axons_of(self, source: int, axon: Any) -> Iterator[tuple[int, int, int]]:
        """Yield neuron, number of the synapse's axon, and atom, for neurons that have an axon."""
        numbers, atoms = self.maps(source, axon)
        for neuron in np.flatnonzero(numbers >= 0):
            yield int(neuron), int(numbers[neuron]), int(atoms[neuron])

    def maps(self, source: int, axon: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return number of the axon, negative for none, and atom of each neuron."""
        neurons = np.arange(self._all[source].n_neurons)
        return np.asarray(axon.map_axon(neurons)), np.asarray(axon.map_atoms(neurons))
