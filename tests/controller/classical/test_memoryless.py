"""Memoryless controllers: the step that they are computed from, and its feedback."""

import numpy as np

from spikearm.arm_models import load_arm
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.classical.memoryless import MemorylessController
from spikearm.controller.references.minimum_jerk import MinimumJerk


def test_the_function_is_given_the_step_whose_errors_are_the_feedback():
    arm = load_arm("ur5e")
    state = arm.reset(arm.chain.home + 0.2)
    reference = MinimumJerk(state.hand, arm.model.dynamics(arm.chain.home).hand, 1.0).at(0.3)
    gains = Gains(kp=150.0)
    law = MemorylessController(lambda step: step.command * 2.0, arm.model, gains, "velocity")
    np.testing.assert_array_equal(law.feedback, np.zeros(6))
    step = ControlStep(state, reference, gains, "velocity")
    np.testing.assert_array_equal(law.torque(state, reference), 2.0 * step.command)
    np.testing.assert_array_equal(law.feedback, HomeInertia.of_arm(arm.model).feedback(step))
