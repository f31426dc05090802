"""Rollouts of the exploring analytic controller: what is recorded, and how it is led astray."""

from dataclasses import replace

import numpy as np
import pytest

from arm_models import Arm, SpikearmError, load_arm
from controller.gains import Gains
from controller.joint_reference import MAX_JOINT_SPEED
from controller.osc import drift_torque, task_inertia
from controller.reference import pose_error
from controller.training.rollouts import (
    Exploration,
    Rollout,
    _coloured,
    draw_goal,
    plan_rollout,
    roll_out,
)
from controller.workspace import Workspace

WORKSPACE = Workspace(radius=0.05, tilt=0.12)
GAINS = Gains(kp=180.0, ko=150.0, kv=27.0)
SHORT = Exploration(durations=(0.25, 0.35), hold=0.1)
STEADY = replace(SHORT, linear=0.0, angular=0.0, joint=0.0, push=0.0)


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("ur5e")


@pytest.fixture(scope="module")
def rollout(arm) -> Rollout:
    return roll_out(arm, WORKSPACE, np.random.default_rng(7), GAINS, SHORT)


def test_the_torque_is_what_the_law_answers_to_the_noisy_command(arm, rollout):
    rows = range(0, len(rollout.torque), 29)
    assert len(rows) > 15
    for row in rows:
        q, dq = rollout.positions[row], rollout.velocities[row]
        here = arm.model.dynamics(q, dq)
        driven = here.jacobian.T @ task_inertia(here)[0] @ rollout.command[row]
        expected = driven + drift_torque(arm.model, here, q, dq, GAINS)
        np.testing.assert_allclose(rollout.torque[row], expected, atol=1e-7)


def test_without_noise_the_torque_alone_makes_the_motion_again(arm):
    quiet = roll_out(arm, WORKSPACE, np.random.default_rng(7), GAINS, STEADY)
    fresh = load_arm("ur5e")
    states = [fresh.reset(), *(fresh.step(torque) for torque in quiet.torque)][:-1]
    np.testing.assert_array_equal([state.q for state in states], quiet.positions)
    np.testing.assert_array_equal([state.dq for state in states], quiet.velocities)
    assert np.ptp(quiet.positions, axis=0).max() > 0.02


def test_noise_shows_states_and_commands_that_the_reach_alone_does_not(arm, rollout):
    quiet = roll_out(arm, WORKSPACE, np.random.default_rng(7), GAINS, STEADY)
    for name in ("positions", "velocities", "command"):
        noisy, plain = getattr(rollout, name), getattr(quiet, name)
        assert noisy.shape == plain.shape
        assert np.abs(noisy - plain).max() > 1e-3, name


def test_a_plan_goes_to_the_goal_and_back_and_holds_at_both_ends(arm):
    plan = plan_rollout(arm, WORKSPACE, np.random.default_rng(7), STEADY)
    home = arm.model.dynamics(arm.chain.home).hand
    goal = draw_goal(arm.model, WORKSPACE, np.random.default_rng(7))
    references = plan.references
    assert np.linalg.norm(goal.position - home.position) > 0.005
    errors = np.array([np.linalg.norm(pose_error(goal, r.pose)) for r in references])
    there = np.flatnonzero(errors < 1e-9)
    # The hold is 0.1 s; the back reach starts at the goal, too.
    assert 95 <= len(there) <= 106
    assert (np.diff(there) == 1).all()
    for end in (references[0], references[-1]):
        np.testing.assert_allclose(pose_error(home, end.pose), 0.0, atol=1e-9)
    assert 2 * 350 <= len(references) <= 2 * 450
    assert plan.torque.shape == (len(references), arm.chain.n_joints)
    assert not plan.torque.any()


def test_a_push_stays_the_same_and_counts_each_joints_inertia(arm):
    inertia = np.diag(arm.model.dynamics(arm.chain.home).mass_matrix)
    pushed = replace(STEADY, push=2.5)
    pushes = []
    for seed in range(40):
        plan = plan_rollout(arm, WORKSPACE, np.random.default_rng(seed), pushed)
        assert (plan.torque == plan.torque[0]).all()
        pushes.append(plan.torque[0] / inertia)
    # Of u^3 n, with u uniform and n normal, the mean square is 1/7; 240 numbers leave 16 % of it.
    assert np.sqrt(np.mean(np.square(pushes))) == pytest.approx(2.5 / np.sqrt(7), rel=0.3)


