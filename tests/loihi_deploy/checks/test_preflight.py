"""The preflight on seeded defects: for each limit, what just fits and what just does not."""

import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import nengo
import numpy as np
import pytest
from scipy.sparse import csr_array

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy import limits, preflight
from spikearm.loihi_deploy.activity import Activity
from spikearm.loihi_deploy.backends.overflows import CUT_ERROR, CUT_TRACE, OVER_INPUT
from spikearm.loihi_deploy.checks.board_config import BoardConfig
from spikearm.loihi_deploy.checks.check import block_rows, core_rows, register_rows
from spikearm.loihi_deploy.checks.report import Report, Row
from spikearm.loihi_deploy.discretisation.blocks import FloatBlocks, IntegerBlocks
from spikearm.loihi_deploy.limits import Limit
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi
from spikearm.loihi_deploy.pipeline import place, quantise

loihi_block = nengo_loihi.block
RESTING = {"voltage": nengo.dists.Choice([0])}
N_STEPS = 20


@dataclass(frozen=True)
class Defect:
    """How to make blocks that use ``fits`` of a resource, or ``breaks`` of it."""

    limit: Limit
    make: Callable[[int], Any]
    fits: int
    breaks: int


def block_of(n: int) -> Any:
    block = loihi_block.LoihiBlock(n, label="made by hand")
    block.compartment.configure_relu()
    block.compartment.configure_filter(0.005)
    return block


def integers_of(block: Any) -> Any:
    (made,) = quantise(FloatBlocks((block,), (), ())).blocks
    return made


def add_synapse(block: Any, n_axons: int, n_targets: int = 1, **learning: Any) -> Any:
    synapse = loihi_block.Synapse(n_axons)
    synapse.set_weights(np.ones((n_axons, n_targets)))
    if learning:
        synapse.set_learning(learning_rate=1e-3, **learning)
    block.add_synapse(synapse)
    return synapse


def of_compartments(n: int) -> Any:
    return integers_of(block_of(n))


def reached(n_axons: int, n_targets: int = 1) -> Any:
    block = block_of(n_targets)
    add_synapse(block, n_axons, n_targets)
    return integers_of(block)


def taught(n_axons: int) -> Any:
    block = block_of(1)
    add_synapse(block, n_axons, tracing_tau=5)
    return integers_of(block)


def reaching(n_axons: int, pop_type: int = 0) -> Any:
    axon = loihi_block.Axon(n_axons)
    axon.target = loihi_block.Synapse(n_axons)
    axon.target.pop_type = pop_type
    block = integers_of(block_of(1))
    block.add_axon(axon)
    return block


def of_time_constants(n: int) -> Any:
    block = block_of(n)
    block.compartment.decay_v[:] = np.linspace(0.1, 0.5, n)
    return integers_of(block)


def of_thresholds(n: int) -> Any:
    block = block_of(n)
    block.compartment.vth[:] = 1 + np.arange(n)
    return integers_of(block)


