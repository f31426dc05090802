"""Rows of fixed weights, and the way from a spike to its rows."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from spikearm.loihi_deploy.engine.layout.arrangement import Arrangement
from spikearm.loihi_deploy.engine.layout.fixed_weights import FixedWeights
from spikearm.loihi_deploy.engine.layout.shared_weights import SharedSource, SharedWeights
from spikearm.loihi_deploy.engine.layout.sources import Sources

MIN_LARGE = 1_000_000  # weights; they are not in the cache, and every spike would wait for its own


@dataclass(frozen=True)
class SpikeRows:
    """Rows of weights: first those of neurons, one each; then those that neurons share.

    Neurons have the places of their somas, those of spike inputs come behind.

    Attributes:
        weights: Weights by row, in place of a neuron. The targets of a neuron's row are dendrites,
            those of a shared row count from the dendrite that it is added from.
        own: Place of the first neuron that has a row, and the number of neurons from there on.
        shared: First place and end of a source that adds shared rows, place where its first pixel
            would begin, neurons of a pixel, channel of the first of them, first pixel in
            ``pixels``, and the dendrite that all of its pixels count from, shape (n_sources, 7).
        pixels: Pattern of each pixel, and the dendrite that its uses count from, counted from the
            source's, shape (n_pixels, 2). Sources that are alike have the same pixels.
        pattern_start: First use of rows in each pattern, and the end, shape (n_patterns + 1,).
        uses: Row of channel 0, and the dendrite that it is added from, counted from the pixel's,
            shape (n_uses, 2).
    """

    weights: FixedWeights
    own: tuple[int, int]
    shared: np.ndarray
    pixels: np.ndarray
    pattern_start: np.ndarray
    uses: np.ndarray

    def index_arrays(self) -> dict[str, np.ndarray]:
        """Return the integer arrays for the kernels, by name."""
        return {
            "own": np.array([*self.own, len(self.weights.weights) >= MIN_LARGE]),
            "shared": self.shared.ravel(),
            "pixels": self.pixels.ravel(),
            "pattern_start": self.pattern_start,
            "uses": self.uses.ravel(),
        }


def compile_rows(
    fixed: FixedWeights, shared: SharedWeights, sources: Sources, arrangement: Arrangement
) -> SpikeRows:
    """Number rows, neurons and dendrites in the order of an arrangement."""
    places = np.arange(sources.n_neurons)
    places[: len(arrangement.soma)] = arrangement.soma
    events = np.zeros(sources.n_neurons, dtype=np.int64)
    events[places] = fixed.events
    first, n_own = _own(events)
    once = arrangement.leads[fixed.targets]
    weights = FixedWeights(
        neurons=np.append(places[fixed.neurons[once]] - first, n_own + shared.rows.neurons),
        targets=np.append(arrangement.dendrite[fixed.targets[once]], shared.rows.targets),
        weights=np.append(fixed.weights[once], shared.rows.weights),
        events=np.append(events[first : first + n_own], shared.rows.events),
    )
    patterns = _Patterns()
    table = [
        (
            *_range_of(one, sources, places), one.n_channels, one.channel,
            *patterns.add(one, n_own, arrangement.dendrite),
        )
        for one in shared.sources
    ]  # fmt: skip
    return SpikeRows(
        weights=weights,
        own=(first, n_own),
        shared=np.array(table, dtype=np.int64).reshape(-1, 7),
        pixels=np.concatenate([np.zeros((0, 2), dtype=np.int64), *patterns.pixels]),
        pattern_start=np.array(patterns.start),
        uses=np.array(patterns.uses, dtype=np.int64).reshape(-1, 2),
    )


@dataclass
class _Patterns:
    """Patterns of uses of rows under construction, and pixels with them; equal ones once.

    Pixels that lie alike among the blocks of an image use the same rows, each from a dendrite on
    that is as far from the pixel's first. Images that are made alike have the same pixels.
    """

    pixels: list[np.ndarray] = field(default_factory=list)
    start: list[int] = field(default_factory=lambda: [0])
    uses: list[list[int]] = field(default_factory=list)
    known_pixels: dict[bytes, int] = field(default_factory=dict)
    known_uses: dict[bytes, int] = field(default_factory=dict)

    def add(self, source: SharedSource, first_row: int, dendrite: np.ndarray) -> tuple[int, int]:
        """Add a source; return its first pixel, and the dendrite that its pixels count from."""
        places, sizes = dendrite[source.compartment], np.diff(source.start)
        lowest = int(places.min()) if len(places) else 0
        firsts = np.append(places - lowest, 0)[source.start[:-1]] * (sizes > 0)
        offsets = places - lowest - np.repeat(firsts, sizes)
        uses = np.column_stack([first_row + source.row, offsets])
        found = [self._number(uses[a:b]) for a, b in pairwise(source.start)]
        pixels = np.column_stack([found, firsts])
        key = pixels.tobytes()
        if key not in self.known_pixels:
            self.known_pixels[key] = sum(map(len, self.pixels))
            self.pixels.append(pixels)
        return self.known_pixels[key], lowest

    def _number(self, uses: np.ndarray) -> int:
        key = uses.tobytes()
        if key not in self.known_uses:
            self.known_uses[key] = len(self.known_uses)
            self.uses.extend(uses.tolist())
            self.start.append(len(self.uses))
        return self.known_uses[key]


def _own(events: np.ndarray) -> tuple[int, int]:
    """Find the first place with a row of its own, and the number from there to the last."""
    some = np.flatnonzero(events)
    return (int(some[0]), int(some[-1] - some[0] + 1)) if len(some) else (0, 0)


def _range_of(one: SharedSource, sources: Sources, places: np.ndarray) -> tuple[int, int, int]:
    """Return a source's first place and end, and the place where its first pixel would begin."""
    first, end = sources.start[one.source : one.source + 2]
    place = int(places[first])
    return place, place + int(end - first), place - one.skip
