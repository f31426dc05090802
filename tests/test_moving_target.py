"""Controllers after a target that jumps in mid-motion, and after one that moves on a circle."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from at_any_speed import at_any_speed

import spikearm
from spikearm import Arm, Controller, Pose, TrackedTarget

JUMP_TIME = 0.4  # s; the hand is on its way then
SPEED, RADIUS = 0.15, 0.08  # m/s, m


def shifted(home: Pose, offset: list[float]) -> Pose:
    return Pose(home.position + np.array(offset), home.quaternion)


def jumping(home: Pose) -> Callable[[float], Pose]:
    before, after = shifted(home, [0.0, 0.1, 0.1]), shifted(home, [0.05, -0.1, 0.05])
    return lambda time: before if time < JUMP_TIME else after


def circling(home: Pose) -> Callable[[float], Pose]:
    def at(time: float) -> Pose:
        angle = SPEED / RADIUS * time
        return shifted(home, [0.0, RADIUS * np.sin(angle), RADIUS * (1.0 - np.cos(angle))])

    return at


@pytest.fixture(scope="module")
def arm() -> Arm:
    return spikearm.load_arm("gen3")


@pytest.fixture(scope="module", params=["analytic", "loihi"])
def controller(arm, request) -> Iterator[Controller]:
    if request.param == "analytic":
        yield spikearm.OperationalSpaceController(arm.model)
        return
    weights = spikearm.shipped("gen3").weights
    with spikearm.SpikingController(weights, spikearm.EngineSimulation, "loihi") as controller:
        yield controller


def test_the_hand_turns_round_when_its_target_jumps_and_ends_there(arm, controller):
    controller.start(arm.reset())
    target = jumping(arm.state.hand)
    log = spikearm.follow(
        arm, controller, TrackedTarget(lambda time, _: target(time)), 2.0, safety=at_any_speed(arm)
    )
    jumped = round(JUMP_TIME / arm.timestep)
    first_way = np.linalg.norm(log.hand_position[jumped] - log.hand_position[0])
    assert 0.03 < first_way < 0.12  # m: on its way to the first target, and not there
    assert np.linalg.norm(log.hand_position[-1] - target(2.0).position) < 0.001
    deviation = np.linalg.norm(log.hand_position - log.reference_position, axis=1)
    assert deviation.max() < 0.002


def test_the_hand_stays_with_a_target_on_a_circle(arm, controller):
    controller.start(arm.reset())
    target = circling(arm.state.hand)
    log = spikearm.follow(
        arm, controller, TrackedTarget(lambda time, _: target(time)), 3.0, safety=at_any_speed(arm)
    )
    ideal = np.array([target(time).position for time in log.time])
    behind = np.linalg.norm(log.hand_position - ideal, axis=1)[1000:]  # after it has caught up
    assert behind.mean() < 0.0015  # m
    assert behind.max() < 0.002
    way = np.linalg.norm(np.diff(log.hand_position[1000:], axis=0), axis=1).sum()
    assert way == pytest.approx(2.0 * SPEED, rel=0.05)
