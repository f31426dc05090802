"""The maps of the home pose, against the analytic law and the dynamics."""

import numpy as np
import pytest

from spikearm.arm_models import Arm, load_arm
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.references.reference import Reference


@pytest.fixture(scope="module", params=["gen3", "ur5e"])
def arm(request) -> Arm:
    return load_arm(request.param)


@pytest.fixture
def inertia(arm) -> HomeInertia:
    return HomeInertia.of_arm(arm.model)


def test_a_command_s_torque_at_home_is_the_analytic_law_s(arm, inertia):
    state = arm.reset()
    law = OperationalSpaceController(arm.model)
    velocity, acceleration = np.linspace(-0.3, 0.4, 6), np.linspace(2.0, -3.0, 6)
    law.torque(state, Reference(state.hand, velocity, acceleration))
    # The hand is where it should be: all that errors ask for is of velocity.
    np.testing.assert_allclose(law.feedback, inertia.task_map @ (law.gains.kv * velocity))


def test_a_pull_of_the_posture_does_not_move_the_hand_at_home(arm, inertia):
    at_home = arm.model.dynamics(arm.chain.home)
    moved = at_home.jacobian @ np.linalg.solve(at_home.mass_matrix, inertia.posture_map)
    np.testing.assert_allclose(moved, 0.0, atol=1e-9)
    rank = np.linalg.matrix_rank(inertia.posture_map, tol=1e-9)
    assert rank == arm.chain.n_joints - 6


def test_feedback_is_that_of_hand_and_posture_and_near_home_nearly_the_analytic_law_s():
    arm = load_arm("gen3")
    inertia, law = HomeInertia.of_arm(arm.model), OperationalSpaceController(arm.model)
    q = arm.chain.home + np.linspace(-0.06, 0.05, 7)
    state = arm.reset(q, np.linspace(0.3, -0.2, 7))
    reference = Reference(state.hand, np.linspace(0.1, 0.2, 6), np.linspace(3.0, 5.0, 6))
    law.torque(state, reference)
    posture = 40.0 * (arm.chain.home - q) - 12.0 * state.dq
    of_hand = inertia.task_map @ (30.0 * (reference.velocity - state.hand_velocity))
    feedback = inertia.feedback(ControlStep(state, reference))
    np.testing.assert_allclose(feedback, of_hand + inertia.posture_map @ posture)
    np.testing.assert_allclose(of_hand, law.feedback, atol=0.2 * np.abs(law.feedback).max())
