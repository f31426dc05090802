"""Spike messages on a chip's mesh."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SpikeTraffic:
    """Spike messages on a chip's mesh in a step, on average over a run.

    A message carries one spike from its source to one core.

    Attributes:
        spikes: Messages.
        east_west: Hops from tile to tile along a row of the mesh, of all messages together.
        north_south: Hops from tile to tile along a column, of all messages together.
        between_chips: Messages to another chip, which are not among ``spikes``.
    """

    spikes: float
    east_west: float
    north_south: float
    between_chips: float = 0.0
