"""The kernels of a control step against NumPy, and their refusal of other shapes."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spikearm.controller.kernels.bounds import exceeds_motion, may_exceed_speed
from spikearm.controller.kernels.command import write_command
from spikearm.controller.kernels.pose_error import write_pose_error
from spikearm.controller.kernels.readings import (
    NOT_FINITE,
    UNCHANGED,
    add_velocities,
    compare_readings,
)
from spikearm.controller.kernels.scaling import write_scaled

N_JOINTS = 6


def pose(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.normal(size=3), Rotation.random(rng=rng).as_quat(scalar_first=True)


@pytest.mark.parametrize("seed", range(20))
def test_the_pose_error_is_the_offset_and_the_rotation_vector_of_scipy(seed):
    rng = np.random.default_rng(seed)
    wanted, actual, error = pose(rng), pose(rng), np.empty(6)
    write_pose_error(*wanted, *actual, error)
    turn = (
        Rotation.from_quat(wanted[1], scalar_first=True)
        * Rotation.from_quat(actual[1], scalar_first=True).inv()
    )
    np.testing.assert_array_equal(error[:3], wanted[0] - actual[0])
    np.testing.assert_allclose(error[3:], turn.as_rotvec(), atol=1e-13)


@pytest.mark.parametrize("feeds", [True, False])
def test_the_command_is_feedback_and_the_acceleration_that_is_fed_forward(feeds):
    rng = np.random.default_rng(3)
    wanted, actual, error, command = pose(rng), pose(rng), np.empty(6), np.empty(6)
    wanted_velocity, velocity, acceleration = rng.normal(size=(3, 6))
    given = acceleration if feeds else np.empty(0)
    write_command(*wanted, wanted_velocity, given, *actual, velocity, 150.0, 80.0, 25.0, command)
    write_pose_error(*wanted, *actual, error)
    stiffness = np.repeat([150.0, 80.0], 3)
    # In this order of sums, to the last bit: trajectories depend on it.
    expected = stiffness * error + 25.0 * (wanted_velocity - velocity)
    np.testing.assert_array_equal(command, expected + acceleration if feeds else expected)


@pytest.mark.parametrize("spread", [0.5, 3.0])
def test_scaled_values_are_those_of_numpy_cut_at_one(spread):
    rng = np.random.default_rng(8)
    q, dq, middle = rng.normal(scale=spread, size=(3, N_JOINTS))
    command, center = rng.normal(scale=spread, size=6), rng.normal(scale=0.1, size=24)
    half_range, inputs = rng.uniform(0.5, 2.0, size=24), np.full(24, np.nan)
    write_scaled(q, dq, command, middle, center, half_range, inputs)
    values = np.concatenate([np.sin(q - middle), np.cos(q - middle), dq, command])
    expected = (values - center) / half_range
    assert (abs(expected) > 1).any() and (abs(expected) < 1).any()
    np.testing.assert_allclose(inputs, np.clip(expected, -1.0, 1.0), rtol=1e-14)


def test_what_is_no_number_is_not_scaled_to_one():
    inputs, q = np.zeros(12), np.array([np.nan, 0.3])
    write_scaled(q, np.zeros(2), np.zeros(6), np.zeros(2), np.zeros(12), np.ones(12), inputs)
    np.testing.assert_array_equal(np.isnan(inputs), np.isin(np.arange(12), [0, 2]))


THREE, FOUR, SIX = np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0]), np.zeros(6)


@pytest.mark.parametrize("which", range(7))
def test_a_reference_or_a_state_of_another_shape_is_refused(which):
    given = [THREE, FOUR, SIX, SIX, THREE, FOUR, SIX]
    write_command(*given, 1.0, 1.0, 1.0, np.empty(6))
    given[which] = given[which][:-1]
    with pytest.raises(ValueError, match="shape"):
        write_command(*given, 1.0, 1.0, 1.0, np.empty(6))


@pytest.mark.parametrize("which", range(7))
def test_values_of_another_shape_than_is_scaled_are_refused(which):
    given = [np.zeros(n) for n in (2, 2, 6, 2, 12, 12, 12)]
    given[which] = np.zeros(len(given[which]) - 1)
    with pytest.raises(ValueError, match="shape"):
        write_scaled(*given)


def state(rng: np.random.Generator) -> list[np.ndarray]:
    """Draw joint positions, velocities, and position, quaternion and velocity of the hand."""
    return [rng.normal(size=n) for n in (N_JOINTS, N_JOINTS, 3, 4, 6)]


def test_readings_are_compared_with_the_last_ones():
    rng = np.random.default_rng(11)
    last, same = np.full(N_JOINTS + 3, np.nan), np.zeros(N_JOINTS + 1, dtype=bool)
    first, second = state(rng), state(rng)
    assert compare_readings(*first, last, same) == 0
    second[0][[1, 4]] = first[0][[1, 4]]
    assert compare_readings(*second, last, same) == UNCHANGED
    np.testing.assert_array_equal(np.flatnonzero(same), [1, 4])
    np.testing.assert_array_equal(last, [*second[0], *second[2]])
    third = state(rng)
    third[2][:2] = second[2][:2]  # two coordinates of the hand alone are no hand that stays
    assert compare_readings(*third, last, same) == 0
    fourth = state(rng)
    fourth[2] = third[2]
    assert compare_readings(*fourth, last, same) == UNCHANGED
    np.testing.assert_array_equal(np.flatnonzero(same), [N_JOINTS])


@pytest.mark.parametrize("part", range(5))
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_found_wherever_it_is(part, bad):
    for index in range(len(state(np.random.default_rng(0))[part])):
        given = state(np.random.default_rng(12))
        given[part][index] = bad
        last, same = np.zeros(N_JOINTS + 3), np.zeros(N_JOINTS + 1, dtype=bool)
        assert compare_readings(*given, last, same) == NOT_FINITE


@pytest.mark.parametrize("which", range(3))
def test_velocities_are_summed_and_what_is_far_from_the_last_reading_is_found(which):
    rng = np.random.default_rng(13)
    last, sums = np.full(2 * N_JOINTS + 3, np.nan), np.zeros(N_JOINTS + 3)
    q, dq, position, _, velocity = state(rng)
    given, jumps = [q, dq, position], [0.3, 0.9, 0.5]  # of positions, speeds, the hand
    bounds = jumps[0], jumps[2], jumps[1]
    assert add_velocities(*given, velocity, last, sums, *bounds)  # the first is far from nothing
    for n, (factor, jumps_now) in enumerate([(0.99, False), (1.01, True)], start=2):
        way = rng.normal(size=len(given[which]))
        given[which] = given[which] + factor * jumps[which] * way / np.linalg.norm(way)
        assert add_velocities(*given, velocity, last, sums, *bounds) == jumps_now
        np.testing.assert_array_equal(last, [*given[0], *given[2], *given[1]])
        np.testing.assert_allclose(sums[N_JOINTS:], n * velocity[:3])
    if which != 1:
        np.testing.assert_allclose(sums[:N_JOINTS], 3 * dq)


@pytest.mark.parametrize("part", range(5))
def test_a_state_of_another_shape_is_refused(part):
    given = state(np.random.default_rng(14))
    given[part] = given[part][:-1]
    with pytest.raises(ValueError, match="shape"):
        compare_readings(*given, np.zeros(N_JOINTS + 3), np.zeros(N_JOINTS + 1, dtype=bool))


@pytest.mark.parametrize("seed", range(20))
def test_the_bound_of_speeds_is_above_all_that_a_torque_leads_to(seed):
    rng = np.random.default_rng(seed)
    dq, torque, resting = rng.normal(size=(3, N_JOINTS))
    gain = rng.normal(size=(N_JOINTS, N_JOINTS))
    most = np.linalg.norm(gain, axis=1).max()
    bound = abs(dq).max() + most * np.linalg.norm(torque - resting)
    assert bound > abs(dq + gain @ (torque - resting)).max()
    assert not may_exceed_speed(dq, torque, resting, most, 1.001 * bound)
    assert may_exceed_speed(dq, torque, resting, most, 0.999 * bound)
    assert may_exceed_speed(dq, np.full(N_JOINTS, np.nan), resting, most, 1.001 * bound)


def test_a_motion_is_beyond_its_bounds_by_one_joint_or_by_the_hand():
    rng = np.random.default_rng(15)
    dq, (wanted, hand) = rng.normal(size=N_JOINTS), rng.normal(size=(2, 3))
    fastest, far = abs(dq).max(), np.linalg.norm(wanted - hand)
    for speed, distance, expected in [
        (1.01, 1.01, False), (0.99, 1.01, True), (1.01, 0.99, True), (0.99, 0.99, True),
    ]:  # fmt: skip
        found = exceeds_motion(dq, speed * fastest, wanted, hand, distance * far)
        assert found == expected
    assert exceeds_motion(dq, 2 * fastest, np.full(3, np.nan), hand, 2 * far)
    with pytest.raises(ValueError, match="shape"):
        exceeds_motion(dq, 1.0, wanted[:2], hand, 1.0)
