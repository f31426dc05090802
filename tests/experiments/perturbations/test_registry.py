"""Perturbations by name: what each does to a closed loop, and that it is undone."""

import numpy as np
import pytest

from spikearm.arm_models import Pose, load_arm
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.experiments.perturbations.loop_setup import Event, LoopSetup, Schedule
from spikearm.experiments.perturbations.registry import PERTURBATIONS
from spikearm.neural.faults import silenceable_simulation
from spikearm.neural.nengo_simulation import NengoSimulation

POSE = Pose(np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0]))
REFERENCE = Reference(POSE, np.zeros(6), np.zeros(6))


def test_every_perturbation_grows():
    for name, one in PERTURBATIONS.items():
        growth = np.diff(one.strengths)
        falls = name in ("rate", "saturation")
        assert (growth < 0).all() if falls else (growth > 0).all(), name


def test_events_happen_once_an_episode_at_their_time_and_in_their_order(arm):
    happened: list[tuple[str, float]] = []

    def event(time: float, name: str) -> Event:
        return Event(time, lambda: happened.append((name, round(1e3 * arm.state.time))))

    schedule = Schedule([event(0.005, "later"), event(0.0, "first"), event(0.003, "then")])
    for _ in range(2):
        arm.reset()
        schedule.begin()
        for _ in range(8):
            schedule(arm, arm.step(np.zeros(arm.chain.n_joints)), REFERENCE)
    assert happened == [("first", 0), ("then", 3), ("later", 5)] * 2


def test_a_payload_comes_on_the_way_out_and_goes_on_the_way_back(task, law):
    arm = load_arm("gen3")
    setup = PERTURBATIONS["payload-midway"].apply(LoopSetup(arm, law, task), 1.7, 0)
    weights: list[float] = []

    def weight() -> float:
        model = arm.scene[0]
        return float(model.body_mass.sum())

    empty = weight()
    for event in setup.events:
        event.act()
        weights.append(weight() - empty)
    np.testing.assert_allclose(weights, [0.0, 1.7, 0.0], atol=1e-9)
    assert [event.time for event in setup.events] == [0.0, 0.1, pytest.approx(0.1 + 0.26)]
    arm.attach_payload(0.4)
    setup.restore()
    assert weight() == empty


def test_limits_and_rates_and_delays_are_what_they_say(arm, task, law):
    setup = LoopSetup(arm, law, task)
    cut = PERTURBATIONS["saturation"].apply(setup, 0.4, 0).controller
    np.testing.assert_allclose(cut._limits, 0.4 * arm.chain.torque_limits)
    assert PERTURBATIONS["rate"].apply(setup, 250.0, 0).controller._every == 4
    assert PERTURBATIONS["delay"].apply(setup, 0.01, 0).controller._steps == 10


def test_perturbations_compose(arm, task, law, move):
    setup = LoopSetup(arm, law, task)
    for name, strength in (("delay", 0.003), ("frozen", 0.004), ("noise", 1e-4)):
        setup = PERTURBATIONS[name].apply(setup, strength, 5)
    log = move(setup.controller, setup.sensors)
    gave, given = np.array(law.gave), np.array([state.q for state, _ in law.given])
    np.testing.assert_array_equal(log.torque[3:], gave[:-3])
    noise = given[1:] - log.q[:-1]
    assert 0.5e-4 < noise[:90].std() < 2e-4
    stale = np.abs(noise[100:103]).max()  # frozen since step 100, with new noise on top
    assert stale > 2 * np.abs(noise[:90]).max()


@pytest.mark.parametrize("name", ["silenced", "silenced-midway"])
def test_a_share_of_neurons_falls_silent_and_is_healed(name, arm, task, trained):
    with SpikingController(trained.weights, NengoSimulation, "spiking") as controller:
        simulation = silenceable_simulation(controller.simulation)
        setup = PERTURBATIONS[name].apply(LoopSetup(arm, controller, task), 0.2, 3)
        silent = [len(simulation.silent)]
        for event in setup.events:
            event.act()
            silent.append(len(simulation.silent))
        fifth = round(0.2 * simulation.n_neurons)
        assert silent == ([fifth] if name == "silenced" else [0, 0, fifth])
        setup.restore()
        assert simulation.silent.size == 0
