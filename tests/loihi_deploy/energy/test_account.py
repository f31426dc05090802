"""The account of energy against values worked out by hand."""

import pytest

from spikearm.loihi_deploy.energy.account import (
    ARITHMETIC,
    Account,
    Work,
    arithmetic_account,
    bare_account,
    energy_per_step,
    loihi_energy,
    measured_account,
    network_account,
)
from spikearm.loihi_deploy.energy.devices import (
    BETWEEN_CHIPS,
    DEVICES,
    EAST_WEST,
    INDEXED,
    LEARNING,
    LOIHI,
    MESSAGES,
    NORTH_SOUTH,
    SHARED,
    SPIKES,
    STATIC,
    SYNAPSES,
    UPDATES,
    Price,
)
from spikearm.loihi_deploy.energy.operations import Operations
from spikearm.loihi_deploy.energy.rapl import Measurement
from spikearm.neural.counts import ChipWork, StepCounts

BY_HAND = {  # J, of 12,000 synaptic events and 3,400 neuron updates
    "spinnaker": 248e-6,  # 159.6 uJ + 88.4 uJ
    "spinnaker2": 12.846e-6,  # 5.4 uJ + 7.446 uJ
    "cpu": 132.44e-6,  # 15,400 operations of 8.6 nJ
    "gpu": 4.62e-6,  # of 0.3 nJ
    "arm": 13.86e-6,  # of 0.9 nJ
}
CHIP = ChipWork(
    whole_events=12_000, indexed_events=500, shared_events=200, spikes=80, messages=90,
    east_west=60, north_south=25, host_messages=33,
)  # fmt: skip
WORK = Work.of_chip(CHIP, compartments=3_400, learning_updates=700)
ON_LOIHI = {  # J
    "loihi": {
        SYNAPSES: 283.2e-9, INDEXED: 11.8e-9, SHARED: 4.72e-9, UPDATES: 275.4e-9, SPIKES: 0.0,
        LEARNING: 84e-9, MESSAGES: 153e-12, EAST_WEST: 180e-12, NORTH_SOUTH: 100e-12,
        BETWEEN_CHIPS: 0.0, STATIC: 2 * 104.375e-6,
    },
    "loihi_calibrated": {
        SYNAPSES: 426e-9, INDEXED: 16.8e-9, SHARED: 4.8e-9, UPDATES: 247.52e-9, SPIKES: 5.544e-9,
        LEARNING: 84e-9, MESSAGES: 9.99e-9, EAST_WEST: 180e-12, NORTH_SOUTH: 105e-12,
        BETWEEN_CHIPS: 0.0, STATIC: 2 * 104.375e-6,
    },
}  # fmt: skip
DYNAMIC = {"loihi": 659.553e-9, "loihi_calibrated": 794.939e-9}  # J, sums of the above


def unpriced(account: Account) -> tuple[str, ...]:
    return tuple(part.name for part in account.parts if part.energy is None)


@pytest.mark.parametrize(("device", "energy"), BY_HAND.items())
def test_energy_is_events_and_updates_at_their_price(device, energy):
    counts = StepCounts(spikes=250, synaptic_events=12_000, neuron_updates=3_400)
    assert energy_per_step(counts, None)[device] == pytest.approx(energy)


def test_a_chip_is_charged_for_its_stored_rows_and_programs_for_what_they_reach():
    counts = StepCounts(
        spikes=113, synaptic_events=11_000, neuron_updates=3_466, host_spikes=33,
        learning_updates=700,
    )  # fmt: skip
    energies = energy_per_step(counts, WORK)
    for device, energy in DYNAMIC.items():
        assert energies[device] == pytest.approx(energy)
    # The host's 66 coders are no neurons of the network.
    assert energies["arm"] == pytest.approx((11_000 + 3_400 + 700) * 0.9e-9)
    assert loihi_energy(WORK) == tuple(energies[name] for name in LOIHI)


def test_a_network_on_no_chip_has_no_energy_there():
    energies = energy_per_step(StepCounts(spikes=2, synaptic_events=50, neuron_updates=10), None)
    assert {name for name, energy in energies.items() if energy is None} == set(LOIHI)


def test_every_device_has_a_value_worked_out_here_and_all_prices_have_sources():
    assert {*BY_HAND, *ON_LOIHI} == set(DEVICES)
    for device in DEVICES.values():
        assert set(device.prices) == set(WORK.counts)
        assert all(price.source for price in (*device.prices.values(), device.static))


