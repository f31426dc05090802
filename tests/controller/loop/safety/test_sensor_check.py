"""Which sensors are found to have failed."""

import numpy as np
import pytest

from spikearm.arm_models import ArmState, Pose
from spikearm.controller.loop.safety.sensor_check import HAND_SPEED, JOINT_SPEED, SensorCheck
from spikearm.controller.references.reference import Reference

JOINTS = ("shoulder", "elbow", "wrist")
PATIENCE = 4
REST = Pose(np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0]))


def reference(speed: float) -> Reference:
    return Reference(REST, np.array([0.0, -speed, 0.0, 0.0, 0.0, 0.0]), np.zeros(6))


def drawn(rng: np.random.Generator, **given: np.ndarray) -> ArmState:
    """Draw a state whose joints and hand move."""
    state = ArmState(
        0.3, rng.normal(size=3), rng.uniform(0.2, 1.0, 3),
        Pose(rng.normal(size=3), REST.quaternion), rng.uniform(0.2, 1.0, 6),
    )  # fmt: skip
    return state._replace(**given)


def failures(states: list[ArmState], speed: float = 0.0) -> list[str | None]:
    check = SensorCheck(JOINTS, PATIENCE)
    return [check.failure(state, reference(speed)) for state in states]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("field", "index", "sensor"),
    [
        ("q", 1, "the encoder of elbow"),
        ("dq", 2, "the encoder of wrist"),
        ("hand_velocity", 5, "the hand's tracker"),
    ],
)
def test_every_number_that_is_none_is_found_with_its_sensor(field, index, sensor, bad):
    rng = np.random.default_rng(5)
    good = drawn(rng)
    values = getattr(good, field).copy()
    values[index] = bad
    found = failures([good, good._replace(**{field: values}), drawn(rng)])
    assert found == [None, f"{sensor} gave no finite number", None]


def test_a_pose_that_is_none_is_found():
    state = drawn(np.random.default_rng(6))
    turned = state.hand._replace(quaternion=np.array([np.nan, 0.0, 0.0, 0.0]))
    found = failures([state._replace(hand=turned)])
    assert found == ["the hand's tracker gave no finite number"]


def test_one_joint_that_stays_where_it_is_at_speed_is_found_after_its_time():
    rng = np.random.default_rng(7)
    states = [drawn(rng) for _ in range(12)]
    for state in states[3:10]:
        state.q[1] = states[2].q[1]
    found = failures(states)
    assert found[: 2 + PATIENCE] == [None] * (2 + PATIENCE)
    assert found[2 + PATIENCE : 10] == ["the encoder of elbow did not change"] * 4
    assert found[10:] == [None, None]


@pytest.mark.parametrize(("factor", "found"), [(0.9, False), (1.1, True)])
def test_a_joint_may_stay_where_it_is_if_it_does_not_move(factor, found):
    rng = np.random.default_rng(8)
    states = [drawn(rng) for _ in range(9)]
    for state in states:
        state.q[2], state.dq[2] = 0.7, -factor * JOINT_SPEED
    assert any(failures(states)) == found


@pytest.mark.parametrize(("factor", "found"), [(0.9, False), (1.1, True)])
def test_a_hand_may_stay_where_it_is_if_it_does_not_move(factor, found):
    rng = np.random.default_rng(9)
    states = [drawn(rng) for _ in range(9)]
    for state in states:
        state.hand.position[:] = [0.2, 0.3, 0.4]
        state.hand_velocity[:3] = [0.0, 0.0, factor * HAND_SPEED]
    assert any(failures(states)) == found


@pytest.mark.parametrize(("factor", "found"), [(0.9, False), (1.1, True)])
def test_nothing_at_all_may_change_only_while_nothing_shall_move(factor, found):
    rng = np.random.default_rng(10)
    still = drawn(rng, dq=np.zeros(3), hand_velocity=np.zeros(6))
    assert any(failures([still] * 9, factor * HAND_SPEED)) == found
