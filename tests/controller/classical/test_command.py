"""The task-space command against values worked out by hand."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spikearm.arm_models import ArmState, Pose
from spikearm.controller.classical.command import Feedforward, correction, task_command
from spikearm.controller.classical.gains import Gains
from spikearm.controller.references.reference import Reference

GAINS = Gains(kp=150.0, ko=80.0, kv=25.0)
TURN = np.array([0.3, -0.4, 1.2])  # rad, in the world
HAND = Rotation.from_rotvec([0.5, 0.9, -0.2])
STATE = ArmState(
    time=2.5,
    q=np.array([0.7, -0.3]),
    dq=np.array([0.1, 0.6]),
    hand=Pose(np.array([0.4, 0.1, 0.6]), HAND.as_quat(scalar_first=True)),
    hand_velocity=np.array([0.2, -0.1, 0.3, 0.5, 0.0, -0.6]),
)
REFERENCE = Reference(
    pose=Pose(
        np.array([0.42, 0.07, 0.61]),
        (Rotation.from_rotvec(TURN) * HAND).as_quat(scalar_first=True),
    ),
    velocity=np.array([0.3, 0.1, 0.0, 0.2, 0.4, -0.1]),
    acceleration=np.array([1.5, -2.0, 0.5, 3.0, -1.0, 0.25]),
)
# kp e + kv de, e = (0.02, -0.03, 0.01) m, de = (0.1, 0.2, -0.3) m/s
LINEAR = [3.0 + 2.5, -4.5 + 5.0, 1.5 - 7.5]
# ko e + kv de, e = TURN, de = (-0.3, 0.4, 0.5) rad/s
ANGULAR = [24.0 - 7.5, -32.0 + 10.0, 96.0 + 12.5]


def test_without_acceleration_the_command_is_stiffness_and_damping():
    command = task_command(STATE, REFERENCE, GAINS, "velocity")
    np.testing.assert_allclose(command, LINEAR + ANGULAR, atol=1e-12)


def test_the_two_feedforwards_differ_by_exactly_the_acceleration():
    with_it = task_command(STATE, REFERENCE, GAINS, "acceleration")
    without = task_command(STATE, REFERENCE, GAINS, "velocity")
    np.testing.assert_allclose(with_it - without, REFERENCE.acceleration, atol=1e-12)


@pytest.mark.parametrize(("feedforward", "share"), [("velocity", 0.0), ("acceleration", 1.0)])
def test_on_the_reference_only_the_acceleration_is_left(feedforward: Feedforward, share):
    on_it = Reference(STATE.hand, STATE.hand_velocity, REFERENCE.acceleration)
    command = task_command(STATE, on_it, GAINS, feedforward)
    np.testing.assert_allclose(command, share * REFERENCE.acceleration, atol=1e-10)


@pytest.mark.parametrize("feedforward", ["velocity", "acceleration"])
def test_a_command_that_leads_is_made_of_what_is_known_of_that_time(feedforward: Feedforward):
    lead, jerk = 0.03, np.array([20.0, -5.0, 8.0, 1.0, -30.0, 12.0])
    known = REFERENCE._replace(future=lambda ahead: REFERENCE.acceleration + ahead * jerk)
    # The error that velocities leave until then counts: kp (e + lead de) + kv de.
    slip = np.array([0.1, 0.2, -0.3, -0.3, 0.4, 0.5])
    errors = LINEAR + ANGULAR + lead * np.repeat([150.0, 80.0], 3) * slip
    fed = REFERENCE.acceleration + lead * jerk if feedforward == "acceleration" else 0.0
    command = task_command(STATE, known, GAINS, feedforward, lead)
    np.testing.assert_allclose(command, errors + fed, atol=1e-12)
    np.testing.assert_allclose(correction(command, known, feedforward, lead), errors, atol=1e-12)


def test_a_motion_that_is_not_known_ahead_is_taken_to_keep_its_acceleration():
    steady = REFERENCE._replace(velocity=STATE.hand_velocity)
    now, ahead = (task_command(STATE, steady, GAINS, "acceleration", lead) for lead in (0.0, 0.02))
    np.testing.assert_array_equal(now, ahead)
