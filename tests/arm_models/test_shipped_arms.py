"""The shipped arms against the figures their makers and describers publish."""

from dataclasses import dataclass

import numpy as np
import pytest

from spikearm.arm_models import ARMS, Arm, load_arm
from spikearm.arm_models.loading.load_arm import read_figures

FREE = (-np.inf, np.inf)
TURN = (-2 * np.pi, 2 * np.pi)


@dataclass(frozen=True)
class Published:
    """Figures of one arm; the ones after ``pose`` hold in that pose.

    They come from the published joint frames, masses, centres of mass and inertias by
    forward kinematics with scipy's rotations, link by link, and not from MuJoCo.

    Attributes:
        mass: Of all that moves [kg].
        torque_limits: Shape (n_joints,) [N m].
        velocity_limits: Shape (n_joints,) [deg/s].
        ranges: Lower and upper joint limits, shape (n_joints, 2) [rad].
        pose: Joint angles of the published home pose, shape (n_joints,) [rad].
        hand: Position of the end effector, shape (3,) [m].
        orientation: Its unit quaternion, scalar first, shape (4,).
        gravity: Torque that holds the arm, shape (n_joints,) [N m].
        inertia: Inertia of all links beyond each joint about its axis, without armature,
            shape (n_joints,) [kg m^2].
    """

    mass: float
    torque_limits: tuple[float, ...]
    velocity_limits: tuple[float, ...]
    ranges: tuple[tuple[float, float], ...]
    pose: tuple[float, ...]
    hand: tuple[float, ...]
    orientation: tuple[float, ...]
    gravity: tuple[float, ...]
    inertia: tuple[float, ...]


def degrees(lower: float, upper: float) -> tuple[float, float]:
    return np.radians(lower), np.radians(upper)


