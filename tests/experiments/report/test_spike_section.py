"""Pictures of spikes, against the spikes they are drawn from."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.report.series import Series
from spikearm.experiments.report.spike_section import (
    MOST_BINS,
    MOST_LINES,
    bin_steps,
    binned,
    in_order,
    lines_apart,
    ordinal,
    raster,
    spike_counts,
    spike_section,
)
from spikearm.neural.spikes import Population, SpikeTrains

STEP = 0.001  # s
N_STEPS = 150
DRAWN = np.arange(9, N_STEPS, 10)  # steps at 0.010 s, 0.020 s ... 0.150 s
POPULATIONS = (Population("features", 40), Population("code", 25))


def named(figure: Any, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.name == name]


def spiking(reach: RecordedReach, rng: np.random.Generator) -> RecordedReach:
    changes = {f.name: getattr(reach.trajectory, f.name) for f in fields(Trajectory)}
    changes["spikes"] = rng.integers(3, 90, N_STEPS)
    return replace(reach, trajectory=Trajectory(**changes))


def random_spikes(n_steps: int, share: float) -> SpikeTrains:
    """Spikes of 65 neurons, of which every fifth is silent."""
    fired = np.random.default_rng(5).random((n_steps, 65)) < share
    fired[:, ::5] = False
    return SpikeTrains.of_steps(POPULATIONS, [np.flatnonzero(row) for row in fired])


@pytest.fixture
def neural(series) -> Series:
    rng = np.random.default_rng(9)
    reaches = [spiking(reach, rng) for reach in series[1].reaches]
    return replace(series[1], label="net", reaches=reaches)


def test_without_neurons_there_is_no_picture_of_spikes(series):
    assert spike_section(series) is None


def test_spikes_are_averaged_over_the_steps_between_two_points(neural):
    figure = spike_counts([neural])
    (line,) = named(figure, "net")
    counts = np.array([motion.spikes for motion in neural.trajectories])
    wanted = [counts[:, end - 9 : end + 1].mean() for end in DRAWN]
    np.testing.assert_allclose(line.y, wanted)
    np.testing.assert_allclose(line.x, STEP * (DRAWN + 1))


def test_a_network_whose_spikes_were_recorded_has_a_raster_and_no_other_has(series, neural):
    recorded = replace(neural, label="seen", spike_trains=random_spikes(N_STEPS, 0.1))
    section = spike_section([series[0], neural, recorded])
    assert section is not None
    titles = [panel.title for panel in section.panels]
    assert titles == ["seen: all neurons of those that spike, 1 ms a dot", "per control step"]
    assert section.labels >= {"net", "seen"}
    assert "analytic" not in section.labels
    without = spike_section([neural])
    assert without is not None
    assert [panel.title for panel in without.panels] == ["per control step"]


def test_a_raster_holds_every_spike_of_each_population_in_its_bin():
    trains = random_spikes(700, 0.05)
    figure = raster(trains, 700, STEP, "#123456")
    for number, (trace, name) in enumerate(zip(figure.data, POPULATIONS, strict=True)):
        neurons = trains.by_neuron(number)
        spiking_neurons = [one for one in neurons if len(one)]
        assert trace.z.shape == (len(spiking_neurons), 350)  # two steps a bin
        assert trace.z.sum() == sum(map(len, neurons))
        per_bin = np.bincount(np.concatenate(neurons) // 2, minlength=350)
        np.testing.assert_array_equal(trace.z.sum(axis=0), per_bin)
        np.testing.assert_allclose(trace.x[:2], [0.001, 0.003])
        text = figure.layout.annotations[number].text
        assert text == f"{name.name}: {len(spiking_neurons)} of {name.n_neurons} neurons"
    assert figure.data[0].y.max() < figure.data[1].y.min() - 5  # room for the name


def test_neurons_are_in_the_order_of_their_spikes():
    steps = [np.array([90, 100]), np.array([], dtype=int), np.array([3]), np.array([5, 60])]
    assert [one.tolist() for one in in_order(steps)] == [[3], [5, 60], [90, 100]]


def test_bins_count_the_spikes_of_their_steps():
    counts = binned([np.array([0, 2, 3, 6]), np.array([6])], n_steps=7, width=3)
    np.testing.assert_array_equal(counts, [[2, 1, 1], [0, 0, 1]])


def test_a_large_network_is_drawn_in_part_and_small():
    n_neurons, n_steps = 3_200, 2_150
    rng = np.random.default_rng(1)
    spiked = [rng.choice(n_neurons, 80, replace=False) for _ in range(n_steps)]
    trains = SpikeTrains.of_steps((Population("products", n_neurons),), spiked)
    every = lines_apart(trains)
    assert n_neurons / MOST_LINES <= every < n_neurons / MOST_LINES + 1
    assert n_steps / MOST_BINS <= bin_steps(n_steps) < n_steps / MOST_BINS + 1
    figure = raster(trains, n_steps, STEP, "#123456")
    assert len(figure.to_json()) < 500_000


def test_names_of_populations_are_text_and_never_markup():
    trains = SpikeTrains.of_steps((Population("<b>&", 3),), [np.array([1])])
    figure = raster(trains, 1, STEP, "#123456")
    assert figure.layout.annotations[0].text == "&lt;b&gt;&amp;: 1 of 3 neurons"


def test_a_population_that_is_silent_keeps_its_name():
    trains = SpikeTrains.of_steps(POPULATIONS, [np.array([3]), np.array([3, 7])])
    figure = raster(trains, 2, STEP, "#123456")
    assert figure.layout.annotations[1].text == "code: 0 of 25 neurons"


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st"),
     (112, "112th")],
)  # fmt: skip
def test_ordinals(number, word):
    assert ordinal(number) == word
