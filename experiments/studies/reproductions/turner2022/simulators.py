"""Measurements of simulators of spiking networks that hold a convolution of two populations."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

import nengo
import numpy as np

from spikearm.experiments.studies.reproductions.by_turns import cpu_times
from spikearm.experiments.studies.reproductions.turner2022.layer import Layer
from spikearm.neural.connectivity.event_convolution import EventConvolution

ENGINE, NENGO_LOIHI, BRIAN = "engine", "nengo-loihi", "Brian2"
ROUNDS = 5
STEPS = 100
"""Steps of a call, so that what a call takes besides hardly counts."""
WARM_UP = 500
"""Steps after which inputs, which all begin at rest, no longer fire together."""
FASTEST = 20.0
"""Largest rate of inputs [Hz], which are uniformly distributed: 1 % fire in a step of 1 ms."""


def measure_simulators(layer: Layer, seed: int) -> Mapping[str, float]:
    """Measure what a convolution adds to a step of simulators, 1 % of its inputs firing.

    Each simulator runs the same neurons with the convolution and without, by turns; the difference
    is taken. Brian2, with its compiled code and all synapses stored, is left out where it is not
    installed, or not for this release of numpy.

    Returns:
        CPU times of a step by simulator [s].
    """
    made = layer.build(np.random.default_rng(seed))
    rates = np.random.default_rng(seed).uniform(0.0, FASTEST, made.n_pre)
    with ExitStack() as stack:
        works = _chip_works(made, layer.stride, rates, stack)
        works |= _brian_works(made, rates)
        taken = cpu_times(works, ROUNDS)
    names = dict.fromkeys(name for name, _ in works)
    return {name: (taken[name, True] - taken[name, False]) / STEPS for name in names}


Works = dict[tuple[str, bool], Callable[[], object]]


def build_network(layer: EventConvolution, stride: int, rates: np.ndarray, connected: bool) -> Any:
    """Build a network whose inputs fire, and whose outputs never do.

    Args:
        layer: Convolution, with ``same`` padding.
        stride: Distance between two outputs.
        rates: Rates of inputs [Hz], shape (n_pre,).
        connected: True for the network with the convolution, False for its neurons alone.
    """
    from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi

    fire = nengo_loihi.neurons.LoihiSpikingRectifiedLinear()
    with nengo.Network(seed=0) as network:
        inputs, outputs = (
            nengo.Ensemble(len(bias), 1, neuron_type=fire, gain=np.ones(len(bias)), bias=bias)
            for bias in (rates, np.zeros(layer.n_post))
        )
        if connected:
            inhibition = -(0.5 + np.abs(layer.kernel)) / layer.n_pre  # none is rounded to 0
            convolution = nengo.Convolution(
                layer.output_shape[2], layer.input_shape, strides=(stride, stride),
                kernel_size=layer.kernel.shape[:2], padding="same", init=inhibition,
            )  # fmt: skip
            nengo.Connection(inputs.neurons, outputs.neurons, transform=convolution, synapse=None)
    return network


def _chip_works(layer: EventConvolution, stride: int, rates: np.ndarray, stack: ExitStack) -> Works:
    """Open nengo-loihi's emulator and the engine; the stack closes them."""
    from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi, without_known_warnings
    from spikearm.loihi_deploy.simulator import Simulator

    works: Works = {}
    for connected in (True, False):
        network = build_network(layer, stride, rates, connected)
        for name, kind in ((ENGINE, Simulator), (NENGO_LOIHI, nengo_loihi.Simulator)):
            with without_known_warnings():
                simulator = stack.enter_context(kind(network, progress_bar=False))
            simulator.run_steps(WARM_UP)
            works[name, connected] = lambda simulator=simulator: simulator.run_steps(STEPS)
    return works


def _brian_works(layer: EventConvolution, rates: np.ndarray) -> Works:
    """Build the same populations in Brian2, with every synapse stored, if it can be imported."""
    try:
        import brian2
    except (ImportError, AttributeError):  # the second of a release that is older than numpy
        return {}
    brian2.prefs.core.default_float_dtype = np.float32
    works: Works = {}
    step = 1.0 * brian2.ms
    for connected in (True, False):
        inputs = brian2.NeuronGroup(
            layer.n_pre, "dv/dt = rate : 1\nrate : Hz", method="euler", dt=step,
            threshold="v > 1", reset="v -= 1",
        )  # fmt: skip
        inputs.rate = rates * brian2.Hz
        outputs = brian2.NeuronGroup(layer.n_post, "v : 1", threshold="v > 0", reset="", dt=step)
        network = brian2.Network(inputs, outputs)
        if connected:
            weights = layer.materialize().tocoo()
            synapses = brian2.Synapses(inputs, outputs, "w : 1", on_pre="v_post -= w", dt=step)
            synapses.connect(i=weights.row, j=weights.col)
            synapses.w = np.abs(weights.data)
            network.add(synapses)
        network.run(WARM_UP * step, namespace={})
        works[BRIAN, connected] = lambda network=network: network.run(STEPS * step, namespace={})
    return works
