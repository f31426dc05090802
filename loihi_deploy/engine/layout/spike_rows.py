"""Rows of fixed weights, and the way from a spike to its rows."""

from dataclasses import dataclass

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
            would begin, neurons of a pixel, and first pixel in ``pixel_start``,
            shape (n_sources, 5).
        pixel_start: First use of rows by each pixel, and the end of each source's,
            shape (n_pixels + n_sources,).
        uses: Row of the pixel's first neuron, and the dendrite that it is added from,
            shape (n_uses, 2).
    """

    weights: FixedWeights
    own: tuple[int, int]
    shared: np.ndarray
    pixel_start: np.ndarray
    uses: np.ndarray

    def index_arrays(self) -> dict[str, np.ndarray]:
        """Return the integer arrays for the kernels, by name."""
        return {
            "own": np.array([*self.own, len(self.weights.weights) >= MIN_LARGE]),
            "shared": self.shared.ravel(),
            "pixel_start": self.pixel_start,
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
    starts = np.cumsum([0, *(len(one.start) for one in shared.sources)])
    firsts = np.cumsum([0, *(len(one.row) for one in shared.sources)])
    table = [
        (*_range_of(one, sources, places), one.n_channels, start)
        for one, start in zip(shared.sources, starts, strict=False)
    ]
    none = np.zeros(0, dtype=np.int64)
    rows = np.concatenate([none, *(n_own + one.row for one in shared.sources)])
    targets = np.concatenate([none, *(one.compartment for one in shared.sources)])
    pixels = [first + one.start for one, first in zip(shared.sources, firsts, strict=False)]
    return SpikeRows(
        weights=weights,
        own=(first, n_own),
        shared=np.array(table, dtype=np.int64).reshape(-1, 5),
        pixel_start=np.concatenate([none, *pixels]),
        uses=np.column_stack([rows, arrangement.dendrite[targets]]),
    )


def _own(events: np.ndarray) -> tuple[int, int]:
    """Find the first place with a row of its own, and the number from there to the last."""
    some = np.flatnonzero(events)
    return (int(some[0]), int(some[-1] - some[0] + 1)) if len(some) else (0, 0)


def _range_of(one: SharedSource, sources: Sources, places: np.ndarray) -> tuple[int, int, int]:
    """Return a source's first place and end, and the place where its first pixel would begin."""
    first, end = sources.start[one.source : one.source + 2]
    place = int(places[first])
    return place, place + int(end - first), place - one.skip
