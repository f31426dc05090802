"""What happens in the loop when sensors fail."""

import logging
from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest

from spikearm.arm_models import Arm, ArmState, Pose, SpikearmError, load_arm
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.loop.safety.safety import Safety
from spikearm.controller.loop.safety.sensor_guard import SensorsLostError
from spikearm.controller.loop.trajectory import TIMED, Trajectory
from spikearm.controller.references.minimum_jerk import MinimumJerk

FIRST = 60  # step of the motion in which sensors fail, at 0.06 s of 0.12 s
Fault = Callable[[ArmState], ArmState]


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


def move(arm: Arm, fault: Fault | None = None, n_failing: int = 0, **options) -> Trajectory:
    """Reach 2 cm aside, with sensors that fail for some steps."""
    home = arm.reset().hand
    goal = Pose(home.position + np.array([0.0, 0.016, 0.012]), home.quaternion)

    def sensors(state: ArmState) -> ArmState:
        step = round(state.time / arm.timestep)
        return fault(state) if fault and FIRST <= step < FIRST + n_failing else state

    controller = OperationalSpaceController(arm.model)
    motion = MinimumJerk(home, goal, 0.12)
    return follow(arm, controller, motion, 0.15, sensors=sensors, **options)


def without_numbers(state: ArmState) -> ArmState:
    q = state.q.copy()
    q[2] = np.nan
    return state._replace(q=q)


class Frozen:
    """Gives the first state that it sees again and again."""

    def __init__(self) -> None:
        self.first: ArmState | None = None

    def __call__(self, state: ArmState) -> ArmState:
        self.first = self.first or state
        return self.first


def test_without_faults_no_bit_is_moved_and_nothing_is_noted(arm):
    guard = Safety(arm)
    watched = move(arm, safety=guard)
    home = arm.reset().hand
    goal = Pose(home.position + np.array([0.0, 0.016, 0.012]), home.quaternion)
    law = OperationalSpaceController(arm.model)
    references = MinimumJerk(home, goal, 0.12).sample(arm.timestep * np.arange(150))
    for step, reference in enumerate(references):  # the loop, without a guard
        state = arm.step(law.torque(arm.state, reference))
        np.testing.assert_array_equal(watched.torque[step], arm.applied_torque)
        np.testing.assert_array_equal(watched.q[step], state.q)
    assert guard.outages == []
    assert not watched.held.any()


@pytest.mark.parametrize("fault", [without_numbers])
def test_five_steps_without_numbers_hold_exactly_the_last_torque(arm, fault, caplog):
    guard = Safety(arm)
    log = move(arm, fault, 5, safety=guard)
    np.testing.assert_array_equal(np.flatnonzero(log.held), FIRST + np.arange(5))
    np.testing.assert_array_equal(log.torque[FIRST : FIRST + 5], log.torque[[FIRST - 1] * 5])
    assert (log.torque[FIRST + 5] != log.torque[FIRST - 1]).all()
    assert [(one.steps, one.began) for one in guard.outages] == [(5, pytest.approx(0.06))]
    assert caplog.record_tuples == [
        (
            "spikearm.controller.loop.safety.sensor_guard",
            logging.WARNING,
            "The encoder of joint_3 gave no finite number at 0.060 s, and the last torque was held "
            "for 5 steps; then the sensors were back, and the motion went on.",
        )
    ]
    distance = np.linalg.norm(log.hand_position[-1] - log.reference_position[-1])
    assert distance < 1e-3


def test_sensors_that_freeze_are_believed_for_some_steps_and_no_longer(arm):
    limits = SafetyLimits(frozen_time=0.003)
    log = move(arm, Frozen(), 9, safety=Safety(arm, limits))
    # The first of the nine is as it should be; three more are the same as before.
    np.testing.assert_array_equal(np.flatnonzero(log.held), FIRST + np.arange(3, 9))


def test_sensors_that_freeze_at_rest_are_found_out_by_the_moving_reference(arm):
    stuck = Frozen()
    home = arm.reset().hand
    goal = Pose(home.position + np.array([0.0, 0.016, 0.012]), home.quaternion)
    with pytest.raises(SensorsLostError, match=r"^All sensors did not change at 0\.00\d s"):
        follow(
            arm, OperationalSpaceController(arm.model), MinimumJerk(home, goal, 0.12), 0.15,
            sensors=stuck,
        )  # fmt: skip


def test_sensors_that_stay_away_stop_the_arm_within_the_time_allowed(arm):
    with pytest.raises(SensorsLostError) as lost:
        move(arm, without_numbers, 1000, safety=Safety(arm, SafetyLimits(hold_time=0.012)))
    assert str(lost.value).startswith(
        "The encoder of joint_3 gave no finite number at 0.060 s, and the last torque was held for "
        "12 steps, then the brakes were closed, and the arm came to rest within "
    )
    assert np.abs(arm.state.dq).max() < 1e-3
    assert 0.072 <= arm.state.time < 0.072 + 0.03
    stopped = arm.state.q
    for _ in range(500):
        arm.advance()
    np.testing.assert_allclose(arm.state.q, stopped, atol=1e-3)


def test_an_arm_at_rest_that_shall_not_move_may_give_the_same_state_for_ever():
    arm = load_arm("planar3")
    arm.set_friction(5.0)
    home = arm.reset().hand
    states: list[ArmState] = []
    log = follow(
        arm, OperationalSpaceController(arm.model), MinimumJerk(home, home, 0.1), 0.2,
        lambda _, state, __: states.append(state), sensors=Frozen(),
    )  # fmt: skip
    assert len(states) == 200
    assert not log.held.any()


def test_a_stopped_arm_is_as_good_as_new_after_a_reset(arm):
    with pytest.raises(SensorsLostError):
        move(arm, without_numbers, 1000)
    again, fresh = move(arm), move(load_arm("gen3"))
    for field in fields(Trajectory):
        if field.name not in TIMED:
            np.testing.assert_array_equal(getattr(again, field.name), getattr(fresh, field.name))


@pytest.mark.parametrize(("name", "time"), [("hold_time", 0.0), ("frozen_time", -1.0)])
def test_limits_are_positive_times(name, time):
    with pytest.raises(SpikearmError, match=f"^{name} {time:g} is not possible: give more than 0"):
        SafetyLimits(**{name: time})
