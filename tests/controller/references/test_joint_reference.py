"""Joint references against least squares and against the hand reference they belong to."""

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from six_joint_arm import SixJointArm

from spikearm.arm_models import Pose, RigidBodyModel, load_arm
from spikearm.controller.references.joint_reference import (
    DAMPING,
    SINGULAR_SPEED,
    JointReference,
    end_joints,
    follow_joints,
    reaches,
    resolved_rate,
)
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.pose_error import rotation_error

ARMS_OF_SIX_AND_SEVEN = ["gen3", "panda", "ur5e", "jaco2_6dof"]


@pytest.fixture(params=ARMS_OF_SIX_AND_SEVEN)
def model(request) -> RigidBodyModel:
    return load_arm(request.param).model


def home_pose(model: RigidBodyModel) -> Pose:
    return model.dynamics(model.chain.home).hand


def moved(pose: Pose, offset: list[float], turn: list[float]) -> Pose:
    """Move a pose by an offset and a rotation vector in the world."""
    rotation = Rotation.from_rotvec(turn) * Rotation.from_quat(pose.quaternion, scalar_first=True)
    return Pose(pose.position + offset, rotation.as_quat(scalar_first=True))


def test_resolved_rates_are_the_damped_least_squares_solution(model):
    rng = np.random.default_rng(17)
    here = model.dynamics(model.chain.home + rng.uniform(-0.2, 0.2, model.chain.n_joints))
    hand_rate = rng.uniform(-0.6, 0.6, 6)
    posture_rate = rng.uniform(-0.4, 0.4, model.chain.n_joints)
    # min |J dq - dx|^2 + DAMPING^2 |dq - posture|^2, stacked
    stacked = np.vstack([here.jacobian, DAMPING * np.eye(model.chain.n_joints)])
    wanted = np.concatenate([hand_rate, DAMPING * posture_rate])
    expected = np.linalg.lstsq(stacked, wanted, rcond=None)[0]
    np.testing.assert_allclose(resolved_rate(here, hand_rate, posture_rate), expected, atol=1e-9)


def test_resolved_rates_move_the_hand_as_told(model):
    here = model.dynamics(model.chain.home)
    hand_rate = np.array([0.2, -0.3, 0.1, 0.5, 0.4, -0.7])
    rates = resolved_rate(here, hand_rate, np.linspace(-0.3, 0.4, model.chain.n_joints))
    np.testing.assert_allclose(here.jacobian @ rates, hand_rate, atol=1e-3)


def test_a_redundant_arm_also_follows_the_posture_rate_where_it_is_free():
    model = load_arm("gen3").model
    here = model.dynamics(model.chain.home)
    free = np.linalg.svd(here.jacobian)[2][-1]
    posture_rate = np.linspace(-0.5, 0.7, 7)
    rates = resolved_rate(here, np.array([0.1, 0.2, -0.1, 0.0, 0.3, 0.0]), posture_rate)
    assert abs(free @ posture_rate) > 0.05
    assert free @ rates == pytest.approx(free @ posture_rate, rel=1e-6)


def test_the_joint_reference_keeps_the_hand_on_the_hand_reference(model):
    home = home_pose(model)
    goal = moved(home, [-0.04, 0.08, 0.06], [0.1, -0.2, 0.15])
    motion = MinimumJerk(home, goal, duration=0.6)
    reference = JointReference(model)
    errors, angles = [], []
    for step in range(1, 701):
        before = reference.q
        wanted = motion.at(step * model.timestep)
        reference.advance(wanted)
        np.testing.assert_allclose(reference.q - before, model.timestep * reference.dq, atol=1e-12)
        hand = model.dynamics(reference.q).hand
        errors.append(np.linalg.norm(wanted.pose.position - hand.position))
        angles.append(np.linalg.norm(rotation_error(wanted.pose.quaternion, hand.quaternion)))
    end = model.dynamics(reference.q).hand.position
    assert np.linalg.norm(end - home.position) > 0.1
    assert max(errors) < 5e-4
    assert max(angles) < 1.5e-3
    assert errors[-1] < 2e-5


def beside_home(model: RigidBodyModel) -> np.ndarray:
    """Give joint positions beside home, shape (n_joints,) [rad]."""
    return model.chain.home + np.linspace(-0.1, 0.15, model.chain.n_joints)


