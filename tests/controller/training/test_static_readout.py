"""The static network's readout, on the law that it was decoded from."""

import numpy as np

from spikearm.arm_models import load_arm
from spikearm.controller.classical.command import task_command
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.references.reference import Reference
from spikearm.controller.training.samples import Spread, sample_workspace
from spikearm.controller.training.static_readout import fit_static_network


def test_its_torque_is_near_the_laws_where_it_was_sampled(trained):
    arm = load_arm("gen3")
    samples = sample_workspace(arm.model, trained.workspace, 8, 5, spread=Spread(per_reach=100))
    network = fit_static_network(
        arm.model, trained.weights, samples, DryFriction.of(arm.model), np.random.default_rng(1)
    )
    law = OperationalSpaceController(arm.model)
    moved = arm.state.hand.position + np.array([0.002, -0.001, 0.001])
    reference = Reference(arm.state.hand._replace(position=moved), np.zeros(6), np.zeros(6))
    step = ControlStep(arm.state, reference)
    expected = law.torque(arm.state, reference)
    assert np.abs(task_command(arm.state, reference, law.gains, "acceleration")).max() > 0.1
    np.testing.assert_allclose(network.torque(step), expected, atol=0.03 * np.abs(expected).max())