def test_the_commands_noise_is_in_the_reference_s_acceleration_alone(arm):
    plain, noisy = (
        plan_rollout(arm, WORKSPACE, np.random.default_rng(9), replace(STEADY, **how)).references
        for how in ({}, {"linear": 0.8, "angular": 2.4})
    )
    noise = np.array([b.acceleration - a.acceleration for a, b in zip(plain, noisy, strict=True)])
    assert noise.std(axis=0).min() > 1e-3
    # The same numbers are drawn for both, three times as large for the angular ones.
    assert noise[:, 3:].std() / noise[:, :3].std() == pytest.approx(3.0, rel=0.6)
    for a, b in zip(plain, noisy, strict=True):
        np.testing.assert_array_equal(a.velocity, b.velocity)
        assert a.pose is not None and (a.pose.position == b.pose.position).all()


def test_coloured_noise_has_its_deviation_and_its_correlation_time():
    deviation, tau, dt = np.array([0.7, 3.0]), 0.04, 0.002
    noise = _coloured(np.random.default_rng(5), 40_000, deviation, tau, dt)
    # 80 s hold 1000 independent stretches (2 tau each): 2.2 % of a deviation.
    np.testing.assert_allclose(noise.std(axis=0), deviation, rtol=0.08)
    for lag in (1, 10, 30):
        before, after = noise[:-lag], noise[lag:]
        correlation = (before * after).mean(axis=0) / noise.var(axis=0)
        np.testing.assert_allclose(correlation, np.exp(-lag * dt / tau), atol=0.07)
    assert abs(np.corrcoef(noise.T)[0, 1]) < 0.15


def test_a_rollout_ends_before_a_joint_is_too_fast(arm):
    kicked = replace(STEADY, push=3000.0)
    rng = np.random.default_rng(4)
    plan = plan_rollout(arm, WORKSPACE, np.random.default_rng(4), kicked)
    rollout = roll_out(arm, WORKSPACE, rng, GAINS, kicked)
    assert 1 <= len(rollout.torque) < len(plan.references)
    assert np.abs(rollout.velocities).max() <= MAX_JOINT_SPEED
    state = arm.reset(rollout.positions[-1], rollout.velocities[-1])
    after = arm.step(rollout.torque[-1] + plan.torque[0])
    assert np.abs(after.dq).max() > MAX_JOINT_SPEED > np.abs(state.dq).max()


def test_one_seed_gives_the_same_rollout_and_two_seeds_differ(arm, rollout):
    again = roll_out(arm, WORKSPACE, np.random.default_rng(7), GAINS, SHORT)
    other = roll_out(arm, WORKSPACE, np.random.default_rng(8), GAINS, SHORT)
    for name in ("positions", "velocities", "command", "torque"):
        np.testing.assert_array_equal(getattr(again, name), getattr(rollout, name))
        rows = min(len(other.torque), len(rollout.torque))
        gap = getattr(other, name)[:rows] - getattr(rollout, name)[:rows]
        assert np.abs(gap).max() > 1e-3


def test_a_goal_is_a_pose_of_the_workspace_that_the_arm_reaches(arm):
    home = arm.model.dynamics(arm.chain.home).hand
    rng = np.random.default_rng(2)
    goals = [draw_goal(arm.model, WORKSPACE, rng) for _ in range(4)]
    errors = np.array([pose_error(goal, home) for goal in goals])
    assert np.linalg.norm(errors[:, :3], axis=1).max() <= WORKSPACE.radius
    assert np.linalg.norm(errors[:, 3:], axis=1).max() <= WORKSPACE.tilt + 1e-9
    assert np.ptp(errors, axis=0).min() > 1e-3


def test_a_workspace_out_of_reach_is_refused(monkeypatch, arm):
    monkeypatch.setattr("controller.training.rollouts.N_TRIES", 4)
    far = Workspace(radius=300.0, tilt=0.2)
    with pytest.raises(SpikearmError, match=r"none of 4 poses within 300\.00 m and 11 degrees"):
        roll_out(arm, far, np.random.default_rng(1))
