"""The task: where the targets are, and which are refused."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from arm_models import Pose, RigidBodyModel, SpikearmError, load_arm
from controller.joint_reference import reaches
from controller.reference import MinimumJerk, rotation_error
from experiments.centre_out import (
    MOVE_TIME,
    N_TURNS,
    POSE_TURN,
    RADII,
    CentreOut,
    Reaches,
    Variant,
    forward_axis,
    plan_reaches,
)

VARIANTS: list[Variant] = ["circle", "sphere", "pose"]
ARMS_TESTED = ["gen3", "ur5e", "jaco2_6dof"]
RADIUS = 0.04  # m


@pytest.fixture(params=ARMS_TESTED)
def model(request) -> RigidBodyModel:
    return load_arm(request.param).model


@pytest.fixture
def gen3() -> RigidBodyModel:
    return load_arm("gen3").model


def offsets(reaches: Reaches) -> np.ndarray:
    """Give every target's offset from home, shape (n_targets, 3) [m]."""
    return np.array([target.position - reaches.home.position for target in reaches.targets])


def turns(reaches: Reaches) -> np.ndarray:
    """Give every target's rotation vector from home, shape (n_targets, 3) [rad]."""
    quaternion = reaches.home.quaternion
    return np.array([rotation_error(target.quaternion, quaternion) for target in reaches.targets])


@pytest.mark.parametrize("variant", VARIANTS)
def test_targets_are_at_the_radius_from_home(model, variant):
    plan = plan_reaches(model, CentreOut(variant, targets=5, radius=RADIUS), seed=3)
    assert len(plan.targets) == 5
    assert plan.radius == RADIUS
    np.testing.assert_allclose(np.linalg.norm(offsets(plan), axis=1), RADIUS)


@pytest.mark.parametrize("variant", ["circle", "pose"])
def test_the_circle_is_normal_to_the_forward_axis_and_evenly_divided(model, variant: Variant):
    plan = plan_reaches(model, CentreOut(variant, targets=5, radius=RADIUS), seed=3)
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
    plan = plan_reaches(gen3, CentreOut(targets=4, radius=0.2), seed=5)
    np.testing.assert_allclose(forward_axis(gen3), [1.0, 0.0, 0.0], atol=0.01)
    np.testing.assert_allclose(offsets(plan)[1], [0.0, 0.0, 0.2], atol=1e-12)
    np.testing.assert_allclose(offsets(plan)[3], [0.0, 0.0, -0.2], atol=1e-12)


@pytest.mark.parametrize("variant", ["circle", "sphere"])
def test_without_a_turn_every_target_keeps_the_homes_orientation(gen3, variant: Variant):
    plan = plan_reaches(gen3, CentreOut(variant, targets=5, radius=RADIUS), seed=3)
    np.testing.assert_allclose(turns(plan), 0.0, atol=1e-9)


def test_a_pose_target_is_turned_by_30_degrees_about_an_axis_of_its_own(gen3):
    plan = plan_reaches(gen3, CentreOut("pose", targets=5, radius=RADIUS), seed=3)
    angles = np.linalg.norm(turns(plan), axis=1)
    np.testing.assert_allclose(angles, np.radians(30.0), atol=1e-9)
    axes = turns(plan) / POSE_TURN
    assert np.max(np.triu(axes @ axes.T, k=1)) < 0.999


def test_a_turn_that_the_arm_cannot_follow_is_drawn_again(gen3):
    plan = plan_reaches(gen3, CentreOut("pose", radius=0.2), seed=1)
    rng, again = np.random.default_rng(1), 0
    home = Rotation.from_quat(plan.home.quaternion, scalar_first=True)
    for target, turn in zip(plan.targets, turns(plan), strict=True):
        first = rng.normal(size=(N_TURNS, 3))[0]
        first *= POSE_TURN / np.linalg.norm(first)
        if not np.allclose(turn, first, atol=1e-6):
            quaternion = (Rotation.from_rotvec(first) * home).as_quat(scalar_first=True)
            untaken = MinimumJerk(plan.home, Pose(target.position, quaternion), MOVE_TIME)
            assert not reaches(gen3, untaken)
            again += 1
    assert 0 < again < len(plan.targets)


