"""Generated convolutions against stored ones and against an independent convolution."""

import subprocess
import sys

import numpy as np
import pytest
from apart import apart
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

from spikearm.arm_models import SpikearmError
from spikearm.neural.connectivity.event_convolution import EventConvolution
from spikearm.neural.connectivity.stored import DenseConnectivity, StoredConnectivity


def convolve(image: np.ndarray, kernel: np.ndarray, strides, padding: str) -> np.ndarray:
    """Convolve by windows of a padded image, independently of events."""
    if padding == "same":
        needs = [
            max(0, (-(-n // s) - 1) * s + k - n)
            for n, s, k in zip(image.shape, strides, kernel.shape, strict=False)
        ]
        image = np.pad(image, [(n // 2, n - n // 2) for n in needs] + [(0, 0)])
    height, width = kernel.shape[:2]
    if image.shape[0] < height or image.shape[1] < width:
        return np.zeros(0)
    windows = sliding_window_view(image, (height, width), axis=(0, 1))
    return np.einsum("yxcij,ijco->yxo", windows[:: strides[0], :: strides[1]], kernel).ravel()


geometries = st.fixed_dictionaries(
    {
        "rows": st.integers(1, 9), "columns": st.integers(1, 9), "height": st.integers(1, 6),
        "width": st.integers(1, 6), "strides": st.tuples(st.integers(1, 7), st.integers(1, 7)),
        "channels": st.tuples(st.integers(1, 3), st.integers(1, 4)),
        "padding": st.sampled_from(["same", "valid"]), "seed": st.integers(0, 10**6),
        "share": st.sampled_from([0.0, 0.2, 1.0]),
    }
)  # fmt: skip


def draw(geometry) -> tuple[EventConvolution, np.ndarray, np.ndarray]:
    """Draw a convolution of whole numbers, spikes, and their counts as an image."""
    rng = np.random.default_rng(geometry["seed"])
    n_in, n_out = geometry["channels"]
    shape = geometry["rows"], geometry["columns"], n_in
    kernel = rng.integers(-9, 10, (geometry["height"], geometry["width"], n_in, n_out))
    made = EventConvolution(
        kernel.astype(np.float32), shape, geometry["strides"], geometry["padding"]
    )
    spikes = rng.integers(0, made.n_pre, size=(round(geometry["share"] * made.n_pre),))
    counts = np.bincount(spikes, minlength=made.n_pre).reshape(shape)
    return made, spikes, counts


@settings(max_examples=150, deadline=None)
@given(geometries)
def test_generated_equals_stored_and_an_independent_convolution(geometry):
    made, spikes, counts = draw(geometry)
    matrix = made.materialize()
    assert made.n_synapses == matrix.nnz
    outs = []
    for form in (made, StoredConnectivity(matrix), DenseConnectivity(matrix.toarray())):
        out = np.zeros(made.n_post, dtype=np.float32)
        form.propagate(spikes, out)
        outs.append(out)
    expected = convolve(counts, made.kernel, geometry["strides"], geometry["padding"])
    for out in outs:
        np.testing.assert_array_equal(out, expected)
    rows = np.diff(matrix.indptr)
    assert made.synaptic_events == rows[spikes].sum()


def compare_with_tensorflow() -> int:
    from spikearm.perception.training.tensorflow_compat import tf

    rng, n_compared = np.random.default_rng(0), 0
    for _ in range(60):
        n_in, n_out, height, width = rng.integers(1, 5, 4)
        shape = int(rng.integers(1, 10)), int(rng.integers(1, 10)), int(n_in)
        strides = tuple(rng.integers(1, 4, 2).tolist())
        kernel = rng.integers(-9, 10, (height, width, n_in, n_out)).astype(np.float32)
        made = EventConvolution(kernel, shape, strides)
        spikes = rng.integers(0, made.n_pre, 20)
        counts = np.bincount(spikes, minlength=made.n_pre).reshape(shape)
        out = np.zeros(made.n_post, dtype=np.float32)
        made.propagate(spikes, out)
        theirs = tf.nn.conv2d(counts[None].astype(np.float32), kernel, strides, "SAME")
        n_compared += int(np.array_equal(out.reshape(made.output_shape), theirs[0]))
    return n_compared


@pytest.mark.slow
def test_same_padding_is_tensorflows():
    assert apart(compare_with_tensorflow) == 60


def test_weights_that_are_no_whole_numbers_give_the_same_bits_as_stored_ones():
    rng = np.random.default_rng(1)
    made = EventConvolution(rng.normal(size=(5, 5, 2, 8)).astype(np.float32), (16, 16, 2), (2, 2))
    stored = StoredConnectivity(made.materialize())
    spikes = rng.integers(0, made.n_pre, 100)
    ours, theirs = np.zeros((2, made.n_post), dtype=np.float32)
    for _ in range(3):
        made.propagate(spikes, ours)
        stored.propagate(spikes, theirs)
    np.testing.assert_array_equal(ours, theirs)
    assert made.synaptic_events == stored.synaptic_events > 0


@pytest.mark.parametrize("spikes", [[-1], [3, 200], [2**40]])
def test_spikes_of_neurons_that_do_not_exist_are_refused_and_nothing_is_added(spikes):
    made = EventConvolution(np.ones((3, 3, 2, 1)), (10, 10, 2))
    forms = [made, StoredConnectivity(made.materialize())]
    forms += [DenseConnectivity(forms[1].materialize().toarray())]
    for form in forms:
        out = np.zeros(made.n_post)
        with pytest.raises(SpikearmError, match="0 to 199"):
            form.propagate(np.array(spikes), out)
        assert not out.any() and form.synaptic_events == 0


@pytest.mark.parametrize("out", [np.zeros(99), np.zeros(100, np.float32), np.zeros(200)[::2]])
def test_inputs_of_another_shape_or_type_are_refused(out):
    made = EventConvolution(np.ones((3, 3, 2, 1)), (10, 10, 2))
    with pytest.raises(SpikearmError, match=r"shape \(100,\) and type float64"):
        made.propagate(np.array([0]), out)


def test_shapes_strides_and_paddings_that_make_no_convolution_are_refused():
    kernel = np.ones((3, 3, 2, 1))
    with pytest.raises(SpikearmError, match="number of output channels"):
        EventConvolution(kernel, (10, 10, 3))
    with pytest.raises(SpikearmError, match="1 or more"):
        EventConvolution(kernel, (10, 10, 2), (0, 1))
    with pytest.raises(SpikearmError, match="'valid' or 'same'"):
        EventConvolution(kernel, (10, 10, 2), padding="full")  # type: ignore[arg-type]


def test_two_eyes_of_128_pixels_take_less_than_a_megabyte():
    """Sizes of docs/works: two layers of an eye that sees light and dark."""
    first = EventConvolution(np.zeros((5, 5, 2, 16), np.float32), (128, 128, 2), (2, 2))
    second = EventConvolution(np.zeros((3, 3, 16, 24), np.float32), first.output_shape, (2, 2))
    third = EventConvolution(np.zeros((3, 3, 24, 24), np.float32), second.output_shape)
    assert 2 * sum(one.nbytes for one in (first, second, third)) < 1e6
    assert first.n_synapses + second.n_synapses + third.n_synapses > 1e7


@pytest.mark.slow
def test_604_million_synapses_run_in_two_gigabytes_of_address_space():
    program = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (2 * 2**30, 2 * 2**30))
import numpy as np
from spikearm.arm_models import SpikearmError
from spikearm.neural.connectivity.event_convolution import EventConvolution
rng = np.random.default_rng(0)
made = EventConvolution(rng.normal(size=(3, 3, 256, 256)).astype(np.float32), (32, 32, 256))
assert made.n_synapses > 5.5e8
out = np.zeros(made.n_post, dtype=np.float32)
for neuron in range(0, made.n_pre, 4096):  # every neuron fires once
    made.propagate(np.arange(neuron, neuron + 4096), out)
assert made.synaptic_events == made.n_synapses
try:
    made.materialize()
except SpikearmError as error:
    print(error)
"""
    environment = {"OPENBLAS_NUM_THREADS": "1", "PATH": "", "HOME": "/tmp"}
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "synapses takes more memory than there is" in ran.stdout
