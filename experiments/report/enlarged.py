"""Deviations from the straight line, enlarged until they can be seen."""

from collections.abc import Iterable

import numpy as np

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.studies.benchmark.metrics import path_deviation, straight_way

MOST = 0.3  # of its way, the largest deviation that is drawn
NOTHING = 1e-9  # m; a deviation that no factor shows


def enlargement(trajectories: Iterable[Trajectory]) -> float:
    """Choose a factor for all of these motions, of one digit that is not zero: 1, 4, 50."""
    factors = [
        MOST * _way(one) / max(path_deviation(one), NOTHING) for one in trajectories if _way(one)
    ]
    factor = max(1.0, min(factors, default=1.0))
    power = 10.0 ** np.floor(np.log10(factor))
    return float(power * np.floor(factor / power))


def enlarged(trajectory: Trajectory, factor: float) -> np.ndarray:
    """Enlarge what the hand deviates across the straight line to its target.

    Returns:
        The hand's positions, shape (n_steps, 3) [m].
    """
    _, across = straight_way(trajectory)
    return trajectory.hand_position + (factor - 1.0) * across


def _way(trajectory: Trajectory) -> float:
    """Return the length of the straight line to the target [m]."""
    start, end = trajectory.reference_position[[0, -1]]
    return float(np.linalg.norm(end - start))