def of_formats(n: int) -> Any:
    """One format is reserved, so there are ``n`` with it."""
    block = block_of(1)
    synapses = [add_synapse(block, 1) for _ in range(n - 1)]
    for number, synapse in enumerate(synapses):
        synapse.format(delay_bits=number % 8, tag_bits=number // 8)
    return integers_of(block)


def of_traces(n: int) -> Any:
    block = block_of(1)
    for number in range(n):
        add_synapse(block, 1, tracing_tau=2 + number)
    return integers_of(block)


def beside_learning(n_fixed: int) -> Any:
    block = block_of(1)
    add_synapse(block, 1, tracing_tau=5)
    for _ in range(n_fixed):
        add_synapse(block, 1)
    return integers_of(block)


def of_exponent(exponent: int) -> Any:
    block = reached(1)
    block.synapses[0].format(weight_exp=-exponent)
    return block


def resting_for(n_steps: int) -> Any:
    block = block_of(2)
    block.compartment.refract_delay[1] = n_steps
    return integers_of(block)


AT_CORE = {
    "compartments": Defect(limits.COMPARTMENTS, of_compartments, 1024, 1025),
    "input axons": Defect(limits.INPUT_AXONS, reached, 4096, 4097),
    "input axons that learn, two entries each": Defect(limits.INPUT_AXONS, taught, 2048, 2049),
    "output axons": Defect(limits.OUTPUT_AXONS, reaching, 4096, 4097),
    "output axons of 32 populations, two entries each": Defect(
        limits.OUTPUT_AXONS, lambda n: reaching(n, pop_type=32), 2048, 2049
    ),
    "time constants": Defect(limits.COMPARTMENT_CONFIGS, of_time_constants, 31, 32),
    "thresholds": Defect(limits.THRESHOLD_CONFIGS, of_thresholds, 7, 8),
    "synapse formats": Defect(limits.SYNAPSE_FORMATS, of_formats, 16, 17),
    "learning configurations": Defect(limits.TRACE_CONFIGS, of_traces, 3, 4),
    "fixed beside learning": Defect(limits.FIXED_BESIDE_LEARNING, beside_learning, 0, 1),
    "weight exponent": Defect(limits.WEIGHT_EXPONENT, of_exponent, 7, 8),
    "refractory delay": Defect(limits.REFRACTORY, resting_for, 63, 64),
} | {
    # As many axons as dense 8-bit weights to so many targets leave room for.
    f"weights to {n_targets} targets": Defect(
        limits.SYNAPSE_BITS, lambda n, n_targets=n_targets: reached(n, n_targets), fits, fits + 1
    )
    for n_targets, fits in {64: 1820, 128: 910, 256: 455, 512: 227, 1024: 113}.items()
}  # fmt: skip


def activity_of(n: int, **changes: Any) -> Activity:
    """What happened in one step, in which nothing happened but what is given."""
    nothing = np.zeros(n, dtype=np.int64)
    silent = csr_array((1, n), dtype=np.int64)
    idle = Activity(0, silent, nothing, nothing, nothing, 0, Counter())
    return replace(idle, **changes)


def find(rows: Any, limit: Limit) -> Row:
    (row,) = (row for row in rows if row.resource == limit.resource)
    return row


def rows_of(block: Any) -> list[Row]:
    blocks = IntegerBlocks((block,), (), ())
    activity = activity_of(block.n_neurons)
    return [*core_rows(place(blocks), n_chips=1), *block_rows(blocks, activity)]


@pytest.mark.filterwarnings("ignore:Trace increment exceeds", "ignore:Lost . extra bits")
@pytest.mark.parametrize("name", AT_CORE)
def test_what_just_fits_a_core_fits_and_one_more_is_named_with_what_to_change(name):
    defect = AT_CORE[name]
    fits = find(rows_of(defect.make(defect.fits)), defect.limit)
    broken = find(rows_of(defect.make(defect.breaks)), defect.limit)
    assert fits.ok
    assert not fits.remedy
    assert not broken.ok
    assert broken.remedy == defect.limit.remedy
    assert broken.where == "made by hand"
    assert fits.used <= fits.limit < broken.used


@pytest.mark.parametrize("name", ["synapse formats", "output axons", "thresholds"])
def test_a_defect_breaks_no_other_limit(name):
    rows = rows_of(AT_CORE[name].make(AT_CORE[name].breaks))
    assert [row.resource for row in rows if not row.ok] == [AT_CORE[name].limit.resource]


REGISTERS = {"input": limits.INPUT, "current": limits.CURRENT, "membrane": limits.MEMBRANE}


@pytest.mark.parametrize("register", REGISTERS)
def test_a_register_may_be_full_but_no_fuller(register):
    limit = REGISTERS[register]
    quiet, busy = block_of(2), block_of(3)
    busy.label = "busy"
    for more, ok in ((0, True), (1, False)):
        peaks = np.array([5, 6, 7, int(limit.most) + more, 2])
        activity = activity_of(5, **{register: peaks})
        rows = register_rows(IntegerBlocks((quiet, busy), (), ()), activity)
        row = find(rows, limit)
        assert (row.used, row.where, row.ok) == (limit.most + more, "busy", ok)


def test_an_input_that_overflowed_is_a_breach_however_little_is_left_of_it():
    activity = activity_of(1, overflow_counts=Counter({OVER_INPUT: 4}))
    row = find(register_rows(IntegerBlocks((block_of(1),), (), ()), activity), limits.INPUT)
    assert not row.ok
    assert row.note == "overflows in 4 steps"


def test_a_learning_error_that_was_cut_is_a_breach_and_one_of_127_is_not():
    blocks = IntegerBlocks((block_of(1),), (), ())
    full = activity_of(1, error=127)
    assert find(register_rows(blocks, full), limits.ERROR).ok
    cut = find(
        register_rows(blocks, replace(full, overflow_counts=Counter({CUT_ERROR: 1}))), limits.ERROR
    )
    assert not cut.ok
    assert cut.remedy == limits.ERROR.remedy


def test_a_trace_increment_that_was_cut_is_a_breach():
    activity = activity_of(1, overflow_counts=Counter({CUT_TRACE: 1}))
    blocks = IntegerBlocks((taught(1),), (), ())
    assert not find(block_rows(blocks, activity), limits.TRACE_INCREMENT).ok


def resting(**options: Any) -> nengo.LIF:
    return nengo.LIF(initial_state=RESTING, **options)


def ensembles(count: int) -> nengo.Network:
    with nengo.Network(seed=1) as network:
        for _ in range(count):
            nengo.Ensemble(1, 1, neuron_type=resting(), max_rates=nengo.dists.Choice([100]))
    return network


def fed(dimensions: int) -> nengo.Network:
    """So many equal numbers from the host; the two neurons that code each may fire together."""
    with nengo.Network(seed=1) as network:
        ensemble = nengo.Ensemble(
            5, dimensions, neuron_type=resting(), max_rates=nengo.dists.Choice([100])
        )
        nengo.Connection(nengo.Node(np.full(dimensions, 0.8)), ensemble, synapse=None)
    return network


def asked_for(rate: float) -> nengo.Network:
    """With a refractory period of one step, there are two steps from spike to spike."""
    with nengo.Network(seed=1) as network:
        nengo.Ensemble(
            5, 1, label="fast", neuron_type=resting(tau_ref=0.001),
            max_rates=nengo.dists.Choice([rate]),
        )  # fmt: skip
    return network


def pausing(tau_ref: float) -> nengo.Network:
    with nengo.Network(seed=1) as network:
        nengo.Ensemble(
            5, 1, neuron_type=resting(tau_ref=tau_ref), max_rates=nengo.dists.Choice([10])
        )
    return network


def in_one_block(n: int) -> nengo.Network:
    with nengo.Network(seed=1) as network:
        nengo_loihi.add_params(network)
        ensemble = nengo.Ensemble(n, 1, neuron_type=resting(), max_rates=nengo.dists.Choice([100]))
        network.config[ensemble].block_shape = nengo_loihi.BlockShape((n,), (n,))
    return network


def fanning_out(n: int) -> nengo.Network:
    """A block of 64 neurons, each of which goes to ``n`` ensembles."""
    with nengo.Network(seed=1) as network:
        a = nengo.Ensemble(64, 1, label="a", neuron_type=resting(), gain=nengo.dists.Choice([1.0]),
                           bias=nengo.dists.Choice([0.5]))  # fmt: skip
        nengo_loihi.add_params(network)
        network.config[a].block_shape = nengo_loihi.BlockShape((64,), (64,))
        for _ in range(n):
            b = nengo.Ensemble(1, 1, neuron_type=resting(), gain=nengo.dists.Choice([1.0]),
                               bias=nengo.dists.Choice([0.5]))  # fmt: skip
            nengo.Connection(a.neurons, b.neurons, transform=np.ones((1, 64)), synapse=0.005)
    return network


NETWORKS: dict[str, tuple[Limit, Callable[[Any], nengo.Network], Any, Any]] = {
    "cores": (limits.CORES, ensembles, 128, 129),
    "spikes from the host": (limits.HOST_SPIKES, fed, 25, 26),
    "rates": (limits.RATE, asked_for, 500, 501),
    "refractory delay": (limits.REFRACTORY, pausing, 0.062, 0.063),
    "compartments": (limits.COMPARTMENTS, in_one_block, 1024, 1025),
    "output axons": (limits.OUTPUT_AXONS, fanning_out, 64, 65),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_that_just_fits_fits_and_one_more_is_a_row_rather_than_an_error(name):
    limit, make, fits, breaks = NETWORKS[name]
    assert preflight(make(fits), N_STEPS).ok
    report = preflight(make(breaks), N_STEPS)
    assert [row.resource for row in report.breaches] == [limit.resource]
    assert report.breaches[0].remedy == limit.remedy
    assert not report.ok


def test_a_board_of_two_chips_and_more_spikes_holds_what_one_does_not():
    report = preflight(ensembles(129), 1, BoardConfig(chips=2))
    assert report.ok
    assert find(report.rows, limits.CORES).note == "128 + 1 on 2 chips"
    assert preflight(fed(26), N_STEPS, BoardConfig(host_spikes=52)).ok


def test_a_link_is_built_for_what_the_inputs_can_send_but_not_for_more_than_is_known_to_work():
    fits, breaks = (preflight(fed(n), N_STEPS, BoardConfig()) for n in (150, 151))
    row = find(fits.rows, limits.HOST_SPIKES)
    assert (row.used, row.limit, row.ok) == (300, limits.LARGEST_LINK, True)
    assert row.note == "with a link built for 300: snip_max_spikes_per_step"
    assert find(preflight(fed(7), 1, BoardConfig()).rows, limits.HOST_SPIKES).limit == 14
    row = find(breaks.rows, limits.HOST_SPIKES)
    assert (row.used, row.limit, row.ok) == (302, limits.LARGEST_LINK, False)


def test_what_share_of_steps_sends_too_many_spikes_is_said():
    row = find(preflight(fed(26), N_STEPS).rows, limits.HOST_SPIKES)
    assert row.used == 52
    assert row.note.startswith("more in ")


@pytest.mark.parametrize(
    ("neuron_type", "sentence"),
    [(nengo.Sigmoid(), "cannot be simulated on Loihi"), (nengo.Direct(), "No ensemble")],
)
def test_what_nengo_loihi_refuses_is_the_one_breach_in_its_words(neuron_type, sentence):
    with nengo.Network(seed=1) as network:
        nengo.Ensemble(5, 1, neuron_type=neuron_type)
    report = preflight(network, N_STEPS)
    (row,) = report.rows
    assert not report.ok
    assert sentence in row.remedy


def test_a_connection_that_learns_between_two_ensembles_on_the_chip_is_refused():
    with ensembles(2) as network:
        nengo_loihi.add_params(network)
        before, after = network.ensembles
        network.config[after].on_chip = True
        error = nengo.Node(size_in=1)
        learned = nengo.Connection(before, after, learning_rule_type=nengo.PES())
        nengo.Connection(after, error)
        nengo.Connection(error, learned.learning_rule)
    (row,) = preflight(network, N_STEPS).rows
    assert "must not be configured as on_chip" in row.remedy


@pytest.mark.parametrize(
    "check",
    [
        lambda: preflight(ensembles(1), steps=0),
        lambda: BoardConfig(chips=0),
        lambda: BoardConfig(host_spikes=-1),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_give(check):
    with pytest.raises(SpikearmError, match="or more"):
        check()


def test_what_fails_without_a_word_is_named_by_the_line_where_it_does():
    # Biases that are a million times the threshold leave nothing of the threshold.
    with nengo.Network(seed=1) as network:
        nengo.Ensemble(5, 1, neuron_type=resting(), gain=np.ones(5), bias=np.full(5, 1e6))
    (row,) = preflight(network, N_STEPS).rows
    assert row.remedy == "It stops at `assert (man > 0).all()` in vth_to_manexp."


def test_a_warning_that_is_no_limit_is_not_swallowed():
    with nengo.Network(seed=1) as network:
        nengo.Ensemble(5, 1, max_rates=nengo.dists.Choice([100]))  # starts anywhere
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        report = preflight(network, 1)
    assert isinstance(report, Report)
    assert any("initial values" in str(one.message) for one in caught)
