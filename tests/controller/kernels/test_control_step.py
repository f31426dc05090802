"""Kernels of command and scaling against NumPy and scipy, and their refusal of other shapes."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spikearm.controller.kernels.command import write_command
from spikearm.controller.kernels.pose_error import write_pose_error
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


@pytest.mark.parametrize("lead", [0.0, 0.016])
@pytest.mark.parametrize("feeds", [True, False])
def test_the_command_is_feedback_and_the_acceleration_that_is_fed_forward(feeds, lead):
    rng = np.random.default_rng(3)
    wanted, actual, error, command = pose(rng), pose(rng), np.empty(6), np.empty(6)
    wanted_velocity, velocity, acceleration = rng.normal(size=(3, 6))
    given = acceleration if feeds else np.empty(0)
    gains = 150.0, 80.0, 25.0
    write_command(*wanted, wanted_velocity, given, *actual, velocity, *gains, lead, command)
    write_pose_error(*wanted, *actual, error)
    stiffness = np.repeat([150.0, 80.0], 3)
    # In this order of sums, to the last bit: trajectories depend on it.
    slip = wanted_velocity - velocity
    expected = stiffness * (error + lead * slip if lead else error) + 25.0 * slip
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
    write_command(*given, 1.0, 1.0, 1.0, 0.0, np.empty(6))
    given[which] = given[which][:-1]
    with pytest.raises(ValueError, match="shape"):
        write_command(*given, 1.0, 1.0, 1.0, 0.0, np.empty(6))


@pytest.mark.parametrize("which", range(7))
def test_values_of_another_shape_than_is_scaled_are_refused(which):
    given = [np.zeros(n) for n in (2, 2, 6, 2, 12, 12, 12)]
    given[which] = np.zeros(len(given[which]) - 1)
    with pytest.raises(ValueError, match="shape"):
        write_scaled(*given)
