"""Packing: every weight is kept, zeros are not touched, and loops count what they multiply."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spikearm.arm_models import SpikearmError
from spikearm.neural.sparsity.compressed_columns import CompressedColumns
from spikearm.neural.sparsity.masks import complementary_mask, random_mask
from spikearm.neural.sparsity.packed_weights import PackedWeights
from spikearm.neural.sparsity.packing import pack

N_OUT, N_IN, SETS = 30, 24, 6


def sparse_mask(n_out: int, n_in: int, density: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((n_out, n_in)) < density


masks = st.one_of(
    arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 12))),
    st.builds(
        sparse_mask, st.integers(1, 20), st.integers(1, 20), st.floats(0.05, 0.5), st.integers(0, 9)
    ),
)


def whole_numbers(mask: np.ndarray) -> np.ndarray:
    """Draw weights whose products and sums are exact; none is 0 where the mask has one."""
    rng = np.random.default_rng(0)
    return (rng.integers(1, 9, mask.shape) * rng.choice([-1, 1], mask.shape) * mask).astype(float)


def colours_by_sets(mask: np.ndarray) -> list[int]:
    """Colour neurons by first fit, with Python's sets."""
    groups: list[set[int]] = []
    colours = []
    for row in mask:
        inputs = set(np.flatnonzero(row).tolist())
        fitting = [number for number, taken in enumerate(groups) if not taken & inputs]
        if not fitting:
            fitting = [len(groups)]
            groups.append(set())
        groups[fitting[0]] |= inputs
        colours.append(fitting[0])
    return colours


@pytest.fixture(params=["complementary", "incomplete", "random"])
def mask(request) -> np.ndarray:
    """Return a mask that packs without gaps, one whose last group has some, or an arbitrary one."""
    rng = np.random.default_rng(3)
    if request.param == "random":
        return random_mask(N_OUT, N_IN, 5, rng)
    return complementary_mask(N_OUT - (request.param == "incomplete") * 2, N_IN, SETS, rng)


@given(mask=masks)
@settings(max_examples=80, deadline=None)
def test_nothing_is_lost_and_the_sums_are_those_of_the_masked_matrix(mask):
    weights, x = whole_numbers(mask), np.arange(1.0, mask.shape[1] + 1)
    packed = pack(weights, mask)
    np.testing.assert_array_equal(packed.unpack(), weights)
    np.testing.assert_array_equal(packed.multiply(x).values, weights @ x)
    active = np.flatnonzero(x % 3 == 1)
    np.testing.assert_array_equal(
        packed.multiply_selected(active, x[active]).values, weights[:, active] @ x[active]
    )


