"""The plant against finite differences, conservation laws and its equation of motion."""

import dataclasses

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spikearm.arm_models import ARMS, Arm, ArmState, Pose, SpikearmError, load_arm

FRICTIONLESS = ["planar2", "planar3", "gen3"]  # as their files have them: no damping either
DIFFERENCE = 1e-6  # rad, of central differences
GRAVITY = 9.81  # m/s^2
SWING_TIME = 0.1  # s; a longer fall from home runs into joint limits

FIELD = np.array([[-7.0, 3, 2], [-4, 5, -6], [1, 8, -9]])  # N s/m, of no symmetry

DIVERGING = """
<mujoco>
  <worldbody>
    <body>
      <joint name="elbow" damping="-8" axis="0 1 0"/>
      <geom type="capsule" size="0.02" fromto="0 0 0 0.3 0 0" mass="0.5"/>
      <site name="hand" pos="0.3 0 0"/>
    </body>
  </worldbody>
  <actuator><motor joint="elbow" ctrlrange="-5 5"/></actuator>
</mujoco>
"""

SCATTERED = """
<mujoco>
  <worldbody>
    <body>
      <joint name="a" axis="0 1 0" armature="0.05"/>
      <geom type="capsule" size="0.02" fromto="0 0 0 0.3 0 0" mass="0.5" contype="0"/>
      <body pos="0.3 0 0">
        <joint name="b" axis="0 1 0" armature="0.05" stiffness="900" damping="30"/>
        <geom type="capsule" size="0.02" fromto="0 0 0 0.2 0 0" mass="0.4" contype="0"/>
        <body pos="0.2 0 0">
          <joint name="c" axis="0 0 1" armature="0.05"/>
          <geom type="capsule" size="0.02" fromto="0 0 0 0.1 0 0" mass="0.2" contype="0"/>
          <site name="hand" pos="0.1 0 0"/>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator><motor joint="a" ctrlrange="-9 9"/><motor joint="c" ctrlrange="-4 4"/></actuator>
</mujoco>
"""  # its middle joint is passive, so the controlled ones are not neighbours


@pytest.fixture(params=ARMS)
def arm(request) -> Arm:
    return load_arm(request.param)


@pytest.fixture(params=FRICTIONLESS)
def frictionless(request) -> Arm:
    arm = load_arm(request.param)
    assert not arm.model.damping.any()
    assert not arm.model.friction.any()
    return arm


