"""The deep network: how it begins, against least squares; and what training makes of it.

Training runs in another process: one that has loaded TensorFlow crashes when MuJoCo's renderer
loads Mesa, and other tests render.
"""

import math
import sys
from contextlib import suppress
from dataclasses import fields
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
import pytest
from apart import apart

from spikearm.controller.training.compression import (
    AMPLITUDE,
    CODE_RANGE,
    PERCENTILE,
    RIDGE,
    Compression,
    CompressionConfig,
    TrainingTargets,
    begin,
)

CONFIG = CompressionConfig(
    n_features=60, n_code=45, n_latent=3, max_rates=(55.0, 125.0), rate_limit=135.0,
    epochs=8, batch=64, learning_rate=6e-3,
)  # fmt: skip
N_TAUGHT, N_NEW = 900, 300
needs_tensorflow = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("tensorflow", "tf_keras", "nengo_dl")),
    reason="needs the extra [train]",
)


def draw_targets(n: int, seed: int) -> TrainingTargets:
    """Draw states of three joints, and a law that is smooth in them: curves of a few numbers."""
    rng, fixed = np.random.default_rng(seed), np.random.default_rng(100)
    inputs = rng.uniform(-1.0, 1.0, (n, 9))
    mix, spread, constant = fixed.normal(size=(6, 4)), fixed.normal(size=(4, 18)), 2.0
    z = np.tanh(0.6 * inputs[:, :6] @ mix) * [1.6, 1.1, 0.7, 0.1]
    velocity = inputs[:, 6:] * (1.0 + 0.5 * inputs[:, :3])
    drift = np.sin(inputs[:, :3] @ fixed.normal(size=(3, 3))) + velocity
    return TrainingTargets(inputs, z @ spread + constant * fixed.normal(size=18), drift)


TAUGHT, NEW = draw_targets(N_TAUGHT, 1), draw_targets(N_NEW, 2)


def start() -> Compression:
    return begin(TAUGHT, CONFIG, np.random.default_rng(7))


class Forward(NamedTuple):
    """What the deep network makes of inputs, in double precision."""

    features: np.ndarray
    code: np.ndarray
    latent: np.ndarray
    maps: np.ndarray
    drift: np.ndarray


def forward(made: Compression, inputs: np.ndarray) -> Forward:
    features = CONFIG.membrane.rates(inputs @ made.first.T + made.first_bias)
    code = CONFIG.membrane.rates(features @ made.second.T + made.second_bias)
    latent = code @ made.latent.T + made.latent_bias
    drift = features @ made.drift_first.T + code @ made.drift_second.T + made.drift_bias
    return Forward(features, code, latent, latent @ made.maps.T + made.maps_bias, drift)


def loss(made: Compression, targets: TrainingTargets) -> float:
    """Give the mean squares of the errors of task map and drift."""
    seen = forward(made, targets.inputs)
    wrong = np.mean(np.square(seen.maps - targets.task_map))
    return float(wrong + np.mean(np.square(seen.drift - targets.drift)))


@pytest.fixture(scope="module")
def begun() -> Compression:
    return start()


def test_it_has_the_sizes_of_the_config(begun):
    shapes = {field.name: getattr(begun, field.name).shape for field in fields(begun)}
    assert shapes == {
        "first": (60, 9), "first_bias": (60,), "second": (45, 60), "second_bias": (45,),
        "latent": (3, 45), "latent_bias": (3,), "maps": (18, 3), "maps_bias": (18,),
        "drift_first": (3, 60), "drift_second": (3, 45), "drift_bias": (3,),
    }  # fmt: skip


def test_the_maps_are_the_principal_components_of_the_law(begun):
    # What three numbers leave out is what the covariance has beyond its three largest values.
    centred = TAUGHT.task_map - TAUGHT.task_map.mean(axis=0)
    values = np.linalg.eigvalsh(np.cov(centred.T, bias=True))
    codes = np.linalg.lstsq(begun.maps, (TAUGHT.task_map - begun.maps_bias).T)[0].T
    left = TAUGHT.task_map - begun.maps_bias - codes @ begun.maps.T
    np.testing.assert_allclose(np.square(left).sum(axis=1).mean(), values[:-3].sum(), rtol=1e-6)
    assert 1e-3 < values[:-3].sum() / values.sum() < 0.1
    largest = np.percentile(np.abs(codes), PERCENTILE, axis=0)
    np.testing.assert_allclose(largest, CODE_RANGE, rtol=1e-6)


