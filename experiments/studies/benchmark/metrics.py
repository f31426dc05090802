"""Control metrics of one reach, as the benchmark defines them.

Means over reaches and intervals over seeds are taken elsewhere.
"""

import numpy as np

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.references.pose_error import rotation_error

SLOW = (
    0.1  # s; the hand, whose poles are at 10 and 20 rad/s at the default gains, follows no faster
)


def position_error(trajectory: Trajectory) -> np.ndarray:
    """Distance from hand to ideal position over time, shape (n_steps,) [m]."""
    return np.linalg.norm(trajectory.hand_position - trajectory.reference_position, axis=1)


def orientation_error(trajectory: Trajectory) -> np.ndarray:
    """Geodesic angle from hand to ideal orientation over time, shape (n_steps,) [rad]."""
    turn = rotation_error(trajectory.reference_quaternion, trajectory.hand_quaternion)
    return np.linalg.norm(turn, axis=1)


def root_mean_square(values: np.ndarray) -> float:
    """Root of the mean square."""
    return float(np.sqrt(np.mean(np.square(values))))


def position_rmse(trajectory: Trajectory) -> float:
    """Root mean square distance from hand to ideal position [m]."""
    return root_mean_square(position_error(trajectory))


def orientation_rmse(trajectory: Trajectory) -> float:
    """Root mean square angle from hand to ideal orientation [rad]."""
    return root_mean_square(orientation_error(trajectory))


def fidelity_rmse(trajectory: Trajectory, analytic: Trajectory) -> float:
    """Root mean square distance between this hand path and the analytic controller's [m]."""
    gap = trajectory.hand_position - analytic.hand_position
    return root_mean_square(np.linalg.norm(gap, axis=1))


def excess_deviation(position_rmse_m: float, analytic_position_rmse_m: float) -> float:
    """Deviation beyond the analytic controller's, relative to it [1]."""
    return position_rmse_m / analytic_position_rmse_m - 1.0


def endpoint_error(trajectory: Trajectory) -> float:
    """Distance from hand to target at the end of the hold [m]."""
    return float(position_error(trajectory)[-1])


def straight_way(trajectory: Trajectory) -> tuple[np.ndarray, np.ndarray]:
    """Split the hand's way along the straight line between the reference's ends.

    Returns:
        The share of the line that the hand has gone along it, shape (n_steps,) [1], and the hand's
        offset across it, shape (n_steps, 3) [m].
    """
    start, end = trajectory.reference_position[[0, -1]]
    line, offset = end - start, trajectory.hand_position - start
    share = offset @ line / (line @ line)
    return share, offset - np.outer(share, line)


def path_deviation(trajectory: Trajectory) -> float:
    """Largest distance of the hand from the straight line between the reference's ends [m]."""
    _, across = straight_way(trajectory)
    return float(np.linalg.norm(across, axis=1).max())


def jerk(trajectory: Trajectory) -> float:
    """Integrated squared jerk of the hand, by third differences [m^2/s^5]."""
    dt = trajectory.time[1] - trajectory.time[0]
    third = np.diff(trajectory.hand_position, n=3, axis=0) / dt**3
    return float(np.sum(third**2) * dt)


def effort(trajectory: Trajectory) -> float:
    """Integrated squared joint torque [N^2 m^2 s]."""
    dt = trajectory.time[1] - trajectory.time[0]
    return float(np.sum(trajectory.torque**2) * dt)


def joint_speed_max_share(trajectory: Trajectory, velocity_limits: np.ndarray) -> float:
    """Largest joint speed, as a share of the joint's velocity limit [1].

    Args:
        trajectory: Motion.
        velocity_limits: Largest speeds of the joints, shape (n_joints,) [rad/s].
    """
    return float((np.abs(trajectory.dq) / velocity_limits).max())


def torque_rate_max(trajectory: Trajectory) -> float:
    """Largest change of a joint's torque from step to step [N m/ms]."""
    change = np.abs(np.diff(trajectory.torque, axis=0)).max(initial=0.0)
    return float(change / (1e3 * trajectory.period))


def torque_ripple_rms(trajectory: Trajectory, analytic: Trajectory) -> float:
    """Root mean square, over joints and time, of the torque less the analytic law's [N m]."""
    return root_mean_square(trajectory.torque - analytic.torque)


def torque_ripple_hold(trajectory: Trajectory) -> float | None:
    """Root mean square of the torque around its slow mean while the reference stands still [N m].

    Over joints and time, the slow mean being that of the ``SLOW`` around each step; None where the
    reference never stands still for so long.
    """
    held = trajectory.torque[trajectory.hold]
    width = 2 * round(SLOW / (2 * trajectory.period)) + 1  # steps, the middle one between them
    if len(held) < width:
        return None
    sums = np.cumsum(np.vstack([np.zeros_like(held[:1]), held]), axis=0)
    slow = (sums[width:] - sums[:-width]) / width
    edge = width // 2
    return root_mean_square(held[edge : len(held) - edge] - slow)


def hand_acceleration_rms_hold(trajectory: Trajectory) -> float | None:
    """Root mean square of the hand's acceleration while its reference stands still [m/s^2].

    By second differences; None where the reference never stands still for three steps.
    """
    held = trajectory.hand_position[trajectory.hold]
    if len(held) < 3:
        return None
    acceleration = np.diff(held, n=2, axis=0) / trajectory.period**2
    return root_mean_square(np.linalg.norm(acceleration, axis=1))
