"""Limits of torques: against the arm's true state in MuJoCo, and against arms without a limiter."""

import numpy as np
import pytest

from spikearm.arm_models import ARMS, Arm, load_arm
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.loop.safety.torque_limiter import CREEP, TorqueLimiter

SEVEN = [name for name in ARMS if not name.startswith("planar")]
LIMITS = SafetyLimits(limit_speeds=True)
N_STEPS = 300
SIGNS = np.array([1.0, -1.0, 1.0, 1.0, -1.0, 1.0, -1.0])


def pushed(
    arm: Arm, torque: np.ndarray, limits: SafetyLimits | None, n_steps: int = N_STEPS
) -> tuple[np.ndarray, np.ndarray]:
    """Push an arm with constant torques; return its positions and velocities after each step."""
    limiter = None if limits is None else TorqueLimiter(arm.model, limits)
    state = arm.reset()
    states = []
    for step in range(n_steps):
        acted = torque
        if limiter:
            if step % 50 == 0:
                limiter.renew(arm.model.dynamics(state.q, state.dq), state)
            acted = limiter.limit(state, torque)
        state = arm.step(acted)
        states.append((state.q, state.dq))
    q, dq = (np.array(column) for column in zip(*states, strict=True))
    return q, dq


@pytest.mark.parametrize("name", SEVEN)
def test_torques_at_their_limits_drive_no_joint_beyond_its_velocity_limit(name):
    arm = load_arm(name)
    torque = SIGNS[: arm.chain.n_joints] * arm.chain.torque_limits
    wild, tame = (np.abs(pushed(arm, torque, limits)[1]) for limits in (None, LIMITS))
    assert (wild.max(axis=0) > 1.5 * arm.chain.velocity_limits).sum() >= 3
    share = tame.max(axis=0) / arm.chain.velocity_limits
    assert share.max() < 1.05
    assert share.max() > 0.9  # they are used


def test_a_payload_that_the_model_does_not_know_moves_speeds_by_little():
    arm = load_arm("gen3")
    arm.attach_payload(1.0)
    tame = np.abs(pushed(arm, SIGNS * arm.chain.torque_limits, LIMITS)[1])
    assert (tame.max(axis=0) / arm.chain.velocity_limits).max() < 1.1


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("joint", [1, 3, 5])
def test_a_joint_comes_to_its_position_limit_at_a_crawl(joint, sign):
    arm, fastest = load_arm("gen3"), []
    for limits in (None, SafetyLimits(limit_speeds=False, stop_margin=0.03)):
        limiter = None if limits is None else TorqueLimiter(arm.model, limits)
        state = arm.reset()
        speeds = []
        for step in range(2000):
            here = arm.model.dynamics(state.q, state.dq)
            pull = 100.0 * (arm.chain.home - state.q) - 20.0 * state.dq  # which holds the others
            pull[joint] = 4.0 * sign
            torque = here.mass_matrix @ pull + here.bias_force
            if limiter:
                if step % 50 == 0:
                    limiter.renew(here, state)
                torque = limiter.limit(state, torque)
            state = arm.step(torque)
            left = (arm.chain.upper if sign > 0 else -arm.chain.lower)[joint] - sign * state.q[
                joint
            ]
            if 0.0 < left < 0.029:
                speeds.append(sign * state.dq[joint])
        fastest.append(max(speeds))
    assert fastest[0] > 0.5
    assert 0.01 < fastest[1] < 1.5 * CREEP


def test_torques_that_lead_to_allowed_velocities_are_the_same_array():
    arm = load_arm("gen3")
    limiter = TorqueLimiter(arm.model, LIMITS)
    state = arm.reset(dq=1.1 * np.eye(7)[6])
    limiter.renew(arm.model.dynamics(state.q, state.dq), state)
    torque = arm.model.dynamics(state.q, state.dq).bias_force
    assert limiter.limit(state, torque) is torque
    assert limiter.pushed is None
    limited = limiter.limit(state, torque + 8.0 * np.eye(7)[6])
    assert limiter.pushed == "joint_7 beyond its velocity limit of 1.22 rad/s"
    speeds = arm.step(limited).dq
    assert speeds[6] == pytest.approx(arm.chain.velocity_limits[6], rel=1e-3)
    np.testing.assert_allclose(speeds[:6], 0.0, atol=0.01)


@pytest.mark.parametrize("torque", [np.zeros(6), np.full(7, np.nan), np.zeros((7, 1))])
def test_torques_that_make_no_sense_are_left_to_the_arm_to_refuse(torque):
    arm = load_arm("gen3")
    limiter = TorqueLimiter(arm.model, LIMITS)
    limiter.renew(arm.model.dynamics(arm.state.q, arm.state.dq), arm.state)
    assert limiter.limit(arm.state, torque) is torque


def test_a_torque_rate_bounds_the_change_of_each_torque_from_step_to_step():
    arm = load_arm("gen3")
    limiter = TorqueLimiter(arm.model, SafetyLimits(torque_rate=0.7))
    limiter.renew(arm.model.dynamics(arm.state.q, arm.state.dq), arm.state)
    first = arm.model.dynamics(arm.state.q).bias_force
    wanted = first + np.array([3.0, -3.0, 0.5, -0.5, 0.0, 2.0, -2.0])
    asked = [limiter.limit(arm.state, torque) for torque in (first, wanted, wanted)]
    changes = np.diff(asked, axis=0)
    np.testing.assert_allclose(changes[0], [0.7, -0.7, 0.5, -0.5, 0.0, 0.7, -0.7])
    np.testing.assert_allclose(changes[1], [0.7, -0.7, 0.0, 0.0, 0.0, 0.7, -0.7], atol=1e-12)
