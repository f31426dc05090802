"""The law for a small processor: against the controller, and operations against sums by hand."""

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.classical.command import task_command
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.experiments.studies.energy.analytic_operations import law_operations
from spikearm.experiments.studies.energy.lean_law import (
    backward,
    cholesky,
    forward,
    gram,
    lean_operations,
    lean_torque,
)
from spikearm.loihi_deploy.energy.operations import Tally


@pytest.mark.parametrize("name", ["gen3", "fr3", "ur5e"])
def test_away_from_singular_poses_it_is_the_controllers_torque_with_fewer_operations(name):
    arm = load_arm(name)
    state = arm.state._replace(dq=0.3 * np.cos(np.arange(arm.chain.n_joints)))
    hand = state.hand._replace(position=state.hand.position + np.array([0.02, -0.01, 0.03]))
    reference = MinimumJerk(hand, hand, 1.0).at(0.4)
    law = OperationalSpaceController(arm.model)
    command = task_command(state, reference, Gains(), "acceleration")
    dynamics = arm.model.dynamics(state.q, state.dq)
    torque = lean_torque(arm.model, dynamics, state, command, Gains())
    np.testing.assert_allclose(torque, law.torque(state, reference), rtol=1e-8, atol=1e-8)
    assert np.abs(torque - dynamics.bias_force).max() > 0.1
    lean = lean_operations(arm.model, state, command)
    assert lean.fused < 0.6 * law_operations(arm.model, state, reference, "acceleration").fused


def test_factors_and_substitutions_are_numpys():
    rng = np.random.default_rng(2)
    columns = rng.normal(size=(7, 5))
    triangle = gram(columns)
    np.testing.assert_allclose(triangle, np.tril(columns.T @ columns))
    root = cholesky(triangle)
    np.testing.assert_allclose(root, np.linalg.cholesky(columns.T @ columns))
    right = rng.normal(size=(5, 3))
    np.testing.assert_allclose(root @ forward(root, right), right)
    np.testing.assert_allclose(root.T @ backward(root, right), right)


def test_a_factorisation_takes_a_sixth_of_n_cubed_products():
    tally, n = Tally(), 6
    cholesky(tally.array(np.eye(n) + 0.1))
    products = n * (n - 1) * (n + 1) // 6  # sum of (n - j) j
    assert tally.operations.multiplications == products
    assert tally.operations.additions == products  # sums of a row, and from the column
    assert tally.operations.others == n + n * (n + 1) // 2  # roots, divisions
