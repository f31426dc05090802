"""The engine on blocks made by hand: equal to nengo-loihi's emulator, and to what must come."""

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from nengo.exceptions import SimulationError, SimulatorClosed

from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.nengo_loihi_compat import EmulatorInterface, LoihiProbe, nengo_loihi

block_module = nengo_loihi.block
discretize_model = nengo_loihi.builder.discretize.discretize_model
BIAS_MAX = nengo_loihi.builder.discretize.BIAS_MAX
VTH_MAX = nengo_loihi.builder.discretize.VTH_MAX
VOLTAGE_MIN = -(2**22) + 1  # of neurons that never fire
KEYS = ("current", "voltage", "spiked")


class Blocks(NamedTuple):
    model: Any
    probes: dict[str, LoihiProbe]


class Outcome(NamedTuple):
    """What came of it: each probe, and the messages of each run."""

    data: dict[str, np.ndarray]
    messages: list[set[str]]


def block_of(n: int, model: Any, tau_s: float = 0.005) -> Any:
    block = block_module.LoihiBlock(n)
    block.compartment.configure_relu()
    block.compartment.configure_filter(tau_s)
    model.add_block(block)
    return block


def probe_all(model: Any, block: Any) -> dict[str, LoihiProbe]:
    probes = {key: LoihiProbe(target=block, key=key) for key in KEYS}
    for probe in probes.values():
        model.add_probe(probe)
    return probes


def feed(model: Any, block: Any, n_axons: int, times: range, weights: np.ndarray) -> None:
    """Let spikes that are given beforehand arrive at all axons of a block."""
    spikes = nengo_loihi.inputs.SpikeInput(n_axons)
    for time in times:
        spikes.add_spikes(time, np.arange(n_axons), permanent=True)
    model.add_input(spikes)
    synapse = block_module.Synapse(n_axons)
    synapse.set_weights(weights)
    block.add_synapse(synapse)
    axon = block_module.Axon(n_axons)
    axon.target = synapse
    spikes.add_axon(axon)


def overflowing(n_axons: int, times: range, bias: int = 0) -> Blocks:
    """Make spikes arrive at a neuron that never fires, ever more of them."""
    model = nengo_loihi.builder.Model()
    block = block_of(1, model, tau_s=0.1)
    feed(model, block, n_axons, times, np.ones((n_axons, 1)))
    probes = probe_all(model, block)
    discretize_model(model)
    block.compartment.vmin = VOLTAGE_MIN
    block.compartment.vth[:] = VTH_MAX
    block.compartment.bias[:] = bias
    return Blocks(model, probes)


def noisy(at_membrane: int, offset: int, discretized: bool) -> Blocks:
    model = nengo_loihi.builder.Model()
    block = block_of(200, model)
    compartment = block.compartment
    compartment.bias[:] = np.linspace(-0.2, 0.3, 200)
    compartment.vmin = -1
    compartment.enable_noise[::2] = 1  # the other half must stay as it is
    compartment.noise_exp = -2.0
    compartment.noise_offset = offset
    compartment.noise_at_membrane = at_membrane
    probes = probe_all(model, block)
    if discretized:
        discretize_model(model)
    return Blocks(model, probes)


def simulate(
    interface: Callable[..., Any], blocks: Blocks, runs: tuple[int, ...], seed: int = 4
) -> Outcome:
    messages, parts = [], []
    with interface(blocks.model, seed=seed) as sim:
        for n_steps in runs:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                sim.run_steps(n_steps)
            messages.append({str(one.message) for one in caught})
            parts.append({k: sim.collect_probe_output(p) for k, p in blocks.probes.items()})
    return Outcome(
        {key: np.concatenate([p[key] for p in parts]) for key in blocks.probes}, messages
    )


def assert_equal(ours: Outcome, theirs: Outcome) -> None:
    for key, expected in theirs.data.items():
        assert ours.data[key].dtype == expected.dtype, key
        np.testing.assert_array_equal(ours.data[key], expected, err_msg=key)
    assert ours.messages == theirs.messages


OVERFLOWS = {
    "Overflow in q0": lambda: overflowing(1000, range(6, 30)),
    "Overflow in current": lambda: overflowing(60, range(6, 30)),
    # Spikes end before the current overflows; with the greatest bias, the sum does.
    "Overflow in u2": lambda: overflowing(36, range(6, 21), bias=BIAS_MAX),
}
RUNS = (4, 1, 7, 8, 10)