def test_sphere_targets_leave_the_plane_on_all_sides(gen3):
    plan = plan_reaches(gen3, CentreOut("sphere", targets=90, radius=RADIUS), seed=8)
    directions = offsets(plan) / RADIUS
    # Uniform on the sphere: each coordinate is uniform, of variance 1/3 (1 sigma: 0.03).
    np.testing.assert_allclose(directions.mean(axis=0), 0.0, atol=0.2)
    np.testing.assert_allclose(np.mean(directions**2, axis=0), 1 / 3, atol=0.1)


@pytest.mark.parametrize("variant", ["sphere", "pose"])
def test_one_seed_places_the_same_targets_and_two_seeds_do_not(gen3, variant: Variant):
    task = CentreOut(variant, targets=3, radius=RADIUS)
    first, again, other = (plan_reaches(gen3, task, seed) for seed in (12, 12, 13))
    drawn = [np.hstack([offsets(plan), turns(plan)]) for plan in (first, again, other)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert np.abs(drawn[0] - drawn[2]).max(axis=1).min() > 1e-3


def test_the_circle_does_not_depend_on_the_seed(gen3):
    first, other = (plan_reaches(gen3, CentreOut(radius=RADIUS), seed) for seed in (4, 9))
    np.testing.assert_array_equal(offsets(first), offsets(other))


@pytest.mark.parametrize(("name", "radius"), [("gen3", 0.20), ("panda", 0.10)])
def test_the_default_radius_is_the_largest_that_the_arm_reaches(name, radius):
    model = load_arm(name).model
    plan = plan_reaches(model, CentreOut(), seed=2)
    assert plan.radius == radius
    assert len(plan.targets) == 8
    for larger in (r for r in RADII if r > radius):
        with pytest.raises(SpikearmError, match="out of reach"):
            plan_reaches(model, CentreOut(radius=larger), seed=2)


def test_every_planned_target_is_reached_by_the_kinematics(model):
    plan = plan_reaches(model, CentreOut("pose", targets=3, radius=RADIUS), seed=6)
    assert all(reaches(model, MinimumJerk(plan.home, t, MOVE_TIME)) for t in plan.targets)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_radius_beyond_the_arm_is_refused_with_the_target_named(gen3, variant):
    with pytest.raises(SpikearmError, match=r"Target \[.*\] m, 1\.3 m from home, is out of reach"):
        plan_reaches(gen3, CentreOut(variant, targets=3, radius=1.3), seed=2)


def test_a_negative_seed_is_refused(gen3):
    with pytest.raises(SpikearmError, match="Seed -2 is negative"):
        plan_reaches(gen3, CentreOut(radius=RADIUS), seed=-2)


@pytest.mark.parametrize("radius", [0.0, -0.1, np.inf, np.nan])
def test_an_impossible_radius_is_refused(radius):
    with pytest.raises(SpikearmError, match="is not possible"):
        CentreOut(radius=radius)


@pytest.mark.parametrize("targets", [0, -3])
def test_too_few_targets_are_refused(targets):
    with pytest.raises(SpikearmError, match="too few"):
        CentreOut(targets=targets)


def test_home_is_the_pose_of_the_home_configuration(model):
    plan = plan_reaches(model, CentreOut(targets=2, radius=RADIUS), seed=3)
    here: Pose = model.dynamics(model.chain.home).hand
    np.testing.assert_array_equal(plan.home.position, here.position)
    gap = Rotation.from_quat(plan.home.quaternion) * Rotation.from_quat(here.quaternion).inv()
    assert gap.magnitude() == pytest.approx(0.0, abs=1e-12)
