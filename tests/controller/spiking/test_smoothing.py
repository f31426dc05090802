"""Smoothing of torques against scipy's filter and the closed form of its lag."""

import numpy as np
import pytest
from scipy.signal import lfilter

from spikearm.arm_models import SpikearmError
from spikearm.controller.spiking.smoothing import Smoothing
from spikearm.controller.spiking.spiking_network import Filters

TAU, STEP = 0.006, 0.001  # s


@pytest.fixture
def torques() -> np.ndarray:
    return np.random.default_rng(2).normal(5.0, 2.0, size=(40, 3))


def test_it_is_a_low_pass_that_begins_with_the_first_torque(torques):
    smoothing, kept = Smoothing(TAU, STEP), np.exp(-STEP / TAU)
    expected = torques[0] + lfilter([1 - kept], [1, -kept], torques - torques[0], axis=0)
    assert np.abs(np.diff(expected, axis=0)).max() < 0.3 * np.abs(np.diff(torques, axis=0)).max()
    for _ in range(2):
        smoothing.restart()
        smoothed = np.array([smoothing.smooth(one) for one in torques])
        np.testing.assert_allclose(smoothed, expected, rtol=1e-12)


def test_without_a_time_constant_torques_pass_as_they_are(torques):
    smoothing = Smoothing(0.0, STEP)
    for one in torques:
        np.testing.assert_array_equal(smoothing.smooth(one), one)


def test_its_lag_is_reckoned_with_in_the_lead():
    impulse = np.eye(1, 900).ravel()
    kept = np.exp(-STEP / TAU)
    response = lfilter([1 - kept], [1, -kept], impulse)
    mean_time = STEP * np.arange(900) @ response
    more = Filters(smoothing_tau=TAU).command_lag("loihi") - Filters().command_lag("loihi")
    assert more == pytest.approx(mean_time, rel=1e-9)


@pytest.mark.parametrize("wrong", [{"smoothing_tau": -0.001}, {"torque_tau": -0.001}])
def test_time_constants_below_zero_are_refused(wrong):
    with pytest.raises(SpikearmError, match=next(iter(wrong))):
        Filters(**wrong)
