"""Motions across the workspace, against MuJoCo's kinematics and the law that moves the arm."""

from collections.abc import Iterator

import mujoco
import numpy as np
import pytest
from six_joint_arm import SixJointArm

from spikearm.arm_models import ARMS, Arm, Pose, SpikearmError, load_arm
from spikearm.controller.classical.dexterous_path import (
    HAND_LENGTH,
    LEAST_DEXTERITY,
    TIMESTEP,
    JointPath,
    dexterity,
    dexterous_path,
    draw_path,
    usual_duration,
)
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.pose_error import pose_error
from spikearm.controller.references.workspace import Workspace
from spikearm.experiments.tasks.success import SUCCESS

WORKSPACE = Workspace(0.5, float(np.radians(90.0)), between=True)
SIX_JOINTS = [name for name in ARMS if not name.startswith("planar")]
FAST = ["panda"]


def paths(arm: Arm, n_paths: int = 2, seed: int = 3) -> list[JointPath]:
    """Draw motions, each from where the last one ended."""
    model, rng, start = arm.model, np.random.default_rng(seed), arm.chain.home
    home, drawn = model.dynamics(start).hand, []
    for _ in range(n_paths):
        duration, limits = usual_duration(arm.chain), 0.9 * arm.chain.velocity_limits
        drawn.append(draw_path(model, WORKSPACE, home, start, duration, limits, rng))
        start = drawn[-1].q[-1]
    return drawn


def by_mujoco(arm: Arm, positions: np.ndarray) -> Iterator[tuple[mujoco.MjData, np.ndarray]]:
    """Yield MuJoCo's data, contacts among them, and Jacobian in poses of the arm."""
    model, data = arm.scene
    for q in positions:
        data.qpos[arm.chain.qpos] = q
        mujoco.mj_forward(model, data)
        jacobian = np.zeros((6, model.nv))
        mujoco.mj_jacSite(model, data, jacobian[:3], jacobian[3:], arm.chain.site)
        yield data, jacobian[:, arm.chain.dof]


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=[] if one in FAST else pytest.mark.slow) for one in SIX_JOINTS]
)
def test_a_path_keeps_its_bounds_on_the_whole_way(name):
    arm = load_arm(name)
    for path in paths(arm):
        speeds = np.diff(path.q, axis=0) / TIMESTEP
        assert (np.abs(speeds) <= 0.9 * arm.chain.velocity_limits + 1e-9).all()
        np.testing.assert_allclose(path.dq[1:], speeds, atol=1e-9)
        assert (path.q > arm.chain.lower).all()
        assert (path.q < arm.chain.upper).all()
        for data, jacobian in by_mujoco(arm, path.q):
            scaled = np.diag([1, 1, 1, HAND_LENGTH, HAND_LENGTH, HAND_LENGTH]) @ jacobian
            assert np.sqrt(np.linalg.eigvalsh(scaled @ scaled.T)[0]) >= LEAST_DEXTERITY - 1e-9
            assert not (data.contact.dist < 0).any()


def test_a_path_is_what_the_law_does_in_physics():
    arm = load_arm("panda")
    path = paths(arm)[1]
    law = OperationalSpaceController(arm.model)
    law.start(arm.reset(path.q[0]))
    duration = usual_duration(arm.chain)
    motion = MinimumJerk(arm.state.hand, path.goal, duration)
    moved = follow(arm, law, motion, duration + 0.5)
    assert SUCCESS.met(moved)
    at = np.rint(TIMESTEP * np.arange(1, len(path.q)) / moved.period).astype(int) - 1
    in_a_step = TIMESTEP * np.abs(path.dq).max()  # which an integration so coarse may be off
    assert np.abs(moved.q[at] - path.q[1:]).max() < 1.5 * in_a_step < 0.08
    assert np.abs(path.q[-1] - path.q[0]).max() > 0.2
    assert (np.abs(moved.dq) < arm.chain.velocity_limits).all()


def test_a_path_ends_at_rest_at_a_goal_of_the_region():
    arm = load_arm("panda")
    home = arm.model.dynamics(arm.chain.home).hand
    for path in paths(arm):
        error = pose_error(path.goal, arm.model.dynamics(path.q[-1]).hand)
        assert np.linalg.norm(error[:3]) < 1e-3
        assert np.linalg.norm(error[3:]) < 1e-3
        assert np.abs(path.dq[-1]).max() < 0.05
        away = pose_error(path.goal, home)
        assert np.linalg.norm(away[:3]) <= WORKSPACE.radius
        assert np.linalg.norm(away[3:]) <= WORKSPACE.tilt


def test_one_seed_draws_one_path_and_another_another():
    first, again, other = (paths(load_arm("panda"), 1, seed)[0] for seed in (4, 4, 5))
    np.testing.assert_array_equal(first.q, again.q)
    assert np.linalg.norm(first.goal.position - other.goal.position) > 0.01


def goal_beside(arm: Arm, offset: tuple[float, float, float]) -> Pose:
    hand = arm.model.dynamics(arm.chain.home).hand
    return Pose(hand.position + np.array(offset), hand.quaternion)


def free_path(arm: Arm, goal: Pose, duration: float = 1.0, limit: float = 3.0) -> JointPath | None:
    limits = np.full(arm.chain.n_joints, limit)
    return dexterous_path(arm.model, arm.chain.home, goal, duration, limits)


def test_a_joint_that_is_too_fast_ends_a_path():
    arm = load_arm("panda")
    goal = goal_beside(arm, (0.0, 0.1, 0.0))
    path = free_path(arm, goal)
    assert path is not None
    fastest = float(np.abs(path.dq).max())
    assert free_path(arm, goal, limit=1.01 * fastest) is not None
    assert free_path(arm, goal, limit=0.99 * fastest) is None


def test_a_goal_out_of_reach_has_no_path():
    arm = load_arm("panda")
    assert free_path(arm, goal_beside(arm, (0.6, 0.0, 0.0)), 3.0) is None


def test_something_in_the_way_ends_a_path(tmp_path):
    post = '<body name="post" pos="0.12 0.24 0.87"><geom size="0.03" condim="1"/></body>'
    free = load_arm(SixJointArm(contact=True).write(tmp_path))
    goal = goal_beside(free, (0.0, 0.12, 0.0))
    assert free_path(free, goal) is not None
    (tmp_path / "post").mkdir()
    hindered = load_arm(SixJointArm(contact=True, world=post).write(tmp_path / "post"))
    assert free_path(hindered, goal) is None


def test_an_arm_that_can_go_nowhere_is_told_so():
    arm = load_arm("panda")
    home, still = arm.model.dynamics(arm.chain.home).hand, np.full(7, 1e-6)
    with pytest.raises(SpikearmError, match=r"the arm can go to none of 200 poses within 0\.50 m"):
        draw_path(arm.model, WORKSPACE, home, arm.chain.home, 1.0, still, np.random.default_rng(0))


def test_dexterity_is_the_least_motion_of_the_hand():
    rng = np.random.default_rng(1)
    jacobian = rng.normal(size=(6, 7))
    turns = np.repeat([1.0, HAND_LENGTH], 3)
    forces = rng.normal(size=(20_000, 6))
    forces /= np.linalg.norm(forces, axis=1, keepdims=True)
    found = np.linalg.norm((forces * turns) @ jacobian, axis=1).min()
    assert dexterity(jacobian) <= found < 2 * dexterity(jacobian) + 0.1
    assert dexterity(np.vstack([jacobian[:5], jacobian[:1]])) == pytest.approx(0.0, abs=1e-9)
