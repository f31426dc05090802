"""Error budget: errors of a controller whose neurons give no torque are known in closed form."""

from dataclasses import replace

import numpy as np
import pytest
from blank_trajectory import blank_trajectory

from spikearm.arm_models import load_arm
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import drift_torque, task_inertia
from spikearm.experiments.studies.error_budget import EVERY, lag_part, static_errors


def test_neurons_without_torque_miss_just_the_hand_acceleration_that_is_commanded(trained):
    arm, rng = load_arm("gen3"), np.random.default_rng(5)
    motion = blank_trajectory(2 * EVERY + 1, 7)
    commands, friction_only = [], []
    for step in (0, EVERY, 2 * EVERY):
        q = arm.chain.home + rng.normal(scale=0.1, size=7)
        dq = rng.normal(scale=0.3, size=7)
        here, w = arm.model.dynamics(q, dq), rng.normal(size=6)
        drift = drift_torque(arm.model, here, q, dq, Gains())
        motion.q[step], motion.dq[step] = q, dq
        motion.torque[step] = here.jacobian.T @ task_inertia(here)[0] @ w + drift
        friction = DryFriction.of(arm.model)
        torque = np.subtract(*(friction.compensate(dq[None], one[None])[0] for one in (w, 0 * w)))
        commands.append(w)
        friction_only.append(here.jacobian[:3] @ np.linalg.solve(here.mass_matrix, torque))
    silent = trained.weights.with_readout("rate", 0 * trained.weights.readout["rate"])
    errors = static_errors(arm, replace(trained, weights=silent), [motion])
    # J M^-1 J^T L w = w: the hand lacks the commanded acceleration, and that of friction's part.
    expected = -np.array(commands)[:, :3] - np.array(friction_only)
    assert errors["command's torque"] == pytest.approx(expected, abs=1e-6)
    both = errors["drift torque"] + errors["command's torque"]
    assert errors["both"] == pytest.approx(both, abs=1e-9)
    assert np.abs(errors["drift torque"]).min(axis=0).max() > 0.01


def test_a_lag_and_an_error_across_it_add_in_quadrature():
    assert lag_part(led=0.003, not_led=0.005) == pytest.approx(0.004)
    assert lag_part(led=0.005, not_led=0.003) == 0.0
