"""The law with frozen inertia against the law."""

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.frozen_inertia import FrozenInertiaLaw
from spikearm.controller.classical.memoryless import MemorylessController
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.references.reference import Reference


def reference_of(pose) -> Reference:
    moved = pose._replace(position=pose.position + np.array([0.03, -0.02, 0.01]))
    return Reference(moved, np.full(6, 0.1), np.full(6, 0.4))


@pytest.mark.parametrize("name", ["gen3", "fr3", "ur5e"])
def test_at_rest_at_home_it_is_the_law_and_away_it_is_not(name):
    arm = load_arm(name)
    law = OperationalSpaceController(arm.model)
    frozen = MemorylessController(FrozenInertiaLaw.of(arm.model).torque, arm.model)
    reference = reference_of(arm.state.hand)
    np.testing.assert_allclose(
        frozen.torque(arm.state, reference), law.torque(arm.state, reference), rtol=1e-9, atol=1e-9
    )
    away = arm.reset(arm.chain.home + 0.3)
    assert np.abs(frozen.torque(away, reference) - law.torque(away, reference)).max() > 0.5


def test_without_a_command_and_at_its_posture_it_is_the_exact_bias_force():
    arm = load_arm("gen3")
    frozen = FrozenInertiaLaw.of(arm.model)
    away = arm.reset(arm.chain.home + 0.3)
    still = Reference(away.hand, np.zeros(6), np.zeros(6))
    bias = arm.model.dynamics(away.q, away.dq).bias_force
    pulled = frozen.torque(ControlStep(away, still)) - bias
    # What is left pulls to the home posture, and moves no hand there.
    home = arm.model.dynamics(arm.chain.home)
    moved = home.jacobian @ np.linalg.solve(home.mass_matrix, pulled)
    np.testing.assert_allclose(moved, 0.0, atol=1e-9)
    assert np.abs(pulled).max() > 0.01
