"""Recorded activity: against a loop written by hand, and with states that are left out."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.osc import FRICTION_SPEED
from spikearm.controller.spiking.spiking_network import Filters, build_network
from spikearm.controller.training.activity import (
    COUNTED_STEPS,
    SETTLING_STEPS,
    Activity,
    ActivityRecorder,
    build_recorder,
    record_activity,
)
from spikearm.controller.training.products import steady_rates
from spikearm.controller.training.samples import Samples
from spikearm.controller.weights.membrane import LEAKY, TAU_REF, NeuralStage
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.nengo_simulation import NengoSimulation
from spikearm.neural.simulation import NeuralSimulation

DT = 0.0016  # s, of the joints, and not of the network
FILTERS = Filters(layer_tau=0.004, torque_tau=0.013)
N_STATES = 9
TOO_FAST, FAR_COMMAND, LEADS_OUT = 2, 3, 6  # which states are out of range, and why

pytestmark = pytest.mark.filterwarnings("ignore::nengo.exceptions.NengoWarning")


@pytest.fixture(scope="module")
def narrow(weights) -> NetworkWeights:
    """Give weights whose range the sine of a joint's angle can leave."""
    half_range = np.r_[0.6, 0.6, 0.6, weights.scaling.half_range[3:]]
    return replace(weights, scaling=replace(weights.scaling, half_range=half_range))


@pytest.fixture(scope="module")
def states(narrow) -> tuple[Samples, np.ndarray]:
    """Draw states in motion and commands, all within range, for a law that is random."""
    rng, scaling = np.random.default_rng(71), narrow.scaling
    positions = scaling.middle + rng.uniform(-0.25, 0.25, (N_STATES, 3))
    velocities = rng.uniform(-1.0, 1.0, (N_STATES, 3))
    task_map, drift = rng.normal(size=(N_STATES, 3, 6)), rng.normal(size=(N_STATES, 3))
    shares = rng.uniform(-0.8, 0.8, (N_STATES, 6))
    commands = scaling.center[9:] + scaling.half_range[9:] * shares
    return Samples(positions, velocities, task_map, drift), commands


@pytest.fixture(scope="module")
def partly_out(narrow, states) -> tuple[Samples, np.ndarray]:
    """Move three of the states out of range, the last one only in the course of its motion."""
    (samples, commands), scaling = states, narrow.scaling
    positions, velocities, commands = (
        array.copy() for array in (samples.positions, samples.velocities, commands)
    )
    velocities[TOO_FAST, 1] = scaling.center[7] - 1.01 * scaling.half_range[7]
    commands[FAR_COMMAND, 4] = scaling.center[13] + 1.01 * scaling.half_range[13]
    positions[LEADS_OUT, 0], velocities[LEADS_OUT, 0] = scaling.middle[0] - 0.35, -1.9
    return Samples(positions, velocities, samples.task_map, samples.drift), commands


