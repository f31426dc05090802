"""Samples of the control law, against the law itself and where they lie."""

import numpy as np
import pytest

from spikearm.arm_models import ArmState, RigidBodyModel, SpikearmError, load_arm
from spikearm.controller.classical.dexterous_path import LEAST_DEXTERITY, dexterity
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.references.pose_error import pose_error
from spikearm.controller.references.reference import Reference
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.training.samples import Samples, Spread, draw_goal, join, sample_reach

WORKSPACE = Workspace(radius=0.09, tilt=0.2)
GAINS = Gains(posture_kp=14.0, posture_kv=6.0)
ON_THE_PATH = Spread(per_reach=40, durations=(0.7, 0.9), posture=0.0, position=0.0, velocity=0.0)


@pytest.fixture(params=["gen3", "ur5e"], scope="module")
def model(request) -> RigidBodyModel:
    return load_arm(request.param).model


@pytest.fixture(scope="module")
def samples(model) -> Samples:
    rng = np.random.default_rng(17)
    return join([sample_reach(model, WORKSPACE, rng, GAINS, Spread(16)) for _ in range(3)])


def test_task_map_and_drift_are_the_laws(model, samples):
    law, rng = OperationalSpaceController(model, GAINS), np.random.default_rng(18)
    for q, dq, task_map, drift in zip(
        samples.positions, samples.velocities, samples.task_map, samples.drift, strict=True
    ):
        here = model.dynamics(q, dq)
        state = ArmState(0.3, q, dq, here.hand, here.jacobian @ dq)
        command = rng.normal(size=6) * [1.0, 1.0, 1.0, 3.0, 3.0, 3.0]
        torque = law.torque(state, Reference(state.hand, state.hand_velocity, command))
        assert np.abs(torque - drift).max() > 0.1
        np.testing.assert_allclose(task_map @ command + drift, torque, atol=1e-8)


def test_the_torque_for_a_command_is_the_laws_in_every_state(model, samples):
    law = OperationalSpaceController(model, GAINS)
    commands = np.random.default_rng(19).normal(size=(len(samples), 6)) * [1, 1, 1, 3, 3, 3]
    torques = samples.torque(commands)
    assert torques.shape == (48, model.chain.n_joints)
    for row in range(0, 48, 7):
        q, dq = samples.positions[row], samples.velocities[row]
        here = model.dynamics(q, dq)
        state = ArmState(0.3, q, dq, here.hand, here.jacobian @ dq)
        expected = law.torque(state, Reference(state.hand, state.hand_velocity, commands[row]))
        np.testing.assert_allclose(torques[row], expected, atol=1e-8)


@pytest.mark.parametrize("which", [np.array([5, 2, 2, 40]), slice(3, 20, 4), np.arange(48) > 44])
def test_some_of_the_samples_are_taken_whole(samples, which):
    taken = samples.take(which)
    rows = np.arange(48)[which]
    assert len(taken) == len(rows) < len(samples) == 48
    for name in ("positions", "velocities", "task_map", "drift"):
        for k, row in enumerate(rows):
            np.testing.assert_array_equal(getattr(taken, name)[k], getattr(samples, name)[row])


def test_each_reach_gives_as_many_samples_as_asked_for_and_they_are_joined_in_order(model):
    n, spread = model.chain.n_joints, Spread(per_reach=5)
    parts = [
        sample_reach(model, WORKSPACE, np.random.default_rng(s), GAINS, spread) for s in (1, 2)
    ]
    joined = join(parts)
    assert joined.positions.shape == joined.velocities.shape == joined.drift.shape == (10, n)
    assert joined.task_map.shape == (10, n, 6)
    for name in ("positions", "velocities", "task_map", "drift"):
        for part, rows in zip(parts, (slice(0, 5), slice(5, 10)), strict=True):
            np.testing.assert_array_equal(getattr(joined, name)[rows], getattr(part, name))


def test_without_a_spread_samples_lie_on_a_straight_reach_forth_and_back(model):
    home = model.dynamics(model.chain.home).hand.position
    samples = sample_reach(model, WORKSPACE, np.random.default_rng(3), GAINS, ON_THE_PATH)
    here = [
        model.dynamics(q, dq) for q, dq in zip(samples.positions, samples.velocities, strict=True)
    ]
    offsets = np.array([one.hand.position - home for one in here])
    farthest = offsets[np.linalg.norm(offsets, axis=1).argmax()]
    length = np.linalg.norm(farthest)
    assert 0.01 < length < WORKSPACE.radius + 1e-3
    along = farthest / length
    # The joint reference follows to a few tenths of a millimetre.
    np.testing.assert_allclose(offsets, np.outer(offsets @ along, along), atol=1e-3)
    velocities = np.array(
        [(one.jacobian @ dq)[:3] for one, dq in zip(here, samples.velocities, strict=True)]
    )
    speeds = velocities @ along
    assert speeds.max() > 0.05 < -speeds.min()
    assert np.abs(velocities - np.outer(speeds, along)).max() < 0.1 * np.abs(speeds).max()