@pytest.mark.parametrize("message", OVERFLOWS)
def test_overflow_wraps_and_warns_in_the_same_runs_as_the_emulator(message):
    theirs = simulate(EmulatorInterface, OVERFLOWS[message](), RUNS)
    ours = simulate(Engine, OVERFLOWS[message](), RUNS)
    assert_equal(ours, theirs)
    assert theirs.messages[0] == set()
    assert any(message in run for run in theirs.messages[1:])
    assert np.abs(theirs.data["current"]).max() > 2**20


def test_each_overflow_occurs_without_the_others_too():
    outcomes = {name: simulate(Engine, make(), RUNS) for name, make in OVERFLOWS.items()}
    assert set.union(*outcomes["Overflow in u2"].messages) == {"Overflow in u2"}
    assert "Overflow in q0" not in set.union(*outcomes["Overflow in current"].messages)


@pytest.mark.parametrize("message", OVERFLOWS)
def test_strict_both_stop_in_the_same_step_with_the_same_message(message, monkeypatch):
    stopped = []
    for interface in (EmulatorInterface, Engine):
        monkeypatch.setattr(interface, "strict", True)
        with interface(OVERFLOWS[message]().model, seed=4) as sim:
            with pytest.raises(SimulationError) as caught:
                sim.run_steps(30)
            stopped.append((sim.t, str(caught.value)))
    assert stopped[0] == stopped[1]
    assert 6 < stopped[0][0] < 30


@pytest.mark.parametrize("discretized", [True, False], ids=["integers", "floats"])
@pytest.mark.parametrize(("at_membrane", "offset"), [(1, 0), (0, 0), (1, 1), (0, -1)])
def test_noise_is_the_emulator_s_draw_for_draw(at_membrane, offset, discretized):
    theirs = simulate(EmulatorInterface, noisy(at_membrane, offset, discretized), (13, 27))
    ours = simulate(Engine, noisy(at_membrane, offset, discretized), (13, 27))
    assert_equal(ours, theirs)
    voltage = theirs.data["voltage"].astype(float)
    assert len(np.unique(np.diff(voltage[:, 100]))) > 20  # with noise
    spikes = theirs.data["spiked"]
    assert 0 < spikes.mean() < 0.5


def test_another_seed_gives_other_noise_and_the_same_seed_the_same():
    first, same, other = (simulate(Engine, noisy(1, 0, True), (20,), seed) for seed in (4, 4, 5))
    assert_equal(same, first)
    assert (other.data["voltage"] != first.data["voltage"])[:, ::2].mean() > 0.5
    np.testing.assert_array_equal(
        other.data["voltage"][:, 1::2], first.data["voltage"][:, 1::2]
    )  # those without noise


@pytest.mark.parametrize("delay", [1, 2, 3, 7, 63])
def test_a_neuron_that_is_driven_hard_rests_for_its_refractory_delay(delay):
    def resting() -> Blocks:
        model = nengo_loihi.builder.Model()
        block = block_of(3, model)
        block.compartment.bias[:] = [20.0, 0.4, 0.0]
        block.compartment.refract_delay[:] = delay
        probes = probe_all(model, block)
        discretize_model(model)
        return Blocks(model, probes)

    theirs = simulate(EmulatorInterface, resting(), (150,))
    ours = simulate(Engine, resting(), (150,))
    assert_equal(ours, theirs)
    hard, soft, undriven = (np.flatnonzero(row) for row in ours.data["spiked"].T)
    assert set(np.diff(hard)) == {delay}
    assert len(soft) > 1 and np.diff(soft).min() > delay
    assert len(undriven) == 0


def test_spikes_that_are_given_beforehand_arrive_one_step_later_and_again_after_a_reset():
    model = nengo_loihi.builder.Model()
    block = block_of(2, model)
    feed(model, block, 3, range(5, 9, 2), np.array([[1.0, -0.4], [2.0, 0.3], [0.0, 0.7]]))
    probes = probe_all(model, block)
    discretize_model(model)
    theirs = simulate(EmulatorInterface, Blocks(model, probes), (20,))
    with Engine(model, seed=4) as engine:
        for _ in range(2):
            engine.run_steps(20)
            for key, probe in probes.items():
                np.testing.assert_array_equal(engine.collect_probe_output(probe), theirs.data[key])
            engine.reset()
    assert np.flatnonzero(np.diff(theirs.data["current"][:, 0]) > 0).tolist() == [4, 6]


def test_a_closed_engine_no_longer_runs():
    blocks = noisy(1, 0, True)
    with Engine(blocks.model) as engine:
        engine.run_steps(2)
    with pytest.raises(SimulatorClosed):
        engine.step()