def test_spikes_have_no_price_of_their_own_where_their_way_is_not_known():
    few, many = (StepCounts(spikes, 12_000, 3_400) for spikes in (3, 3_000))
    assert energy_per_step(few, None) == energy_per_step(many, None)


def test_mean_counts_need_not_be_whole():
    counts = StepCounts(spikes=2, synaptic_events=0.5, neuron_updates=2.5)
    assert energy_per_step(counts, None)["spinnaker2"] == pytest.approx(225e-12 + 5.475e-9)


def test_learning_has_its_price_and_where_none_is_published_there_is_no_sum():
    counts = StepCounts(synaptic_events=100, neuron_updates=10, learning_updates=30)
    energies = energy_per_step(counts, Work(100, 10, learning_updates=30))
    assert energies["loihi"] == pytest.approx(2.36e-9 + 0.81e-9 + 3.6e-9)
    assert energies["cpu"] == pytest.approx(140 * 8.6e-9)
    assert energies["spinnaker2"] is None


@pytest.mark.parametrize("device", LOIHI)
def test_the_parts_of_an_account_are_counts_at_their_prices_and_static_power_in_its_time(device):
    expected = ON_LOIHI[device]
    account = network_account(DEVICES[device], "a job", WORK, period=1e-3, chips=2)
    assert {part.name for part in account.parts} == set(expected)
    for part in account.parts:
        assert part.energy == pytest.approx(expected[part.name]), part.name
        priced = part.name != BETWEEN_CHIPS
        assert part.label == ("estimated" if priced else "not published")
    assert account.dynamic == pytest.approx(DYNAMIC[device])
    assert account.static == pytest.approx(208.75e-6)
    assert account.total == pytest.approx(208.75e-6 + DYNAMIC[device])
    ways = sum(expected[name] for name in (MESSAGES, EAST_WEST, NORTH_SOUTH))
    assert account.part(MESSAGES, EAST_WEST, NORTH_SOUTH) == pytest.approx(ways)
    assert unpriced(account) == ()


def test_what_has_no_published_price_is_named_and_never_nothing():
    account = network_account(DEVICES["spinnaker2"], "a job", WORK, period=1e-3)
    assert unpriced(account) == (SPIKES, LEARNING, MESSAGES, EAST_WEST, NORTH_SOUTH, STATIC)
    assert account.static is None
    assert account.part(LEARNING, SYNAPSES) is None
    assert account.dynamic == pytest.approx(12_700 * 450e-12 + 3_400 * 2.19e-9)
    assert account.total == account.dynamic
    labels = {part.name: part.label for part in account.parts}
    assert labels[SYNAPSES] == "estimated"
    assert labels[LEARNING] == labels[BETWEEN_CHIPS] == labels[STATIC] == "not published"
    assert account.labels == ("estimated",)


def test_spikes_to_another_chip_have_no_price():
    across = Work(1, 1, messages=5, between_chips=2)
    account = network_account(DEVICES["loihi"], "a job", across, period=1e-3)
    assert loihi_energy(across) is None
    assert unpriced(account) == (BETWEEN_CHIPS,)
    assert account.dynamic == pytest.approx(23.6e-12 + 81e-12 + 8.5e-12)


@pytest.mark.parametrize("device", DEVICES)
def test_static_power_is_published_for_loihi_alone(device):
    account = network_account(DEVICES[device], "a job", WORK, period=1e-3)
    assert (account.static is not None) == (device in LOIHI)


def test_nothing_costs_nothing_at_any_price():
    assert Price(None, "unknown").of(0) == 0
    assert Price(None, "unknown").of(1) is None
    assert Price(2.5, "known").of(4) == 10


def test_a_processors_operation_multiplies_and_adds():
    account = arithmetic_account(DEVICES["arm"], "a law", Operations(300, 280, 20))
    assert account.part(ARITHMETIC) == pytest.approx(320 * 0.9e-9)
    assert account.static is None
    assert account.labels == ("modelled",)


def test_bare_arithmetic_is_products_and_sums_at_45_nm():
    account = bare_account("a law", Operations(300, 280, 20))
    assert account.dynamic == pytest.approx(320 * 3.7e-12 + 280 * 0.9e-12)
    assert account.static is None


def test_what_was_measured_is_work_and_idle_power_in_its_time():
    measurement = Measurement(energy=3e-4, idle_power=7.0, busy_power=13.0, calls=4000)
    account = measured_account("a job", measurement, period=2e-3)
    assert (account.dynamic, account.static) == (3e-4, pytest.approx(14e-3))
    assert account.labels == ("measured",)