def test_the_spread_leads_off_the_reach_but_mostly_not_far(model):
    wide = Spread(40, (0.7, 0.9), posture=0.0, position=0.05, velocity=0.4)
    on, off = (
        sample_reach(model, WORKSPACE, np.random.default_rng(3), GAINS, spread)
        for spread in (ON_THE_PATH, wide)
    )
    for name, largest in (("positions", 0.05), ("velocities", 0.4)):
        gap = np.abs(getattr(off, name) - getattr(on, name)) / largest
        # Of u^2 n, with u uniform and n normal, the mean square is 1/5.
        assert 0.3 < np.sqrt(np.mean(gap**2)) / np.sqrt(0.2) < 2.0
        assert np.median(gap) < 0.3


def test_samples_stay_inside_the_joint_limits():
    model = load_arm("gen3").model
    wild = Spread(per_reach=200, position=8.0)
    samples = sample_reach(model, WORKSPACE, np.random.default_rng(6), GAINS, wild)
    chain = model.chain
    assert (samples.positions >= chain.lower).all()
    assert (samples.positions <= chain.upper).all()
    assert (samples.positions == chain.upper).any()
    assert (samples.positions == chain.lower).any()


def test_one_seed_draws_the_same_samples_and_two_seeds_differ(model):
    first, again, other = (
        sample_reach(model, WORKSPACE, np.random.default_rng(seed), GAINS, Spread(per_reach=4))
        for seed in (31, 31, 32)
    )
    for name in ("positions", "velocities", "task_map", "drift"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
        assert np.abs(getattr(first, name) - getattr(other, name)).max() > 1e-3


def test_a_goal_is_a_pose_of_the_workspace_and_another_every_time(model):
    home = model.dynamics(model.chain.home).hand
    rng = np.random.default_rng(2)
    errors = np.array([pose_error(draw_goal(model, WORKSPACE, rng), home) for _ in range(4)])
    assert np.linalg.norm(errors[:, :3], axis=1).max() <= WORKSPACE.radius
    assert np.linalg.norm(errors[:, 3:], axis=1).max() <= WORKSPACE.tilt + 1e-9
    assert np.ptp(errors, axis=0).min() > 1e-3


def test_a_reach_without_samples_is_refused():
    with pytest.raises(SpikearmError, match="0 samples of a reach are too few: give 1 or more"):
        Spread(per_reach=0)


@pytest.mark.parametrize("draw", [draw_goal, sample_reach])
def test_a_workspace_out_of_reach_is_refused(monkeypatch, draw):
    monkeypatch.setattr("spikearm.controller.training.samples.N_TRIES", 3)
    far = Workspace(radius=400.0, tilt=0.1)
    with pytest.raises(SpikearmError, match=r"none of 3 poses within 400\.00 m and 6 degrees"):
        draw(load_arm("ur5e").model, far, np.random.default_rng(1))


BETWEEN = Workspace(0.5, float(np.radians(90.0)), between=True)


@pytest.fixture(scope="module")
def across() -> Samples:
    """Samples along motions from pose to pose, without scatter about them."""
    spread = Spread(per_reach=30, posture=0.0, position=0.0, velocity=0.0)
    rng = np.random.default_rng(5)
    return join([sample_reach(PANDA, BETWEEN, rng, spread=spread) for _ in range(3)])


PANDA = load_arm("panda").model


def test_samples_between_poses_are_across_the_workspace(across):
    home = PANDA.dynamics(PANDA.chain.home).hand
    away = np.array([pose_error(PANDA.dynamics(q).hand, home) for q in across.positions])
    distances, angles = (np.linalg.norm(part, axis=1) for part in (away[:, :3], away[:, 3:]))
    assert 0.25 < distances.max() < 0.6
    assert np.radians(30) < angles.max() < np.radians(100)
    assert np.median(distances) > 0.1


def test_joints_of_samples_between_poses_are_as_fast_as_such_motions_are(across):
    shares = np.abs(across.velocities) / PANDA.chain.velocity_limits
    assert 0.4 < shares.max() <= 1.0


def test_samples_between_poses_stay_able_to_move_the_hand(across):
    least = min(dexterity(PANDA.dynamics(q).jacobian) for q in across.positions)
    assert least >= LEAST_DEXTERITY


def test_samples_between_poses_are_those_of_their_seed():
    one, again, other = (
        sample_reach(PANDA, BETWEEN, np.random.default_rng(seed), spread=Spread(per_reach=2))
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one.positions, again.positions)
    assert np.abs(one.positions - other.positions).max() > 0.01