def inputs_at(weights: NetworkWeights, q: np.ndarray, dq: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Work out what the network takes, without cutting it, shape (15,)."""
    scaling = weights.scaling
    angle = q - scaling.middle
    values = np.concatenate([np.sin(angle), np.cos(angle), dq, w])
    return (values - scaling.center) / scaling.half_range


def is_within(weights: NetworkWeights, q: np.ndarray, dq: np.ndarray, w: np.ndarray) -> bool:
    return bool(np.abs(inputs_at(weights, q, dq, w)).max() < 1.0)


def course_of(q: np.ndarray, dq: np.ndarray) -> list[np.ndarray]:
    """List the positions in a recording: on average over what counts, they are the sample's."""
    steps = range(SETTLING_STEPS + COUNTED_STEPS)
    middle = np.mean(steps[SETTLING_STEPS:])
    return [q + DT * (step - middle) * dq for step in steps]


def recorded_by_hand(
    weights: NetworkWeights, stage: NeuralStage, samples: Samples, commands: np.ndarray
) -> list[np.ndarray | None]:
    """Record the states in a loop written by hand; None for those that are out of range."""
    built = build_network(weights, stage, FILTERS, readout=False)
    seen = []
    with closing(NengoSimulation(built.network)) as simulation:
        for q, dq, command in zip(samples.positions, samples.velocities, commands, strict=True):
            course = course_of(q, dq)
            if not all(is_within(weights, at, dq, command) for at in course):
                seen.append(None)
                continue
            recorded = []
            for at in course:
                built.nodes.inputs[:] = inputs_at(weights, at, dq, command)
                simulation.step()
                recorded.append(built.nodes.outputs.values.copy())
            seen.append(np.mean(recorded[SETTLING_STEPS:], axis=0))
    return seen


def record(
    weights: NetworkWeights, backend: type[NeuralSimulation], stage: NeuralStage,
    samples: Samples, commands: np.ndarray, timestep: float = DT,
    friction: DryFriction | None = None,
) -> Activity:  # fmt: skip
    recorder = build_recorder(weights, backend, stage, FILTERS)
    with closing(recorder.simulation):
        return record_activity(recorder, samples, commands, timestep, friction)


@pytest.mark.parametrize("stage", ["rate", "spiking"])
def test_rows_are_the_mean_activity_of_the_steps_that_count(narrow, states, stage):
    recorded = record(narrow, NengoSimulation, stage, *states)
    expected = np.array(recorded_by_hand(narrow, stage, *states))
    assert recorded.neurons.shape == (N_STATES, 60)
    np.testing.assert_allclose(recorded.neurons, expected, rtol=1e-6, atol=1e-4)
    assert (np.ptp(expected, axis=0) > 1.0).sum() > 20
    assert (np.ptp(expected[:, 51:], axis=0) > 1.0).sum() > 4


def test_states_out_of_range_are_left_out_and_so_are_their_torques(narrow, partly_out):
    samples, commands = partly_out
    left_out = [TOO_FAST, FAR_COMMAND, LEADS_OUT]
    moments = list(zip(samples.positions, samples.velocities, commands, strict=True))
    within = [is_within(narrow, *moment) for moment in moments]
    assert [k for k, inside in enumerate(within) if not inside] == [TOO_FAST, FAR_COMMAND]
    expected = recorded_by_hand(narrow, "rate", samples, commands)
    assert [k for k, row in enumerate(expected) if row is None] == left_out
    recorded = record(narrow, NengoSimulation, "rate", samples, commands)
    rows = [row for row in expected if row is not None]
    np.testing.assert_allclose(recorded.neurons, rows, rtol=1e-6, atol=1e-4)
    torques = [T @ w + d for T, w, d in zip(samples.task_map, commands, samples.drift, strict=True)]
    np.testing.assert_allclose(recorded.torque, np.delete(torques, left_out, axis=0), atol=1e-12)


def test_the_torque_overcomes_friction_too_where_there_is_some(narrow, partly_out):
    samples, commands = partly_out
    wanted = np.linspace(-0.04, 0.05, 18).reshape(3, 6)
    friction = DryFriction(np.array([1.6, 0.0, 0.7]), wanted)
    smooth, rough = (
        record(narrow, NengoSimulation, "rate", samples, commands, friction=given)
        for given in (None, friction)
    )
    np.testing.assert_array_equal(rough.neurons, smooth.neurons)
    moments = zip(samples.velocities, commands, strict=True)
    speeds = np.array([dq + wanted @ w for dq, w in moments])
    added = np.tanh(speeds / FRICTION_SPEED) * np.array([1.6, 0.0, 0.7])
    added = np.delete(added, [TOO_FAST, FAR_COMMAND, LEADS_OUT], axis=0)
    assert np.abs(added).max() > 1.0
    np.testing.assert_allclose(rough.torque - smooth.torque, added, atol=1e-12)


@pytest.mark.parametrize("n_states", [4, 0])
def test_where_all_is_left_out_there_are_no_rows(narrow, states, n_states):
    samples, commands = states[0].take(slice(n_states)), 100.0 + states[1][:n_states]
    recorded = record(narrow, NengoSimulation, "rate", samples, commands)
    assert recorded.neurons.shape == (0, 60)
    assert recorded.torque.shape == (0, 3)


def test_rate_neurons_lag_behind_the_middle_of_a_recording_as_steady_rates_do(narrow, states):
    samples, commands = states
    # Where a network's and the joints' time are the same, as in a controller.
    recorded = record(narrow, NengoSimulation, "rate", samples, commands, timestep=0.001).neurons

    def expected(shift: float) -> np.ndarray:
        moved = replace(samples, positions=samples.positions + shift * samples.velocities)
        return steady_rates(narrow, moved, commands, "rate", FILTERS)

    wrong, slope = recorded - expected(0.0), (expected(5e-3) - expected(-5e-3)) / 0.01
    *bounds, n_neurons = np.cumsum([0, *narrow.layers]).tolist()
    for first, last in pairwise(bounds):
        own = slice(first, last)
        lag = (wrong * slope)[:, own].sum() / np.square(slope[:, own]).sum()
        # Of filters that lag by 13 to 21 ms together, and 50 ms from the middle to the end, half
        # a step per filter is left.
        assert abs(lag) < 2e-3
        assert np.square(slope[:, own]).mean() > 30.0**2
    # Positions do not reach friction neurons.
    np.testing.assert_array_equal(slope[:, bounds[-1] : n_neurons], 0.0)


def test_friction_neurons_have_the_rates_of_the_closed_form_in_motion_too(narrow, states):
    recorded = record(narrow, NengoSimulation, "rate", *states).neurons[:, 51:]
    drive = np.hstack([narrow.friction_velocity, narrow.friction_command])
    moments = zip(states[0].positions, states[0].velocities, states[1], strict=True)
    inputs = np.array([inputs_at(narrow, *moment)[6:] for moment in moments])
    above = np.maximum(inputs @ drive.T + narrow.friction_bias - 1.0, 1e-9)
    expected = 1.0 / (TAU_REF + LEAKY.tau_rc * np.log1p(1.0 / above)) * (above > 1e-9)
    assert expected.std() > 30.0
    # The torque's filter still remembers a twentieth of the state before when counting begins, and
    # forgets it within an eighth of what counts.
    np.testing.assert_allclose(recorded, expected, atol=0.01 * expected.max())


@pytest.fixture(scope="module")
def engine(narrow) -> Iterator[ActivityRecorder]:
    recorder = build_recorder(narrow, EngineSimulation, "loihi", FILTERS)
    with closing(recorder.simulation):
        yield recorder


def test_on_the_engine_the_same_states_give_the_same_activity(engine, partly_out):
    samples, commands = partly_out
    first = record_activity(engine, samples, commands, DT)
    between = record_activity(engine, samples.take(slice(4, None)), commands[4:], DT)
    again = record_activity(engine, samples, commands, DT)
    assert len(first.neurons) == N_STATES - 3
    np.testing.assert_array_equal(first.neurons, again.neurons)
    np.testing.assert_array_equal(first.torque, again.torque)
    # Shown after others, a state still finds something of them in the membranes.
    assert np.abs(between.neurons - first.neurons[-len(between.neurons) :]).max() > 0.1


def test_on_the_engine_neurons_fire_about_as_fast_as_in_steady_states(engine, narrow, states):
    samples, commands = states
    recorded = record_activity(engine, samples, commands, timestep=0.001).neurons
    expected = steady_rates(narrow, samples, commands, "loihi", FILTERS)
    assert expected.std() > 20.0
    assert np.corrcoef(recorded.ravel(), expected.ravel())[0, 1] > 0.97
    # A tenth of a second counts spikes of 100 Hz to a tenth.
    assert np.abs(recorded - expected).mean() < 0.1 * expected[expected > 0].mean()


def test_recordings_with_other_commands_than_states_are_refused(engine, states):
    samples, commands = states
    with pytest.raises(ValueError, match="shorter"):
        record_activity(engine, samples, commands[:-1], DT)
