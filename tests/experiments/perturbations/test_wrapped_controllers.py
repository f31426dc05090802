"""Torque that is late, held or cut: the arm is moved by a known change of what the law gave."""

import numpy as np
import pytest

from spikearm.controller.controller import (
    Controller,
    NeuralController,
    WrappedController,
    unwrap,
)
from spikearm.experiments.perturbations.control_rate import HeldRate
from spikearm.experiments.perturbations.torque_delay import DelayedTorque
from spikearm.experiments.perturbations.torque_saturation import SaturatedTorque


@pytest.mark.parametrize("steps", [0, 3, 7])
def test_a_delay_of_n_steps_is_the_log_of_torques_shifted_by_n(steps, law, move):
    controller = DelayedTorque(law, steps)
    for _ in range(2):  # the second motion knows nothing of the first
        law.gave.clear()
        log = move(controller)
        gave = np.array(law.gave)
        assert (np.ptp(gave, axis=0) > 0.01).all()
        np.testing.assert_array_equal(log.torque[steps:], gave[: len(gave) - steps])
        np.testing.assert_array_equal(log.torque[:steps], gave[:1].repeat(steps, 0))


@pytest.mark.parametrize("every", [2, 4])
def test_at_a_lower_rate_torque_changes_in_every_nth_step_only(every, law, move):
    log = move(HeldRate(law, every))
    changed = (np.diff(log.torque, axis=0) != 0).any(axis=1)
    np.testing.assert_array_equal(np.flatnonzero(changed) + 1, np.arange(every, len(log.q), every))
    np.testing.assert_array_equal(log.torque[::every], law.gave[::every])


def test_between_what_is_heard_the_controller_goes_on_with_held_inputs(law, move):
    log = move(HeldRate(law, 4))
    assert len(law.given) == len(log.q) == 260
    for first in range(0, 260, 4):
        for state, reference in law.given[first + 1 : first + 4]:
            assert state is law.given[first][0]
            assert reference is law.given[first][1]
    np.testing.assert_array_equal(law.given[8][0].q, log.q[7])


def test_cut_torques_are_those_of_the_law_within_the_limits(arm, law, move):
    limits = 0.25 * arm.chain.torque_limits
    log = move(SaturatedTorque(law, limits))
    gave = np.array(law.gave)
    assert (np.abs(gave) > limits).any(axis=1).sum() > 20
    np.testing.assert_array_equal(log.torque, np.maximum(np.minimum(gave, limits), -limits))


def test_everything_but_the_torque_is_passed_on(law):
    wrapped = WrappedController.__new__(SaturatedTorque)
    WrappedController.__init__(wrapped, law)
    own = {name for name in vars(WrappedController) if not name.startswith("_")}
    passed = {name for name, value in vars(Controller).items() if not name.startswith("_")}
    assert own == passed - {"torque"}
    assert unwrap(wrapped, type(law)) is law
    assert unwrap(wrapped, NeuralController) is None