PUBLISHED = {
    "gen3": Published(
        mass=6.4909,
        torque_limits=(39.0, 39, 39, 39, 9, 9, 9),
        velocity_limits=(80.0, 80, 80, 80, 70, 70, 70),
        ranges=(FREE, (-2.24, 2.24), FREE, (-2.57, 2.57), FREE, (-2.09, 2.09), FREE),
        pose=(0.0, 0.26179939, 3.14159265, -2.26892803, 0.0, 0.95993109, 1.57079633),
        hand=(0.456665, 0.00135, 0.433724),
        orientation=(0.5, 0.5, 0.5, 0.5),
        gravity=(0.0, -8.726914, -0.092445, 4.486114, -0.003275, 0.968306, -0.001378),
        inertia=(0.256551, 0.564646, 0.167849, 0.233367, 0.008736, 0.012907, 0.000674),
    ),
    "panda": Published(
        mass=16.062132,
        torque_limits=(87.0, 87.0, 87.0, 87.0, 12.0, 12.0, 12.0),
        velocity_limits=(*np.degrees([2.175] * 4), *np.degrees([2.61] * 3)),
        ranges=(
            (-2.8973, 2.8973),
            (-1.7628, 1.7628),
            (-2.8973, 2.8973),
            (-3.0718, -0.0698),
            (-2.8973, 2.8973),
            (-0.0175, 3.7525),
            (-2.8973, 2.8973),
        ),
        pose=(0.0, 0.0, 0.0, -1.57079, 0.0, 1.57079, -0.7853),
        hand=(0.554499, 0.0, 0.624502),
        orientation=(0.0, -0.707072, 0.707141, 0.0),
        gravity=(0.0, -25.221834, 0.0, 18.530178, 0.741161, 1.650304, 0.0),
        inertia=(1.173202, 2.408296, 1.135864, 0.785351, 0.027065, 0.032568, 0.00491),
    ),
    "fr3": Published(
        mass=15.494813,
        torque_limits=(87.0, 87.0, 87.0, 87.0, 12.0, 12.0, 12.0),
        velocity_limits=(*np.degrees([2.62] * 4), *np.degrees([5.26, 4.18, 5.26])),
        ranges=(
            (-2.9007, 2.9007),
            (-1.8361, 1.8361),
            (-2.9007, 2.9007),
            (-3.077, -0.1169),
            (-2.8763, 2.8763),
            (0.4398, 4.6216),
            (-3.0508, 3.0508),
        ),
        pose=(0.0, 0.0, 0.0, -1.57079, 0.0, 1.57079, -0.7853),
        hand=(0.554499, 0.0, 0.624502),
        orientation=(0.0, 0.923898, 0.382638, 0.0),
        gravity=(0.0, -25.999663, 0.0, 19.033248, 0.831244, 1.662995, 0.0),
        inertia=(1.233271, 2.522045, 1.200556, 0.841336, 0.027419, 0.031938, 0.000119),
    ),
    "iiwa14": Published(
        mass=25.61,
        torque_limits=(320.0, 320, 176, 176, 110, 40, 40),
        velocity_limits=(85.0, 85, 100, 75, 130, 135, 135),
        ranges=(
            (-2.96706, 2.96706),
            (-2.0944, 2.0944),
            (-2.96706, 2.96706),
            (-2.0944, 2.0944),
            (-2.96706, 2.96706),
            (-2.0944, 2.0944),
            (-3.05433, 3.05433),
        ),
        pose=(0.0, 0.785398, 0.0, -1.5708, 0.0, 0.0, 0.0),
        hand=(0.668922, 0.0, 0.285045),
        orientation=(0.382682, 0.0, 0.92388, 0.0),
        gravity=(0.0, -56.966859, -0.601968, 17.125863, -0.504853, -0.848219, 0.0),
        inertia=(2.645876, 3.106295, 0.892528, 0.874088, 0.010634, 0.017942, 0.001),
    ),
    "ur5e": Published(
        mass=17.7,
        torque_limits=(150.0, 150, 150, 28, 28, 28),
        velocity_limits=(180.0,) * 6,
        ranges=(TURN, TURN, (-np.pi, np.pi), TURN, TURN, TURN),
        pose=(-1.5708, -1.5708, 1.5708, -1.5708, -1.5708, 0),
        hand=(0.133298, -0.491899, 0.4879),
        orientation=(-2e-06, 2e-06, 1.0, -2e-06),
        gravity=(0.0, -20.264117, -20.264269, -1.825116, -2e-06, 0.0),
        inertia=(1.013243, 2.347538, 0.83613, 0.025191, 0.006177, 0.000132),
    ),
    "jaco2_7dof": Published(
        mass=5.0294,
        torque_limits=(40.0, 80.0, 40.0, 40.0, 20.0, 20.0, 20.0),
        velocity_limits=(36.0, 36, 36, 36, 48, 48, 48),
        ranges=(FREE, degrees(47, 313), FREE, degrees(30, 330), FREE, degrees(65, 295), FREE),
        pose=(4.71, 2.84, 0.0, 0.75, 4.62, 4.48, 4.88),
        hand=(0.265873, -0.212123, 0.503074),
        orientation=(0.46231, 0.637132, 0.335003, 0.517789),
        gravity=(0.0, -1.682988, 0.603326, 5.791264, -1.527873, 0.910436, 0.0),
        inertia=(0.095457, 0.343969, 0.133494, 0.207422, 0.027094, 0.028468, 0.000582),
    ),
    "jaco2_6dof": Published(
        mass=4.33,
        torque_limits=(40.0, 80.0, 40.0, 20.0, 20.0, 20.0),
        velocity_limits=(36.0, 36, 36, 48, 48, 48),
        ranges=(FREE, degrees(47, 313), degrees(19, 341), FREE, degrees(30, 330), FREE),
        pose=(0.0, 2.9, 1.3, 4.2, 1.4, 0.0),
        hand=(-0.164295, 0.216733, 0.538449),
        orientation=(0.417022, -0.58208, 0.632584, 0.295149),
        gravity=(0.0, -2.847644, 5.821991, 1.559285, -0.203532, 0.0),
        inertia=(0.08937, 0.453996, 0.16698, 0.027765, 0.028468, 0.000582),
    ),
}
OWN_HOME = "jaco2_7dof"  # its published home is folded up; the arm starts stretched out
DIGITS = 2e-6  # half of the last digit of the table, and the rounding of home and axes


