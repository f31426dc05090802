"""Time of a step against sums by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from spikearm.loihi_deploy.energy.chip_work import chip_work
from spikearm.loihi_deploy.energy.step_time import StepTimes, step_times, synchronisation
from spikearm.loihi_deploy.mapping.fan_out import FanOut
from spikearm.loihi_deploy.mapping.placement import Core, Placement
from spikearm.neural.counts import ChipWork


class Named:
    """A block with nothing but a name."""

    def __init__(self, label: str) -> None:
        self.label = label


def placement(*numbers: int) -> Placement:
    return Placement(tuple(Core(0, number, (Named(f"on {number}"),)) for number in numbers))


@pytest.fixture
def fan_out() -> FanOut:
    """Three compartments on two cores of different tiles, and one neuron on the host.

    The first reaches 10 weights of a whole row on its own core and 7 without zeros on the other;
    the second reaches nothing; the third 4 of a shared row on the first core, and the host 20 of
    whole rows in two groups on the second.
    """
    whole, indexed, shared = (
        csr_array(np.array(rows))
        for rows in (
            [[10, 0], [0, 0], [0, 0], [0, 20]],
            [[0, 7], [0, 0], [0, 0], [0, 0]],
            [[0, 0], [0, 0], [4, 0], [0, 0]],
        )
    )
    messages = csr_array(np.array([[1, 1], [0, 0], [1, 0], [0, 2]]))
    return FanOut(placement(0, 5), 3, np.array([0, 0, 1]), messages, (whole, indexed, shared))


FIRED = csr_array(np.array([[1, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 0]]))


def test_a_core_takes_the_longer_of_its_messages_and_its_neurons(fan_out):
    times = step_times(fan_out, FIRED)
    messages = [
        [16 + 10 * 3.8, (16 + 7 * 4.7) + (2 * 16 + 20 * 3.8)],
        [16 + 4 * 3.1, 0],
        [0, 0],
    ]
    neurons = [
        [2 * 9.7 + 2 * 30 + 2 * 5.1, 9.7],
        [2 * 9.7, 9.7 + 30 + 5.1],
        [2 * 9.7, 9.7],
    ]
    np.testing.assert_allclose(times.messages, np.multiply(1e-9, messages))
    np.testing.assert_allclose(times.neurons, np.multiply(1e-9, neurons))
    np.testing.assert_allclose(times.steps, 1e-6 + np.multiply(1e-9, [156.9, 44.8, 19.4]))


def test_work_is_counted_in_the_step_in_which_a_neuron_fires(fan_out):
    rows = [ChipWork(*row) for row in chip_work(fan_out, FIRED)]
    assert [one._replace(time=0) for one in rows] == [
        ChipWork(
            whole_events=30, indexed_events=7, spikes=2, messages=2, north_south=1, host_messages=2
        ),
        ChipWork(shared_events=4, spikes=1, messages=1, north_south=1),
        ChipWork(),
    ]
    assert rows[0].stored_events == 37
    np.testing.assert_array_equal([one.time for one in rows], step_times(fan_out, FIRED).steps)


def test_spikes_to_another_chip_are_no_messages_on_this_one(fan_out):
    cores = fan_out.placement.cores
    apart = Placement((cores[0], Core(1, 5, cores[1].blocks)))
    moved = FanOut(apart, 3, fan_out.core, fan_out.messages, fan_out.events)
    work = ChipWork(*chip_work(moved, FIRED).sum(axis=0))
    assert (work.messages, work.between_chips, work.north_south) == (1, 2, 0)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [([0, 3], 0.6), ([0, 4], 1.0), (range(12), 1.0), (range(13), 1.4), (range(128), 1.8)],
)
def test_more_tiles_take_longer_to_synchronise(numbers, expected):
    assert synchronisation(placement(*numbers)) == pytest.approx(1e-6 * expected)


def test_the_summary_names_the_core_that_is_slowest_in_most_steps():
    messages = np.array([[1.0, 9.0], [5.0, 2.0], [5.0, 4.0], [0.0, 0.0]])
    times = StepTimes(placement(0, 1), messages, np.full((4, 2), 0.5), 1.0)
    found = times.summary
    assert found.bottleneck == "on 0"
    assert found.busy_with == "messages"
    assert (found.mean, found.longest, found.highest_rate) == (6.0 - 0.125, 10.0, 0.1)
    assert found.p99 == pytest.approx(np.percentile([10, 6, 6, 1.5], 99))