def ridge(activity: np.ndarray, targets: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Predict by NumPy's least squares, with rows that pull the weights to zero."""
    mean, offset = activity.mean(axis=0), targets.mean(axis=0)
    pull = RIDGE * activity.max() * np.sqrt(len(activity)) * np.eye(activity.shape[1])
    rows = np.vstack([activity - mean, pull])
    wanted = np.vstack([targets - offset, np.zeros((len(pull), targets.shape[1]))])
    return offset + (new - mean) @ np.linalg.lstsq(rows, wanted)[0]


def test_on_new_samples_the_decoders_say_what_least_squares_says(begun):
    seen, new = forward(begun, TAUGHT.inputs), forward(begun, NEW.inputs)
    codes = np.linalg.lstsq(begun.maps, (TAUGHT.task_map - begun.maps_bias).T)[0].T
    np.testing.assert_allclose(new.latent, ridge(seen.code, codes, new.code), atol=1e-8)
    both, new_both = (np.hstack([one.features, one.code]) for one in (seen, new))
    np.testing.assert_allclose(new.drift, ridge(both, TAUGHT.drift, new_both), atol=1e-8)
    for actual, wanted in ((new.maps, NEW.task_map), (new.drift, NEW.drift)):
        assert 0.01 < np.var(actual - wanted) / np.var(wanted) < 0.6


def test_neurons_fire_for_some_samples_within_the_range_of_rates(begun):
    seen = forward(begun, TAUGHT.inputs)
    for layer in (seen.features, seen.code):
        firing = (layer > 0).mean(axis=0)
        assert 0.0 < firing.min() < 0.3
        assert 0.7 < firing.max() <= 1.0
        top = np.percentile(layer, PERCENTILE, axis=0)
        assert np.median(top) > 40.0
        # Beyond that percentile, what drives a neuron exceeds the range that it was made for.
        assert top.max() < 1.01 * CONFIG.max_rates[1] < layer.max()


def test_some_features_see_the_posture_alone(begun):
    still = (begun.first[:, 6:] == 0).all(axis=1)
    assert 0.4 < still.mean() < 0.8
    assert (begun.first[:, :6] != 0).all()


def test_one_seed_begins_alike_and_two_seeds_differ(begun):
    again, other = start(), begin(TAUGHT, CONFIG, np.random.default_rng(8))
    for field in fields(Compression):
        np.testing.assert_array_equal(getattr(again, field.name), getattr(begun, field.name))
    assert np.abs(other.first - begun.first).max() > 0.1


class StoppedError(Exception):
    """Ends a training in the middle."""


def learn(folder: str, *epochs: int) -> dict[str, list]:
    """Train, stop, resume from the last state kept, and keep what was learned and predicted.

    Args:
        folder: Folder for that.
        *epochs: Further epochs from whose states training is resumed.
    """
    from spikearm.controller.training.deep_network import DeepNetwork, State, pseudo_huber, train

    states: dict[int, State] = {}

    def keep(state: State, epoch: int) -> None:
        states[epoch] = state
        if epoch == 7:
            raise StoppedError

    with suppress(StoppedError):
        train(TAUGHT, start(), CONFIG, 5, keep=keep)
    loaded = sorted({"tensorflow", "tf_keras", "nengo_dl"} & set(sys.modules))
    told: dict[str, list] = {"kept": list(states), "loaded": loaded}
    told["weighed"] = np.asarray(pseudo_huber(np.array([1e-6, 0.03, 1e4]), 0.2)).tolist()
    with DeepNetwork(TAUGHT, start(), CONFIG, 5) as network:
        network.resume(states[7])
        network.run_epoch()
        trained = network.read()
        np.savez(f"{folder}/trained", **vars(trained))
        shown = NEW.inputs[: CONFIG.batch, None, :].astype(np.float32)
        predicted = network._simulator.predict({network._state: shown})
        np.savez(
            f"{folder}/predicted",
            maps=predicted[network._maps_probe][:, 0],
            drift=predicted[network._drift_probe][:, 0],
            latent=predicted[network._latent_probe][:, 0],
            features=predicted[network._rate_probes[0]][:, 0] / AMPLITUDE,
            code=predicted[network._rate_probes[1]][:, 0] / AMPLITUDE,
        )
    resumed = [train(TAUGHT, start(), CONFIG, 5, states[epoch]) for epoch in epochs]
    whole = train(TAUGHT, start(), CONFIG, 5)
    told["alike"] = [
        field.name
        for field in fields(Compression)
        if all(np.array_equal(getattr(whole, field.name), getattr(one, field.name))
               for one in (trained, *resumed))
    ]  # fmt: skip
    return told


class Learned(NamedTuple):
    trained: Compression
    predicted: dict[str, np.ndarray]
    told: dict[str, Any]


@pytest.fixture(scope="module")
def learned(tmp_path_factory) -> Learned:
    folder = tmp_path_factory.mktemp("trained")
    told = apart(learn, str(folder))
    with np.load(folder / "trained.npz") as arrays:
        trained = Compression(**arrays)
    with np.load(folder / "predicted.npz") as arrays:
        return Learned(trained, dict(arrays), told)


@needs_tensorflow
def test_training_loads_what_nothing_else_does(learned):
    assert learned.told["loaded"] == ["nengo_dl", "tensorflow", "tf_keras"]


@needs_tensorflow
def test_small_errors_count_by_their_square_and_large_ones_by_themselves(learned):
    small, middle, large = learned.told["weighed"]
    np.testing.assert_allclose(small, 1e-6, rtol=1e-4)
    np.testing.assert_allclose(middle, 0.08 * (math.sqrt(1 + 0.03 / 0.04) - 1), rtol=1e-6)
    np.testing.assert_allclose(large, 2 * 0.2 * 100.0, rtol=0.01)


@needs_tensorflow
def test_training_lowers_the_loss_on_samples_that_it_has_not_seen(learned, begun):
    for targets in (TAUGHT, NEW):
        assert 0.0 < loss(learned.trained, targets) < 0.6 * loss(begun, targets)


@needs_tensorflow
def test_rates_and_codes_stay_where_they_should(learned):
    seen = forward(learned.trained, NEW.inputs)
    for layer in (seen.features, seen.code):
        # A penalty, no wall: the steepest of so few neurons overshoot.
        assert 0.0 < (layer > CONFIG.rate_limit).mean() < 0.03
        assert np.percentile(layer, 99) < 1.2 * CONFIG.rate_limit
        assert (layer > 0).mean() > 0.2
    assert (np.abs(seen.latent) > 1.0).mean() < 0.1


@needs_tensorflow
def test_what_is_read_back_computes_what_nengo_dl_does(learned):
    seen = forward(learned.trained, NEW.inputs[: CONFIG.batch])
    for name in Forward._fields:
        actual, wanted = learned.predicted[name], getattr(seen, name)
        assert np.std(wanted) > 0.1
        # Single precision, over sums of some dozen terms of up to 150.
        np.testing.assert_allclose(actual, wanted, atol=3e-4 * np.abs(wanted).max(), err_msg=name)


@needs_tensorflow
def test_everything_is_learned_but_nothing_far_from_where_it_began(learned, begun):
    for field in fields(Compression):
        before, after = getattr(begun, field.name), getattr(learned.trained, field.name)
        moved = np.abs(after - before).mean() / np.abs(before).mean()
        assert 1e-4 < moved < 2.0, field.name


@needs_tensorflow
def test_a_state_is_kept_after_every_epoch_until_training_is_stopped(learned):
    assert learned.told["kept"] == [1, 2, 3, 4, 5, 6, 7]


@needs_tensorflow
def test_resumed_training_gives_the_same_weights_bit_for_bit(learned):
    assert learned.told["alike"] == [field.name for field in fields(Compression)]


@needs_tensorflow
@pytest.mark.slow
def test_resumed_from_any_epoch_it_does(tmp_path):
    told = apart(learn, str(tmp_path), 1, 4)
    assert told["alike"] == [field.name for field in fields(Compression)]