@pytest.fixture(params=PUBLISHED)
def name(request) -> str:
    return request.param


@pytest.fixture
def arm(name) -> Arm:
    return load_arm(name, home=PUBLISHED[name].pose)


@pytest.fixture
def published(name) -> Published:
    return PUBLISHED[name]


def test_the_arm_has_the_published_joints(arm, published):
    assert arm.chain.n_joints == len(published.pose)
    np.testing.assert_array_equal(arm.chain.torque_limits, published.torque_limits)
    speeds = np.degrees(arm.chain.velocity_limits)
    np.testing.assert_allclose(speeds, published.velocity_limits, rtol=1e-4)
    assert arm.chain.estimated_velocities == ()
    ranges = np.stack([arm.chain.lower, arm.chain.upper], axis=1)
    np.testing.assert_allclose(ranges, published.ranges, rtol=1e-9)


@pytest.mark.parametrize("name", [name for name in PUBLISHED if name != OWN_HOME])
def test_the_arm_starts_at_the_published_home(name):
    np.testing.assert_allclose(load_arm(name).chain.home, PUBLISHED[name].pose, atol=DIGITS)


def test_the_arm_starts_inside_its_limits(name):
    chain = load_arm(name).chain
    assert (chain.lower < chain.home).all()
    assert (chain.home < chain.upper).all()


def test_the_hand_is_where_the_published_frames_put_it(arm, published):
    hand = arm.state.hand
    np.testing.assert_allclose(hand.position, published.hand, atol=DIGITS)
    assert abs(hand.quaternion @ published.orientation) == pytest.approx(1, abs=1e-6)


def test_what_moves_weighs_what_is_published(arm, published):
    assert arm.model.mass == pytest.approx(published.mass, rel=1e-6)


def test_gravity_pulls_as_the_published_masses_do_and_the_motors_can_hold_it(arm, published):
    gravity = arm.model.dynamics(arm.chain.home).bias_force
    np.testing.assert_allclose(gravity, published.gravity, rtol=2e-5, atol=2e-5)
    assert (np.abs(gravity) < arm.chain.torque_limits).all()
    assert np.abs(gravity).max() > 1  # N m


def test_links_turn_as_hard_as_the_published_inertias_and_the_armature_make_them(arm, published):
    model, _ = arm.scene
    armature = model.dof_armature[arm.chain.dof]
    assert (armature >= 0.01).all()  # less is numerically stiff under a torque loop
    M = arm.model.dynamics(arm.chain.home).mass_matrix
    np.testing.assert_allclose(np.diag(M) - armature, published.inertia, rtol=2e-5, atol=DIGITS)


def test_nothing_of_the_drawing_weighs_or_touches_anything(arm):
    model, data = arm.scene
    assert model.ngeom > arm.chain.n_joints
    arm.reset(np.zeros(arm.chain.n_joints))  # many arms run through themselves here
    assert data.ncon == 0


@pytest.mark.parametrize("name", ARMS)
def test_the_figures_that_are_listed_are_those_of_the_arm(name):
    arm, figures = load_arm(name), read_figures(name)
    assert figures.n_joints == arm.chain.n_joints
    assert figures.mass == pytest.approx(arm.model.mass)
    np.testing.assert_array_equal(figures.torque_limits, arm.chain.torque_limits)
    np.testing.assert_array_equal(figures.velocity_limits, arm.chain.velocity_limits)
