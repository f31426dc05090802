"""The search for a home pose, held against an arm whose best one is known."""

import numpy as np
import pytest
from gantry import MIDDLE, write_gantry
from six_joint_arm import SixJointArm

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.experiments.onboarding import home_search
from spikearm.experiments.onboarding.home_candidate import conditioning_at
from spikearm.experiments.onboarding.home_search import search_home
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(home_search, "N_DRAWN", 400)
    monkeypatch.setattr(home_search, "N_TRIED", 2)


@pytest.fixture
def gantry(tmp_path):
    return load_arm(write_gantry(tmp_path)).model


def test_a_gantrys_hand_is_put_where_the_largest_circle_fits_with_its_wrist_at_a_right_angle(
    gantry, small
):
    best = search_home(gantry)[0]
    assert best.circle == 0.2
    assert not best.is_files
    pose = dict(zip(gantry.chain.joints, best.joints, strict=True))
    # Slides of 0.6 m leave 0.2 m to both sides, and 5 mm past a target, only around their middle.
    assert all(abs(pose[name] - middle) <= 0.08 for name, middle in MIDDLE.items())
    assert abs(np.cos(pose["pitch"])) < 0.3


@pytest.mark.parametrize("angle", [0.6, np.pi / 2, 2.0])
def test_conditioning_of_a_wrist_is_that_of_the_angle_between_its_axes(gantry, angle):
    """Axes with the cosine c between the outer two have singular values 1 and sqrt(1 +- c)."""
    found = conditioning_at(gantry.dynamics(np.array([0.7, 0.2, 0.5, 0.3, angle, -0.2])))
    assert found == pytest.approx(np.sqrt(1 - abs(np.cos(angle))), rel=1e-9)


@pytest.mark.slow
def test_the_searched_pose_reaches_where_the_files_does_not(tmp_path, small):
    path = SixJointArm(key="").write(tmp_path)  # stretched upwards
    with pytest.raises(SpikearmError, match="out of reach"):
        plan_task(load_arm(path).model, CentreOut(), seed=0)
    found = search_home(load_arm(path).model)
    arm = load_arm(path, home=found[0].joints.tolist())
    assert plan_task(arm.model, CentreOut(), seed=0).radius == found[0].circle > 0
    inside = (arm.chain.home > arm.chain.lower) & (arm.chain.home < arm.chain.upper)
    assert inside.all()


@pytest.mark.slow
def test_one_seed_gives_one_pose_and_another_seed_another(tmp_path, small):
    model = load_arm(SixJointArm(key="").write(tmp_path)).model
    first, again, other = (search_home(model, seed)[0].joints for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.slow
def test_the_files_pose_stays_where_none_reaches_farther(tmp_path, small):
    arm = load_arm(SixJointArm().write(tmp_path))
    best = search_home(arm.model)[0]
    assert best.circle == 0.2
    np.testing.assert_array_equal(best.joints, arm.chain.home)


def test_an_arm_that_cannot_hold_itself_is_refused_with_the_reason(tmp_path, small):
    weak = load_arm(write_gantry(tmp_path, torque=1.0)).model
    with pytest.raises(SpikearmError, match=r"more than 70 % of a joint's torque limit"):
        search_home(weak)


def test_an_arm_of_too_few_joints_is_refused():
    with pytest.raises(SpikearmError, match="needs 6 joints or more"):
        search_home(load_arm("planar2").model)
