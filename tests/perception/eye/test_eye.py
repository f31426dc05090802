"""The eye's network, against a loop over neurons, and the reading of its heat neurons."""

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.perception.eye.eye import Eye
from spikearm.perception.eye.eye_weights import EyeDynamics, EyeLayer, EyeWeights
from spikearm.perception.eye.heat_reading import HeatReader, mean_pixel
from spikearm.perception.eye.pulsed_layer import run_layer

DYNAMICS = EyeDynamics()


def weights(seed: int = 0, size: int = 12) -> EyeWeights:
    """An eye of three small layers that fire."""
    rng = np.random.default_rng(seed)
    layers = (
        EyeLayer(rng.normal(0.1, 0.4, (5, 5, 2, 6)), 2),
        EyeLayer(rng.normal(0.1, 0.5, (3, 3, 6, 5)), 1),
        EyeLayer(rng.normal(0.1, 0.5, (3, 3, 5, 4)), 1),
    )
    return EyeWeights(size, layers, np.array([1.5, 1.0]), np.array([3.0, 2.0]), DYNAMICS)


def frames(seed: int, n: int = 15, size: int = 12) -> np.ndarray:
    return np.random.default_rng(seed).random((n, size, size, 2)) < 0.1


def loop_over_neurons(layer: EyeLayer, inputs: np.ndarray) -> np.ndarray:
    """The spikes of a layer, each neuron by itself; padding as TensorFlow's `same`."""
    side, stride, size = layer.kernel.shape[0], layer.stride, inputs.shape[1]
    n_out = -(-size // stride)
    before = max((n_out - 1) * stride + side - size, 0) // 2
    kernel = layer.kernel.astype(np.float32).astype(float)
    potentials = np.zeros((n_out, n_out, kernel.shape[3]))
    spikes = np.zeros((len(inputs), *potentials.shape), bool)
    for step, frame in enumerate(inputs):
        for place in np.ndindex(potentials.shape):
            row, column, channel = place
            total = 0.0
            for i in range(side):
                for j in range(side):
                    y, x = row * stride + i - before, column * stride + j - before
                    if 0 <= y < size and 0 <= x < size:
                        total += frame[y, x] @ kernel[i, j, :, channel]
            potential = max(potentials[place] * np.exp(-0.004 / 0.02) + total, -4.0)
            spikes[step][place] = potential > 1.0
            potentials[place] = 0.0 if potential > 1.0 else potential
    return spikes


def test_a_layer_fires_as_neurons_that_are_worked_out_one_by_one():
    layer = weights().layers[0]
    inputs = frames(1)
    spikes = run_layer(layer, inputs[:, None], DYNAMICS)[:, 0]
    assert 0.02 < spikes.mean() < 0.5
    np.testing.assert_array_equal(spikes, loop_over_neurons(layer, inputs))


def test_a_frame_passes_through_all_layers_at_once():
    network = weights()
    inputs = spikes = frames(2)
    for layer in network.layers:
        spikes = loop_over_neurons(layer, spikes)
    eye = Eye(network)
    seen = np.array([eye.see(frame) for frame in inputs])
    np.testing.assert_array_equal(seen, spikes)
    assert seen.any()
    assert eye.n_spikes[0] == inputs[-1].sum()
    assert eye.n_spikes[-1] == seen[-1].sum()


def test_an_eye_that_is_restarted_sees_the_same_again():
    eye, inputs = Eye(weights()), frames(3)
    first = [eye.see(frame) for frame in inputs]
    eye.restart()
    np.testing.assert_array_equal(first, [eye.see(frame) for frame in inputs])


def test_membranes_do_not_fall_below_the_floor():
    layer = EyeLayer(np.full((1, 1, 2, 1), -3.0), 1)
    dynamics = EyeDynamics(floor=-4.0)
    inputs = np.ones((3, 1, 4, 4, 2), bool)
    rises = EyeLayer(np.full((1, 1, 2, 1), 2.6), 1)  # from -4 decayed, two of them reach 1
    from spikearm.perception.eye.pulsed_layer import PulsedLayer

    neurons = PulsedLayer(layer, (4, 4, 2), dynamics)
    for frame in inputs:
        neurons.step(np.flatnonzero(frame[0]))
    assert (neurons.potentials == -4.0).all()
    assert run_layer(rises, inputs, dynamics).all()


def test_a_frame_of_another_size_is_refused_in_a_sentence():
    with pytest.raises(
        SpikearmError, match=r"shape \(8, 8, 2\) does not fit.*give an event camera of 12"
    ):
        Eye(weights()).see(np.zeros((8, 8, 2), bool))


def test_what_is_read_is_the_softmax_of_filtered_spikes():
    network, rng = weights(), np.random.default_rng(5)
    reader = HeatReader(network)
    spikes = rng.random((6, 6, 6, 4)) < 0.3
    sights = [reader.read(frame) for frame in spikes][-1]
    ages = np.arange(6)[::-1]
    filtered = np.tensordot(np.exp(-0.004 / 0.032 * ages), spikes, 1)  # (6, 6, 4)
    for number, name in enumerate(("target", "hand")):
        odds = network.sharpness[number] * filtered[..., 2 * number : 2 * number + 2].sum(axis=-1)
        parts = np.exp(odds)
        whole = parts.sum() + np.exp(network.absence[number])
        np.testing.assert_allclose(sights[name].heat, parts / whole, rtol=1e-9)
        assert sights[name].confidence == pytest.approx(parts.sum() / whole)


def test_nothing_is_sure_where_no_heat_neuron_fires():
    sight = HeatReader(weights()).read(np.zeros((6, 6, 4), bool))["target"]
    assert sight.confidence == pytest.approx(36 / (36 + np.exp(3.0)))


def test_a_pixel_is_the_mean_of_the_places_around_the_likeliest():
    heat = np.zeros((8, 8))
    heat[3, 4], heat[3, 5], heat[0, 0] = 0.4, 0.2, 0.39  # what is far does not pull
    np.testing.assert_allclose(mean_pixel(heat, 4), [4 * (4 + 1 / 3 + 0.5), 4 * 3.5])
    heat[:] = 0
    heat[7, 7] = 1.0
    np.testing.assert_allclose(mean_pixel(heat, 2), [15, 15])


def test_weights_are_read_back_as_they_were_written(tmp_path):
    written = weights()
    with (tmp_path / "eye.npz").open("wb") as file:
        written.save(file)
    read = EyeWeights.load(tmp_path / "eye.npz")
    for before, after in zip(written.layers, read.layers, strict=True):
        np.testing.assert_array_equal(after.kernel, before.kernel.astype(np.float32))
        assert after.stride == before.stride
    assert (read.size, read.dynamics) == (written.size, written.dynamics)
    np.testing.assert_array_equal(read.sharpness, np.array([1.5, 1.0], np.float32))


def test_a_file_that_holds_something_else_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "eye.npz"
    np.savez(path, size=np.array(3))
    with pytest.raises(SpikearmError, match="is no trained eye: it lacks"):
        EyeWeights.load(path)
