"""The safety layer in the loop: against the arm's true state, and against loops without it."""

from dataclasses import fields, replace

import numpy as np
import pytest

from spikearm.arm_models import ARMS, Arm, ArmState, Pose, SpikearmError, load_arm
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.controller import Controller
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.safety.brakes import ArmStoppedError
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.loop.safety.safety import Safety
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.reference import Reference

SEVEN = [name for name in ARMS if not name.startswith("planar")]
SAFE = SafetyLimits(limit_speeds=True)
WAY = np.array([0.0, 0.018, 0.024])  # m


def motion_from(arm: Arm, duration: float = 0.4) -> MinimumJerk:
    home = arm.reset().hand
    return MinimumJerk(home, Pose(home.position + WAY, home.quaternion), duration)


class Changed(Controller):
    """The analytic law, whose torque something happens to from 0.1 s on."""

    def __init__(self, arm: Arm, change) -> None:
        self.law = OperationalSpaceController(arm.model)
        self.change = change

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        torque = self.law.torque(state, reference)
        return torque if state.time < 0.1 else self.change(torque)


def move(
    arm: Arm, change=lambda torque: torque, limits: SafetyLimits = SAFE, **options
) -> Trajectory:
    motion = motion_from(arm)
    return follow(arm, Changed(arm, change), motion, 0.5, safety=Safety(arm, limits), **options)


def assert_stopped(arm: Arm) -> None:
    """Check that an arm is at rest, and stays there against gravity."""
    before = arm.state
    assert np.abs(before.dq).max() < 1e-3
    for _ in range(300):
        arm.advance()
    np.testing.assert_allclose(arm.state.q, before.q, atol=1e-3)


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


@pytest.mark.parametrize("name", SEVEN)
def test_no_bit_of_a_healthy_motion_is_changed(name):
    arm, bare = load_arm(name), load_arm(name)
    motion = motion_from(arm)
    law = OperationalSpaceController(arm.model)
    log = follow(arm, law, motion, 0.5, safety=Safety(arm, SAFE))
    references = motion.sample(bare.timestep * np.arange(500))
    for step, reference in enumerate(references):
        state = bare.step(law.torque(bare.state, reference))
        np.testing.assert_array_equal(log.torque[step], bare.applied_torque)
        np.testing.assert_array_equal(log.q[step], state.q)
    assert np.linalg.norm(log.hand_position[-1] - motion.goal.position) < 1e-3
    assert not log.held.any()


@pytest.mark.parametrize("error", [ZeroDivisionError("x"), SpikearmError("y"), KeyboardInterrupt()])
def test_an_error_of_any_type_passes_once_the_brakes_are_closed(arm, error):
    def fail(torque):
        raise error

    with pytest.raises(type(error)) as raised:
        move(arm, fail)
    assert raised.value is error
    assert_stopped(arm)


@pytest.mark.parametrize("error", [ZeroDivisionError("x"), KeyboardInterrupt()])
def test_an_observer_that_fails_leaves_the_brakes_closed(arm, error):
    def observe(arm, state, reference):
        if state.time > 0.1:
            raise error

    with pytest.raises(type(error)):
        move(arm, observe=observe)
    assert_stopped(arm)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda torque: torque[:-1], r"^Torque: shape \(6,\), but arm 'gen3' takes one number"),
        (lambda torque: torque * np.nan, "^Torque of joint_1, .* is not finite at 0.100 s"),
    ],
)
def test_a_torque_that_the_arm_refuses_leaves_the_brakes_closed(arm, change, sentence):
    with pytest.raises(SpikearmError, match=sentence):
        move(arm, change)
    assert_stopped(arm)


def test_a_simulation_that_diverges_is_told_as_itself():
    arm = load_arm("planar2")
    arm.reset(dq=np.array([1e9, 1e9]))
    motion = MinimumJerk(arm.state.hand, arm.state.hand, 0.1)
    loose = SafetyLimits(tracking_limit=1e6, joint_drift=1e6, hand_drift=1e6, hand_offset=1e6)
    with pytest.raises(SpikearmError, match="diverged"):
        follow(arm, Changed(arm, lambda torque: torque), motion, 0.1, safety=Safety(arm, loose))


def test_a_stop_from_outside_stops_the_arm(arm):
    sentence = r"^The motion was stopped from outside at 0\.150 s, then the brakes were closed, and"
    with pytest.raises(ArmStoppedError, match=sentence):
        move(arm, stop=lambda: arm.state.time > 0.1495)
    assert_stopped(arm)


def test_a_controller_that_insists_is_stopped_after_the_time_it_may(arm):
    limits = replace(SAFE, limiting_time=0.03)
    tops = []
    with pytest.raises(ArmStoppedError) as stopped:
        move(
            arm, lambda _: arm.chain.torque_limits, limits,
            observe=lambda arm, state, _: tops.append(np.abs(state.dq).max()),
        )  # fmt: skip
    expected = "The controller pushed joint_5 beyond its velocity limit of 1.22 rad/s for 30 ms at"
    assert str(stopped.value).startswith(expected)
    assert 0.13 < arm.state.time < 0.2
    assert max(tops) < 1.05 * 1.3963
    assert_stopped(arm)


def test_a_push_that_limiting_cannot_bear_stops_the_arm_by_its_speed(arm):
    def push(arm, state, reference):
        if state.time > 0.1:
            arm.apply_force(np.array([400.0, 0.0, 0.0, 0.0, 0.0, 0.0]))

    tops = []
    with pytest.raises(ArmStoppedError, match=r"^joint_\d moved at .* rad/s \(1\.\d\d rad/s are"):
        move(arm, observe=lambda *args: (push(*args), tops.append(args[1].dq)))
    # 400 N are beyond the brakes of some joints; the arm is stopped as soon as they are gone.
    arm.apply_force(np.zeros(6))
    for _ in range(50):
        arm.advance()
    assert_stopped(arm)
    assert (np.abs(tops) / arm.chain.velocity_limits).max() < 1.5


def test_a_hand_that_is_lost_stops_the_arm(arm):
    with pytest.raises(ArmStoppedError, match=r"^The hand was 2\d mm from its reference \(20 mm"):
        move(arm, lambda torque: 0.7 * torque, replace(SAFE, tracking_limit=0.02))
    assert_stopped(arm)


def test_a_stopped_arm_moves_again_after_a_reset_as_if_nothing_had_been(arm):
    with pytest.raises(ArmStoppedError):
        move(arm, stop=lambda: arm.state.time > 0.1)
    again, fresh = move(arm), move(load_arm("gen3"))
    for name in ("q", "dq", "torque"):
        np.testing.assert_array_equal(getattr(again, name), getattr(fresh, name))


LIMIT_NAMES = [
    field.name
    for field in fields(SafetyLimits)
    if field.name not in ("limit_speeds", "torque_rate")
]


@pytest.mark.parametrize("name", [*LIMIT_NAMES, "torque_rate"])
@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_limits_are_positive_numbers(name, value):
    with pytest.raises(SpikearmError, match=f"^{name} .* give more than 0"):
        SafetyLimits(**{name: value})
