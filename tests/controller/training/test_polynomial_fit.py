"""The fit of the polynomial controller against the law that it samples."""

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.polynomial import PolynomialController
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.training.polynomial_fit import fit_polynomial, sample_terms
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task

WORKSPACE = Workspace(0.08, 0.1)


@pytest.fixture(scope="module")
def model():
    return load_arm("ur5e").model


@pytest.fixture(scope="module")
def coefficients(model) -> np.ndarray:
    return fit_polynomial(model, WORKSPACE, seed=2, n_samples=640)


def test_held_out_torques_are_predicted_far_better_than_by_their_mean(model, coefficients):
    terms, torque = sample_terms(model, WORKSPACE, 3, Gains(), 160)
    left = np.mean((terms @ coefficients.T - torque) ** 2, axis=0) / np.var(torque, axis=0)
    assert (left < 0.02).all()


def test_two_seeds_are_two_fits_and_one_seed_is_one(model):
    first, again, other = (
        fit_polynomial(model, WORKSPACE, seed, n_samples=160) for seed in (2, 2, 4)
    )
    np.testing.assert_array_equal(again, first)
    assert np.abs(other - first).max() > 1e-6


def test_the_hand_ends_at_its_target(coefficients):
    arm = load_arm("ur5e")
    task = plan_task(arm.model, CentreOut(targets=2, radius=0.05), seed=0)
    arm.reset()
    law = PolynomialController(arm.model, coefficients)
    motion = MinimumJerk(task.start, task.targets[1], task.duration)
    assert task.success(follow(arm, law, motion, task.motion_time))
