"""Forces on the chain of a file in the wild: the analytic law follows in spite of them, or the
loader names them."""

import re

import numpy as np
import pytest
from six_joint_arm import HOME, SixJointArm

from spikearm.arm_models import Arm, Pose, SpikearmError, load_arm
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.references.minimum_jerk import MinimumJerk

DEVIATION = 1e-4  # m
MOCAP = '<body name="pointer" mocap="true" pos="0.2 0.3 0.9"/>'
LIFT = """<joint name="lift" type="slide" axis="0 0 1" range="0 0.5" damping="100"/>
  <geom type="box" size="0.1 0.1 0.1" mass="20" contype="0" conaffinity="0"/>"""
LIFTER = '<position name="lifter" joint="lift" kp="20000" ctrlrange="0 0.5"/>'
JAW = """<body name="jaw" pos="0 0.06 0"><joint name="jaw" type="slide" axis="0 0 1"
  range="0 0.05" damping="5"/>
  <geom type="box" size="0.01 0.03 0.01" mass="0.1" contype="0"/></body>"""
JAW_SERVO = '<position name="{name}" joint="jaw" kp="100"/>'
ON_LIFT = {"joints": [f"joint{n}" for n in range(1, 7)]}
BRACKET = '<site name="bracket" pos="-0.6 0 0.9"/>'
CABLE = """<tendon><spatial name="cable" {more}><site site="bracket"/><site site="eye"/></spatial>
  </tendon>"""
EYE = '<site name="eye" pos="0 0 0.3"/>'
BELT = """<tendon><fixed name="belt" {more}><joint joint="joint2" coef="1"/>
  <joint joint="joint3" coef="0.5"/></fixed></tendon>"""

