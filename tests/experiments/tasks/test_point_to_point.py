"""The task workspace: where its motions start and end, and which are refused."""

import numpy as np
import pytest
from six_joint_arm import SixJointArm

from spikearm.arm_models import Arm, SpikearmError, load_arm
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.references.pose_error import pose_error
from spikearm.experiments.tasks.centre_out import CentreOut
from spikearm.experiments.tasks.episode import run_episode
from spikearm.experiments.tasks.point_to_point import RADIUS, TILT, PointToPoint
from spikearm.experiments.tasks.task import Task


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("panda")


@pytest.fixture(scope="module")
def task(arm) -> Task:
    return PointToPoint(targets=3).plan(arm.model, seed=6)


def test_each_motion_starts_where_the_last_one_ended(arm, task):
    np.testing.assert_array_equal(task.starts[0].joints, arm.chain.home)
    for start, end in zip(task.starts[1:], task.targets[:-1], strict=True):
        hand = arm.model.dynamics(start.joints).hand
        np.testing.assert_allclose(pose_error(start.hand, hand), 0.0, atol=1e-12)
        assert np.abs(pose_error(end, hand)).max() < 1e-3
    assert np.abs(task.starts[1].joints - arm.chain.home).max() > 0.1


def test_poses_are_across_the_region(arm):
    drawn = PointToPoint(targets=12).plan(arm.model, seed=2)
    away = np.array([pose_error(target, drawn.start) for target in drawn.targets])
    distances, angles = (np.linalg.norm(part, axis=1) for part in (away[:, :3], away[:, 3:]))
    assert 0.3 < distances.max() <= RADIUS
    assert np.radians(45) < angles.max() <= TILT
    assert distances.min() < 0.35


def test_motions_are_as_long_as_the_slowest_joint_asks_for(arm, task):
    assert task.duration == pytest.approx(1.85)  # 4 rad at 2.175 rad/s are 1.84 s
    assert PointToPoint(targets=1, duration=2.5).plan(arm.model, 6).duration == 2.5
    assert PointToPoint(targets=1, speed_limits=False).plan(arm.model, 6).duration == 1.0


def test_one_seed_makes_one_task_whose_first_motions_do_not_depend_on_their_number(arm, task):
    again, other = (PointToPoint(targets=2).plan(arm.model, seed) for seed in (6, 7))
    for number in range(2):
        np.testing.assert_array_equal(again.targets[number].position, task.targets[number].position)
        np.testing.assert_array_equal(again.starts[number].joints, task.starts[number].joints)
    assert np.linalg.norm(other.targets[0].position - task.targets[0].position) > 0.01


def test_an_episode_is_one_motion_from_its_own_start(arm, task):
    (reach,) = run_episode(arm, OperationalSpaceController(arm.model), task, 1)
    path = reach.trajectory
    assert reach.direction == "out"
    np.testing.assert_allclose(path.q[0], task.starts[1].joints, atol=1e-3)
    assert Task.success(path)
    assert (np.abs(path.dq) < arm.chain.velocity_limits).all()
    np.testing.assert_allclose(path.reference_position[-1], task.targets[1].position, atol=1e-12)


def test_options_of_centre_out_reaching_carry_over():
    options = CentreOut(targets=5, duration=2.0, hold=0.3, speed_limits=False)
    assert PointToPoint.of(options) == PointToPoint(5, RADIUS, 2.0, 0.3, False)
    assert PointToPoint.of(CentreOut(radius=0.3)).radius == 0.3


@pytest.mark.parametrize("options", [CentreOut("sphere"), CentreOut(offset=0.1)])
def test_options_that_it_lacks_are_refused(options):
    with pytest.raises(SpikearmError, match="no variant and no offset"):
        PointToPoint.of(options)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"targets": 0}, "targets"),
        ({"radius": -0.1}, "radius of -0.1 m"),
        ({"duration": 0.0}, "duration of 0.0 s"),
        ({"hold": -1.0}, "hold of -1.0 s"),
    ],
)
def test_numbers_that_no_arm_could_follow_are_refused(options, reason):
    with pytest.raises(SpikearmError, match=reason):
        PointToPoint(**options)


def test_an_arm_of_too_few_joints_is_refused():
    with pytest.raises(SpikearmError, match="needs 6 joints or more"):
        PointToPoint().plan(load_arm("planar3").model, 0)


def test_an_arm_of_one_s_own_has_the_task_too(tmp_path):
    own = load_arm(SixJointArm().write(tmp_path))
    assert len(PointToPoint(targets=2, radius=0.2).plan(own.model, 1).targets) == 2
