"""The task: where the targets are, and which are refused."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spikearm.arm_models import Arm, Pose, RigidBodyModel, SpikearmError, load_arm
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.references.joint_reference import reaches
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.pose_error import rotation_error
from spikearm.experiments.tasks.centre_out import (
    N_TRIES,
    POSE_TURN,
    RADII,
    CentreOut,
    Task,
    Variant,
    forward_axis,
    plan_task,
)
from spikearm.experiments.tasks.episode import run_episode

VARIANTS: list[Variant] = ["circle", "sphere", "pose"]
ARMS_TESTED = ["gen3", "ur5e", "jaco2_6dof"]
RADIUS = 0.04  # m


@pytest.fixture(params=ARMS_TESTED)
def model(request) -> RigidBodyModel:
    return load_arm(request.param).model


@pytest.fixture
def gen3() -> RigidBodyModel:
    return load_arm("gen3").model


def offsets(task: Task) -> np.ndarray:
    """Give every target's offset from home, shape (n_targets, 3) [m]."""
    return np.array([target.position - task.start.position for target in task.targets])


def turns(task: Task) -> np.ndarray:
    """Give every target's rotation vector from home, shape (n_targets, 3) [rad]."""
    quaternion = task.start.quaternion
    return np.array([rotation_error(target.quaternion, quaternion) for target in task.targets])


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


@pytest.mark.parametrize("variant", VARIANTS)
def test_targets_are_at_the_radius_from_home(model, variant):
    plan = plan_task(model, CentreOut(variant, targets=5, radius=RADIUS), seed=3)
    assert len(plan.targets) == 5
    assert plan.radius == RADIUS
    np.testing.assert_allclose(np.linalg.norm(offsets(plan), axis=1), RADIUS)


@pytest.mark.parametrize("variant", ["circle", "pose"])
def test_the_circle_is_normal_to_the_forward_axis_and_evenly_divided(model, variant: Variant):
    plan = plan_task(model, CentreOut(variant, targets=5, radius=RADIUS), seed=3)
    directions = offsets(plan) / RADIUS
    np.testing.assert_allclose(directions @ forward_axis(model), 0.0, atol=1e-9)
    # Neighbours are a fifth of a turn apart, the last and the first too.
    neighbours = np.sum(directions * np.roll(directions, 1, axis=0), axis=1)
    np.testing.assert_allclose(neighbours, np.cos(np.radians(72.0)), atol=1e-9)
    np.testing.assert_allclose(directions.sum(axis=0), 0.0, atol=1e-9)


def test_the_forward_axis_is_horizontal_from_base_to_hand(model):
    forward = forward_axis(model)
    reach = model.dynamics(model.chain.home).hand.position - model.base_position
    assert np.linalg.norm(forward) == pytest.approx(1.0)
    assert forward[2] == 0.0
    # What of the reach is not forward is height alone.
    np.testing.assert_allclose((reach - (reach @ forward) * forward)[:2], 0.0, atol=1e-9)
    assert reach @ forward > 0.1


def test_on_gen3_forward_is_x_and_the_second_of_four_targets_is_above_home(gen3):
    plan = plan_task(gen3, CentreOut(targets=4, radius=0.2), seed=5)
    np.testing.assert_allclose(forward_axis(gen3), [1.0, 0.0, 0.0], atol=0.01)
    np.testing.assert_allclose(offsets(plan)[1], [0.0, 0.0, 0.2], atol=1e-12)
    np.testing.assert_allclose(offsets(plan)[3], [0.0, 0.0, -0.2], atol=1e-12)


@pytest.mark.parametrize("variant", ["circle", "sphere"])
def test_without_a_turn_every_target_keeps_the_homes_orientation(gen3, variant: Variant):
    plan = plan_task(gen3, CentreOut(variant, targets=5, radius=RADIUS), seed=3)
    np.testing.assert_allclose(turns(plan), 0.0, atol=1e-9)


def test_a_pose_target_is_turned_by_30_degrees_about_an_axis_of_its_own(gen3):
    plan = plan_task(gen3, CentreOut("pose", targets=5, radius=RADIUS), seed=3)
    angles = np.linalg.norm(turns(plan), axis=1)
    np.testing.assert_allclose(angles, np.radians(30.0), atol=1e-9)
    axes = turns(plan) / POSE_TURN
    assert np.max(np.triu(axes @ axes.T, k=1)) < 0.999


