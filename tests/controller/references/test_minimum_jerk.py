"""The hand's ideal motion against the boundary conditions of its quintic, and scipy."""

import numpy as np
import pytest
from numpy.polynomial import Polynomial
from scipy.spatial.transform import Rotation, Slerp

from spikearm.arm_models import Pose
from spikearm.controller.references.minimum_jerk import MinimumJerk

DURATION = 0.8  # s
TIMES = [0.0, 0.07, 0.3, 0.4, 0.61, 0.8]  # s
DIFFERENCE = 1e-5  # s, of central differences
START = Pose(
    np.array([0.3, -0.2, 0.5]), Rotation.from_rotvec([0.4, -1.1, 0.7]).as_quat(scalar_first=True)
)
GOAL = Pose(
    np.array([0.45, 0.1, 0.2]), Rotation.from_rotvec([-0.9, 0.3, 1.6]).as_quat(scalar_first=True)
)


@pytest.fixture
def motion() -> MinimumJerk:
    return MinimumJerk(START, GOAL, DURATION)


def rotation(pose: Pose) -> Rotation:
    return Rotation.from_quat(pose.quaternion, scalar_first=True)


def solve_quintic() -> Polynomial:
    """Solve for the quintic from 0 to 1 that is at rest, unaccelerated, at both ends."""
    powers = [Polynomial.basis(power) for power in range(6)]
    conditions = [
        [p.deriv(order)(t) for p in powers] for t in (0.0, DURATION) for order in range(3)
    ]
    return Polynomial(np.linalg.solve(conditions, [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]))


@pytest.mark.parametrize("time", TIMES)
def test_the_position_is_the_quintic_at_rest_at_both_ends(motion, time):
    expected = START.position + solve_quintic()(time) * (GOAL.position - START.position)
    np.testing.assert_allclose(motion.at(time).pose.position, expected, atol=1e-12)


@pytest.mark.parametrize("time", TIMES)
def test_the_orientation_is_spherically_interpolated_along_the_quintic(motion, time):
    slerp = Slerp([0.0, 1.0], Rotation.concatenate([rotation(START), rotation(GOAL)]))
    share = np.clip(solve_quintic()(time), 0.0, 1.0)
    gap = rotation(motion.at(time).pose) * slerp(share).inv()
    assert gap.magnitude() == pytest.approx(0.0, abs=1e-10)


@pytest.mark.parametrize("time", TIMES[1:-1])
def test_the_linear_velocity_is_the_derivative_of_the_position(motion, time):
    before, after = (motion.at(time + d).pose.position for d in (-DIFFERENCE, DIFFERENCE))
    expected = (after - before) / (2 * DIFFERENCE)
    assert np.linalg.norm(expected) > 0.01
    np.testing.assert_allclose(motion.at(time).velocity[:3], expected, atol=1e-7)


@pytest.mark.parametrize("time", TIMES[1:-1])
def test_the_angular_velocity_is_the_derivative_of_the_orientation_in_the_world(motion, time):
    before, after = (rotation(motion.at(time + d).pose) for d in (-DIFFERENCE, DIFFERENCE))
    expected = (after * before.inv()).as_rotvec() / (2 * DIFFERENCE)
    assert np.linalg.norm(expected) > 0.01
    np.testing.assert_allclose(motion.at(time).velocity[3:], expected, atol=1e-6)


@pytest.mark.parametrize("time", TIMES[1:-1])
def test_the_acceleration_is_the_derivative_of_the_velocity(motion, time):
    before, after = (motion.at(time + d).velocity for d in (-DIFFERENCE, DIFFERENCE))
    expected = (after - before) / (2 * DIFFERENCE)
    np.testing.assert_allclose(motion.at(time).acceleration, expected, atol=1e-6)


def test_the_motion_peaks_at_15_8ths_of_its_mean_velocity_in_the_middle(motion):
    mean = (GOAL.position - START.position) / DURATION
    np.testing.assert_allclose(motion.at(DURATION / 2).velocity[:3], 15 / 8 * mean)


@pytest.mark.parametrize("late", [1e-3, 0.45, 20.0])
def test_the_goal_is_held_after_the_duration(motion, late):
    held = motion.at(DURATION + late)
    np.testing.assert_allclose(held.pose.position, GOAL.position, atol=1e-15)
    assert (rotation(held.pose) * rotation(GOAL).inv()).magnitude() == pytest.approx(0, abs=1e-10)
    assert not held.velocity.any()
    assert not held.acceleration.any()


def test_many_times_at_once_are_the_times_one_by_one(motion):
    times = np.array([-0.1, *TIMES, 3.5])
    for reference, time in zip(motion.sample(times), times, strict=True):
        alone = motion.at(float(time))
        np.testing.assert_allclose(reference.pose.position, alone.pose.position, atol=1e-15)
        np.testing.assert_allclose(reference.pose.quaternion, alone.pose.quaternion, atol=1e-15)
        np.testing.assert_allclose(reference.velocity, alone.velocity, atol=1e-14)
        np.testing.assert_allclose(reference.acceleration, alone.acceleration, atol=1e-13)


@pytest.mark.parametrize("ahead", [0.0, 0.016, 0.2])
def test_it_knows_its_acceleration_ahead(motion, ahead):
    times = np.array([-0.05, -0.01, *TIMES, 3.5])
    for reference, time in zip(motion.sample(times), times, strict=True):
        expected = motion.at(float(time) + ahead).acceleration
        np.testing.assert_allclose(reference.acceleration_ahead(ahead), expected, atol=1e-12)