def draw(arm: Arm, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw a configuration well inside the joint limits, and velocities."""
    rng = np.random.default_rng(seed)
    lower = np.maximum(arm.chain.lower, -3)
    upper = np.minimum(arm.chain.upper, 3)
    q = lower + rng.uniform(0.1, 0.9, arm.chain.n_joints) * (upper - lower)
    return q, rng.uniform(-1.5, 1.5, arm.chain.n_joints)


def run(arm: Arm, torque: np.ndarray, steps: int) -> ArmState:
    for _ in range(steps):
        arm.step(torque)
    return arm.state


def acceleration(arm: Arm, torque: np.ndarray) -> np.ndarray:
    """Measure the mean joint acceleration of one step."""
    before = arm.state.dq
    return (arm.step(torque).dq - before) / arm.timestep


def assert_same(first: ArmState, second: ArmState) -> None:
    np.testing.assert_equal(first, second)


def assert_kept(first: ArmState, second: ArmState) -> None:
    """Check that nothing moved; what a new model computes from it may differ in rounding."""
    assert first.time == second.time
    np.testing.assert_array_equal(first.q, second.q)
    np.testing.assert_array_equal(first.dq, second.dq)
    np.testing.assert_allclose(first.hand.position, second.hand.position, atol=1e-12)
    np.testing.assert_allclose(first.hand_velocity, second.hand_velocity, atol=1e-12)


def test_a_reset_arm_is_at_rest_at_home(arm):
    arm.step(arm.chain.torque_limits / 2)
    state = arm.reset()
    assert state.time == 0
    np.testing.assert_array_equal(state.q, arm.chain.home)
    np.testing.assert_array_equal(state.dq, 0)
    np.testing.assert_array_equal(state.hand_velocity, 0)


def test_a_reset_arm_is_where_it_is_told_to_be(arm):
    q, dq = draw(arm, seed=1)
    state = arm.reset(q, dq)
    np.testing.assert_array_equal(state.q, q)
    np.testing.assert_array_equal(state.dq, dq)
    np.testing.assert_array_equal(state.hand.position, arm.model.dynamics(q).hand.position)


def test_a_state_is_a_copy_that_later_steps_leave_alone(arm):
    state = arm.reset()
    hand = state.hand.position.copy()
    later = run(arm, arm.chain.torque_limits / 3, steps=20)
    np.testing.assert_array_equal(state.q, arm.chain.home)
    np.testing.assert_array_equal(state.hand.position, hand)
    assert np.abs(later.q - state.q).max() > 1e-4


def test_a_step_is_one_period_and_senses_what_holds_after_it(arm):
    q, dq = draw(arm, seed=2)
    arm.reset(q, dq)
    state = arm.step(arm.chain.torque_limits / 4)
    assert state.time == pytest.approx(arm.timestep)
    truth = arm.model.dynamics(state.q, state.dq)
    np.testing.assert_allclose(state.hand.position, truth.hand.position, atol=1e-12)
    np.testing.assert_allclose(state.hand_velocity, truth.jacobian @ state.dq, atol=1e-12)


def test_a_step_acts_advances_and_senses(arm):
    q, dq = draw(arm, seed=4)
    torque = np.append(arm.chain.torque_limits[:-1] / 5, 3 * arm.chain.torque_limits[-1])
    arm.reset(q, dq)
    whole = arm.step(torque)
    before = arm.reset(q, dq)
    arm.act(torque)
    assert_same(arm.state, before)  # nothing moves yet
    assert arm.saturated_steps[-1] == 1
    arm.advance()
    assert_same(arm.state, whole)
    arm.advance()  # the torque holds until told otherwise
    assert_same(arm.state, (arm.reset(q, dq), arm.step(torque), arm.step(torque))[-1])


def test_torque_beyond_a_limit_is_cut_and_counted(arm):
    limits = arm.chain.torque_limits
    torque = limits / 3
    torque[0], torque[-1] = 1.5 * limits[0], -2 * limits[-1]
    run(arm, torque, steps=2)
    np.testing.assert_allclose(arm.applied_torque, np.clip(torque, -limits, limits))
    expected = np.zeros(arm.chain.n_joints)
    expected[[0, -1]] = 2
    np.testing.assert_array_equal(arm.saturated_steps, expected)
    arm.step(limits)  # at the limit is not beyond it
    np.testing.assert_array_equal(arm.saturated_steps, expected)
    arm.reset()
    np.testing.assert_array_equal(arm.saturated_steps, 0)


def test_a_cut_torque_moves_the_arm_as_its_limit_would(arm):
    limits = arm.chain.torque_limits
    arm.reset()
    cut = arm.step(7 * limits)
    arm.reset()
    assert_same(cut, arm.step(limits))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_torque_that_is_not_finite_is_refused_before_anything_moves(arm, value):
    arm.reset(*draw(arm, seed=3))
    before = arm.state
    torque = np.zeros(arm.chain.n_joints)
    torque[1] = value
    with pytest.raises(SpikearmError, match=f"{arm.chain.joints[1]} is not finite"):
        arm.step(torque)
    assert_same(arm.state, before)
    np.testing.assert_array_equal(arm.saturated_steps, 0)


def test_torque_of_another_shape_is_refused(arm):
    n = arm.chain.n_joints
    for torque in (np.zeros(n + 1), np.zeros((1, n)), np.float64(1.0)):
        with pytest.raises(SpikearmError, match=rf"one number per joint: \({n},\)"):
            arm.step(torque)


@pytest.mark.parametrize("seed", range(3))
def test_the_jacobian_is_the_slope_of_the_hand_pose(arm, seed):
    q, _ = draw(arm, seed)
    slopes = np.zeros((6, len(q)))
    for joint, nudge in enumerate(DIFFERENCE * np.eye(len(q))):
        ahead, behind = (arm.model.dynamics(q + sign * nudge).hand for sign in (1, -1))
        turns = [Rotation.from_quat(p.quaternion, scalar_first=True) for p in (ahead, behind)]
        slopes[:3, joint] = ahead.position - behind.position
        slopes[3:, joint] = (turns[0] * turns[1].inv()).as_rotvec()
    J = arm.model.dynamics(q).jacobian
    np.testing.assert_allclose(J, slopes / (2 * DIFFERENCE), atol=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_the_bias_acceleration_is_the_jacobian_s_rate_times_velocity(arm, seed):
    q, dq = draw(arm, seed)
    ahead, behind = (arm.model.dynamics(q + sign * DIFFERENCE * dq).jacobian for sign in (1, -1))
    expected = (ahead - behind) / (2 * DIFFERENCE) @ dq
    np.testing.assert_allclose(arm.model.dynamics(q, dq).bias_acceleration, expected, atol=1e-7)
    assert np.abs(expected).max() > 0.1  # m/s^2: the velocities do matter here


@pytest.mark.parametrize("seed", range(3))
def test_the_mass_matrix_is_symmetric_positive_and_holds_the_kinetic_energy(arm, seed):
    q, dq = draw(arm, seed)
    M = arm.model.dynamics(q).mass_matrix
    np.testing.assert_array_equal(M, M.T)
    assert np.linalg.eigvalsh(M)[0] > 1e-4  # kg m^2
    arm.reset(q, dq)
    assert arm.energy[1] == pytest.approx(dq @ M @ dq / 2, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_gravity_torque_is_the_slope_of_the_potential_energy(arm, seed):
    q, _ = draw(arm, seed)
    slopes = []
    for nudge in DIFFERENCE * np.eye(len(q)):
        arm.reset(q + nudge)
        ahead, _ = arm.energy
        arm.reset(q - nudge)
        slopes.append((ahead - arm.energy[0]) / (2 * DIFFERENCE))
    np.testing.assert_allclose(arm.model.dynamics(q).bias_force, slopes, atol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_step_obeys_the_equation_of_motion(arm, seed):
    # MuJoCo's implicitfast takes damping D at the end of the step and the rest at its start:
    # (M + h D) ddq = u - b - D dq.
    arm.set_friction(0)
    q, dq = draw(arm, seed)
    arm.reset(q, dq)
    truth = arm.model.dynamics(q, dq)
    D = np.diag(arm.model.damping)
    torque = np.random.default_rng(seed).uniform(-0.9, 0.9, len(q)) * arm.chain.torque_limits
    ddq = np.linalg.solve(truth.mass_matrix + arm.timestep * D, torque - truth.bias_force - D @ dq)
    state = arm.step(torque)
    np.testing.assert_allclose(state.dq, dq + arm.timestep * ddq, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(state.q, q + arm.timestep * state.dq, rtol=1e-9, atol=1e-12)


def swing(arm: Arm, period: float) -> tuple[float, float]:
    """Let the arm fall for a while: how much energy went astray, and how far it fell [J]."""
    model, _ = arm.scene
    model.opt.timestep = period
    arm.reset()
    potential, damped, dq = arm.energy[0], 0.0, arm.state.dq
    for _ in range(round(SWING_TIME / period)):
        state = arm.step(np.zeros(arm.chain.n_joints))
        assert np.array_equal(state.q, arm.chain.clip(state.q))  # no joint limit takes energy
        damped += float(period * arm.model.damping @ (dq**2 + state.dq**2) / 2)
        dq = state.dq
    return sum(arm.energy) + damped - potential, potential - arm.energy[0]


def test_a_passive_swing_keeps_the_energy_that_damping_does_not_take(arm):
    arm.set_friction(0)
    astray, fallen = swing(arm, period=1e-3)
    astray_at_half_period, _ = swing(arm, period=5e-4)
    assert fallen > 0.3  # J change hands
    assert abs(astray) < 0.02 * fallen
    # The integrator is first order: what goes astray is in proportion to the period, so
    # that none is left when the period goes to zero.
    assert 2 * astray_at_half_period - astray == pytest.approx(0, abs=1e-4 * fallen)


@pytest.mark.parametrize("offset", [(0.0, 0.0, 0.0), (0.03, -0.02, 0.05)])
def test_a_payload_adds_its_weight_and_inertia_in_mid_run(arm, offset):
    mass, radius = 1.3, (1.3 / 7800 * 3 / (4 * np.pi)) ** (1 / 3)  # m, a ball of steel
    arm.reset(*draw(arm, seed=4))
    before, state = arm.dynamics, arm.state
    arm.attach_payload(mass, offset)
    assert_kept(arm.state, state)
    after, J = arm.dynamics, before.jacobian
    arm_to_ball = Rotation.from_quat(before.hand.quaternion, scalar_first=True).apply(offset)
    J_ball = J[:3] + np.cross(J[3:], arm_to_ball, axis=0)
    added = mass * J_ball.T @ J_ball + 2 / 5 * mass * radius**2 * J[3:].T @ J[3:]
    np.testing.assert_allclose(after.mass_matrix, before.mass_matrix + added, atol=1e-10)
    arm.reset(state.q)
    gravity = arm.model.dynamics(state.q).bias_force + J_ball.T @ [0, 0, mass * GRAVITY]
    np.testing.assert_allclose(arm.dynamics.bias_force, gravity, atol=1e-10)


def test_a_payload_keeps_the_run_going(arm):
    torque = arm.chain.torque_limits / 5
    run(arm, torque, steps=30)
    state, saturated = arm.state, arm.saturated_steps.copy()
    assert np.abs(state.dq).max() > 1e-3
    arm.attach_payload(0.8)
    assert_kept(arm.state, state)
    np.testing.assert_array_equal(arm.saturated_steps, saturated)
    assert arm.step(torque).time == pytest.approx(state.time + arm.timestep)


def test_a_payload_taken_away_leaves_no_trace(arm):
    reference = load_arm(arm.name)
    arm.attach_payload(2.0)
    arm.attach_payload(0.5, (0, 0, 0.02))
    arm.attach_payload(0)
    q, dq = draw(arm, seed=5)
    arm.reset(q, dq)
    reference.reset(q, dq)
    torque = arm.chain.torque_limits / 4
    assert_same(run(arm, torque, steps=20), run(reference, torque, steps=20))


def test_a_second_payload_replaces_the_first(arm):
    once = load_arm(arm.name)
    once.attach_payload(0.7)
    arm.attach_payload(1.9)
    arm.attach_payload(0.7)
    np.testing.assert_array_equal(arm.dynamics.mass_matrix, once.dynamics.mass_matrix)


def test_a_payload_is_unknown_to_the_controller_s_model(arm):
    q, dq = draw(arm, seed=6)
    before, mass = arm.model.dynamics(q, dq), arm.model.mass
    arm.attach_payload(1.5)
    arm.set_friction(0.4)
    after = arm.model.dynamics(q, dq)
    np.testing.assert_equal(dataclasses.asdict(after), dataclasses.asdict(before))
    assert arm.model.mass == mass
    assert np.abs(arm.dynamics.bias_force - arm.model.dynamics(arm.state.q).bias_force).max() > 1


def test_a_payload_that_weighs_less_than_nothing_is_refused(arm):
    with pytest.raises(SpikearmError, match=r"cannot weigh -0\.2 kg"):
        arm.attach_payload(-0.2)


def test_a_model_without_gravity_keeps_all_else(arm):
    q, dq = draw(arm, seed=13)
    told, untold = arm.model, arm.model.without_gravity()
    np.testing.assert_allclose(untold.dynamics(q).bias_force, 0, atol=1e-12)
    full, rest = told.dynamics(q, dq), told.dynamics(q)
    assert np.abs(rest.bias_force).max() > 0.5
    less = untold.dynamics(q, dq)
    np.testing.assert_allclose(less.bias_force, full.bias_force - rest.bias_force, atol=1e-12)
    for name in ("jacobian", "bias_acceleration", "mass_matrix"):
        np.testing.assert_array_equal(getattr(less, name), getattr(full, name))
    assert (untold.timestep, untold.mass) == (told.timestep, told.mass)


def test_a_model_without_gravity_leaves_plant_and_model_alone(arm):
    twin = load_arm(arm.name)
    q, dq = draw(arm, seed=14)
    untold = arm.model.without_gravity()
    for _ in range(3):
        assert_same(arm.step(arm.chain.torque_limits / 5), twin.step(arm.chain.torque_limits / 5))
        untold.dynamics(q, dq)
    assert arm.model.gravity[2] == -GRAVITY
    told, expected = arm.model.dynamics(q, dq), twin.model.dynamics(q, dq)
    np.testing.assert_equal(dataclasses.asdict(told), dataclasses.asdict(expected))


def test_a_weightless_arm_floats_and_is_what_a_model_without_gravity_says(arm):
    floating = load_arm(arm.name, weightless=True)
    q, dq = draw(arm, seed=15)
    floating.reset(q)
    np.testing.assert_array_equal(run(floating, np.zeros(len(q)), steps=20).q, q)
    told, expected = floating.model.dynamics(q, dq), arm.model.without_gravity().dynamics(q, dq)
    np.testing.assert_equal(dataclasses.asdict(told), dataclasses.asdict(expected))


def test_friction_stops_a_falling_arm_in_mid_run(frictionless):
    arm = frictionless
    no_torque = np.zeros(arm.chain.n_joints)
    state = run(arm, no_torque, steps=100)
    falling = arm.energy[1]
    assert falling > 0.1  # J
    arm.set_friction(2 * np.abs(arm.model.dynamics(state.q).bias_force).max() + 1)
    assert_kept(arm.state, state)
    run(arm, no_torque, steps=600)
    assert arm.energy[1] < 1e-6 * falling  # MuJoCo's friction is soft: it creeps a little
    arm.set_friction(0)
    run(arm, no_torque, steps=100)
    assert arm.energy[1] > 0.5 * falling


@pytest.mark.parametrize("seed", range(3))
def test_friction_opposes_every_sliding_joint_with_its_full_torque(frictionless, seed):
    arm = frictionless
    q, dq = draw(arm, seed)
    dq = dq + np.sign(dq)  # fast enough to be sliding, rad/s
    friction = np.linspace(0.05, 0.02, len(q))
    arm.reset(q, dq)
    free = acceleration(arm, np.zeros(len(q)))
    arm.set_friction(friction)
    arm.reset(q, dq)
    slowed = acceleration(arm, np.zeros(len(q)))
    M = arm.model.dynamics(q).mass_matrix
    np.testing.assert_allclose(M @ (slowed - free), -friction * np.sign(dq), rtol=1e-6)


@pytest.mark.parametrize("wrong", [-0.1, np.nan])
def test_friction_that_is_no_friction_is_refused(arm, wrong):
    friction = np.full(arm.chain.n_joints, 0.1)
    friction[1] = wrong
    with pytest.raises(SpikearmError, match="0 N m or more"):
        arm.set_friction(friction)


def test_friction_takes_one_number_or_one_per_joint(arm):
    with pytest.raises(SpikearmError, match=f"each of {arm.chain.n_joints} joints"):
        arm.set_friction(np.full(arm.chain.n_joints + 1, 0.1))


def test_friction_of_the_file_comes_back(arm):
    untouched = load_arm(arm.name)
    arm.set_friction(0.3)
    assert not np.array_equal(arm.scene[0].dof_frictionloss, untouched.scene[0].dof_frictionloss)
    arm.set_friction(None)
    q, dq = draw(arm, seed=7)
    arm.reset(q, dq)
    untouched.reset(q, dq)
    torque = arm.chain.torque_limits / 4
    assert_same(run(arm, torque, steps=20), run(untouched, torque, steps=20))


def test_a_wrench_has_six_finite_numbers(arm):
    for wrench in (np.ones(3), np.full(6, np.nan)):
        with pytest.raises(SpikearmError, match="6 finite numbers"):
            arm.apply_force(wrench)


def test_an_arm_is_not_reset_to_a_pose_that_is_none(arm):
    with pytest.raises(SpikearmError, match="Joint positions: shape"):
        arm.reset(np.zeros(arm.chain.n_joints - 1))
    with pytest.raises(SpikearmError, match=r"Joint velocities of .* not finite"):
        arm.reset(dq=np.full(arm.chain.n_joints, np.inf))


@pytest.mark.parametrize("seed", range(3))
def test_an_external_force_acts_through_the_transposed_jacobian(frictionless, seed):
    arm = frictionless
    q, dq = draw(arm, seed)
    wrench = np.random.default_rng(seed).uniform(-4, 4, 6)
    torque = arm.chain.torque_limits / 10
    arm.reset(q, dq)
    free = acceleration(arm, torque)
    arm.reset(q, dq)
    arm.apply_force(wrench)
    pushed = acceleration(arm, torque)
    truth = arm.model.dynamics(q)
    expected = np.linalg.solve(truth.mass_matrix, truth.jacobian.T @ wrench)
    np.testing.assert_allclose(pushed - free, expected, rtol=1e-8, atol=1e-8)
    assert np.abs(expected).max() > 0.1


def test_an_external_force_lasts_until_it_is_lifted_or_the_arm_is_reset(arm):
    wrench = np.array([20.0, -5, 30, 0, 0.5, 0])
    no_torque = np.zeros(arm.chain.n_joints)
    arm.reset()
    free = [arm.step(no_torque).dq for _ in range(3)]
    for lift in (arm.reset, lambda: (arm.apply_force(np.zeros(6)), arm.reset())):
        arm.reset()
        arm.apply_force(wrench)
        pushed = [arm.step(no_torque).dq for _ in range(3)]
        assert np.abs(pushed[2] - free[2]).max() > 1.5 * np.abs(pushed[0] - free[0]).max() > 0
        lift()
        np.testing.assert_array_equal([arm.step(no_torque).dq for _ in range(3)], free)


def test_an_external_force_that_is_lifted_in_mid_run_acts_no_more(arm):
    no_torque = np.zeros(arm.chain.n_joints)
    arm.apply_force(np.array([20.0, -5, 30, 0, 0.5, 0]))
    pushed = arm.step(no_torque)
    arm.apply_force(np.zeros(6))
    freed = arm.step(no_torque)
    arm.reset(pushed.q, pushed.dq)
    free = arm.step(no_torque)
    # The solver starts from elsewhere, which shows where friction or a limit acts.
    np.testing.assert_allclose(freed.dq, free.dq, atol=1e-6)
    arm.reset(pushed.q, pushed.dq)
    arm.apply_force(np.array([20.0, -5, 30, 0, 0.5, 0]))
    assert np.abs(arm.step(no_torque).dq - free.dq).max() > 1e-4


def test_an_external_force_outlasts_a_payload_that_comes_and_goes(arm):
    wrench, no_torque = np.array([20.0, -5, 30, 0, 0.5, 0]), np.zeros(arm.chain.n_joints)
    arm.apply_force(wrench)
    pushed = arm.step(no_torque)
    arm.reset()
    arm.apply_force(wrench)
    arm.attach_payload(0.6)
    arm.attach_payload(0)
    np.testing.assert_allclose(arm.step(no_torque).dq, pushed.dq, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_a_force_field_pushes_the_hand_by_its_velocity(frictionless, seed):
    arm = frictionless
    q, dq = draw(arm, seed)
    torque = arm.chain.torque_limits / 10
    arm.reset(q, dq)
    free = acceleration(arm, torque)
    arm.set_force_field(FIELD)
    arm.reset(q, dq)
    pushed = acceleration(arm, torque)
    truth = arm.model.dynamics(q)
    J = truth.jacobian[:3]
    expected = np.linalg.solve(truth.mass_matrix, J.T @ FIELD @ J @ dq)
    np.testing.assert_allclose(pushed - free, expected, rtol=1e-8, atol=1e-8)
    assert np.abs(expected).max() > 0.1


def power_astray(arm: Arm, viscous: np.ndarray, period: float) -> tuple[float, float]:
    """Let the arm fall through a field: energy that went astray, and what the field took [J]."""
    arm.scene[0].opt.timestep = period
    arm.set_force_field(viscous)
    state = arm.reset()
    before, work = sum(arm.energy), 0.0
    for _ in range(round(SWING_TIME / period)):
        v = state.hand_velocity[:3]
        state = arm.step(np.zeros(arm.chain.n_joints))
        work += period * float(v @ viscous @ (v + state.hand_velocity[:3]) / 2)
    return sum(arm.energy) - before - work, work


def test_a_force_field_does_the_work_that_its_power_says(frictionless):
    arm, viscous = frictionless, FIELD - 12 * np.eye(3)  # takes more than it gives
    arm.set_force_field(np.zeros((3, 3)))
    astray, work = power_astray(arm, viscous, period=1e-3)
    astray_at_half_period, _ = power_astray(arm, viscous, period=5e-4)
    assert work < -0.03  # J
    # The integrator is first order, as in a swing without the field.
    assert 2 * astray_at_half_period - astray == pytest.approx(0, abs=2e-3 * abs(work))


def test_a_force_field_stays_until_it_is_taken_away(arm):
    q, dq = draw(arm, seed=9)
    no_torque = np.zeros(arm.chain.n_joints)
    arm.reset(q, dq)
    free = [arm.step(no_torque).dq for _ in range(3)]
    arm.set_force_field(FIELD)
    arm.reset(q, dq)
    pushed = [arm.step(no_torque).dq for _ in range(3)]
    assert np.abs(np.subtract(pushed, free)).max() > 1e-4
    arm.reset(q, dq)
    np.testing.assert_array_equal([arm.step(no_torque).dq for _ in range(3)], pushed)
    arm.set_force_field(np.zeros((3, 3)))
    arm.reset(q, dq)
    np.testing.assert_array_equal([arm.step(no_torque).dq for _ in range(3)], free)


def test_a_force_field_that_is_taken_away_in_mid_run_acts_no_more(arm):
    q, dq = draw(arm, seed=10)
    no_torque = np.zeros(arm.chain.n_joints)
    arm.set_force_field(FIELD)
    arm.reset(q, dq)
    pushed = arm.step(no_torque)
    arm.set_force_field(np.zeros((3, 3)))
    freed = arm.step(no_torque)
    arm.reset(pushed.q, pushed.dq)
    # The solver starts from elsewhere, which shows where friction or a limit acts.
    np.testing.assert_allclose(freed.dq, arm.step(no_torque).dq, atol=1e-6)


def test_a_force_field_adds_to_an_external_force_that_comes_and_goes(frictionless):
    arm = frictionless
    q, dq = draw(arm, seed=11)
    wrench, no_torque = np.array([5.0, -3, 4, 0.2, 0.1, -0.3]), np.zeros(arm.chain.n_joints)

    def measure(push: np.ndarray, viscous: np.ndarray) -> np.ndarray:
        arm.set_force_field(viscous)
        arm.reset(q, dq)
        arm.apply_force(push)
        return acceleration(arm, no_torque)

    neither = measure(np.zeros(6), 0 * FIELD)
    force, field = measure(wrench, 0 * FIELD), measure(np.zeros(6), FIELD)
    both = measure(wrench, FIELD)
    np.testing.assert_allclose(both - neither, force + field - 2 * neither, atol=1e-8)
    arm.reset(q, dq)  # takes the force away, and leaves the field
    np.testing.assert_array_equal(acceleration(arm, no_torque), field)


def test_a_force_field_outlasts_a_payload_that_comes_and_goes(arm):
    q, dq = draw(arm, seed=12)
    no_torque = np.zeros(arm.chain.n_joints)
    arm.set_force_field(FIELD)
    arm.reset(q, dq)
    pushed = arm.step(no_torque)
    arm.attach_payload(0.6)
    arm.attach_payload(0)
    arm.reset(q, dq)
    np.testing.assert_allclose(arm.step(no_torque).dq, pushed.dq, atol=1e-12)


def test_a_force_field_has_three_rows_of_three_finite_numbers(arm):
    for wrong in (np.ones(3), np.eye(2), np.full((3, 3), np.inf)):
        with pytest.raises(SpikearmError, match="3 rows of 3 finite numbers"):
            arm.set_force_field(wrong)


def test_joints_that_are_no_neighbours_are_read_and_driven_by_name(tmp_path):
    path = tmp_path / "scattered.xml"
    path.write_text(SCATTERED)
    arm = load_arm(path, joints=["a", "c"])
    arm.reset(np.array([0.3, -0.4]), np.array([0.5, -0.7]))
    arm.attach_payload(0.1)  # and from new data
    first = arm.step(np.array([2.5, -1.5]))
    q = first.q.copy()
    state = run(arm, np.array([20.0, -1.5]), steps=30)
    model, data = arm.scene
    assert model.nv == 3
    np.testing.assert_array_equal(state.q, [data.joint(name).qpos[0] for name in "ac"])
    np.testing.assert_array_equal(state.dq, [data.joint(name).qvel[0] for name in "ac"])
    assert data.joint("b").qvel[0] not in state.dq
    np.testing.assert_array_equal(arm.applied_torque, [9.0, -1.5])
    np.testing.assert_array_equal(arm.saturated_steps, [30, 0])
    np.testing.assert_array_equal(first.q, q)
    assert np.abs(state.q - q).min() > 1e-3


def test_a_diverging_simulation_is_an_error(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where MuJoCo writes its log
    path = tmp_path / "diverging.xml"
    path.write_text(DIVERGING)
    arm = load_arm(path)
    arm.reset(dq=np.array([1.0]))
    n_steps = 0
    with pytest.raises(SpikearmError, match="'diverging' diverged") as problem:
        while True:
            arm.step(np.zeros(1))
            n_steps += 1
    assert f"at {n_steps * arm.timestep:.3f} s" in str(problem.value)
    assert arm.reset().time == 0
    arm.step(np.zeros(1))  # a reset makes it good again


def test_two_arms_stepped_alike_stay_alike_to_the_last_bit(arm):
    twin = load_arm(arm.name)
    rng = np.random.default_rng(8)
    for step in range(60):
        if step == 30:
            for one in (arm, twin):
                one.attach_payload(0.9)
                one.apply_force(np.array([3.0, -2, 1, 0, 0, 0.2]))
        torque = rng.uniform(-1, 1, arm.chain.n_joints) * arm.chain.torque_limits / 2
        assert_same(arm.step(torque), twin.step(torque))


def test_a_marker_shows_a_place_and_pushes_nothing(arm):
    twin = load_arm(arm.name)
    torque = arm.chain.torque_limits / 4
    places = {
        "target": Pose(twin.state.hand.position, np.array([0.6, 0, 0.8, 0])),
        "reference": Pose(np.array([0.3, -0.2, 0.5]), twin.state.hand.quaternion),
    }
    for marker, pose in places.items():
        arm.place_marker(marker, pose)
    assert_same(run(arm, torque, steps=20), run(twin, torque, steps=20))
    _, data = arm.scene
    for marker, pose in places.items():
        np.testing.assert_allclose(data.body(f"spikearm_{marker}").xpos, pose.position, atol=1e-12)
        np.testing.assert_allclose(
            data.body(f"spikearm_{marker}").xquat, pose.quaternion, atol=1e-12
        )


def test_the_model_answers_alike_whatever_it_was_asked_before(arm):
    q, dq = draw(arm, seed=9)
    first = arm.model.dynamics(q, dq)
    arm.model.dynamics(*draw(arm, seed=10))
    np.testing.assert_equal(
        dataclasses.asdict(arm.model.dynamics(q, dq)), dataclasses.asdict(first)
    )


def test_a_marker_is_where_it_was_put_or_dragged_to(arm):
    pose = Pose(np.array([0.3, -0.2, 0.7]), np.array([0.6, 0.0, 0.8, 0.0]))
    arm.place_marker("target", pose)
    model, data = arm.scene
    data.mocap_pos[model.body("spikearm_target").mocapid[0]] += [0.01, 0.02, 0.03]
    seen = arm.marker_pose("target")
    np.testing.assert_allclose(seen.position, [0.31, -0.18, 0.73])
    np.testing.assert_allclose(seen.quaternion, pose.quaternion)
    seen.position[:] = 0.0  # a copy
    np.testing.assert_allclose(arm.marker_pose("target").position, [0.31, -0.18, 0.73])