def test_a_turn_that_the_arm_cannot_follow_is_drawn_again(gen3):
    plan = plan_task(gen3, CentreOut("pose", radius=0.2), seed=1)
    rng, again = np.random.default_rng(1), 0
    home = Rotation.from_quat(plan.start.quaternion, scalar_first=True)
    for target, turn in zip(plan.targets, turns(plan), strict=True):
        first = rng.normal(size=(N_TRIES, 3))[0]
        first *= POSE_TURN / np.linalg.norm(first)
        if not np.allclose(turn, first, atol=1e-6):
            quaternion = (Rotation.from_rotvec(first) * home).as_quat(scalar_first=True)
            untaken = MinimumJerk(plan.start, Pose(target.position, quaternion), 1.0)
            assert not reaches(gen3, untaken)
            again += 1
    assert 0 < again < len(plan.targets)


def test_sphere_targets_leave_the_plane_on_all_sides(gen3):
    task = CentreOut("sphere", targets=90, radius=RADIUS, speed_limits=False)
    plan = plan_task(gen3, task, seed=8)
    directions = offsets(plan) / RADIUS
    # Uniform on the sphere: each coordinate is uniform, of variance 1/3 (1 sigma: 0.03).
    np.testing.assert_allclose(directions.mean(axis=0), 0.0, atol=0.2)
    np.testing.assert_allclose(np.mean(directions**2, axis=0), 1 / 3, atol=0.1)


