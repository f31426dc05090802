"""Motions of one controller and seed, one after the other on one clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.records.records import Run

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True)
class Replay:
    """Motions of one controller and seed.

    Attributes:
        run: Run that they are of.
        reaches: The motions, in their order.
    """

    run: Run
    reaches: Sequence[RecordedReach]

    @property
    def joints(self) -> list[str]:
        """Names of the joints."""
        return self.run.config["joints"]

    @cached_property
    def time_ns(self) -> np.ndarray:
        """Time of every step since the first motion began, shape (n_steps,) [ns]."""
        lengths = [len(reach.trajectory.time) for reach in self.reaches]
        periods = [round(NANOSECONDS * reach.trajectory.period) for reach in self.reaches]
        return np.cumsum(np.repeat(periods, lengths))

    def column(self, name: str) -> np.ndarray:
        """Return a field of all trajectories, one row per step."""
        columns = [getattr(reach.trajectory, name) for reach in self.reaches]
        return np.concatenate(columns)

    @property
    def trajectories(self) -> list[Trajectory]:
        """Trajectories of the motions."""
        return [reach.trajectory for reach in self.reaches]


def choose_replay(run: Run, controller: str | None = None, seed: int | None = None) -> Replay:
    """Choose the motions of a controller and seed.

    Args:
        run: Run that they are of.
        controller: Label of the controller; the last one of the run when left out.
        seed: Seed; the controller's first one when left out.

    Raises:
        SpikearmError: The run has no such motions.
    """
    labels = list(dict.fromkeys(reach.label for reach in run.reaches))
    label = controller or (labels[-1] if labels else "")
    seeds = list(dict.fromkeys(reach.seed for reach in run.reaches if reach.label == label))
    if not seeds or (seed is not None and seed not in seeds):
        raise SpikearmError(
            f"The run has no motions of controller '{label}'{_with_seed(seed)}. Controllers: "
            f"{', '.join(labels) or 'none'}. Seeds: {', '.join(map(str, seeds)) or 'none'}."
        )
    chosen = seeds[0] if seed is None else seed
    return Replay(run, [one for one in run.reaches if (one.label, one.seed) == (label, chosen)])


def _with_seed(seed: int | None) -> str:
    return "" if seed is None else f" with seed {seed}"
