"""Joint-space PD and PID control against statics."""

import numpy as np
import pytest

from spikearm.arm_models import Arm, ArmState, load_arm
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.controller.controller import Controller
from spikearm.controller.references.reference import Reference

STIFF = Gains(kp=2000.0, kv=90.0)  # keeps the sag small, and with it its second order


def hold(arm: Arm, controller: Controller, seconds: float) -> ArmState:
    """Hold the arm's home pose, from rest in it."""
    state = arm.reset()
    home = Reference(state.hand, np.zeros(6), np.zeros(6))
    controller.start(state)
    for _ in range(round(seconds / arm.timestep)):
        state = arm.step(controller.torque(state, home))
    return state


def inertia(arm: Arm) -> np.ndarray:
    return np.diag(arm.model.dynamics(arm.chain.home).mass_matrix)


@pytest.mark.parametrize("name", ["gen3", "panda", "ur5e", "jaco2_6dof", "planar3"])
def test_gravity_compensation_holds_the_arm_still(name):
    arm = load_arm(name)
    state = hold(arm, JointPIDController(arm.model), seconds=0.3)
    np.testing.assert_allclose(state.q, arm.chain.home, atol=1e-6)
    np.testing.assert_allclose(state.dq, 0.0, atol=1e-6)


@pytest.mark.parametrize("name", ["gen3", "ur5e", "planar3"])
def test_without_gravity_compensation_pd_sags_by_gravity_over_stiffness(name):
    arm = load_arm(name)
    controller = JointPIDController(arm.model, STIFF, gravity_compensation=False)
    state = hold(arm, controller, seconds=1.5)
    sag = arm.chain.home - state.q
    np.testing.assert_allclose(state.dq, 0.0, atol=1e-4)
    # Exactly, at the pose it has come to; to first order, at home.
    static = arm.model.dynamics(state.q).bias_force / (inertia(arm) * STIFF.kp)
    np.testing.assert_allclose(sag, static, atol=1e-5)
    first_order = arm.model.dynamics(arm.chain.home).bias_force / (inertia(arm) * STIFF.kp)
    assert np.abs(sag).max() > 0.005
    np.testing.assert_allclose(sag, first_order, atol=0.1 * np.abs(sag).max())


@pytest.mark.parametrize("name", ["gen3", "planar3"])
def test_not_told_of_gravity_it_does_as_without_compensation(name):
    arm = load_arm(name)
    untold = JointPIDController(arm.model.without_gravity(), STIFF)
    without = JointPIDController(arm.model, STIFF, gravity_compensation=False)
    sunk, expected = (hold(arm, controller, seconds=1.5).q for controller in (untold, without))
    assert np.abs(arm.chain.home - sunk).max() > 0.005
    np.testing.assert_allclose(sunk, expected, atol=1e-6)


@pytest.mark.parametrize("name", ["gen3", "planar3"])
def test_the_integral_removes_the_sag(name):
    arm = load_arm(name)
    pid = JointPIDController(arm.model, ki=500.0, gravity_compensation=False)
    state = hold(arm, pid, seconds=3.0)
    needed = arm.model.dynamics(arm.chain.home).bias_force / inertia(arm)
    assert np.abs(needed / pid.gains.kp).max() > 0.05  # what PD sags by
    np.testing.assert_allclose(state.q, arm.chain.home, atol=5e-4)


def off_home(arm: Arm, offset: np.ndarray) -> tuple[ArmState, Reference]:
    """Give a state at rest beside home, and the reference that stays at home."""
    home = Reference(arm.reset().hand, np.zeros(6), np.zeros(6))
    return arm.reset(arm.chain.home + offset), home


def test_one_step_is_the_pid_law():
    arm = load_arm("planar3")
    offset = np.array([0.02, -0.03, 0.05])
    state, home = off_home(arm, offset)
    state = ArmState(0.0, state.q, np.array([0.4, -0.2, 0.3]), state.hand, state.hand_velocity)
    controller = JointPIDController(arm.model, Gains(kp=150.0, kv=20.0), ki=700.0)
    gravity = arm.model.dynamics(state.q).bias_force
    # 700 1/s^3 over one period of 1 ms is 0.7 1/s^2.
    expected = inertia(arm) * (-150.7 * offset - 20.0 * state.dq) + gravity
    np.testing.assert_allclose(controller.torque(state, home), expected, atol=1e-9)


@pytest.mark.parametrize("n_steps", [12, 40])
def test_the_integral_grows_with_time_up_to_its_bound(n_steps):
    arm = load_arm("planar3")
    offset = np.array([-0.02, 0.03, -0.05])
    state, home = off_home(arm, offset)
    pid = JointPIDController(arm.model, ki=400.0, integral_limit=0.25)
    pd = JointPIDController(arm.model)
    share = np.zeros(3)
    for _ in range(n_steps):
        share = pid.torque(state, home) - pd.torque(state, home)
    # Per step 0.008, 0.012 and 0.02 rad/s^2: the last joint reaches 0.25 after 13 steps.
    expected = np.clip(-offset * 0.4 * n_steps, -0.25, 0.25)
    np.testing.assert_allclose(share, inertia(arm) * expected, atol=1e-9)


def test_starting_again_forgets_the_integral_and_the_reference():
    arm = load_arm("planar3")
    state, home = off_home(arm, np.array([0.2, -0.1, 0.3]))
    away = Reference(state.hand, np.array([0.2, 0.0, -0.3, 0.0, 0.1, 0.0]), np.zeros(6))
    used = JointPIDController(arm.model, ki=600.0)
    used.start(state)
    first = used.torque(state, home)
    for _ in range(25):
        used.torque(state, away)
    assert np.abs(used.torque(state, home) - first).max() > 0.1
    used.start(state)
    np.testing.assert_array_equal(used.torque(state, home), first)


@pytest.mark.parametrize("keep", [True, False])
def test_an_integral_that_is_kept_outlasts_a_start(keep):
    arm = load_arm("planar3")
    offset = np.array([-0.02, 0.03, -0.05])
    state, home = off_home(arm, offset)
    pid = JointPIDController(arm.model, ki=400.0, keep_integral=keep)
    for _ in range(20):
        pid.torque(state, home)
    at_home = arm.reset()
    pid.start(at_home)
    share = pid.torque(at_home, home) - arm.model.dynamics(at_home.q).bias_force
    # 400 1/s^3 over 20 periods of 1 ms is 8 1/s^2, of an error that is minus the offset.
    expected = -8.0 * inertia(arm) * offset if keep else np.zeros(3)
    np.testing.assert_allclose(share, expected, atol=1e-9)


@pytest.mark.parametrize("name", ["gen3", "ur5e"])
def test_started_beside_home_it_holds_the_arm_there(name):
    arm = load_arm(name)
    beside = arm.chain.home + np.linspace(-0.1, 0.15, arm.chain.n_joints)
    state = arm.reset(beside)
    here = Reference(state.hand, np.zeros(6), np.zeros(6))
    controller = JointPIDController(arm.model, ki=50.0)
    controller.start(state)
    for _ in range(300):
        state = arm.step(controller.torque(state, here))
        # From a reference at home, the hand would first be pulled there.
        assert np.linalg.norm(state.hand.position - here.pose.position) < 5e-4
    home = arm.model.dynamics(arm.chain.home).hand.position
    assert np.linalg.norm(home - here.pose.position) > 0.02
