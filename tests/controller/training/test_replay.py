"""What the neurons do in rollouts: the filter in closed form, rows by a loop of its own."""

from contextlib import closing

import numpy as np
import pytest

from arm_models import Arm, load_arm
from controller.gains import Gains
from controller.nengo_simulation import NengoSimulation
from controller.osc import OperationalSpaceController
from controller.reference import Reference
from controller.spiking import SETTLING_STEPS
from controller.spiking_network import Filters, build_network
from controller.training import replay as module
from controller.training.replay import (
    EVERY,
    LOST_DISTANCE,
    SKIPPED_STEPS,
    HandFilter,
    listen,
    practise,
    replay,
)
from controller.training.rollouts import Exploration, Rollout, plan_rollout
from controller.workspace import Workspace

DT = 0.001  # s
FILTERS = Filters(layer_tau=0.004, torque_tau=0.013)
WORKSPACE = Workspace(radius=0.04, tilt=0.08)
SHORT = Exploration(durations=(0.3, 0.35), hold=0.05)


@pytest.mark.parametrize(("kp", "kv"), [(400.0, 20.0), (200.0, 30.0), (90.0, 13.0)])
def test_a_step_comes_out_as_the_closed_form_of_the_hands_response(kp, kv):
    # x'' + kv x' + kp x = kp, from rest: poles a and b, real or a pair.
    a, b = np.roots([1.0, kv, kp]).astype(complex)
    t = DT * np.arange(700)
    expected = (1 - (b * np.exp(a * t) - a * np.exp(b * t)) / (b - a)).real
    step = np.ones((701, 2)) * [1.0, -2.5]
    step[0] = 0.0
    actual = HandFilter(Gains(kp=kp, kv=kv), DT)(step)[1:]
    assert np.ptp(expected) > 0.9
    # The filter sees a ramp over the first step where the closed form has a jump.
    np.testing.assert_allclose(actual, np.outer(expected, [1.0, -2.5]), atol=0.03)
    middle = np.interp(t + DT / 2, t, expected)
    np.testing.assert_allclose(actual[:-1, 0], middle[:-1], atol=2e-4)


def test_what_is_steady_stays_as_it_is():
    steady = np.tile([3.0, -0.7, 120.0], (400, 1)).astype(np.float32)
    filtered = HandFilter(Gains(), DT)(steady)
    assert filtered.dtype == np.float32
    # The coefficients add up to kp dt^2 = 2e-4, of which single precision is a 2000th at most.
    np.testing.assert_allclose(filtered, steady, rtol=1e-3)


def test_fast_noise_hardly_counts():
    gains = Gains(kp=200.0, kv=30.0)
    t = DT * np.arange(4000)
    for frequency in (0.5, 3.0, 40.0):
        s = 2j * np.pi * frequency
        gain = abs(gains.kp / (s**2 + gains.kv * s + gains.kp))
        wave = np.sin(2 * np.pi * frequency * t)[:, None]
        passed = HandFilter(gains, DT)(wave)[2000:]
        assert np.ptp(passed) / 2 == pytest.approx(gain, rel=0.02)
    assert gain < 0.01


@pytest.fixture(scope="module")
def rollout(weights) -> Rollout:
    """Make up a motion of three joints, long enough for twelve rows and a bit."""
    t = DT * np.arange(SKIPPED_STEPS + 117)[:, None]
    q = weights.scaling.middle + 0.5 * np.sin(t * [3.0, 5.0, 9.0])
    dq = 0.5 * np.cos(t * [3.0, 5.0, 9.0]) * [3.0, 5.0, 9.0]
    command = np.cos(t * [2.0, 4.0, 6.0, 8.0, 9.0, 11.0])
    return Rollout(q, dq, command, 4.0 * np.sin(t * [2.0, 7.0, 5.0]) + 1.5)