def test_the_joint_reference_starts_where_it_is_told_and_leaves_that_as_it_is(model):
    start = beside_home(model)
    reference = JointReference(model, start=start)
    np.testing.assert_array_equal(reference.q, start)
    assert not reference.dq.any()
    here = model.dynamics(start).hand
    motion = MinimumJerk(here, moved(here, [0.02, -0.03, 0.04], [0.1, 0, -0.1]), duration=0.5)
    for step in range(1, 601):
        wanted = motion.at(step * model.timestep)
        reference.advance(wanted)
        gap = model.dynamics(reference.q).hand.position - wanted.pose.position
        assert np.linalg.norm(gap) < 5e-4  # so it did not begin at home
    np.testing.assert_array_equal(start, beside_home(model))
    assert np.linalg.norm(here.position - home_pose(model).position) > 0.01


@pytest.mark.parametrize("timestep", [0.002, 0.01])
def test_the_timestep_is_the_callers(timestep):
    model = load_arm("gen3").model
    home = home_pose(model)
    reference = JointReference(model, timestep)
    reference.advance(MinimumJerk(home, moved(home, [0, 0.1, 0], [0, 0, 0]), 0.5).at(0.25))
    moved_by = reference.q - model.chain.home
    np.testing.assert_allclose(moved_by, timestep * reference.dq, atol=1e-12)


def test_the_joint_reference_stays_inside_the_joint_limits():
    model = load_arm("gen3").model
    home = home_pose(model)
    reference = JointReference(model)
    far = MinimumJerk(home, moved(home, [1.6, 0.2, -0.9], [0, 0, 0]), 0.5)
    touched = False
    for step in range(1, 801):
        reference.advance(far.at(step * model.timestep))
        assert (reference.q >= model.chain.lower).all()
        assert (reference.q <= model.chain.upper).all()
        touched |= bool(np.isin(reference.q, [model.chain.lower, model.chain.upper]).any())
    assert touched


def test_an_easy_target_is_reached(model):
    home = home_pose(model)
    assert reaches(model, MinimumJerk(home, moved(home, [0, 0.03, 0.04], [0.1, 0, 0.2]), 1.0))


@pytest.mark.parametrize("offset", [[3.0, 0.0, 0.0], [0.0, 0.0, 2.5]])
def test_a_target_beyond_the_arm_is_not_reached(model, offset):
    home = home_pose(model)
    assert not reaches(model, MinimumJerk(home, moved(home, offset, [0, 0, 0]), 1.0))


@pytest.mark.parametrize(
    ("offset", "turn", "reached"),
    [
        ([0.05, 0.0, 0.05], [0.0, 0.3, 0.0], True),
        ([0.05, 0.0, 0.05], [0.3, 0.0, 0.0], False),
        ([0.05, 0.03, 0.05], [0.0, 0.3, 0.0], False),
    ],
)
def test_a_planar_arm_reaches_neither_positions_nor_turns_out_of_its_plane(offset, turn, reached):
    model = load_arm("planar3").model
    home = home_pose(model)
    assert reaches(model, MinimumJerk(home, moved(home, offset, turn), 1.0)) is reached


UR5E_REACH = np.array([0.2, -0.15, 0.25, 0.1, -0.2, 0.3])  # rad, from home


@pytest.mark.parametrize(("clearance", "reached"), [(0.01, False), (0.04, True)])
def test_a_target_is_not_reached_where_a_joint_ends_at_its_limit(clearance, reached):
    model = load_arm("ur5e").model  # six joints: only one configuration nearby has the pose
    home, goal_q = model.chain.home, model.chain.home + UR5E_REACH
    goal = model.dynamics(goal_q).hand
    upper = model.chain.upper.copy()
    upper[2] = goal_q[2] + clearance
    model.chain = replace(model.chain, upper=upper)
    assert reaches(model, MinimumJerk(model.dynamics(home).hand, goal, 1.0)) is reached