@pytest.mark.parametrize("variant", ["sphere", "pose"])
def test_one_seed_places_the_same_targets_and_two_seeds_do_not(gen3, variant: Variant):
    task = CentreOut(variant, targets=3, radius=RADIUS)
    first, again, other = (plan_task(gen3, task, seed) for seed in (12, 12, 13))
    drawn = [np.hstack([offsets(plan), turns(plan)]) for plan in (first, again, other)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert np.abs(drawn[0] - drawn[2]).max(axis=1).min() > 1e-3


def test_the_circle_does_not_depend_on_the_seed(gen3):
    first, other = (plan_task(gen3, CentreOut(radius=RADIUS), seed) for seed in (4, 9))
    np.testing.assert_array_equal(offsets(first), offsets(other))


@pytest.mark.parametrize(("name", "radius"), [("gen3", 0.20), ("panda", 0.10)])
def test_the_default_radius_is_the_largest_that_the_arm_reaches(name, radius):
    model = load_arm(name).model
    plan = plan_task(model, CentreOut(), seed=2)
    assert plan.radius == radius
    assert len(plan.targets) == 8
    for larger in (r for r in RADII if r > radius):
        with pytest.raises(SpikearmError, match="out of reach"):
            plan_task(model, CentreOut(radius=larger), seed=2)


def test_every_planned_target_is_reached_by_the_kinematics(model):
    plan = plan_task(model, CentreOut("pose", targets=3, radius=RADIUS), seed=6)
    assert all(reaches(model, MinimumJerk(plan.start, t, 1.0)) for t in plan.targets)


def test_an_arm_comes_back_from_a_target_drawn_beside_a_singular_pose():
    """The first turn that is drawn for this target ends just short of a stretched elbow."""
    arm = load_arm("panda")
    plan = plan_task(arm.model, CentreOut("pose"), seed=1)
    controller = OperationalSpaceController(arm.model, feedforward="velocity")
    motions = run_episode(arm, controller, plan, 2)
    assert [plan.success(motion.trajectory) for motion in motions] == [True, True]


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_radius_beyond_the_arm_is_refused_with_the_target_named(gen3, variant):
    with pytest.raises(SpikearmError, match=r"Target \[.*\] m, 1\.3 m from home, is out of reach"):
        plan_task(gen3, CentreOut(variant, targets=3, radius=1.3), seed=2)


def test_a_negative_seed_is_refused(gen3):
    with pytest.raises(SpikearmError, match="Seed -2 is negative"):
        plan_task(gen3, CentreOut(radius=RADIUS), seed=-2)


@pytest.mark.parametrize("radius", [0.0, -0.1, np.inf, np.nan])
def test_an_impossible_radius_is_refused(radius):
    with pytest.raises(SpikearmError, match="is not possible"):
        CentreOut(radius=radius)


@pytest.mark.parametrize("duration", [0.0, -0.1, np.inf, np.nan])
def test_an_impossible_duration_is_refused(duration):
    with pytest.raises(SpikearmError, match=r"duration of .* s is not possible.*above 0"):
        CentreOut(duration=duration)


@pytest.mark.parametrize("time", [-0.1, np.inf, np.nan])
def test_an_impossible_hold_is_refused(time):
    with pytest.raises(SpikearmError, match=r"hold of .* s is not possible.*0 or more"):
        CentreOut(hold=time)


@pytest.mark.parametrize("offset", [-0.1, np.inf, np.nan])
def test_an_impossible_offset_is_refused(offset):
    with pytest.raises(SpikearmError, match=r"offset of .* m is not possible.*0 or more"):
        CentreOut(offset=offset)


def test_a_duration_shorter_than_a_control_step_is_refused(gen3):
    with pytest.raises(SpikearmError, match=r"0\.0005 s is less than a control step.*0\.001 s"):
        plan_task(gen3, CentreOut(duration=0.0005, speed_limits=False), seed=2)


def test_a_motion_too_fast_for_the_joints_is_refused(model):
    task = CentreOut(targets=3, radius=0.1)
    plan_task(model, task, seed=2)
    with pytest.raises(SpikearmError, match=r"0\.1 m from home.*too fast.*longer duration"):
        plan_task(model, replace(task, duration=0.05, speed_limits=False), seed=2)


def largest_speed_share(arm: Arm, task: Task) -> float:
    """Return the largest joint speed over its limit, in the physics, under the analytic law."""
    law = OperationalSpaceController(arm.model)
    return max(
        float((np.abs(motion.trajectory.dq) / arm.chain.velocity_limits).max())
        for number in range(len(task.targets))
        for motion in run_episode(arm, law, task, number)
    )


@pytest.mark.parametrize(("name", "radius"), [("gen3", 0.2), ("jaco2_7dof", 0.15)])
def test_motions_that_are_too_fast_for_the_joints_last_longer(name, radius):
    arm = load_arm(name)
    task = CentreOut(targets=1, radius=radius, duration=0.7, hold=0.1)
    slow, fast = (
        plan_task(arm.model, replace(task, speed_limits=limits), seed=2) for limits in (True, False)
    )
    assert fast.duration == 0.7 < slow.duration
    assert largest_speed_share(arm, fast) > 1.2
    # Limits are all but used: a tenth is kept for control, and durations go by twentieths.
    assert 0.75 < largest_speed_share(arm, slow) < 1.0


def test_a_motion_that_the_joints_bear_lasts_as_long_as_it_was_asked_to():
    model = load_arm("ur5e").model
    assert plan_task(model, CentreOut(targets=3, duration=1.2), seed=2).duration == 1.2


def test_the_duration_asked_for_does_not_move_targets(gen3):
    short, long = (
        plan_task(gen3, CentreOut("pose", targets=3, duration=duration), seed=4)
        for duration in (0.2, 4.0)
    )
    assert short.radius == long.radius
    for one, other in zip(short.targets, long.targets, strict=True):
        np.testing.assert_array_equal(one.quaternion, other.quaternion)


def test_an_offset_beyond_the_arm_is_refused(gen3):
    with pytest.raises(SpikearmError, match=r"starts, 1\.3 m from home, .*smaller offset"):
        plan_task(gen3, CentreOut(radius=RADIUS, offset=1.3), seed=2)


def test_reaches_last_as_long_as_the_task_says(gen3):
    task = CentreOut(targets=2, radius=RADIUS, duration=1.3, hold=0.2)
    plan = plan_task(gen3, task, seed=3)
    assert (plan.duration, plan.hold) == (1.3, 0.2)


@pytest.mark.parametrize("offset", [0.03, 0.08])
def test_reaches_start_at_the_offset_from_home_oriented_as_there(model, offset):
    home = model.dynamics(model.chain.home).hand
    plan = plan_task(model, CentreOut(targets=2, radius=RADIUS, offset=offset), seed=3)
    here = model.dynamics(plan.start_joints).hand
    np.testing.assert_array_equal(here.position, plan.start.position)
    np.testing.assert_array_equal(here.quaternion, plan.start.quaternion)
    assert np.linalg.norm(here.position - home.position) == pytest.approx(offset, abs=1e-5)
    np.testing.assert_allclose(rotation_error(here.quaternion, home.quaternion), 0.0, atol=1e-5)
    assert (model.chain.lower < plan.start_joints).all()
    assert (plan.start_joints < model.chain.upper).all()


def test_without_an_offset_reaches_start_in_the_home_configuration(model):
    plan = plan_task(model, CentreOut(targets=2, radius=RADIUS), seed=3)
    np.testing.assert_array_equal(plan.start_joints, model.chain.home)


def test_the_offsets_direction_is_the_seeds_and_uniform(gen3):
    home = gen3.dynamics(gen3.chain.home).hand.position
    task = CentreOut(targets=1, radius=RADIUS, offset=0.02, speed_limits=False)
    starts = [plan_task(gen3, task, seed).start.position - home for seed in range(40)]
    again = plan_task(gen3, task, seed=7).start.position - home
    np.testing.assert_array_equal(again, starts[7])
    directions = np.array(starts) / 0.02
    # Each coordinate of a uniform direction has mean 0 and variance 1/3 (1 sigma: 0.09, 0.05).
    np.testing.assert_allclose(directions.mean(axis=0), 0.0, atol=0.3)
    np.testing.assert_allclose(np.mean(directions**2, axis=0), 1 / 3, atol=0.16)


def test_a_start_that_the_arm_cannot_follow_is_drawn_again(gen3):
    home, again = gen3.dynamics(gen3.chain.home).hand, 0
    for seed in range(5):
        (rng,) = np.random.default_rng(seed).spawn(1)
        first = Pose(home.position + 0.15 * unit(rng.normal(size=3)), home.quaternion)
        start = plan_task(gen3, CentreOut(targets=1, radius=0.02, offset=0.15), seed).start
        if np.linalg.norm(start.position - first.position) > 1e-3:
            assert not reaches(gen3, MinimumJerk(home, first, 1.0))
            again += 1
    assert 0 < again < 5


@pytest.mark.parametrize("variant", VARIANTS)
def test_targets_are_around_home_wherever_reaches_start_and_however_long_they_last(gen3, variant):
    task = CentreOut(variant, targets=3, radius=RADIUS)
    plain = plan_task(gen3, task, seed=5)
    other = plan_task(gen3, replace(task, offset=0.05, duration=1.4, hold=0.1), seed=5)
    for one, same in zip(plain.targets, other.targets, strict=True):
        np.testing.assert_array_equal(one.position, same.position)
        np.testing.assert_array_equal(one.quaternion, same.quaternion)


def test_a_seeds_first_numbers_are_those_of_its_targets(gen3):
    plan = plan_task(gen3, CentreOut("sphere", targets=4, radius=0.1, offset=0.02), seed=11)
    directions = np.random.default_rng(11).normal(size=(4, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    home = gen3.dynamics(gen3.chain.home).hand.position
    for target, direction in zip(plan.targets, directions, strict=True):
        np.testing.assert_array_equal(target.position, home + 0.1 * direction)


def test_what_is_reached_is_asked_from_where_reaches_start(gen3):
    plan = plan_task(gen3, CentreOut(radius=0.2, offset=0.1), seed=3)
    for target in plan.targets:
        assert reaches(gen3, MinimumJerk(plan.start, target, 1.0), plan.start_joints)


@pytest.mark.parametrize("targets", [0, -3])
def test_too_few_targets_are_refused(targets):
    with pytest.raises(SpikearmError, match="too few"):
        CentreOut(targets=targets)


def test_home_is_the_pose_of_the_home_configuration(model):
    plan = plan_task(model, CentreOut(targets=2, radius=RADIUS), seed=3)
    here: Pose = model.dynamics(model.chain.home).hand
    np.testing.assert_array_equal(plan.start.position, here.position)
    gap = Rotation.from_quat(plan.start.quaternion) * Rotation.from_quat(here.quaternion).inv()
    assert gap.magnitude() == pytest.approx(0.0, abs=1e-12)