def test_rows_are_the_filtered_activities_and_torques_of_every_tenth_step(weights, rollout):
    weigh = HandFilter(Gains(), DT)
    listener = listen(weights, NengoSimulation, "spiking", FILTERS)
    with closing(listener.simulation):
        seen = [replay(listener, rollout, weigh) for _ in range(2)]
    built = build_network(weights, "spiking", FILTERS, readout=False)
    moments = list(zip(rollout.positions, rollout.velocities, rollout.command, strict=True))
    settling = [(rollout.positions[0], rollout.velocities[0], np.zeros(6))] * SETTLING_STEPS
    neurons = []
    with closing(NengoSimulation(built.network)) as simulation:
        for moment in settling + moments:
            weights.scaling.write(built.port.inputs, *moment)
            simulation.step()
            neurons.append(built.port.outputs.values.copy())
    rows = np.arange(SKIPPED_STEPS, len(moments), EVERY)
    assert len(rows) == 12
    expected = weigh(np.array(neurons[SETTLING_STEPS:], dtype=np.float32))[rows]
    assert (np.ptp(expected, axis=0) > 1.0).sum() > 10
    for activity in seen:  # nothing of the first showing is left in the second
        np.testing.assert_array_equal(activity.neurons, expected)
        np.testing.assert_array_equal(activity.torque, weigh(rollout.torque)[rows])


def test_a_listener_gives_all_neurons_and_overwrites_them(weights, rollout):
    listener = listen(weights, NengoSimulation, "rate", FILTERS)
    with closing(listener.simulation):
        listener.start(rollout.positions[0], rollout.velocities[0])
        first = listener.step(rollout.positions[0], rollout.velocities[0], rollout.command[0])
        kept = first.copy()
        for moment in (50, 51, 52):
            again = listener.step(
                rollout.positions[moment], rollout.velocities[moment], rollout.command[moment]
            )
    assert first.shape == (51,)
    assert again is first
    assert np.abs(kept - first).max() > 0.1


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


def test_in_practice_the_network_drives_and_the_teacher_is_asked(trained, arm):
    weigh, gains = HandFilter(Gains(), DT), Gains()
    readout = trained.weights.readout["rate"]
    listener = listen(trained.weights, NengoSimulation, "rate")
    with closing(listener.simulation):
        seen = practise(
            arm, listener, readout, WORKSPACE, np.random.default_rng(5), weigh, gains, SHORT
        )
    plan = plan_rollout(arm, WORKSPACE, np.random.default_rng(5), SHORT)
    assert seen is not None
    assert len(seen.torque) == len(range(SKIPPED_STEPS, len(plan.references), EVERY)) > 20
    # The network is close to its teacher, in joint accelerations, but not the teacher itself.
    inertia = np.diag(arm.model.dynamics(arm.chain.home).mass_matrix)
    decoded = seen.neurons @ readout.T * trained.weights.scaling.torque
    error = (decoded - seen.torque) / inertia
    assert 0.01 < np.sqrt(np.mean(np.square(error))) < 3.0
    teacher = OperationalSpaceController(arm.model, gains)
    state = arm.reset()
    at_home = teacher.torque(state, Reference(state.hand, np.zeros(6), np.zeros(6)))
    assert np.abs(seen.torque - at_home).max() / np.abs(at_home).max() < 0.5


def test_practice_that_loses_the_arm_too_early_gives_nothing(trained, arm):
    listener = listen(trained.weights, NengoSimulation, "rate")
    limp = np.zeros_like(trained.weights.readout["rate"])
    with closing(listener.simulation):
        assert (
            practise(
                arm, listener, limp, WORKSPACE, np.random.default_rng(5),
                HandFilter(Gains(), DT), exploration=SHORT,
            )
            is None
        )  # fmt: skip


def test_practice_stops_when_the_arm_is_lost(monkeypatch, trained, arm):
    monkeypatch.setattr(module, "SKIPPED_STEPS", 8)
    references = plan_rollout(arm, WORKSPACE, np.random.default_rng(5), SHORT).references
    arm.reset()
    fallen = 0
    for reference in references:  # an arm without torque, until it is lost
        state = arm.step(np.zeros(7))
        fallen += 1
        if np.linalg.norm(state.hand.position - reference.pose.position) > LOST_DISTANCE:
            break
    assert 40 < fallen < len(references) - 100
    listener = listen(trained.weights, NengoSimulation, "rate")
    with closing(listener.simulation):
        seen = practise(
            arm, listener, np.zeros_like(trained.weights.readout["rate"]), WORKSPACE,
            np.random.default_rng(5), HandFilter(Gains(), DT), exploration=SHORT,
        )  # fmt: skip
    assert seen is not None
    assert len(seen.neurons) == len(seen.torque) == len(range(8, fallen, EVERY))