@given(mask=masks)
@settings(max_examples=80, deadline=None)
def test_greedy_groups_are_those_of_first_fit_and_efficiency_is_what_they_fill(mask):
    colours = colours_by_sets(mask)
    packed = pack(whole_numbers(mask), mask)
    assert packed.n_groups == max(colours) + 1
    np.testing.assert_array_equal(packed.slots // packed.width, colours)
    assert packed.efficiency == mask.sum() / ((max(colours) + 1) * mask.shape[1])
    assert packed.n_groups >= mask.sum(axis=0).max()  # those that have an input all differ


@pytest.mark.parametrize("sets", [SETS, None])
def test_complementary_neurons_leave_no_gap(sets):
    mask = complementary_mask(N_OUT, N_IN, SETS, np.random.default_rng(0))
    packed = pack(whole_numbers(mask), mask, sets)
    assert (packed.n_groups, packed.width, packed.efficiency) == (N_OUT // SETS, SETS, 1.0)
    assert packed.nbytes == N_OUT // SETS * N_IN * (8 + 1)


def test_a_random_mask_packs_badly_and_is_exact_all_the_same():
    mask = random_mask(60, 40, 10, np.random.default_rng(0))
    packed = pack(whole_numbers(mask), mask)
    assert packed.efficiency < 0.5
    np.testing.assert_array_equal(packed.unpack(), whole_numbers(mask))


def test_groups_have_no_more_neurons_than_their_numbers_have_room_for():
    mask = np.zeros((600, 400), bool)
    mask[np.arange(400), np.arange(400)] = True  # all would fit into one group
    packed = pack(whole_numbers(mask), mask)
    assert packed.n_groups > 1
    assert packed.width <= 256
    np.testing.assert_array_equal(packed.unpack(), whole_numbers(mask))


def test_a_dense_layer_is_a_neuron_per_group():
    weights = whole_numbers(np.ones((4, 5), bool))
    packed = pack(weights)
    assert (packed.n_groups, packed.width, packed.efficiency) == (4, 1, 1.0)
    np.testing.assert_array_equal(packed.multiply(np.ones(5)).values, weights.sum(axis=1))


def test_weights_and_activations_that_take_no_part_are_never_touched(mask):
    weights = whole_numbers(mask)
    packed = pack(np.where(mask, weights, np.nan), mask)
    np.testing.assert_array_equal(packed.unpack(), weights)
    active = np.flatnonzero(np.arange(N_IN) % 4 == 1)
    poisoned = packed.values.copy()
    poisoned[np.setdiff1d(np.arange(N_IN), active)] = np.nan
    packed = PackedWeights(poisoned, packed.kernel_ids, packed.width, packed.slots)
    x = np.arange(2.0, active.size + 2)
    sums = packed.multiply_selected(active, x).values
    np.testing.assert_array_equal(sums, weights[:, active] @ x)


def test_an_input_reaches_its_neurons_and_no_other(mask):
    x = np.ones(N_IN)
    x[2] = np.nan
    sums = pack(whole_numbers(mask), mask).multiply(x).values
    np.testing.assert_array_equal(np.isnan(sums), mask[:, 2])


def test_loops_count_the_weights_of_what_they_are_given():
    mask = complementary_mask(N_OUT, N_IN, SETS, np.random.default_rng(0))
    packed = pack(whole_numbers(mask), mask, SETS)
    dense = pack(whole_numbers(np.ones_like(mask)), sets=1)
    active = np.array([5, 3, 17])
    assert dense.multiply(np.ones(N_IN)).macs == N_OUT * N_IN
    assert packed.multiply(np.ones(N_IN)).macs == N_OUT * N_IN // SETS == mask.sum()
    assert packed.multiply_selected(active, np.ones(3)).macs == mask[:, active].sum() == 15
    columns = CompressedColumns.of(packed.unpack())
    assert columns.multiply_selected(active, np.ones(3)).macs == 15


def test_gaps_count_too(mask):
    packed = pack(whole_numbers(mask), mask)
    assert packed.multiply(np.ones(N_IN)).macs == packed.values.size >= mask.sum()
    assert packed.n_weights == mask.sum()


@pytest.mark.parametrize("index_type", [np.uint16, np.int32])
def test_compressed_columns_give_the_same_sums(mask, index_type):
    weights, active = whole_numbers(mask), np.array([0, 7, 8, 20])
    columns = CompressedColumns.of(weights, index_type)
    sums = columns.multiply_selected(active, np.arange(4.0)).values
    np.testing.assert_array_equal(sums, weights[:, active] @ np.arange(4.0))
    assert columns.nbytes == mask.sum() * (8 + np.dtype(index_type).itemsize) + (N_IN + 1) * 4


def test_weights_of_32_bits_stay_so():
    mask = complementary_mask(N_OUT, N_IN, SETS, np.random.default_rng(0))
    weights = np.random.default_rng(1).normal(size=mask.shape).astype(np.float32) * mask
    packed = pack(weights, mask, SETS)
    x = np.random.default_rng(2).normal(size=N_IN)
    sums = packed.multiply(x).values
    assert packed.values.dtype == sums.dtype == np.float32
    np.testing.assert_allclose(sums, weights.astype(float) @ x, rtol=2e-6, atol=2e-6)


def test_packed_weights_cannot_be_changed_from_outside(mask):
    packed = pack(whole_numbers(mask), mask)
    with pytest.raises(ValueError, match="read-only"):
        packed.values[0, 0] = 1.0


def test_neurons_that_share_an_input_are_not_put_into_one_group():
    mask = complementary_mask(N_OUT, N_IN, SETS, np.random.default_rng(0))
    mask[SETS + 1, np.flatnonzero(mask[SETS + 4])[0]] = True
    said = f"Neurons {SETS + 1} and {SETS + 4} of group 1 both have input"
    with pytest.raises(SpikearmError, match=said):
        pack(whole_numbers(mask), mask, SETS)
    np.testing.assert_array_equal(pack(whole_numbers(mask), mask).unpack(), whole_numbers(mask))


@pytest.mark.parametrize(
    ("weights", "mask", "sets", "said"),
    [
        (np.ones(3), None, None, r"Weights of shape \(3,\) are not possible"),
        (np.ones((0, 3)), None, None, "are not possible"),
        (np.ones((2, 3)), np.ones((2, 3)), None, "give booleans"),
        (np.ones((2, 3)), None, 256, "256 neurons of a group are too many: give 1 to 255"),
    ],
)
def test_what_cannot_be_packed_is_refused(weights, mask, sets, said):
    with pytest.raises(SpikearmError, match=said):
        pack(weights, mask, sets)


@pytest.mark.parametrize("layer", [pack, CompressedColumns.of])
@pytest.mark.parametrize(
    ("indices", "activations", "said"),
    [
        ([0, 3], [1.0, 1.0], "integers from 0 to 2"),
        ([0, -1], [1.0, 1.0], "integers from 0 to 2"),
        ([0, 1], [1.0], r"Activations of shape \(1,\)"),
    ],
)
def test_activations_that_are_not_those_of_inputs_are_refused(layer, indices, activations, said):
    with pytest.raises(SpikearmError, match=said):
        layer(np.ones((2, 3))).multiply_selected(np.array(indices), np.array(activations))


def test_as_many_activations_as_inputs_are_wanted():
    with pytest.raises(SpikearmError, match=r"shape \(3,\)"):
        pack(np.ones((2, 3))).multiply(np.ones(4))


@pytest.mark.parametrize(
    "change",
    [
        {"values": np.ones((3, 2), np.float16)},
        {"kernel_ids": np.zeros((3, 2), int)},
        {"values": np.ones((3, 1))},
        {"kernel_ids": np.full((3, 2), 7, np.uint8)},
        {"slots": np.array([0, 9])},
    ],
)
def test_packed_weights_that_kernels_could_not_run_on_are_refused(change):
    fields = {
        "values": np.ones((3, 2)),
        "kernel_ids": np.zeros((3, 2), np.uint8),
        "width": 1,
        "slots": np.arange(2),
    }
    assert PackedWeights(**fields).n_weights == 6
    with pytest.raises(SpikearmError, match="not possible"):
        PackedWeights(**(fields | change))


@pytest.mark.parametrize(
    "indices", [np.array([1.5]), np.array([True]), np.array(["1"]), np.array([[1]]), [np.nan]]
)
def test_indices_that_are_no_integers_are_refused(indices):
    weights = np.eye(3)
    for layer in (pack(weights), CompressedColumns.of(weights)):
        with pytest.raises(SpikearmError, match="integers in a row"):
            layer.multiply_selected(indices, np.ones(np.shape(indices)))


def test_lists_of_indices_are_taken_as_arrays_are():
    weights = np.arange(9.0).reshape(3, 3)
    for layer in (pack(weights), CompressedColumns.of(weights)):
        found = layer.multiply_selected([2, 0], [1.0, 0.5])  # type: ignore[arg-type]
        np.testing.assert_array_equal(found.values, weights @ [0.5, 0.0, 1.0])
        assert not layer.multiply_selected([], []).values.any()  # type: ignore[arg-type]


@pytest.mark.parametrize("rows, starts", [([2], [0, 1]), ([0], [0, 2]), ([0], [1, 0]), ([], [])])
def test_columns_that_lead_out_of_memory_are_refused(rows, starts):
    with pytest.raises(SpikearmError, match="give"):
        CompressedColumns(np.ones(1), np.array(rows, np.uint32), np.array(starts, np.uint32), 2)


@pytest.mark.parametrize("slots", [[-5], [0.5], ["0"], [9]])
def test_slots_that_do_not_exist_are_refused(slots):
    with pytest.raises(SpikearmError, match="not possible"):
        PackedWeights(np.ones((3, 2)), np.zeros((3, 2), np.uint8), 1, np.array(slots))


@pytest.mark.parametrize("index_type", [np.uint8, np.int8, float])
def test_rows_of_a_type_without_a_number_for_each_neuron_are_refused(index_type):
    with pytest.raises(SpikearmError, match="a number for each"):
        CompressedColumns.of(np.ones((300, 2)), index_type)
