"""Rows of weights that many neurons share, as a convolution has them: each once, with its users.

nengo-loihi gives axons that share weights the number of a row, and the compartment from which on it
is added. So a convolution needs its kernel, and another row for each way in which the border of the
image cuts it; stored neuron by neuron, the kernel is repeated for every pixel.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spikearm.loihi_deploy.engine.layout.fixed_weights import FixedWeights, last_of_each
from spikearm.loihi_deploy.engine.layout.sources import Sources
from spikearm.loihi_deploy.nengo_loihi_compat import EmulatorInterface

MIN_WEIGHTS = 500_000  # of a chip, counted neuron by neuron; fewer are added faster in that form
UNUSED = -1  # in place of a row


@dataclass(frozen=True)
class SharedSource:
    """Source whose spikes add shared rows, pixel by pixel of its image.

    Attributes:
        source: Number of the source.
        n_channels: Neurons of a pixel; each adds the row after that of the neuron before.
        channel: Channel of a pixel's first neuron: rows are those of channel 0.
        skip: Neurons that the first pixel lacks.
        start: First use of rows by each pixel, and the end, shape (n_pixels + 1,).
        row, compartment: Row of channel 0, and the compartment from which on it is added, shape
            (n_uses,).
    """

    source: int
    n_channels: int
    channel: int
    skip: int
    start: np.ndarray
    row: np.ndarray
    compartment: np.ndarray


@dataclass(frozen=True)
class SharedWeights:
    """Rows of weights, and the sources whose spikes add them.

    Attributes:
        groups: Groups of synapses that the rows are from.
        rows: Weights by row, in place of a neuron, and by distance from the first compartment, in
            place of a target.
        sources: Sources, in the order of their numbers.
        pinned: Flags of compartments that are reached this way, or are of such a source: they keep
            their order. Shape (n_compartments,).
    """

    groups: frozenset[Any]
    rows: FixedWeights
    sources: tuple[SharedSource, ...]
    pinned: np.ndarray


def collect_shared(emulator: EmulatorInterface, sources: Sources) -> SharedWeights:
    """Collect the rows that neurons share; none if the synapses are not discretised."""
    rows = _Rows()
    reaches: dict[int, list[_Reach]] = {}
    pinned = np.zeros(emulator.block_info.n_compartments, dtype=bool)
    groups = _groups(emulator, sources)
    for synapse, where in groups.items():
        pinned[where] = True
        row, compartment = rows.add(synapse)
        for source, axon in sources.feeding(synapse):
            pinned[sources.start[source] : sources.start[source + 1]] = True
            numbers, channels = sources.maps(source, axon)
            reach = _Reach(
                row=np.where(numbers < 0, UNUSED, row[numbers]),
                compartment=where.start + compartment[numbers],
                channel=channels,
                n_channels=len(synapse.weights[0]),
            )
            reaches.setdefault(source, []).append(reach)
    joined = tuple(_join(source, some) for source, some in sorted(reaches.items()))
    return SharedWeights(frozenset(groups), rows.collect(), joined, pinned)


def _groups(emulator: EmulatorInterface, sources: Sources) -> dict[Any, slice]:
    """List the groups of synapses whose rows are shared, with the compartments of their blocks."""
    if emulator.block_info.dtype != np.int32:
        return {}
    groups = {
        synapse: where
        for synapse, where in emulator.synapses.items()
        if synapse.axon_to_weight_map is not None and not synapse.learning
    }
    n_weights = sum(_count_by_neuron(synapse, sources) for synapse in groups)
    return groups if n_weights >= MIN_WEIGHTS else {}


def _count_by_neuron(synapse: Any, sources: Sources) -> int:
    """Count the weights of a group of synapses, those that neurons share once for each."""
    sizes = np.array([row.shape[1] for row in synapse.weights])[synapse.axon_to_weight_map]
    maps = (sources.maps(source, axon)[0] for source, axon in sources.feeding(synapse))
    return sum(int(sizes[axons[axons >= 0]].sum()) for axons in maps)


@dataclass
class _Rows:
    """Rows under construction, equal ones once."""

    offsets: list[np.ndarray] = field(default_factory=list)
    weights: list[np.ndarray] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    known: dict[tuple[bytes, bytes, int], int] = field(default_factory=dict)

    def add(self, synapse: Any) -> tuple[np.ndarray, np.ndarray]:
        """Add a group of synapses.

        Returns:
            Row of the first channel and first compartment within the block, for each axon.
        """
        lowest = np.array([indices.min() if indices.size else 0 for indices in synapse.indices])
        rows = np.array([
            self._add_channels(weights, indices - low)
            for weights, indices, low in zip(synapse.weights, synapse.indices, lowest, strict=True)
        ])  # fmt: skip
        chosen = np.asarray(synapse.axon_to_weight_map)
        bases = np.zeros(len(chosen), dtype=np.int64)
        if synapse.axon_compartment_bases is not None:
            bases = np.asarray(synapse.axon_compartment_bases)
        return np.where(bases < 0, UNUSED, rows[chosen]), bases + lowest[chosen]

    def _add_channels(self, weights: np.ndarray, offsets: np.ndarray) -> int:
        """Add a row for each channel, and return the number of the first."""
        if not weights.size:
            return UNUSED
        key = weights.tobytes(), offsets.tobytes(), len(weights)
        if key not in self.known:
            self.known[key] = len(self.events)
            for row, places in zip(weights, offsets, strict=True):
                keep = last_of_each(places)
                self.offsets.append(places[keep])
                self.weights.append(row[keep])
                self.events.append(int(np.count_nonzero(row)))
        return self.known[key]

    def collect(self) -> FixedWeights:
        """Collect the weights of all rows."""
        none = np.zeros(0, dtype=np.int64)
        rows = np.repeat(np.arange(len(self.events)), [len(row) for row in self.weights])
        offsets, weights = (np.concatenate([none, *all_]) for all_ in (self.offsets, self.weights))
        some = weights != 0
        events = np.array(self.events, dtype=np.int64)
        return FixedWeights(rows[some], offsets[some], weights[some], events)


@dataclass(frozen=True)
class _Reach:
    """Rows that the neurons of a source reach on one axon of theirs.

    Attributes:
        row, compartment: Row of the first channel, or :data:`UNUSED`, and first compartment.
        channel: Number of the neuron's own row from there.
        n_channels: Number of rows of an axon.
    """

    row: np.ndarray
    compartment: np.ndarray
    channel: np.ndarray
    n_channels: int

    @property
    def used(self) -> np.ndarray:
        """Flags of the neurons that reach a row."""
        return self.row != UNUSED

    def pixel(self) -> tuple[int, int, int]:
        """Find the neurons of a pixel, which may be a part of its channels.

        Returns:
            Number of the neurons, channel of the first, and number of those that are missing before
            the first neuron, were all pixels complete.
        """
        channels = self.channel[self.used]
        if not len(channels):
            return self.n_channels, 0, 0
        lowest, first = int(channels.min()), int(np.argmax(self.used))
        n_channels = int(channels.max()) - lowest + 1
        return n_channels, lowest, (int(self.channel[first]) - lowest - first) % n_channels

    def by_pixel(
        self, n_channels: int, lowest: int, skip: int
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return row and compartment of each pixel, or None if its neurons differ in them."""
        pixel, channel = np.divmod(np.arange(len(self.row)) + skip, n_channels)
        first = np.maximum(np.arange(pixel[-1] + 1) * n_channels - skip, 0)
        row, compartment = self.row[first], self.compartment[first]
        alike = (self.row == row[pixel]) & (self.compartment == compartment[pixel])
        regular = np.array_equal(self.used, row[pixel] != UNUSED)
        if regular and (alike & (self.channel == lowest + channel))[self.used].all():
            return row, compartment
        return None

    def by_neuron(self) -> tuple[np.ndarray, np.ndarray]:
        """Return row and compartment of each neuron."""
        return np.where(self.used, self.row + self.channel, UNUSED), self.compartment


def _join(source: int, reaches: list[_Reach]) -> SharedSource:
    """Join what a source reaches: by pixels, unless some of it differs within a pixel."""
    n_channels, lowest, skip = reaches[0].pixel()
    found = [reach.by_pixel(n_channels, lowest, skip) for reach in reaches]
    uses = [one for one in found if one is not None]
    if len(uses) < len(reaches):
        n_channels, lowest, skip = 1, 0, 0
        uses = [reach.by_neuron() for reach in reaches]
    row, compartment = (np.column_stack(one) for one in zip(*uses, strict=True))
    used = row != UNUSED
    start = np.append(0, np.cumsum(used.sum(axis=1)))
    return SharedSource(source, n_channels, lowest, skip, start, row[used], compartment[used])
