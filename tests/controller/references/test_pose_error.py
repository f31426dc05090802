"""Errors between poses, against scipy's rotations."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spikearm.arm_models import Pose
from spikearm.controller.references.pose_error import pose_error, rotation_error

START = Pose(
    np.array([0.3, -0.2, 0.5]), Rotation.from_rotvec([0.4, -1.1, 0.7]).as_quat(scalar_first=True)
)
GOAL = Pose(
    np.array([0.45, 0.1, 0.2]), Rotation.from_rotvec([-0.9, 0.3, 1.6]).as_quat(scalar_first=True)
)


def rotation(pose: Pose) -> Rotation:
    return Rotation.from_quat(pose.quaternion, scalar_first=True)


@pytest.mark.parametrize("angle", [0.0, 1e-9, 0.2, 1.7, 3.1, np.pi - 1e-9])
def test_rotation_error_is_the_axis_in_the_world_times_the_angle(angle):
    axis = np.array([2.0, -1.0, 3.0]) / np.sqrt(14.0)
    wanted = Rotation.from_rotvec(angle * axis) * rotation(START)
    error = rotation_error(wanted.as_quat(scalar_first=True), START.quaternion)
    np.testing.assert_allclose(error, angle * axis, atol=1e-12)


def test_rotation_error_is_the_geodesic_angle_whichever_sign_a_quaternion_has():
    # The angle between quaternions: 2 arccos |p . q|, shortest over both signs.
    geodesic = 2 * np.arccos(abs(START.quaternion @ GOAL.quaternion))
    for sign in (1.0, -1.0):
        error = rotation_error(sign * GOAL.quaternion, START.quaternion)
        assert np.linalg.norm(error) == pytest.approx(geodesic, abs=1e-10)


def test_rotation_error_is_the_rotation_vector_of_scipy():
    wanted, actual = Rotation.random(300, rng=4), Rotation.random(300, rng=5)
    error = rotation_error(wanted.as_quat(scalar_first=True), actual.as_quat(scalar_first=True))
    expected = (wanted * actual.inv()).as_rotvec()
    assert np.linalg.norm(expected, axis=1).max() > 3.1
    np.testing.assert_allclose(error, expected, atol=1e-13)


@pytest.mark.parametrize("half", [1e-300, 1e-160, 1e-20, 1e-8])
def test_rotation_error_keeps_every_digit_of_a_small_turn(half):
    # To first order in the angle the rotation vector is twice the quaternion's vector part.
    axis = np.array([2.0, -1.0, 3.0]) / np.sqrt(14.0)
    error = rotation_error(np.array([1.0, *(half * axis)]), np.array([1.0, 0.0, 0.0, 0.0]))
    np.testing.assert_allclose(error, 2 * half * axis, rtol=1e-14, atol=0.0)


@pytest.mark.parametrize("axis", [[1.0, 0.0, 0.0], [0.0, -0.6, 0.8]])
def test_half_a_turn_has_an_error_of_pi_about_either_sense_of_its_axis(axis):
    wanted = Rotation.from_rotvec(np.pi * np.array(axis)) * rotation(START)
    error = rotation_error(wanted.as_quat(scalar_first=True), START.quaternion)
    assert np.linalg.norm(error) == pytest.approx(np.pi, abs=1e-12)
    arrived = Rotation.from_rotvec(error) * rotation(START)
    assert (arrived * wanted.inv()).magnitude() == pytest.approx(0.0, abs=1e-12)


def test_rotation_error_takes_many_quaternions_at_once():
    wanted = np.array([GOAL.quaternion, START.quaternion])
    actual = np.array([START.quaternion, GOAL.quaternion])
    there, back = rotation_error(wanted, actual)
    np.testing.assert_allclose(there, rotation_error(GOAL.quaternion, START.quaternion))
    np.testing.assert_allclose(back, -there, atol=1e-12)
    grid = rotation_error(np.stack([wanted] * 3), np.stack([actual] * 3))  # (3, 2, 3)
    np.testing.assert_array_equal(grid, [[there, back]] * 3)


def test_pose_error_is_the_offset_then_the_rotation_vector():
    turn = np.array([0.3, -0.2, 0.9])
    wanted = Rotation.from_rotvec(turn) * rotation(START)
    offset = [0.05, 0.11, -0.02]
    goal = Pose(START.position + offset, wanted.as_quat(scalar_first=True))
    np.testing.assert_allclose(pose_error(goal, START), [*offset, *turn], atol=1e-12)


def test_pose_error_turns_as_rotation_error_does():
    rng = np.random.default_rng(31)
    actual = Rotation.random(200, rng=32)
    # From no turn to half a turn, small ones included, with quaternions of either sign.
    angles = np.concatenate([[0.0, np.pi], np.pi * 10 ** rng.uniform(-9, 0, 198)])
    axes = rng.normal(size=(200, 3))
    turns = angles[:, None] * axes / np.linalg.norm(axes, axis=1)[:, None]
    signs = rng.choice([-1.0, 1.0], size=(200, 1))
    goals = signs * (Rotation.from_rotvec(turns) * actual).as_quat(scalar_first=True)
    starts = actual.as_quat(scalar_first=True)
    expected = rotation_error(goals, starts)
    places = rng.normal(size=(2, 200, 3))
    assert (np.sum(goals * starts, axis=1) < 0).sum() > 50
    for n in range(200):
        wanted, here = Pose(places[0, n], goals[n]), Pose(places[1, n], starts[n])
        error = pose_error(wanted, here)
        np.testing.assert_array_equal(error[:3], places[0, n] - places[1, n])
        # An arctangent may be rounded in other ways for a number than for an array.
        np.testing.assert_allclose(error[3:], expected[n], rtol=1e-15, atol=0.0)
