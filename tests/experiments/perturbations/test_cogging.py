"""Cogging: torques of the posture alone, against their formula."""

import numpy as np
import pytest

from spikearm.arm_models import ArmState, load_arm
from spikearm.controller.controller import Controller
from spikearm.controller.references.reference import Reference
from spikearm.experiments.perturbations.cogging import PERIODS, add_cogging
from spikearm.experiments.perturbations.loop_setup import LoopSetup
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task


class Constant(Controller):
    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        return np.full(7, 2.0)


@pytest.fixture(scope="module")
def setup() -> LoopSetup:
    arm = load_arm("gen3")
    task = plan_task(arm.model, CentreOut(targets=1, radius=0.05, speed_limits=False), 0)
    return LoopSetup(arm, Constant(), task)


def added(setup: LoopSetup, q: np.ndarray, dq: np.ndarray, share: float, seed: int) -> np.ndarray:
    state = setup.arm.reset(q)._replace(dq=dq)
    still = Reference(state.hand, np.zeros(6), np.zeros(6))
    return add_cogging(setup, share, seed).controller.torque(state, still) - 2.0


def test_each_joint_is_pushed_by_a_sine_of_its_own_position_within_a_share_of_its_limit(setup):
    limits, home = setup.arm.chain.torque_limits, setup.arm.chain.home
    grid = np.linspace(-np.pi, np.pi, 721)[:-1]
    rest = np.zeros(7)
    for joint in (0, 2):  # joints that turn all the way
        moved = [np.where(np.arange(7) == joint, angle, home) for angle in grid]
        torques = np.array([added(setup, q, rest, 0.1, seed=3) for q in moved])
        spectrum = np.abs(np.fft.rfft(torques[:, joint])) / len(grid) * 2
        n_periods = int(np.argmax(spectrum))
        assert PERIODS[0] <= n_periods <= PERIODS[1]
        assert spectrum[n_periods] == pytest.approx(0.1 * limits[joint])
        assert np.delete(spectrum, n_periods).max() < 1e-9
        assert np.ptp(np.delete(torques, joint, axis=1), axis=0).max() < 1e-12


def test_it_does_not_depend_on_velocities_and_differs_from_seed_to_seed(setup):
    home = setup.arm.chain.home
    still, moving = (added(setup, home, dq, 0.05, 1) for dq in (np.zeros(7), np.full(7, 0.3)))
    np.testing.assert_array_equal(still, moving)
    assert np.abs(still - added(setup, home, np.zeros(7), 0.05, 2)).max() > 0.1
    np.testing.assert_array_equal(added(setup, home, np.zeros(7), 0.0, 2), 0.0)
