"""Arm profiles: what an arm is loaded with, in a file."""

import hashlib
import tomllib
from dataclasses import asdict, replace

import numpy as np
import pytest
from six_joint_arm import SixJointArm

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.arm_models.loading.profile import ArmProfile, file_hash, read_profile

HOME = (0.1, -0.6, 1.6, 0.57, 1.2, 0.2)


@pytest.fixture
def model_file(tmp_path):
    (tmp_path / "models").mkdir()
    return SixJointArm().write(tmp_path / "models")


@pytest.fixture
def profile(model_file):
    return ArmProfile(
        name="mine", file=str(model_file), sha256=file_hash(model_file),
        joints=tuple(f"joint{n}" for n in range(1, 7)), end_effector="tcp", home=HOME,
        torque_limits=(90.0, 80.0, 70.0, 30.0, 20.0, 10.0), velocity_limits=(2.5,) * 6,
        armature=(0.05, 0.05, 0.05, 0.03, 0.02, 0.01), end_effector_offset=(0.0, 0.01, 0.02),
    )  # fmt: skip


@pytest.fixture
def path(profile, tmp_path):
    (tmp_path / "profiles").mkdir()
    place = tmp_path / "profiles" / "mine.toml"
    place.write_text(profile.as_toml(place))
    return place


def test_a_profile_is_read_as_it_was_written(profile, path):
    assert read_profile(path) == profile
    assert asdict(profile) | tomllib.loads(path.read_text()) | {"file": profile.file} == {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(profile).items()
    }


def test_the_hash_is_the_sha256_that_other_tools_print(profile, model_file):
    assert profile.sha256 == hashlib.sha256(model_file.read_bytes()).hexdigest()


def test_profile_and_model_can_be_moved_together(path, tmp_path):
    moved = tmp_path.parent / f"{tmp_path.name}-moved"
    tmp_path.rename(moved)
    assert load_arm(moved / "profiles" / "mine.toml").name == "mine"


def test_an_arm_has_what_its_profile_says(profile, path):
    arm = load_arm(path)
    assert (arm.name, arm.chain.joints) == ("mine", profile.joints)
    for name in ("home", "torque_limits", "velocity_limits"):
        np.testing.assert_array_equal(getattr(arm.chain, name), getattr(profile, name))
    assert arm.chain.estimated_velocities == ()
    bare = load_arm(path, armature=0)
    added = arm.model.dynamics(np.array(HOME)).mass_matrix
    added = added - bare.model.dynamics(np.array(HOME)).mass_matrix
    np.testing.assert_allclose(added, np.diag(profile.armature), atol=1e-12)


def test_the_hand_is_offset_as_the_profile_says(profile, path):
    without = load_arm(profile.file, end_effector="tcp", home=HOME).state.hand.position
    distance = np.linalg.norm(load_arm(path).state.hand.position - without)
    np.testing.assert_allclose(distance, np.hypot(0.01, 0.02), rtol=1e-9)


def test_an_option_wins_over_the_profile(path):
    arm = load_arm(path, velocity_limits=[1.0] * 6, weightless=True)
    np.testing.assert_array_equal(arm.chain.velocity_limits, 1.0)
    np.testing.assert_array_equal(arm.chain.home, HOME)
    assert not arm.model.gravity.any()


def test_a_model_file_that_changed_is_refused_with_its_new_hash(path, model_file):
    model_file.write_text(model_file.read_text() + "\n")
    with pytest.raises(SpikearmError, match="is not the file that arm profile") as refusal:
        load_arm(path)
    path.write_text(path.read_text().replace(read_hash(path), file_hash(model_file)))
    assert file_hash(model_file) in str(refusal.value)
    assert load_arm(path).name == "mine"


def read_hash(path):
    return tomllib.loads(path.read_text())["sha256"]


def test_a_model_file_that_is_gone_is_named(path, model_file):
    model_file.unlink()
    with pytest.raises(SpikearmError, match=rf"model file .* is not there: '.*{model_file.name}'"):
        load_arm(path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "mine"\n', "", "lacks name|missing required field `name`"),
        ('name = "mine"', "name = 3", "`str`"),
        ('name = "mine"', 'name = "mine"\nspeed = 1', r"no use for \['speed'\]"),
        ('name = "mine"', "name = ", "is no arm profile"),
        ('"joint6"', '"joint5", "joint6"', r"home has 6 numbers, but there are 7 joints"),
        ("2.5", "nan", "velocity_limits is nan"),
    ],
)
def test_a_damaged_profile_says_what_is_wrong(path, old, new, said):
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(SpikearmError, match=said):
        load_arm(path)


def test_a_profile_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SpikearmError, match=r"Cannot read arm profile '.*none\.toml'"):
        load_arm(tmp_path / "none.toml")


def test_a_profile_has_a_number_for_each_joint(profile):
    with pytest.raises(SpikearmError, match="armature has 1 numbers, but there are 6 joints"):
        replace(profile, armature=(0.02,))
