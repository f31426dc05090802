"""Recorded reach: a motion of a run, and what tells it apart from the others."""

from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.controllers import controller_label
from spikearm.neural.files.typed_json import Count
from spikearm.neural.spikes import SpikeTrains

TRAJECTORY, SPIKES = "trajectory.parquet", "spikes.parquet"
"""Files of the motions, and of the spikes, of a run."""


@dataclass(frozen=True)
class RecordedReach:
    """Recorded reach: out to a target, or back to the start.

    Attributes:
        controller: Name of the controller that drove it.
        adaptive: True if an adaptive network learned beside it.
        seed: Seed of task and network.
        target: Index of the target, from 0.
        direction: ``out`` to the target or ``back`` to the start.
        trajectory: Recorded states, references and torques.
        spike_trains: Spikes of the controller's network, where they were recorded and are in
            memory; :func:`spike_trains_of` reads them back.
    """

    controller: str
    adaptive: bool
    seed: int
    target: int
    direction: str
    trajectory: Trajectory
    spike_trains: SpikeTrains | None = None

    @property
    def label(self) -> str:
        """Name of the controller as tables show it."""
        return controller_label(self.controller, self.adaptive)

    @property
    def keys(self) -> dict[str, Any]:
        """Values that tell this reach apart in the files of a run."""
        return {name: getattr(self, name) for name in KEYS}


class ReachKeys(TypedDict):
    """Columns of a trajectory that tell reaches apart, and their types."""

    controller: str
    adaptive: bool
    seed: Count
    target: Count
    direction: Literal["out", "back"]


KEYS = tuple(ReachKeys.__annotations__)
