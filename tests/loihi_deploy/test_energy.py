"""The energy estimate against values worked out by hand."""

import pytest

from controller.controller import StepCounts
from loihi_deploy.energy import DEVICES, energy_per_step

BY_HAND = {  # J, of 12,000 synaptic events and 3,400 neuron updates
    "loihi": 558.6e-9,  # 283.2 nJ + 275.4 nJ
    "spinnaker2": 12.846e-6,  # 5.4 uJ + 7.446 uJ
    "cpu": 132.44e-6,  # 15,400 operations of 8.6 nJ
    "gpu": 4.62e-6,  # of 0.3 nJ
    "arm": 13.86e-6,  # of 0.9 nJ
}


@pytest.mark.parametrize(("device", "energy"), BY_HAND.items())
def test_energy_is_events_and_updates_at_their_price(device, energy):
    counts = StepCounts(spikes=250, synaptic_events=12_000, neuron_updates=3_400)
    assert energy_per_step(counts)[device] == pytest.approx(energy)


def test_every_device_has_a_value_worked_out_here_and_a_source():
    assert set(BY_HAND) == set(DEVICES)
    assert all(device.source for device in DEVICES.values())


def test_spikes_have_no_price_of_their_own():
    few, many = (StepCounts(spikes, 12_000, 3_400) for spikes in (3, 3_000))
    assert energy_per_step(few) == energy_per_step(many)


def test_mean_counts_need_not_be_whole():
    counts = StepCounts(spikes=2, synaptic_events=0.5, neuron_updates=2.5)
    assert energy_per_step(counts)["loihi"] == pytest.approx(11.8e-12 + 202.5e-12)
