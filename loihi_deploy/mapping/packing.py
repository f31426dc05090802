"""Which blocks share a core, so that few spikes leave it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from spikearm.loihi_deploy.mapping.placement import COUNTS, Core

STARTS = 20  # of the search; the first with the traffic as it was counted
SPREAD = 0.5  # of the others' traffic around it: standard deviation of the logarithm

Group = tuple[int, ...]
"""Places of blocks in a sequence of them, in order."""


def fits(blocks: Sequence[Any]) -> bool:
    """Tell whether blocks can share a core.

    Beside the limits of a core, nengo-loihi's ``hardware/builder.py`` and ``interface.py`` want
    membrane limits and noise to be the same, and blocks that learn or send over population axons
    to be alone.
    """
    core = Core(0, 0, tuple(blocks))
    return (
        all(count(core) <= limit.most for limit, count in COUNTS.items())
        and len(set(map(_shared_settings, blocks))) == 1
        and not any(synapse.learning for synapse in core.synapses)
        and not any(axon.pop_type for block in blocks for axon in block.axons)
    )


def pack(blocks: Sequence[Any], traffic: np.ndarray, rng: np.random.Generator) -> list[Group]:
    """Group blocks that are to share a core, so that few spikes leave it.

    Joins the two groups with most spikes between them, again and again, also with traffic that is
    a little off, and takes the best grouping found.

    Args:
        blocks: All of them.
        traffic: Spikes per step from each to each, shape (n_blocks, n_blocks).
        rng: Draws the traffic of the starts.

    Returns:
        Places in ``blocks``, one tuple per core.
    """
    both = traffic + traffic.T
    known: dict[Group, bool] = {}

    def fit(group: Group) -> bool:
        if group not in known:
            known[group] = fits([blocks[k] for k in group])
        return known[group]

    def kept(groups: list[Group]) -> float:
        return sum(both[np.ix_(group, group)].sum() for group in groups)

    noise = np.triu(rng.normal(size=(STARTS, *both.shape)))
    noise[0] = 0
    starts = (both * np.exp(SPREAD * (one + one.T)) for one in noise)
    return max((_joined(start, fit) for start in starts), key=kept)


def _joined(both: np.ndarray, fit: Callable[[Group], bool]) -> list[Group]:
    """Join pairs of groups that fit a core, those with most traffic first."""
    groups: list[Group] = [(k,) for k in range(len(both))]
    between = both.copy()
    np.fill_diagonal(between, 0.0)
    while between.any():
        a, b = sorted(np.unravel_index(between.argmax(), between.shape))
        joined = tuple(sorted(groups[a] + groups[b]))
        if not fit(joined):
            between[a, b] = between[b, a] = 0.0
            continue
        groups[a], groups[b] = joined, ()
        between[a] += between[b]
        between[:, a] += between[:, b]
        between[a, a] = between[b] = between[:, b] = 0.0
    return [group for group in groups if group]


def _shared_settings(block: Any) -> tuple[float, ...]:
    comp = block.compartment
    noise = comp.noise_exp, comp.noise_offset, comp.noise_at_membrane
    return comp.vmin, comp.vmax, *noise
