"""Bounds of spike counts, against numbers worked out by hand."""

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.neural.initialisation.lif import Lif
from spikearm.perception.training.spiking.rate_band import Bound, RateBand
from spikearm.perception.training.spiking.super_spike import fire
from spikearm.perception.training.tensorflow_compat import tf

COUNTS = np.array([[0, 4], [2, 6]])  # of two trials and two neurons
STRENGTH = 0.5


def spikes_of(counts):
    """Make spikes with given counts, the first steps being those with spikes."""
    steps = np.arange(counts.max()).reshape(-1, *[1] * counts.ndim)
    return tf.constant(steps < counts, tf.float32)


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (Bound(2.0, STRENGTH), (1 + 0) / 2),  # neurons on average: 1, 5
        (Bound(2.0, STRENGTH, each_trial=True), (4 + 0 + 0 + 0) / 4),
        (Bound(4.0, STRENGTH, "population"), 1.0),  # 3 on average
        (Bound(4.0, STRENGTH, "population", each_trial=True), (4 + 0) / 2),  # 2, 4
    ],
)
def test_a_lower_bound_punishes_counts_below_it(bound, expected):
    loss = RateBand(bound, None).loss([spikes_of(COUNTS)])
    assert float(loss) == pytest.approx(STRENGTH * expected)


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (Bound(3.0, STRENGTH), (0 + 4) / 2),
        (Bound(3.0, STRENGTH, each_trial=True), (0 + 1 + 0 + 9) / 4),
        (Bound(2.0, STRENGTH, "population"), 1.0),
        (Bound(3.0, STRENGTH, "population", each_trial=True), (0 + 1) / 2),
    ],
)
def test_an_upper_bound_punishes_counts_above_it(bound, expected):
    loss = RateBand(None, bound).loss([spikes_of(COUNTS)])
    assert float(loss) == pytest.approx(STRENGTH * expected)


@pytest.mark.parametrize(("each_trial", "expected"), [(False, [1.5, 5.0]), (True, [1, 2, 4, 6])])
def test_a_channel_is_bounded_by_its_mean_over_space(each_trial, expected):
    counts = np.array([[0, 4], [2, 4], [1, 5], [3, 7]]).reshape(2, 1, 2, 2)  # trial, space, channel
    bound = Bound(0.5, 1.0, "channel", each_trial)
    loss = RateBand(None, bound).loss([spikes_of(counts)])
    assert float(loss) == pytest.approx(np.mean((np.array(expected) - 0.5) ** 2))


def test_layers_and_bounds_add_up():
    lower, upper = Bound(2.0, 0.5), Bound(2.0, 0.3, "population")
    layers = [spikes_of(COUNTS), spikes_of(COUNTS[::-1] + 1)]
    both = RateBand(lower, upper).loss(layers)
    each = [
        RateBand(*bounds).loss([layer])
        for layer in layers
        for bounds in ((lower, None), (None, upper))
    ]
    assert float(both) == pytest.approx(sum(map(float, each)))
    assert float(RateBand(None, None).loss(layers)) == 0.0


@pytest.mark.parametrize("per", ["neuron", "population", "channel"])
@pytest.mark.parametrize("each_trial", [False, True])
def test_a_lower_bound_raises_the_inputs_of_a_layer_that_is_silent(per, each_trial):
    inputs = tf.fill((20, 3, 2, 4), 0.15)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        fired = fire(inputs, Lif())
        loss = RateBand(Bound(1.0, 1.0, per, each_trial), None).loss([fired])
    assert float(tf.reduce_sum(fired)) == 0
    gradient = tape.gradient(loss, inputs).numpy()
    assert np.isfinite(gradient).all()
    assert gradient[:10].max() < 0


@pytest.mark.parametrize("wrong", [{"count": -1.0, "strength": 1.0}, {"count": 1, "strength": 0}])
def test_bounds_that_make_no_sense_are_refused(wrong):
    with pytest.raises(SpikearmError):
        Bound(**wrong)
