"""What is unknown of a plant: that it is there, that it goes, and what it is called."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spikearm.arm_models import Arm, SpikearmError, load_arm
from spikearm.experiments.perturbations.plant import PERTURBATIONS, Perturbation
from spikearm.experiments.tasks.centre_out import CentreOut, plan_reaches

EVERYTHING = Perturbation(0.7, (0.1, 0.02, -0.03), 0.08, 1.5, gravity_known=False)
SPEED = 0.3  # m/s, of the hand


@pytest.fixture(params=["gen3", "fr3"])  # without and with friction of its own
def arm(request) -> Arm:
    return load_arm(request.param)


def swing(arm: Arm) -> np.ndarray:
    """Move the arm from the same start by the same torques; give where its joints went."""
    n = arm.chain.n_joints
    arm.reset(arm.chain.home + 0.05, np.linspace(0.9, -0.7, n))
    return np.array([arm.step(arm.chain.torque_limits / 9).q for _ in range(20)])


def test_everything_goes_when_nothing_is_unknown(arm):
    plain = swing(arm)
    EVERYTHING.apply(arm)
    assert np.abs(swing(arm) - plain).max() > 1e-3
    Perturbation().apply(arm)
    np.testing.assert_array_equal(swing(arm), plain)


@pytest.mark.parametrize("part", ["payload", "friction", "force_field"])
def test_each_part_reaches_the_plant(arm, part):
    plain = swing(arm)
    alone = Perturbation(**{part: getattr(EVERYTHING, part)})
    alone.apply(arm)
    moved = swing(arm)
    assert np.abs(moved - plain).max() > 1e-4
    alone.apply(arm)  # in place of itself
    np.testing.assert_array_equal(swing(arm), moved)


def test_a_payload_off_centre_is_along_the_hand_s_x(arm):
    plain = arm.model.dynamics(arm.chain.home)
    PERTURBATIONS["payload-2-off-centre"].apply(arm)
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
    Perturbation(friction=0.04).apply(arm)
    slowed = accelerate()
    expected = arm.model.friction + 0.04 * arm.chain.torque_limits
    home = arm.model.dynamics(arm.chain.home)
    damped = home.mass_matrix + arm.timestep * np.diag(arm.model.damping)  # as MuJoCo steps it
    np.testing.assert_allclose(damped @ (slowed - free), -expected * np.sign(dq), rtol=1e-5)


def test_the_force_field_lies_in_the_targets_plane(arm):
    reaches = plan_reaches(arm.model, CentreOut(), seed=0)
    home = arm.model.dynamics(arm.chain.home)
    left, _, up = ((t.position - reaches.start.position) / 0.2 for t in reaches.targets[:3])
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
            Perturbation(force_field=strength).apply(arm)
            arm.set_friction(0)
            arm.reset(arm.chain.home, dq)
            accelerations.append((arm.step(np.zeros_like(dq)).dq - dq) / arm.timestep)
        damped = home.mass_matrix + arm.timestep * np.diag(arm.model.damping)
        torque = damped @ (accelerations[1] - accelerations[0])
        np.testing.assert_allclose(torque, J[:3].T @ (2.0 * SPEED * push), atol=1e-8)


def test_gravity_is_unknown_to_the_model_and_left_in_the_plant(arm):
    plain = swing(arm)
    perturbation = PERTURBATIONS["gravity"]
    perturbation.apply(arm)
    np.testing.assert_array_equal(swing(arm), plain)
    assert not perturbation.known_model(arm).gravity.any()
    assert PERTURBATIONS["payload-2"].known_model(arm) is arm.model


def test_labels_say_what_is_unknown():
    labels = {name: one.label for name, one in PERTURBATIONS.items()}
    assert labels == {
        "none": "none",
        "payload-0.5": "0.5 kg",
        "payload-1": "1 kg",
        "payload-2": "2 kg",
        "payload-2-off-centre": "2 kg off centre",
        "friction": "friction 5 %",
        "force-field": "force field",
        "gravity": "gravity",
    }
    assert EVERYTHING.label == "0.7 kg off centre, friction 8 %, force field x 1.5, gravity"


@pytest.mark.parametrize(
    ("wrong", "allowed"),
    [
        ({"payload": -1.0}, "0 kg or more"),
        ({"payload": np.nan}, "0 kg or more"),
        ({"payload_offset": (0.1, 0.2)}, "3 finite numbers"),
        ({"payload_offset": (0.1, np.inf, 0.0)}, "3 finite numbers"),
        ({"friction": -0.01}, "from 0 to below 1"),
        ({"friction": 1.0}, "from 0 to below 1"),
        ({"force_field": np.inf}, "a finite number"),
    ],
)
def test_what_cannot_be_is_refused(wrong, allowed):
    with pytest.raises(SpikearmError, match=allowed):
        replace(Perturbation(), **wrong)