HANDLED = {
    "nothing": (SixJointArm(), {}),
    "a group of actuators off": (SixJointArm(top='<option actuatorgroupdisable="0"/>'), {}),
    "actuation off": (SixJointArm(top='<option><flag actuation="disable"/></option>'), {}),
    "gravity off": (SixJointArm(top='<option><flag gravity="disable"/></option>'), {}),
    "friction off": (
        SixJointArm(
            top='<option><flag frictionloss="disable"/></option>', joint='frictionloss="9"'
        ),
        {},
    ),
    "damping off": (SixJointArm(top='<option><flag damper="disable"/></option>'), {}),
    "constraints off": (
        SixJointArm(top='<option><flag constraint="disable"/></option>', joint='frictionloss="9"'),
        {},
    ),
    "a hand welded to a mocap body": (
        SixJointArm(
            world=MOCAP, bottom='<equality><weld body1="pointer" body2="link6"/></equality>'
        ),
        {},
    ),
    "a finger connected to a mocap body": (
        SixJointArm(
            world=MOCAP,
            hand=JAW,
            bottom="""<equality><connect body1="jaw" body2="pointer" anchor="0 0 0"/></equality>""",
            key='qpos="{home} 0"',
        ),
        {},
    ),
    "sites welded, of which one is a mocap body's": (
        SixJointArm(
            world=MOCAP.replace("/>", '><site name="mark"/></body>'),
            bottom='<equality><weld site1="mark" site2="tcp"/></equality>',
        ),
        {},
    ),
    "a constraint that is not active": (
        SixJointArm(bottom='<equality><weld body1="link6" active="false"/></equality>'),
        {},
    ),
    "a lift that the keyframe's control holds": (
        SixJointArm(
            carrier=LIFT, actuator=LIFTER, key='qpos="0.3 {home}" ctrl="0.3 0 0 0 0 0 0"'
        ),
        ON_LIFT,
    ),
    "a lift whose keyframe has no controls": (
        SixJointArm(carrier=LIFT, actuator=LIFTER, key='qpos="0.3 {home}"'),
        ON_LIFT,
    ),
    "a base that a mocap body carries": (
        SixJointArm(base='mocap="true"', key='qpos="{home}" mpos="0.3 0 0.5" mquat="0 0 0 1"'),
        {},
    ),
    "a base that friction holds on a rail": (
        SixJointArm(
            carrier='<joint name="rail" type="slide" axis="1 0 0" frictionloss="300"/>',
            key='qpos="0.2 {home}"',
        ),
        ON_LIFT,
    ),
    "bodies that may sleep": (SixJointArm(top='<option><flag sleep="enable"/></option>'), {}),
    "a motor's name taken": (
        SixJointArm(
            hand=JAW, actuator=JAW_SERVO.format(name="joint1_torque"), key='qpos="{home} 0"'
        ),
        {},
    ),
    "the hand's name taken": (
        SixJointArm(hand='<site name="spikearm_hand"/>'),
        {"end_effector": "link6", "end_effector_offset": [0, 0.06, 0]},
    ),
    "the markers' and the payload's names taken": (
        SixJointArm(
            world="".join(
                f'<body name="spikearm_{name}"><geom size="0.01" contype="0"/></body>'
                for name in ("target", "reference", "payload")
            )
        ),
        {},
    ),
    "a prefix that speaks of grippers": (SixJointArm(prefix="arm_with_gripper/"), {}),
    "springs of joints": (SixJointArm(joint='stiffness="15" springref="0.4"'), {}),
    "a spring between links": (
        SixJointArm(bottom=BELT.format(more='stiffness="60" springlength="0.1"')),
        {},
    ),
    "a spring between a link and a wall": (
        SixJointArm(
            world=BRACKET, forearm=EYE,
            bottom=CABLE.format(more='stiffness="80" springlength="0.2"'),
        ),
        {},
    ),
    "gravity compensated": (
        SixJointArm(hand='<body gravcomp="1"><geom size="0.03" mass="2" contype="0"/></body>'),
        {},
    ),
    "water": (SixJointArm(top='<option density="1000" viscosity="0.001"/>'), {}),
    "wind": (SixJointArm(top='<option density="1.2" wind="0 15 0"/>'), {}),
    "a thruster in the hand": (
        SixJointArm(
            actuator='<general name="fan" site="tcp" gear="0 0 1 0 0 0" biastype="affine" '
            'biasprm="25"/>'
        ),
        {},
    ),
    "a winch on a cable": (
        SixJointArm(
            world=BRACKET, forearm=EYE, bottom=CABLE.format(more=""),
            actuator='<position name="winch" tendon="cable" kp="500"/>',
        ),
        {},
    ),
    "rotor inertia and damping of motors": (
        SixJointArm(
            actuator='<motor name="geared" joint="joint2" gear="30" armature="0.001" '
            'damping="0.002"/>'
        ),
        {"torque_limits": [150, 150, 100, 30, 30, 20]},
    ),
    "links that overlap in any pose": (
        SixJointArm(
            contact=True, forearm='<geom size="0.09" pos="0 0 0.32" mass="0.01"/>'
        ),
        {},
    ),
    "a keyframe rounded past a limit": (SixJointArm(key='qpos="0 -0.6 1.6 0.57 1.2 3.1004"'), {}),
}  # fmt: skip


def deviation(arm: Arm) -> float:
    """Reach 5 cm aside with the analytic law, and return the largest deviation [m]."""
    controller, home = OperationalSpaceController(arm.model), arm.reset().hand
    controller.start(arm.state)
    goal = Pose(home.position + np.array([0.02, 0.03, -0.035]), home.quaternion)
    trajectory = follow(arm, controller, MinimumJerk(home, goal, 0.5), 0.7)
    off = trajectory.hand_position - trajectory.reference_position
    return float(np.linalg.norm(off, axis=1).max())


@pytest.mark.parametrize("kind", HANDLED)
def test_the_analytic_law_follows_an_arm_with(tmp_path, kind):
    file, options = HANDLED[kind]
    assert deviation(load_arm(file.write(tmp_path), **options)) < DEVIATION


