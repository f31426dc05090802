"""Log of a run: what was there and what was seen at each look."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.seen.loop.lookout import Truth
from spikearm.perception.sight.stereo_sight import TARGET, Sighting, SightTimes

NOWHERE = np.full(3, np.nan)


@dataclass(frozen=True, eq=False)
class SeenLog:
    """Log of a run; row ``i`` of every array belongs to look ``i``.

    Attributes:
        time: Time of each look, shape (n_looks,) [s].
        target: Position of the target, shape (n_looks, 3) [m].
        hand: Position of the hand, likewise.
        q: Joint positions, shape (n_looks, n_joints) [rad].
        estimate: Position at which the target was expected, NaN before it was first seen, shape
            (n_looks, 3) [m].
        point: Point that the look alone told, NaN without one, likewise.
        hand_point: The same of the hand.
        believed: True where the tracker believed the point, shape (n_looks,).
        lost: True where the target was lost, and its last place was held, shape (n_looks,).
        times: Wall time of the parts of sight, in the order of
            :class:`spikearm.perception.sight.stereo_sight.SightTimes`, shape (n_looks, n_parts)
            [s].
        step_latency: Wall time of the control steps that took a look, from the frames to the
            torque, shape (n_steps,) [s]; empty if the arm was stopped.
        stopped: Sentence with the cause if the arm was stopped, else None.
        frames: Frames of each look, if they were kept.
        trajectory: Recorded motion; None if the arm was stopped.
    """

    time: np.ndarray
    target: np.ndarray
    hand: np.ndarray
    q: np.ndarray
    estimate: np.ndarray
    point: np.ndarray
    hand_point: np.ndarray
    believed: np.ndarray
    lost: np.ndarray
    times: np.ndarray
    step_latency: np.ndarray
    stopped: str | None
    frames: np.ndarray | None = None
    trajectory: Trajectory | None = None

    @classmethod
    def known(
        cls, truths: Sequence[Truth], trajectory: Trajectory | None, stopped: str | None
    ) -> "SeenLog":
        """Build the log of a run in which the target was known.

        Args:
            truths: What was there at each look.
            trajectory: Recorded motion; None if the arm was stopped.
            stopped: Sentence with the cause if it was.
        """
        there, n_looks = _there(truths), len(truths)
        return cls(
            **there, estimate=there["target"], point=there["target"],
            hand_point=np.tile(NOWHERE, (n_looks, 1)), believed=np.ones(n_looks, bool),
            lost=np.zeros(n_looks, bool), times=np.zeros((n_looks, len(SightTimes._fields))),
            step_latency=_latency(there["time"], trajectory), stopped=stopped,
            trajectory=trajectory,
        )  # fmt: skip

    @classmethod
    def seen(
        cls, truths: Sequence[Truth], sightings: Sequence[Sighting],
        trajectory: Trajectory | None, stopped: str | None,
    ) -> "SeenLog":  # fmt: skip
        """Build the log of a run in which the target was seen.

        Args:
            truths: What was there at each look.
            sightings: What sight made of each; of the last look, nothing was made.
            trajectory: Recorded motion; None if the arm was stopped.
            stopped: Sentence with the cause if it was.
        """
        truths = truths[: len(sightings)]
        there = _there(truths)
        kept = [one.frames for one in truths if one.frames is not None]
        return cls(
            **there, estimate=np.array([_or_nan(one.position) for one in sightings]),
            point=_points(sightings, TARGET), hand_point=_points(sightings, "hand"),
            believed=np.array([one.believed for one in sightings]),
            lost=np.array([one.lost for one in sightings]),
            times=np.array([one.times for one in sightings]),
            step_latency=_latency(there["time"], trajectory), stopped=stopped,
            frames=np.array(kept) if kept else None, trajectory=trajectory,
        )  # fmt: skip


def _there(truths: Sequence[Truth]) -> dict[str, np.ndarray]:
    """Return what was there as arrays."""
    names = ("time", "target", "hand", "q")
    return {name: np.array([getattr(one, name) for one in truths]) for name in names}


def _points(sightings: Sequence[Sighting], name: str) -> np.ndarray:
    """Return the points of a thing, NaN without one, shape (n_looks, 3) [m]."""
    points = [one.points.get(name) for one in sightings]
    return np.array([_or_nan(None if point is None else point.position) for point in points])


def _or_nan(position: np.ndarray | None) -> np.ndarray:
    return NOWHERE if position is None else position


def _latency(times: np.ndarray, trajectory: Trajectory | None) -> np.ndarray:
    """Return the latency of the steps that took a look, but for the first, which warms up.

    A look after a step is taken when the reference after the next one is asked for, which belongs
    to the step thereafter.
    """
    if trajectory is None:
        return np.zeros(0)
    steps = np.rint(times[1:] / trajectory.period).astype(int) + 1
    return trajectory.step_latency_s[steps[steps < len(trajectory.time)]]
