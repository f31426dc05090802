"""Files of other kinds and names: URDF, and descriptions of a package."""

import sys
from types import ModuleType

import numpy as np
import pytest
from six_joint_arm import LIMITS, LINKS, SixJointArm

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.arm_models.loading import model_file as module
from spikearm.arm_models.loading.model_file import model_file

LINK = """<link name="l{n}"><inertial><origin xyz="{direction}"/><mass value="{mass}"/>
  <inertia ixx="0.02" iyy="0.02" izz="0.02" ixy="0" ixz="0" iyz="0"/></inertial>{shape}</link>
  <joint name="j{n}" type="revolute"><parent link="{parent}"/><child link="l{n}"/>
  <origin xyz="{offset}"/><axis xyz="{axis}"/>
  <limit lower="-3.1" upper="3.1" effort="{limit}" velocity="{speed}"/></joint>"""
MESH = '<collision><geometry><mesh filename="package://my/none.stl"/></geometry></collision>'
HOME = (0.1, -0.6, 1.6, 0.57, 1.2, 0.2)


def write_urdf(folder, shape=""):
    """Write the six-joint arm as a URDF file, with a frame for the tool."""
    links = "".join(
        LINK.format(
            n=n, parent=f"l{n - 1}" if n > 1 else "base", offset=offset, axis=axis, mass=mass,
            direction=direction, limit=LIMITS[n - 1], speed=1 + 0.1 * n, shape=shape,
        )
        for n, (offset, axis, direction, mass) in enumerate(LINKS, start=1)
    )  # fmt: skip
    tool = """<link name="tool"/><joint name="fixed" type="fixed"><parent link="l6"/>
      <child link="tool"/><origin xyz="0 0.06 0"/></joint>"""
    path = folder / "six.urdf"
    path.write_text(f'<robot name="six"><link name="base"/>{links}{tool}</robot>')
    return path


def test_a_urdf_moves_its_hand_as_the_same_arm_in_mjcf_does(tmp_path):
    arm = load_arm(write_urdf(tmp_path), end_effector="tool", home=HOME)
    same = load_arm(SixJointArm().write(tmp_path), home=HOME)
    np.testing.assert_allclose(arm.state.hand.position, same.state.hand.position, atol=1e-12)
    np.testing.assert_array_equal(arm.chain.torque_limits, LIMITS)


def test_the_speeds_that_a_urdf_allows_are_kept(tmp_path):
    chain = load_arm(write_urdf(tmp_path), end_effector="tool", home=HOME).chain
    np.testing.assert_allclose(chain.velocity_limits, [1.1, 1.2, 1.3, 1.4, 1.5, 1.6])
    assert chain.estimated_velocities == ()


def test_a_mesh_that_is_missing_is_named_with_what_to_do(tmp_path):
    with pytest.raises(SpikearmError, match=r"none\.stl.*A mesh or texture is missing: put it"):
        load_arm(write_urdf(tmp_path, MESH), end_effector="tool")


@pytest.fixture
def described(tmp_path, monkeypatch):
    """A package of descriptions with one of them."""
    package, mine = ModuleType("robot_descriptions"), ModuleType("mine_mj_description")
    package.__path__ = []
    mine.MJCF_PATH = str(SixJointArm().write(tmp_path))
    monkeypatch.setitem(sys.modules, "robot_descriptions", package)
    monkeypatch.setitem(sys.modules, "robot_descriptions.mine_mj_description", mine)
    monkeypatch.setattr(module, "find_spec", lambda name: object())


def test_the_name_of_a_description_stands_for_its_file(described):
    assert model_file("mine_mj_description").name == "six.xml"
    assert load_arm("mine_mj_description").chain.n_joints == 6


def test_a_description_that_there_is_not_is_refused(described):
    with pytest.raises(SpikearmError, match="has no 'no_description'"):
        model_file("no_description")


def test_without_the_package_its_name_is_told(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(SpikearmError, match="pip install robot_descriptions"):
        model_file("panda_mj_description")
