"""Order of compartments in memory that lets few vector instructions update and reach them all.

A compartment is a dendrite, which has the synaptic input and the current, and a soma, which has
the voltage. Nothing that is computed depends on where they lie.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from spikearm.loihi_deploy.engine.layout.fixed_weights import FixedWeights

MOST_SOMAS = 8  # of a dendrite, because for each one more there is another run of somas
Constants = np.ndarray  # columns as :data:`KEEP_CURRENT` and the others name them
KEEP_CURRENT, KEEP_VOLTAGE, FLOOR, CEILING, REFRACTORY = range(5)


@dataclass(frozen=True)
class Arrangement:
    """Places of the somas and dendrites of compartments, shape (n_compartments,) each.

    Attributes:
        soma: Place of each compartment's soma.
        dendrite: Place of its dendrite.
        leads: Flags of compartments that are the first of those that share their dendrite.
        n_reached: Number of dendrites that spikes may reach; they come first.
    """

    soma: np.ndarray
    dendrite: np.ndarray
    leads: np.ndarray
    n_reached: int

    @classmethod
    def plain(cls, n: int) -> "Arrangement":
        """Build the arrangement that keeps the emulator's order."""
        return cls(np.arange(n), np.arange(n), np.ones(n, dtype=bool), n)

    @property
    def n_dendrites(self) -> int:
        """Number of dendrites."""
        return int(self.leads.sum())

    @property
    def order(self) -> np.ndarray:
        """Compartments in the order of their somas."""
        return np.argsort(self.soma)

    def runs(self, constants: Constants) -> tuple[np.ndarray, np.ndarray]:
        """List runs of neighbours that are updated with the same constants.

        Returns:
            Of dendrites: first, end, and how much of the current is kept, shape (n_runs, 3). Of
            somas: first, end, the first one's dendrite, and all other constants,
            shape (n_runs, 7).
        """
        lead = np.flatnonzero(self.leads)
        lead = lead[np.argsort(self.dendrite[lead])][: self.n_reached]
        keep = constants[lead, KEEP_CURRENT]
        first, end = _runs(np.diff(keep) != 0, len(lead))
        dendrites = np.column_stack([first, end, keep[first]])
        order, rest = self.order, constants[:, KEEP_VOLTAGE:]
        alike = (np.diff(rest[order], axis=0) == 0).all(axis=1)
        first, end = _runs(~alike | (np.diff(self.dendrite[order]) != 1), len(order))
        somas = np.column_stack([first, end, self.dendrite[order][first], rest[order][first]])
        return dendrites, somas


def _runs(breaks: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """List first and end of each run of ``n`` items between breaks."""
    inner = np.flatnonzero(breaks) + 1
    ends = np.concatenate([[0], inner, [n]]) if n else np.zeros(1, dtype=np.int64)
    return ends[:-1], ends[1:]


def arrange(weights: FixedWeights, constants: Constants, pinned: np.ndarray) -> Arrangement:
    """Arrange compartments: the same weights share a dendrite, equal constants are contiguous.

    Equal input and decay make equal currents, at every step. Of a kind, dendrites with many somas
    come first, so that the first somas of all are a run, the second somas of all that have one
    are the next run, and so on. Beside one another are those that the same neurons reach, because
    their weights then fill tiles. Pinned compartments come before all, as they are.

    Args:
        weights: Fixed weights; nothing else may add to the input of compartments not pinned.
        constants: Constants of the compartments, integers, shape (n_compartments, 5).
        pinned: Flags of compartments that keep their order and may be reached by other weights,
            shape (n_compartments,).
    """
    kind = np.unique(constants, axis=0, return_inverse=True)[1].ravel()
    kind[pinned] = -1
    columns = weights.by_target(len(constants))
    sharing = _number([
        (kind[n], *column) if column and not pinned[n] else n for n, column in enumerate(columns)
    ])  # fmt: skip
    rank = _rank(sharing)
    _, lead, shared, sizes = np.unique(
        np.column_stack([sharing, rank // MOST_SOMAS]),
        axis=0, return_index=True, return_inverse=True, return_counts=True,
    )  # fmt: skip
    shared = shared.ravel()
    lowest, highest = weights.sources_of_targets(len(constants))
    lowest[pinned] = highest[pinned] = 0
    reached = lowest[lead] >= 0
    order = np.lexsort((lead, highest[lead], lowest[lead], -sizes, kind[lead], ~reached))
    dendrite = _inverse(order)[shared]
    level = rank % MOST_SOMAS
    return Arrangement(
        soma=_inverse(np.lexsort((dendrite, level))),
        dendrite=dendrite,
        leads=level == 0,
        n_reached=int(reached.sum()),
    )


def _number(things: list[Any]) -> np.ndarray:
    """Number things, equal ones alike."""
    known: dict[Any, int] = {}
    return np.array([known.setdefault(thing, len(known)) for thing in things], dtype=np.int64)


def _rank(groups: np.ndarray) -> np.ndarray:
    """Count for each item the members of its group before it."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    rank = np.empty(len(groups), dtype=np.int64)
    rank[order] = np.arange(len(groups)) - np.searchsorted(ordered, ordered)
    return rank


def _inverse(order: np.ndarray) -> np.ndarray:
    """Return the place of each item in an order."""
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return places
