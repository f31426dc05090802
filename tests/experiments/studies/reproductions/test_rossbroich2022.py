"""The reproduction of Rossbroich, Gygax and Zenke 2022."""

from collections.abc import Mapping
from importlib.util import find_spec

import numpy as np
import pytest
from apart import apart

from spikearm.experiments.studies.reproductions.measurement import Measurement
from spikearm.experiments.studies.reproductions.rossbroich2022 import membrane, parts
from spikearm.experiments.studies.reproductions.rossbroich2022.arm_states import (
    LINKS,
    make_arm_states,
)
from spikearm.experiments.studies.reproductions.rossbroich2022.learning import (
    MEASURED_RATES,
    Setting,
    classify,
    locate,
)
from spikearm.experiments.studies.reproductions.rossbroich2022.manifolds import make_manifolds
from spikearm.experiments.studies.reproductions.rossbroich2022.rossbroich2022 import Rossbroich2022
from spikearm.experiments.studies.reproductions.study import ReproductionStudy
from spikearm.experiments.studies.study import StudyWatcher, run_study
from spikearm.neural.initialisation.fluctuation_driven import FluctuationDriven

needs_tensorflow = pytest.mark.skipif(
    find_spec("tensorflow") is None, reason="needs the extra [train]"
)
TRAINED_PARTS = {parts.DEEP, parts.SHALLOW, parts.HOMEOSTASIS}


def test_every_finding_has_its_measurement_and_its_control():
    values: dict[str, float] = dict.fromkeys(
        ("deviation", "share", "accuracy", "error", "least_rate_before", "most_rate_before",
         "deep_rate_before", "least_rate_after"), 0.04,
    )  # fmt: skip
    made_up = [
        Measurement(part.name, condition, seed, values)
        for part in Rossbroich2022().parts(False)
        for condition, seed in part.pieces
    ]
    findings = Rossbroich2022().findings(made_up)
    assert all(len(one.here) == 3 for one in findings if one.offline)
    assert all(len(one.control) == 3 for one in findings if one.control_name)
    verdicts = {one.quantity: one.verdict for one in findings}
    assert "not measured" not in verdicts.values()
    assert list(verdicts.values()).count("not reproducible offline") == 3
    assert findings[0].here == pytest.approx((4.0,) * 3)  # per cent
    assert verdicts["accuracy on manifolds, 7 layers"] == "differs"
    assert verdicts["accuracy on manifolds, 7 layers, Kaiming"] == "holds"
    assert len(Rossbroich2022().figure(made_up).data) == len(TRAINED_PARTS)


def test_the_quick_reproduction_has_all_parts():
    quick, full = (Rossbroich2022().parts(one) for one in (True, False))
    assert [one.name for one in quick] == [one.name for one in full]
    assert all(set(one.conditions) <= set(other.conditions)
               for one, other in zip(quick, full, strict=True))  # fmt: skip


def test_every_unit_fires_once_in_every_trial_so_that_rates_tell_nothing():
    trials = make_manifolds(np.random.default_rng(0), 3, 20, 15)
    assert trials.spikes.shape == (50, 60, 15)
    assert (trials.spikes.sum(axis=0) == 1).all()
    assert not trials.spikes[41:].any()  # used: 0.8 of the steps
    assert np.bincount(trials.labels).tolist() == [20, 20, 20]


def test_points_of_a_manifold_lie_on_a_curve():
    trials = make_manifolds(np.random.default_rng(1), 4, 100, 30, n_steps=1000, smoothness=2.0)
    times = trials.spikes.argmax(axis=0)
    distances = np.abs(times[:, None] - times).mean(axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = distances.argmin(axis=1)
    assert np.mean(trials.labels[nearest] == trials.labels) > 0.95
    assert np.median(distances.min(axis=1)) < 0.1 * np.median(distances[distances < np.inf])


def test_manifolds_and_arm_states_are_the_seeds():
    def drawn(make, seed):
        return np.concatenate([one.ravel() for one in make(np.random.default_rng(seed))])

    for make in (lambda rng: make_manifolds(rng, 2, 5), lambda rng: make_arm_states(rng, 5)):
        assert (drawn(make, 0) == drawn(make, 0)).all()
        assert (drawn(make, 0) != drawn(make, 1)).any()


def test_arm_states_hold_the_position_of_the_hand():
    spikes, positions = make_arm_states(np.random.default_rng(2), 1500)
    assert 20 < spikes.mean() / 0.002 < 100
    counts = np.column_stack([spikes.sum(axis=0), np.ones(1500)])
    fitted, *_ = np.linalg.lstsq(counts[:1000], positions[:1000])
    errors = counts[1000:] @ fitted - positions[1000:]
    assert np.sqrt(np.mean(errors**2)) < 0.6  # of linear readouts; constants have 1
    assert positions.std(axis=0) == pytest.approx([1, 1], rel=1e-4)
    assert len(LINKS) == 3


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow),
                                  pytest.param(2, marks=pytest.mark.slow)])  # fmt: skip
def test_membranes_fluctuate_as_wanted(seed):
    deviation = {
        one: membrane.measure_configurations(one, seed)["deviation"]
        for one in (membrane.RULE, membrane.CLOSED_FORM, membrane.KAIMING)
    }
    assert deviation[membrane.RULE] < 0.06
    assert deviation[membrane.RULE] < deviation[membrane.CLOSED_FORM] < 0.25
    assert deviation[membrane.KAIMING] > 0.5
    for alpha in (0.9, 0.5):
        assert membrane.measure_shares(alpha, seed)["share"] == pytest.approx(alpha, abs=0.03)
    assert membrane.measure_convolution(seed)["deviation"] < 0.06
    assert membrane.measure_dale(seed)["deviation"] < 0.06


def train_briefly() -> tuple[Mapping[str, float], Mapping[str, float]]:
    return (
        classify(Setting(FluctuationDriven(), depth=3, epochs=1, banded=True), 10),
        locate(MEASURED_RATES, depth=2, epochs=1, seed=10),
    )


@needs_tensorflow
def test_each_training_runs_and_the_rule_keeps_deep_layers_awake():
    classified, located = apart(train_briefly)
    assert 0.05 < classified["accuracy"] < 0.9
    assert 1 < classified["least_rate_before"] < classified["most_rate_before"] < 50
    assert located["least_rate_before"] > 1
    assert 0.1 < located["error"] < 3


def reproduce() -> tuple[list[int], list[str]]:
    """Run the whole reproduction: numbers of seeds, and quantities that differ."""
    done = run_study(ReproductionStudy(Rossbroich2022(), jobs=2), StudyWatcher())
    assert done.problem is None
    findings = Rossbroich2022().findings(done.outcomes)
    n_seeds = [len(one.here) for one in findings if one.offline]
    return n_seeds, [f"{one.quantity}: {one.here}" for one in findings if one.verdict == "differs"]


@needs_tensorflow
@pytest.mark.slow
def test_the_full_reproduction_keeps_its_bounds_with_every_seed():
    n_seeds, differing = apart(reproduce)
    assert set(n_seeds) == {3}
    assert differing == []