REFUSED = {
    "a base that floats": (
        SixJointArm(carrier='<freejoint name="root"/>', key=""),
        {"home": HOME},
        r"body 'base', which floats freely \(joint 'root'\)",
    ),
    "a lift that nothing holds": (
        SixJointArm(carrier=LIFT, key='qpos="0.3 {home}"'),
        ON_LIFT,
        r"Joint 'lift' carries the arm.*nothing holds it",
    ),
    "a hand welded to the world": (
        SixJointArm(bottom='<equality><weld name="pin" body1="link6"/></equality>'),
        {},
        r"weld 'pin' of 'link6' and 'world' acts on the arm's joints.*active='false'",
    ),
    "a loop of links": (
        SixJointArm(
            bottom="""<equality><connect name="strut" body1="link2" body2="link4"
              anchor="0 0.1 0.4"/></equality>"""
        ),
        {},
        r"connection 'strut' of 'link2' and 'link4'",
    ),
    "an object welded to the hand": (
        SixJointArm(
            world="""<body name="box" pos="1 1 1"><freejoint/><geom size="0.05"/></body>""",
            bottom='<equality><weld body1="link6" body2="box"/></equality>',
            key="",
        ),
        {"home": HOME},
        "weld of 'link6' and 'box'",
    ),
    "joints coupled with each other": (
        SixJointArm(
            bottom='<equality><joint joint1="joint2" joint2="joint3"/></equality>',
        ),
        {"joints": [f"joint{n}" for n in range(1, 7)]},
        "coupling of joints of 'joint2' and 'joint3'",
    ),
    "a tendon of fixed length": (
        SixJointArm(
            bottom=BELT.format(more="") + '<equality><tendon tendon1="belt"/></equality>'
        ),
        {},
        "coupling of tendons of 'belt'",
    ),
    "a damper between links": (
        SixJointArm(bottom=BELT.format(more='damping="60"')),
        {},
        r"damping that is not linear, or a tendon's.*'joint\d' with -?\d",
    ),
    "damping that is not linear": (
        SixJointArm(damping="0.5 40"),
        {},
        "damping that is not linear",
    ),
    "a cable with a limit": (
        SixJointArm(
            world=BRACKET, forearm=EYE,
            bottom=CABLE.format(more='limited="true" range="0 0.3"'),
        ),
        {},
        "limit of tendon 'cable'",
    ),
    "a cable with friction": (
        SixJointArm(bottom=BELT.format(more='frictionloss="30"')),
        {},
        "friction of tendon 'belt'",
    ),
    "a wall in the forearm": (
        SixJointArm(
            contact=True,
            world="""<body name="wall" pos="0.25 0.05 0.9"><geom type="box" size="0.2 0.2 0.01"/>
              </body>""",
        ),
        {},
        r"contact of 'link\d' and 'wall'.*at home.*another home pose",
    ),
    "a keyframe outside its limits": (
        SixJointArm(key='qpos="0 -0.6 1.6 0.57 1.2 3.4"'),
        {},
        r"keyframe 'home'.*'joint6' at 3\.400.*-3\.100 to 3\.100",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_the_loader_names(tmp_path, kind):
    file, options, sentence = REFUSED[kind]
    with pytest.raises(SpikearmError, match=sentence):
        load_arm(file.write(tmp_path), **options)


SAID = {
    "a hand welded to a mocap body": "weld of 'pointer' and 'link6' is switched off",
    "a thruster in the hand": "Actuator 'fan' pulls on the arm's joints",
    "links that overlap in any pose": r"Contact of '(link\d|base|world)' and 'link\d' is off",
}


@pytest.mark.parametrize("kind", SAID)
def test_what_is_switched_off_is_said(tmp_path, caplog, kind):
    file, options = HANDLED[kind]
    load_arm(file.write(tmp_path), **options)
    assert re.search(SAID[kind], caplog.text)
    caplog.clear()
    load_arm(SixJointArm().write(tmp_path))
    assert not caplog.records


def test_an_arm_too_weak_for_its_weight_is_told(tmp_path, caplog):
    load_arm(SixJointArm().write(tmp_path), torque_limits=[150, 3, 100, 30, 30, 20])
    assert re.search(r"Joint 'joint2' takes \d+\.?\d* N m .* limit is 3 N m", caplog.text)


def test_a_name_that_is_taken_leaves_the_file_s_own_body_alone(tmp_path):
    file, _ = HANDLED["the markers' and the payload's names taken"]
    arm = load_arm(file.write(tmp_path))
    target = Pose(np.array([0.1, 0.2, 0.3]), np.array([1.0, 0, 0, 0]))
    arm.place_marker("target", target)
    arm.attach_payload(0.5)
    arm.attach_payload(0.0)
    assert arm.scene[0].body("spikearm_payload").mass > 0
    arm.step(np.zeros(6))
    _, data = arm.scene
    np.testing.assert_allclose(data.body("spikearm_target_").xpos, target.position)
    np.testing.assert_array_equal(data.body("spikearm_target").xpos, np.zeros(3))


@pytest.mark.parametrize("prefix", ["", "left/", "cell/robot/"])
def test_the_hand_of_an_attached_model_has_a_usual_name(tmp_path, prefix):
    arm = load_arm(SixJointArm(prefix=prefix).write(tmp_path))
    assert arm.chain.joints == tuple(f"{prefix}joint{n}" for n in range(1, 7))


def test_a_lift_sinks_under_the_arm_before_it_starts(tmp_path):
    file, options = HANDLED["a lift that the keyframe's control holds"]
    arm = load_arm(file.write(tmp_path), **options)
    model, data = arm.scene
    weight = 9.81 * (model.body("base").subtreemass[0])
    height = data.joint("lift").qpos[0]
    assert height == pytest.approx(0.3 - weight / 20000, abs=1e-6)  # weight / stiffness
    for _ in range(100):
        arm.step(arm.dynamics.bias_force)
    assert arm.scene[1].joint("lift").qpos[0] == pytest.approx(height, abs=1e-5)


def test_controls_of_the_keyframe_stay_with_their_actuators(tmp_path):
    jaw = JAW_SERVO.format(name="grip")
    file = SixJointArm(hand=JAW, actuator=jaw, key='qpos="{home} 0" ctrl="0.02 1 2 3 4 5 6"')
    arm = load_arm(file.write(tmp_path))
    model, data = arm.scene
    assert data.actuator("grip").ctrl == pytest.approx(0.02)
    assert model.nu == 7
    np.testing.assert_array_equal(arm.applied_torque, np.zeros(6))


def test_a_force_that_no_one_knows_is_found_whole(tmp_path):
    arm = load_arm(SixJointArm().write(tmp_path))
    assert not arm.unexplained_forces
    force = np.array([3.0, -4.0, 5.0, 0.2, 0.1, -0.3])
    arm.apply_force(force)
    arm.step(arm.dynamics.bias_force)
    (found,) = arm.unexplained_forces
    assert found.cause == "force of an unknown kind"
    # Principle of virtual work, at a Jacobian that one step has hardly changed.
    expected = arm.dynamics.jacobian.T @ force
    np.testing.assert_allclose(found.torque, expected, rtol=1e-3, atol=1e-4)


def test_a_solver_that_the_file_stops_early_is_let_finish(tmp_path):
    hasty = SixJointArm(top='<option iterations="1" ls_iterations="1"/>', joint='frictionloss="1"')
    arm = load_arm(hasty.write(tmp_path))
    arm.reset(dq=np.full(6, 0.5))
    assert all(one.is_dry_friction for one in arm.unexplained_forces)


def test_dry_friction_is_named_by_its_joint(tmp_path):
    arm = load_arm(SixJointArm(joint='frictionloss="2"').write(tmp_path))
    arm.reset(dq=np.array([0, 0, 0, 1.5, 0, 0]))
    found = {one.cause: one.torque for one in arm.unexplained_forces}
    assert found["dry friction of joint 'joint4'"][3] == pytest.approx(-2, abs=1e-3)
    assert all(cause.startswith("dry friction") for cause in found)
