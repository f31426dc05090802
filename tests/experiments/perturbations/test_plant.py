"""Perturbations of a plant: that they are there, and that they go."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spikearm.arm_models import Arm, load_arm
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.experiments.perturbations.level import Level
from spikearm.experiments.perturbations.loop_setup import LoopSetup
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task

LEVELS = (
    Level("payload", 0.7), Level("payload-off-centre", 0.7), Level("friction", 0.08),
    Level("force-field", 1.5),
)  # fmt: skip
SPEED = 0.3  # m/s, of the hand


@pytest.fixture(params=["gen3", "fr3"])  # without and with friction of its own
def arm(request) -> Arm:
    return load_arm(request.param)


def perturb(arm: Arm, *levels: Level) -> LoopSetup:
    """Perturb an arm; its controller has no part in it."""
    task = plan_task(arm.model, CentreOut(targets=1), seed=0)
    setup = LoopSetup(arm, OperationalSpaceController(arm.model), task)
    for level in levels:
        setup = level.apply(setup, seed=0)
    return setup


def swing(arm: Arm) -> np.ndarray:
    """Move the arm from the same start by the same torques; give where its joints went."""
    n = arm.chain.n_joints
    arm.reset(arm.chain.home + 0.05, np.linspace(0.9, -0.7, n))
    return np.array([arm.step(arm.chain.torque_limits / 9).q for _ in range(20)])


def test_perturbations_add_up_and_all_of_them_go(arm):
    plain = swing(arm)
    setup = perturb(arm, *LEVELS[1:])
    assert np.abs(swing(arm) - plain).max() > 1e-3
    setup.restore()
    np.testing.assert_array_equal(swing(arm), plain)


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_each_perturbation_reaches_the_plant(arm, level):
    plain = swing(arm)
    setup = perturb(arm, level)
    moved = swing(arm)
    assert np.abs(moved - plain).max() > 1e-4
    setup.restore()
    np.testing.assert_array_equal(swing(arm), plain)
    perturb(arm, level)
    np.testing.assert_array_equal(swing(arm), moved)


def test_a_payload_off_centre_is_along_the_hand_s_x(arm):
    plain = arm.model.dynamics(arm.chain.home)
    perturb(arm, Level("payload-off-centre", 2.0))
    to_ball = Rotation.from_quat(plain.hand.quaternion, scalar_first=True).apply([0.05, 0, 0])
    J_ball = plain.jacobian[:3] + np.cross(plain.jacobian[3:], to_ball, axis=0)
    added = arm.dynamics.bias_force - plain.bias_force
    np.testing.assert_allclose(added, J_ball.T @ [0, 0, 2.0 * 9.81], atol=1e-9)


def test_friction_adds_to_what_the_arm_s_file_has(arm):
    n = arm.chain.n_joints
    dq = np.linspace(1.9, 1.2, n) * np.resize([1, -1], n)  # rad/s, fast enough to be sliding

    def accelerate() -> np.ndarray:
        arm.reset(arm.chain.home, dq)
        return (arm.step(np.zeros(n)).dq - dq) / arm.timestep

    arm.set_friction(0)
    free = accelerate()
    perturb(arm, Level("friction", 0.04))
    slowed = accelerate()
    expected = arm.model.friction + 0.04 * arm.chain.torque_limits
    home = arm.model.dynamics(arm.chain.home)
    damped = home.mass_matrix + arm.timestep * np.diag(arm.model.damping)  # as MuJoCo steps it
    np.testing.assert_allclose(damped @ (slowed - free), -expected * np.sign(dq), rtol=1e-5)


def test_the_force_field_lies_in_the_targets_plane(arm):
    task = plan_task(arm.model, CentreOut(), seed=0)
    home = arm.model.dynamics(arm.chain.home)
    left, _, up = ((t.position - task.start.position) / 0.2 for t in task.targets[:3])
    J = home.jacobian
    forward = np.cross(left, up)
    # Along the circle's first target and its third, as Shadmehr and Mussa-Ivaldi's matrix has it.
    pushes = {
        tuple(left): -10.1 * left - 11.2 * up,
        tuple(up): -11.2 * left + 11.1 * up,
        tuple(forward): np.zeros(3),
    }
    for direction, push in pushes.items():
        dq = np.linalg.pinv(J) @ np.concatenate([SPEED * np.array(direction), np.zeros(3)])
        accelerations = []
        for strength in (0.0, 2.0):
            perturb(arm, Level("force-field", strength))
            arm.set_friction(0)
            arm.reset(arm.chain.home, dq)
            accelerations.append((arm.step(np.zeros_like(dq)).dq - dq) / arm.timestep)
        damped = home.mass_matrix + arm.timestep * np.diag(arm.model.damping)
        torque = damped @ (accelerations[1] - accelerations[0])
        np.testing.assert_allclose(torque, J[:3].T @ (2.0 * SPEED * push), atol=1e-8)


def test_gravity_is_unknown_to_the_model_and_left_in_the_plant(arm):
    plain = swing(arm)
    gravity, payload = Level("gravity", 1.0), Level("payload", 2.0)
    perturb(arm, gravity)
    np.testing.assert_array_equal(swing(arm), plain)
    assert not gravity.perturbation.known_model(arm.model).gravity.any()
    assert payload.perturbation.known_model(arm.model) is arm.model
