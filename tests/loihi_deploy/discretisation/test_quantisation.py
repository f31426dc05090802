"""What discretisation does to numbers: against closed forms, and against what spikes then do."""

from typing import Any

import numpy as np
import pytest

from spikearm.loihi_deploy.discretisation.blocks import FloatBlocks
from spikearm.loihi_deploy.discretisation.quantisation import (
    WEIGHTS,
    QuantisationError,
    quantisation_errors,
)
from spikearm.loihi_deploy.nengo_loihi_compat import EmulatorInterface, LoihiProbe, nengo_loihi
from spikearm.loihi_deploy.pipeline import quantise

TAU_S = 0.005
ROUNDING = 2e-6  # relative, of the single precision that floats have before discretisation


def block_of(n: int, *weights: np.ndarray) -> Any:
    """A block of neurons that rectify, reached by groups of synapses."""
    block = nengo_loihi.block.LoihiBlock(n, label="made by hand")
    block.compartment.configure_relu()
    block.compartment.configure_filter(TAU_S)
    for matrix in weights:
        synapse = nengo_loihi.block.Synapse(len(matrix))
        synapse.set_weights(matrix)
        block.add_synapse(synapse)
    return block


def errors_of(block: Any, array: str) -> list[QuantisationError]:
    floats = FloatBlocks((block,), (), ())
    found = quantisation_errors(floats, quantise(floats))
    return [error for error in found if error.array == array]


@pytest.mark.parametrize("size", [0.3, 7.0, 900.0])
def test_even_255ths_of_the_largest_weight_are_exact_and_the_largest_loses_one(size):
    # Mantissas are even, from -254 to 254, and 255 stands for the largest weight.
    even = 2 * np.arange(-127, 128)
    weights = size * np.append(even, 255)[None, :] / 255
    (error,) = errors_of(block_of(256, weights), WEIGHTS)
    assert error.largest == pytest.approx(size / 255, rel=1e-4)
    assert error.relative_rms == pytest.approx(size / 255 / np.linalg.norm(weights), rel=1e-4)
    assert error.largest_value == pytest.approx(size, rel=ROUNDING)
    assert error.n_values == 256


def test_a_weight_halfway_between_two_steps_is_off_by_half_a_step():
    weights = np.array([[255, 101.0 - 1e-3]]) / 255  # 100 and 102 are steps
    (error,) = errors_of(block_of(2, weights), WEIGHTS)
    both = np.array([1, 1 - 1e-3]) / 255
    assert error.relative_rms == pytest.approx(
        np.linalg.norm(both) / np.linalg.norm(weights), rel=1e-3
    )


@pytest.mark.filterwarnings("ignore:Lost . extra bits")
def test_a_matrix_of_small_weights_beside_large_ones_is_kept_to_255ths_of_the_largest():
    # The chip shifts weights in two parts, and the first one drops what is below a 255th: here,
    # of a largest small weight that is 255/16 of them, all but 15.
    large, small = np.array([[254.0, 100.0]]) / 254, np.array([[254.0, 140.0]]) / 254 / 16
    _, error = errors_of(block_of(2, large, small), WEIGHTS)
    assert error.largest == pytest.approx((255 / 16 - 15) / 255, rel=1e-4)


@pytest.mark.filterwarnings("ignore:Lost . extra bits")
def test_small_weights_that_nengo_loihi_scales_wrongly_show_as_an_error():
    # Thresholds ask for a weight exponent of -5 here. Weights of a 16th of the largest would need
    # -9, but -6 is the least, and nengo-loihi multiplies them by 2**4 all the same: by 8 too much.
    # As integers, 2 * 255 / 16 was meant; of the 255, the shift by 6 leaves 3 * 64.
    large, small = np.full((1, 2), 5e-4), np.full((1, 2), 5e-4 / 16)
    kept, wrong = errors_of(block_of(2, large, small), WEIGHTS)
    assert kept.relative_rms < 0.2
    assert wrong.relative_rms == pytest.approx(3 * 64 / (2 * 255 / 16) - 1, rel=0.01)


