"""Every metric against a value worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from blank_trajectory import blank_trajectory
from numpy.typing import ArrayLike

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.studies.benchmark import metrics

TIMESTEP = 0.02  # s


def quaternion(angle: float) -> list[float]:
    """Turn about the y axis by an angle [rad]."""
    return [np.cos(angle / 2), 0.0, np.sin(angle / 2), 0.0]


def make(
    hand: ArrayLike,
    reference: ArrayLike | None = None,
    angles: list[float] | None = None,
    torque: ArrayLike | None = None,
) -> Trajectory:
    """Make a motion of a two-joint arm; what is left out is zero, or upright."""
    n_steps = len(np.asarray(hand))
    motion = blank_trajectory(n_steps, n_joints=2)
    motion.time[:] = TIMESTEP * np.arange(1, n_steps + 1)
    motion.hand_position[:] = hand
    motion.reference_position[:] = [[0.0, 0.0, 0.0]] * n_steps if reference is None else reference
    motion.hand_quaternion[:] = [quaternion(a) for a in angles or [0.0] * n_steps]
    motion.reference_quaternion[:] = quaternion(0.0)
    motion.torque[:] = [[0.0, 0.0]] * n_steps if torque is None else torque
    return motion


# Distances from the reference: 0.05, 0.13 and 0.25 m.
OFF_BY = make(
    hand=[[0.33, 0.44, 0.5], [0.2, 0.72, 0.05], [0.5, 0.8, 0.65]],
    reference=[[0.3, 0.4, 0.5], [0.2, 0.6, 0.1], [0.5, 0.8, 0.4]],
    angles=[0.1, -0.2, 0.5],
)


def test_position_error_is_the_distance_over_time():
    np.testing.assert_allclose(metrics.position_error(OFF_BY), [0.05, 0.13, 0.25])


def test_orientation_error_is_the_angle_over_time():
    np.testing.assert_allclose(metrics.orientation_error(OFF_BY), [0.1, 0.2, 0.5])


def test_position_rmse_is_the_root_of_the_mean_square_distance():
    # (0.0025 + 0.0169 + 0.0625) / 3 = 0.0273
    assert metrics.position_rmse(OFF_BY) == pytest.approx(np.sqrt(0.0273))


def test_orientation_rmse_is_the_root_of_the_mean_square_angle():
    # (0.01 + 0.04 + 0.25) / 3 = 0.1
    assert metrics.orientation_rmse(OFF_BY) == pytest.approx(np.sqrt(0.1))


def test_orientation_does_not_depend_on_the_sign_of_a_quaternion():
    flipped = replace(OFF_BY, hand_quaternion=-OFF_BY.hand_quaternion)
    assert metrics.orientation_rmse(flipped) == pytest.approx(np.sqrt(0.1))


def test_fidelity_is_measured_between_hands_and_not_to_the_reference():
    # Gaps: (0.03, 0.04, 0), (0, 0.02, 0) and (0, 0, -0.06) m.
    gaps = np.array([[0.03, 0.04, 0.0], [0.0, 0.02, 0.0], [0.0, 0.0, -0.06]])
    analytic = make(hand=OFF_BY.hand_position - gaps)
    # (0.0025 + 0.0004 + 0.0036) / 3
    expected = np.sqrt(0.0065 / 3)
    assert metrics.fidelity_rmse(OFF_BY, analytic) == pytest.approx(expected)
    assert metrics.fidelity_rmse(analytic, OFF_BY) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("rmse", "analytic", "excess"), [(0.0025, 0.002, 0.25), (0.0015, 0.002, -0.25)]
)
def test_excess_deviation_is_relative_to_the_analytic_controller(rmse, analytic, excess):
    assert metrics.excess_deviation(rmse, analytic) == pytest.approx(excess)


def test_endpoint_error_is_the_last_distance_and_not_the_largest():
    reversed_motion = replace(
        OFF_BY,
        hand_position=OFF_BY.hand_position[::-1],
        reference_position=OFF_BY.reference_position[::-1],
    )
    assert metrics.endpoint_error(OFF_BY) == pytest.approx(0.25)
    assert metrics.endpoint_error(reversed_motion) == pytest.approx(0.05)


def test_path_deviation_is_the_largest_distance_across_the_line():
    # The line runs from (0.1, 0.2, 0.3) along (0.6, 0.8, 0); (0.8, -0.6, 0) and z are across.
    start, along = np.array([0.1, 0.2, 0.3]), np.array([0.6, 0.8, 0.0])
    across, up = np.array([0.8, -0.6, 0.0]), np.array([0.0, 0.0, 1.0])
    hand = [
        start - 0.01 * across,
        start + 0.2 * along + 0.03 * across - 0.04 * up,  # 0.05 m across
        start + 0.9 * along + 0.02 * across,  # far beyond the end, but 0.02 m across
        start + 0.5 * along + 0.02 * up,
    ]
    reference = [start, start + 0.1 * along, start + 0.3 * along, start + 0.5 * along]
    assert metrics.path_deviation(make(hand, reference)) == pytest.approx(0.05)


def test_jerk_of_a_cubic_is_its_third_derivative_squared_times_time():
    # x = 2 t^3, y = -1.5 t^3 + t^2, z = 5 t: jerk (12, -9, 0) m/s^3, squared 225.
    t = TIMESTEP * np.arange(1, 13)
    motion = make(hand=np.stack([2 * t**3, -1.5 * t**3 + t**2, 5 * t], axis=1))
    # 12 samples have 9 third differences, each standing for 0.02 s.
    assert metrics.jerk(motion) == pytest.approx(225 * 9 * 0.02)


def test_jerk_is_blind_to_constant_acceleration():
    t = TIMESTEP * np.arange(1, 13)
    motion = make(hand=np.stack([3 * t**2, 0.4 - t, 0.2 * t**2], axis=1))
    assert metrics.jerk(motion) == pytest.approx(0.0, abs=1e-12)


def test_effort_is_squared_torque_of_all_joints_times_time():
    motion = make(hand=[[0.0] * 3] * 3, torque=[[3.0, -4.0], [0.5, 2.0], [-6.0, 1.0]])
    # (25 + 4.25 + 37) N^2 m^2 times 0.02 s
    assert metrics.effort(motion) == pytest.approx(1.325)


def test_the_joint_speed_is_put_in_shares_of_each_joint_s_limit():
    motion = make(hand=np.zeros((3, 3)))
    motion.dq[:] = [[0.5, -1.0], [-0.9, 0.4], [0.2, 3.0]]
    # The first joint takes 0.9 of 2 rad/s, the second 3 of 4 rad/s.
    assert metrics.joint_speed_max_share(motion, np.array([2.0, 4.0])) == pytest.approx(0.75)


def test_the_torque_rate_is_the_largest_change_in_a_step_per_millisecond():
    motion = make(hand=np.zeros((4, 3)), torque=[[0, 5], [1, 5], [1, -3], [2, -2]])
    assert metrics.torque_rate_max(motion) == pytest.approx(8 / 20)  # a step takes 20 ms
    assert metrics.torque_rate_max(make(hand=np.zeros((1, 3)))) == 0.0


def test_ripple_is_what_the_torque_has_beside_the_analytic_law_s():
    law = make(hand=np.zeros((2, 3)), torque=[[1.0, 2.0], [3.0, 4.0]])
    motion = make(hand=np.zeros((2, 3)), torque=[[1.0, 5.0], [7.0, 4.0]])
    assert metrics.torque_ripple_rms(motion, law) == pytest.approx(np.sqrt((9 + 16) / 4))
    assert metrics.torque_ripple_rms(law, law) == 0.0


def test_a_hand_that_shakes_at_rest_has_the_acceleration_of_its_sine():
    moving, held = 40, 2000
    time = TIMESTEP * np.arange(moving + held)
    frequency, amplitude = 2.0, 1e-3  # Hz, m
    hand = np.zeros((moving + held, 3))
    hand[:, 1] = amplitude * np.sin(2 * np.pi * frequency * time)
    hand[:moving, 0] = np.linspace(5.0, 0.0, moving) ** 3  # much faster than the shaking
    reference = np.zeros_like(hand)
    reference[:moving, 0] = np.linspace(-1.0, -0.01, moving)
    expected = (2 * np.pi * frequency) ** 2 * amplitude / np.sqrt(2)
    shaken = metrics.hand_acceleration_rms_hold(make(hand, reference))
    assert shaken == pytest.approx(expected, rel=0.01)  # second differences at 20 ms


def test_a_motion_that_is_never_held_has_no_shaking_at_rest():
    reference = np.linspace([0.0, 0.0, 0.0], [1.0, 0.0, 0.0], 9)
    assert metrics.hand_acceleration_rms_hold(make(reference, reference)) is None


def test_ripple_at_rest_is_that_of_a_sine_beside_a_drift_that_does_not_count():
    moving, held = 30, 3000
    time = TIMESTEP * np.arange(moving + held)
    frequency, amplitude, width = 7.0, 0.6, 5  # Hz, N m, steps of 20 ms in 0.1 s
    torque = np.column_stack([3.0 - 0.2 * time, amplitude * np.sin(2 * np.pi * frequency * time)])
    torque[:moving] *= 100.0  # of the motion, which does not count either
    reference = np.zeros((moving + held, 3))
    reference[:moving, 0] = np.linspace(-1.0, -0.01, moving)
    angle = np.pi * frequency * TIMESTEP
    left = 1.0 - np.sin(width * angle) / (width * np.sin(angle))  # by the mean of 5 steps
    expected = left * amplitude / np.sqrt(2) / np.sqrt(2)  # of a sine; of two joints, one is still
    ripple = metrics.torque_ripple_hold(make(np.zeros_like(reference), reference, torque=torque))
    assert ripple == pytest.approx(expected, rel=0.01)
    assert 0.3 < left < 0.8


def test_a_motion_that_is_not_held_for_long_has_no_ripple_at_rest():
    reference = np.linspace([0.0, 0.0, 0.0], [1.0, 0.0, 0.0], 9)
    assert metrics.torque_ripple_hold(make(reference, reference)) is None
