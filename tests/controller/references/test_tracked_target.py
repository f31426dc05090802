"""References made from targets that jump or move: their bounds, and what is left behind."""

import itertools

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spikearm.arm_models import ArmState, Pose, SpikearmError
from spikearm.controller.references.pose_error import pose_error
from spikearm.controller.references.reference import Reference
from spikearm.controller.references.tracked_target import TrackedTarget, TrackingConfig

PERIOD = 0.001  # s
CONFIG = TrackingConfig()
START = Pose(
    np.array([0.4, -0.1, 0.5]), Rotation.from_rotvec([0.3, -0.8, 0.5]).as_quat(scalar_first=True)
)
STATE = ArmState(0.0, np.zeros(7), np.zeros(7), START, np.zeros(6))


def track(target, duration: float, config: TrackingConfig = CONFIG) -> list[Reference]:
    """Ask for references after a target, a function of time, one per control period."""
    times = PERIOD * np.arange(round(duration / PERIOD) + 1)
    tracked = TrackedTarget(lambda time, _: target(time), config).begin(times)
    return [tracked.at(time, STATE) for time in times.tolist()]


def moved(offset, turn=(0.0, 0.0, 0.0)) -> Pose:
    rotation = Rotation.from_rotvec(turn) * Rotation.from_quat(START.quaternion, scalar_first=True)
    return Pose(START.position + np.array(offset), rotation.as_quat(scalar_first=True))


def jumping(time: float) -> Pose:
    return moved([0.2, 0.1, -0.05], [0.4, 0.0, -0.7]) if time >= 0.3 else moved([-0.1, 0.1, 0.0])


def circling(time: float, speed: float = 0.15, radius: float = 0.1) -> Pose:
    angle = speed / radius * time
    return moved([0.0, radius * (np.cos(angle) - 1.0), radius * np.sin(angle)])


def distances(references: list[Reference], target, times: np.ndarray) -> np.ndarray:
    pairs = zip(references, times, strict=True)
    return np.array([np.linalg.norm(r.pose.position - target(t).position) for r, t in pairs])


def test_the_first_reference_is_at_rest_where_the_hand_is():
    first = track(jumping, 0.0)[0]
    np.testing.assert_array_equal(first.pose.position, START.position)
    np.testing.assert_array_equal(first.pose.quaternion, START.quaternion)
    assert not first.velocity.any()
    assert not first.acceleration.any()


@pytest.mark.parametrize("target", [jumping, circling])
def test_speed_and_acceleration_keep_their_bounds_and_nearly_reach_them_after_a_jump(target):
    references = track(target, 2.0)
    velocity = np.array([r.velocity for r in references]).reshape(-1, 2, 3)
    acceleration = np.array([r.acceleration for r in references]).reshape(-1, 2, 3)
    speeds, turns = np.linalg.norm(velocity, axis=2).max(axis=0)
    linear, angular = np.linalg.norm(acceleration, axis=2).max(axis=0)
    assert speeds <= CONFIG.speed + 1e-9
    assert linear <= CONFIG.acceleration + 1e-9
    assert turns <= CONFIG.turn_speed + 1e-9
    assert angular <= CONFIG.turn_acceleration + 1e-9
    if target is jumping:
        assert speeds > 0.9 * CONFIG.speed
        assert linear > 0.999 * CONFIG.acceleration
        assert angular > 0.999 * CONFIG.turn_acceleration


@pytest.mark.parametrize("target", [jumping, circling])
def test_velocity_and_acceleration_are_the_derivatives_of_the_pose(target):
    references = track(target, 1.5)
    poses, velocity = [r.pose for r in references], np.array([r.velocity for r in references])
    acceleration = np.array([r.acceleration for r in references])
    steps = np.array([pose_error(after, before) for before, after in itertools.pairwise(poses)])
    # The acceleration of a step acts in it, from the velocity before it to that after it.
    np.testing.assert_allclose(steps / PERIOD, (velocity[1:] + velocity[:-1]) / 2, atol=1e-9)
    np.testing.assert_allclose(np.diff(velocity, axis=0) / PERIOD, acceleration[1:], atol=1e-9)


def test_a_jump_ends_at_the_target_without_passing_it_by():
    references = track(jumping, 3.0)
    error = pose_error(jumping(3.0), references[-1].pose)
    assert np.linalg.norm(error[:3]) < 1e-5  # m
    assert np.linalg.norm(error[3:]) < 1e-5  # rad
    way = jumping(3.0).position - references[300].pose.position
    along = [(r.pose.position - references[300].pose.position) @ way for r in references[300:]]
    assert max(along) < 1.002 * (way @ way)


def test_a_jump_takes_little_more_than_the_fastest_motion_of_the_same_bounds():
    far = moved([0.3, 0.0, 0.0])
    references = track(lambda time: far, 3.0)
    near = distances(references, lambda _: far, PERIOD * np.arange(3001)) < 0.001
    fastest = CONFIG.speed / CONFIG.acceleration + 0.3 / CONFIG.speed  # s, a trapezoid of speed
    assert fastest < PERIOD * np.argmax(near) < 1.6 * fastest


def test_a_target_of_constant_velocity_is_not_trailed():
    velocity = np.array([0.1, -0.1, 0.05])  # 0.15 m/s
    references = track(lambda time: moved(time * velocity), 1.5)
    gap = references[-1].pose.position - (START.position + 1.5 * velocity)
    assert np.linalg.norm(gap) < 1e-4  # m; a plain second-order one trails 37 mm
    np.testing.assert_allclose(references[-1].velocity[:3], velocity, atol=1e-3)


def test_on_a_circle_the_reference_lags_by_what_the_target_accelerates():
    times = PERIOD * np.arange(4001)
    left = distances(track(circling, 4.0), circling, times)[2000:]
    # Of a constant acceleration a, the estimate lags in position by a tau^2 and in velocity by
    # 2 a tau, of which the reference makes 2 a tau / gain, and by itself a / (4 gain^2).
    tau, gain = CONFIG.velocity_tau, CONFIG.gain
    lag = 0.15**2 / 0.1 * (tau**2 + 2.0 * tau / gain + 1.0 / (4.0 * gain**2))
    assert left.mean() == pytest.approx(lag, rel=0.1)
    assert lag < 0.001  # m


def test_a_turning_target_is_turned_after():
    rate = np.array([0.2, 0.3, -0.4])  # rad/s
    references = track(lambda time: moved([0, 0, 0], time * rate), 2.0)
    error = pose_error(moved([0, 0, 0], 2.0 * rate), references[-1].pose)
    assert np.linalg.norm(error[3:]) < 0.005  # rad
    np.testing.assert_allclose(references[-1].velocity[3:], rate, atol=0.01)


def test_the_same_time_again_gives_the_same_reference_and_a_second_motion_goes_on():
    tracked = TrackedTarget(lambda time, _: moved([0.1, 0.0, 0.0])).begin(np.array([0.0]))
    last = [tracked.at(time, STATE) for time in (PERIOD * np.arange(100)).tolist()][-1]
    again = tracked.begin(np.array([0.0])).at(0.0, STATE)
    np.testing.assert_array_equal(again.pose.position, last.pose.position)
    np.testing.assert_array_equal(again.velocity, last.velocity)
    assert last.velocity[0] > 0.05


@pytest.mark.parametrize("name", ["speed", "velocity_tau", "turn_jump"])
@pytest.mark.parametrize("value", [0.0, -1.0, np.inf, np.nan])
def test_bounds_that_are_not_possible_are_refused(name, value):
    with pytest.raises(SpikearmError, match=rf"{name} .*more than 0"):
        TrackingConfig(**{name: value})