def last_voltage(block: Any, n_steps: int = 60) -> np.ndarray:
    """What the emulator makes of one spike, shape (n_compartments,)."""
    model = nengo_loihi.builder.Model()
    model.add_block(block)
    spikes = nengo_loihi.inputs.SpikeInput(1)
    spikes.add_spikes(1, [0], permanent=True)
    model.add_input(spikes)
    leading = nengo_loihi.block.Axon(1)
    leading.target = block.synapses[0]
    spikes.add_axon(leading)
    probe = LoihiProbe(target=block, key="voltage")
    model.add_probe(probe)
    with EmulatorInterface(model, seed=0) as emulator:
        emulator.run_steps(n_steps)
        return emulator.collect_probe_output(probe)[-1]


@pytest.mark.parametrize("size", [0.02, 0.4])
def test_what_integers_stand_for_is_what_a_spike_does_to_the_voltage_over_the_threshold(size):
    # An integrator's voltage after a spike is the weight, in floats; in integers, it must be the
    # same share of the threshold. The block has weights that rounding moves by up to 40 %.
    weights = size * np.array([[1.0, 0.5, 0.01, 0.0055, -0.7]])
    block = block_of(5, weights)
    block.compartment.vmin = -(2.0**20)
    floats = FloatBlocks((block,), (), ())
    integers = quantise(floats)
    (after,) = integers.blocks
    reached = last_voltage(after) / after.compartment.vth
    lost = reached - weights[0]
    (error,) = [e for e in quantisation_errors(floats, integers) if e.array == WEIGHTS]
    assert np.abs(lost).max() == pytest.approx(error.largest, abs=0.004 * size)
    assert np.linalg.norm(lost) / np.linalg.norm(weights) == pytest.approx(
        error.relative_rms, abs=0.004
    )
    assert abs(lost[3]) > 0.2 * weights[0, 3]


def test_thresholds_and_biases_are_compared_in_the_networks_units():
    block = block_of(3, np.ones((1, 3)))
    block.compartment.bias[:] = [0.31, -0.2, 0.07]
    floats = FloatBlocks((block,), (), ())
    (after,) = quantise(floats).blocks
    (biases,) = errors_of(block, "biases")
    (thresholds,) = errors_of(block, "thresholds")
    assert biases.largest_value == pytest.approx(0.31)
    # Bias and threshold are of one unit where nothing decays: their ratio is what is kept.
    ratio = after.compartment.bias / after.compartment.vth
    allowed = (1 + thresholds.relative_rms) * biases.largest + thresholds.relative_rms * 0.31
    assert np.abs(ratio - block.compartment.bias).max() <= allowed + 1e-6
    # Thresholds are whole multiples of 64.
    assert 0 < thresholds.largest <= 32 / after.discretize_info["v_scale"] + ROUNDING


@pytest.mark.parametrize("tau", [0.0035, 0.02, 0.3])
def test_a_decay_is_what_the_chip_keeps_in_whole_4096ths(tau):
    block = block_of(1, np.ones((1, 1)))
    block.compartment.decay_u[:] = -np.expm1(-0.001 / tau)
    (error,) = errors_of(block, "decay of current")
    (after,) = quantise(FloatBlocks((block,), (), ())).blocks
    kept = (2**12 - 1 - int(after.compartment.decay_u[0])) / 2**12
    assert error.largest == pytest.approx(abs(kept - np.exp(-0.001 / tau)), abs=1e-7)
    assert error.largest < 1 / 2**12


def test_the_blocks_that_are_quantised_stay_as_they_were():
    block = block_of(4, np.full((2, 4), 0.3))
    before = block.synapses[0].weights[0].copy()
    floats = FloatBlocks((block,), (), ())
    assert quantise(floats).blocks[0].synapses[0].weights[0].dtype == np.int32
    assert block.synapses[0].weights[0].dtype == np.float32
    np.testing.assert_array_equal(block.synapses[0].weights[0], before)