@pytest.mark.parametrize(("wrist", "reached"), [(-0.01, False), (-0.2, True)])
def test_a_target_is_not_reached_where_the_arm_is_singular(wrist, reached):
    model = load_arm("ur5e").model  # singular where its fifth joint is straight
    goal_q = model.chain.home + UR5E_REACH
    goal_q[4] = wrist
    motion = MinimumJerk(home_pose(model), model.dynamics(goal_q).hand, 1.0)
    reference = JointReference(model)
    for time in np.arange(0.0, 1.5, model.timestep):
        reference.advance(motion.at(time))
    end = model.dynamics(reference.q).hand
    assert np.linalg.norm(end.position - motion.goal.position) < 1e-3  # so singular, not far
    assert reaches(model, motion) is reached


@pytest.mark.parametrize(("duration", "reached"), [(1.0, True), (0.15, False)])
def test_a_target_is_not_reached_by_joints_that_are_faster_than_joints_are(duration, reached):
    model = load_arm("ur5e").model
    goal = model.dynamics(model.chain.home + UR5E_REACH).hand
    # At half time, minimum jerk is 15/8 as fast as on average; a joint turns 0.3 rad.
    average = np.abs(UR5E_REACH).max() / duration
    assert bool(15 / 8 * average < SINGULAR_SPEED) is reached
    assert reaches(model, MinimumJerk(home_pose(model), goal, duration)) is reached


def test_a_jump_within_one_coarse_step_is_not_reached(model):
    home = home_pose(model)
    goal = moved(home, [0.0, 0.03, 0.02], [0, 0, 0])
    assert reaches(model, MinimumJerk(home, goal, 1.0))
    assert not reaches(model, MinimumJerk(home, goal, 0.004))


def test_a_motion_ends_in_joints_whose_hand_is_at_its_goal(model):
    start = beside_home(model)
    here = model.dynamics(start).hand
    motion = MinimumJerk(here, moved(here, [-0.02, 0.04, 0.03], [0.1, 0.05, -0.1]), 1.0)
    end = end_joints(model, motion, start)
    assert end is not None
    hand = model.dynamics(end).hand
    np.testing.assert_allclose(hand.position, motion.goal.position, atol=1e-5)
    turn = rotation_error(motion.goal.quaternion, hand.quaternion)
    np.testing.assert_allclose(turn, 0.0, atol=1e-5)


def test_six_joints_come_back_to_where_they_started():
    model = load_arm("ur5e").model  # of six joints, so that nothing is free
    start = beside_home(model)
    here, home = model.dynamics(start).hand, home_pose(model)
    away = end_joints(model, MinimumJerk(here, home, 1.0), start)
    assert away is not None
    np.testing.assert_allclose(away, model.chain.home, atol=1e-4)
    again = end_joints(model, MinimumJerk(home, here, 1.0), away)
    assert again is not None
    np.testing.assert_allclose(again, start, atol=1e-4)


def test_whether_a_target_is_reached_depends_on_where_the_joints_start():
    model = load_arm("ur5e").model
    start = model.chain.home + UR5E_REACH
    here = model.dynamics(start).hand
    goal = moved(here, [0.02, 0.02, 0.02], [0, 0, 0])
    # In this time, joints can go a short way and not the one from home.
    assert reaches(model, MinimumJerk(here, goal, 0.15), start)
    assert not reaches(model, MinimumJerk(home_pose(model), goal, 0.15))


OBSTACLES = {
    "a joint at its limit": ([0, 0, 0], 3.09, 5.0, r"joint 'joint6' comes to its limit, at 3\.09"),
    "a joint that is too fast": ([0.1, 0, 0], 0.0, 0.05, r"joint 'joint\d' would turn at \d"),
    "a hand that stays off": ([1.5, 0, 0], 0.0, 30.0, r"singular|the hand stays \d+ mm|too fast"),
}


@pytest.mark.parametrize("kind", OBSTACLES)
def test_the_obstacle_of_a_motion_is_named(tmp_path, kind):
    offset, turn, duration, sentence = OBSTACLES[kind]
    model = load_arm(SixJointArm().write(tmp_path)).model
    hand = model.dynamics(model.chain.home).hand
    # The last joint turns about the hand's y axis.
    axis = Rotation.from_quat(hand.quaternion, scalar_first=True).apply([0, 1, 0])
    goal = moved(hand, offset, turn * axis)
    end = follow_joints(model, MinimumJerk(hand, goal, duration))
    assert re.search(sentence, str(end.obstacle))
