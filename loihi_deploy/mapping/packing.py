"""Packing of blocks on common cores, for few spikes between cores."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from spikearm.loihi_deploy.mapping.placement import COUNTS, Core

STARTS = 20  # of the search; the first with the traffic as it was counted
SPREAD = 0.5  # of the others' traffic around it: standard deviation of the logarithm

Group = tuple[int, ...]
"""Indices of blocks, in rising order."""


def fits(blocks: Sequence[Any]) -> bool:
    """Return whether blocks can share a core.

    Beside the limits of a core, nengo-loihi's ``hardware/builder.py`` and ``interface.py`` require
    equal membrane limits and noise, and a core of its own for a block that learns or sends over
    population axons.
    """
    core = Core(0, 0, tuple(blocks))
    return (
        all(count(core) <= limit.most for limit, count in COUNTS.items())
        and len(set(map(_shared_settings, blocks))) == 1
        and not any(synapse.learning for synapse in core.synapses)
        and not any(axon.pop_type for block in blocks for axon in block.axons)
    )


def pack(blocks: Sequence[Any], traffic: np.ndarray, rng: np.random.Generator) -> list[Group]:
    """Group blocks on common cores, for few spikes between cores.

    The search joins the two groups with most spikes between them, again and again. It starts from
    the counted traffic and from noisy copies of it, and the best grouping is taken.

    Args:
        blocks: Blocks to pack.
        traffic: Spikes per step from each block to each, shape (n_blocks, n_blocks).
        rng: Generator that draws the noise.

    Returns:
        Indices of blocks, one tuple per core.
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
