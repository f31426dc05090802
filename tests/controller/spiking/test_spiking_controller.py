"""The spiking controller: what it does with its weights, and what it does to an arm."""

from contextlib import closing
from time import perf_counter
from typing import Any

import nengo
import numpy as np
import pytest

from spikearm.arm_models import Arm, ArmState, Pose, load_arm
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.controller import Controller
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.settled_controller import SETTLING_STEPS
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.spiking.spiking_network import Filters
from spikearm.controller.weights.membrane import NeuralStage
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.experiments.studies.benchmark import metrics
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.nengo_simulation import NengoSimulation
from spikearm.neural.simulation import NeuralSimulation

KINDS: tuple[NeuralStage, ...] = ("rate", "spiking")
SIMULATIONS: dict[NeuralStage, type[NeuralSimulation]] = {
    "rate": NengoSimulation, "spiking": NengoSimulation, "loihi": EngineSimulation,
}  # fmt: skip
FILTERS = Filters(layer_tau=0.004, torque_tau=0.013)


class Silent(nengo.LIF):
    """Neurons that are driven alike, but that never fire."""

    def step(self, dt, J, output, **state):
        output[...] = 0.0


class SilencedSimulation(NengoSimulation):
    """The same network with every neuron silent."""

    def __init__(self, network: nengo.Network) -> None:
        for ensemble in network.all_ensembles:
            ensemble.neuron_type = Silent(tau_ref=0.001)
        super().__init__(network)


@pytest.fixture(scope="module")
def arm() -> Arm:
    """Give the arm of three joints that the made-up weights fit."""
    return load_arm("planar3")


def made_up(weights: NetworkWeights, simulation: Any = NengoSimulation, **how) -> SpikingController:
    return SpikingController(weights, simulation, **{"stage": "spiking", "filters": FILTERS, **how})


def at(arm: Arm, q: np.ndarray, dq: np.ndarray) -> ArmState:
    here = arm.model.dynamics(q, dq)
    return ArmState(0.4, q, dq, here.hand, here.jacobian @ dq)


def accelerate(state: ArmState, acceleration: np.ndarray) -> Reference:
    return Reference(state.hand, state.hand_velocity, acceleration)


def run(controller: Controller, state: ArmState, reference: Reference, n: int) -> np.ndarray:
    return np.array([controller.torque(state, reference) for _ in range(n)])


@pytest.fixture(scope="module")
def pushed(arm) -> tuple[ArmState, Reference]:
    """Give a moving state off home, with a command of the size of a reach's."""
    state = at(arm, arm.chain.home + np.array([-0.15, 0.12, 0.2]), np.array([0.3, -0.4, 0.2]))
    return state, accelerate(state, np.array([0.9, -0.7, 0.5, 1.4, 0.8, -1.1]))


def test_without_spikes_there_is_no_torque(weights, pushed):
    torques = {}
    for simulation in (NengoSimulation, SilencedSimulation):
        with closing(made_up(weights, simulation)) as controller:
            controller.start(pushed[0])
            torques[simulation] = run(controller, *pushed, n=30)
            if simulation is SilencedSimulation:
                assert controller.simulation.counts.spikes == 0
                assert controller.simulation.counts.neuron_updates == 60
    assert np.abs(torques[NengoSimulation]).max() > 0.5
    np.testing.assert_array_equal(torques[SilencedSimulation], 0.0)


@pytest.mark.parametrize("stage", SIMULATIONS)
def test_starting_again_repeats_every_torque_and_count_exactly(weights, pushed, stage):
    with closing(made_up(weights, SIMULATIONS[stage], stage=stage)) as controller:
        runs, counts = [], []
        for _ in range(3):
            controller.start(pushed[0])
            torques = []
            for _ in range(25):
                torques.append(controller.torque(*pushed))
                counts.append(controller.simulation.counts)
            runs.append(torques)
    assert np.std(runs[0], axis=0).max() > 1e-3
    np.testing.assert_array_equal(runs[0], runs[1])
    np.testing.assert_array_equal(runs[0], runs[2])
    assert counts[:25] == counts[25:50] == counts[50:]
    assert counts[0].spikes > 0


def test_the_network_is_entered_and_left_within_the_step(weights, pushed):
    class Watched(NengoSimulation):
        def step(self) -> None:
            inside.append(perf_counter())
            super().step()
            inside.append(perf_counter())

    with closing(made_up(weights, Watched)) as controller:
        for _ in range(3):
            inside: list[float] = []
            began = perf_counter()
            controller.torque(*pushed)
            over = perf_counter()
            entered, left = controller.crossings
            assert began < entered < inside[0] < inside[1] < left < over


def test_what_came_before_the_first_start_is_forgotten(weights, pushed):
    runs = []
    for warmed_up in (False, True):
        with closing(made_up(weights)) as controller:
            if warmed_up:
                run(controller, *pushed, n=7)
            controller.start(pushed[0])
            runs.append(run(controller, *pushed, n=20))
    np.testing.assert_array_equal(runs[0], runs[1])


def test_a_start_lets_the_network_settle_while_nothing_is_commanded(weights, pushed):
    state, reference = pushed
    still = accelerate(state, np.zeros(6))
    with closing(made_up(weights)) as controller:
        controller.start(state)
        settled = run(controller, state, reference, 15)
    with closing(made_up(weights)) as controller:
        waited = run(controller, state, still, SETTLING_STEPS)
        went_on = run(controller, state, reference, 15)
    np.testing.assert_array_equal(settled, went_on)
    assert np.abs(waited[0]).max() < 1e-9 < np.abs(settled[0]).max()


@pytest.mark.parametrize("stage", SIMULATIONS)
def test_all_is_in_the_weights_so_that_seeds_do_not_matter(weights, pushed, stage):
    runs = []
    for seed in (12, 12, 13):
        how = {"stage": stage, "seed": seed}
        with closing(made_up(weights, SIMULATIONS[stage], **how)) as controller:
            controller.start(pushed[0])
            runs.append(run(controller, *pushed, n=20))
    assert np.ptp(runs[0], axis=0).min() > 1e-3
    np.testing.assert_array_equal(runs[0], runs[1])
    np.testing.assert_array_equal(runs[0], runs[2])


def test_the_torque_is_in_newton_metres_by_the_weights_scaling(weights, pushed):
    with closing(made_up(weights)) as controller:
        torque = controller.torque(*pushed)
        for _ in range(30):
            torque = controller.torque(*pushed)
        outputs = controller._nodes.outputs.values
        np.testing.assert_allclose(torque, outputs * [7.0, 3.0, 1.6], rtol=1e-12)
        assert np.abs(outputs).min() > 1e-3


@pytest.mark.parametrize("axis", range(6))
def test_the_command_saturates_at_the_scalings_range(weights, arm, axis):
    state = at(arm, arm.chain.home, np.zeros(3))
    center, half = (values[9 + axis] for values in (weights.scaling.center,
                                                    weights.scaling.half_range))  # fmt: skip
    torques = {}
    with closing(made_up(weights)) as controller:
        for size in (0.3, 1.0, 1.001, 30.0, -1.0, -30.0):
            acceleration = np.zeros(6)
            acceleration[axis] = center + size * half
            controller.start(state)
            torques[size] = run(controller, state, accelerate(state, acceleration), 25)
    np.testing.assert_allclose(torques[30.0], torques[1.0], atol=1e-12)
    np.testing.assert_array_equal(torques[1.001], torques[30.0])
    np.testing.assert_allclose(torques[-30.0], torques[-1.0], atol=1e-12)
    assert np.abs(torques[0.3] - torques[1.0]).max() > 1e-3
    assert np.abs(torques[-1.0] - torques[1.0]).max() > 1e-3


@pytest.mark.parametrize("joint", [0, 2])
def test_velocities_saturate_and_positions_come_in_by_their_angle(weights, arm, joint):
    off = np.zeros(3)
    off[joint] = 1.0
    home, hand = arm.chain.home, arm.model.dynamics(arm.chain.home).hand
    torques = []
    with closing(made_up(weights)) as controller:
        for turns, speed in ((0, 0.0), (0, 20.0), (3, 40.0)):
            q = home + turns * 2 * np.pi * off
            state = ArmState(0.4, q, speed * off, hand, np.zeros(6))
            controller.start(state)
            torques.append(run(controller, state, accelerate(state, np.full(6, 0.4)), 25))
    np.testing.assert_allclose(torques[1], torques[2], atol=1e-6)
    assert np.abs(torques[0] - torques[1]).max() > 1e-2


@pytest.mark.parametrize("feedforward", ["acceleration", "velocity"])
def test_feedforward_decides_whether_the_reference_s_acceleration_counts(weights, arm, feedforward):
    state = at(arm, arm.chain.home, np.zeros(3))
    torques = []
    with closing(made_up(weights, feedforward=feedforward)) as controller:
        for size in (0.0, 1.2):
            controller.start(state)
            torques.append(run(controller, state, accelerate(state, np.full(6, size)), 25))
    moved = np.abs(torques[1] - torques[0]).max()
    assert (moved > 0.05) if feedforward == "acceleration" else (moved == 0.0)


def test_the_stiffness_comes_from_the_gains(weights, arm):
    # 1 cm at 150 per s^2 is a command of 1.5 m/s^2, as if it had been fed forward.
    state = at(arm, arm.chain.home, np.zeros(3))
    shift = np.array([0.004, -0.01, 0.006])
    shifted = Pose(state.hand.position + shift, state.hand.quaternion)
    acceleration = np.concatenate([150.0 * shift, np.zeros(3)])
    torques = []
    with closing(made_up(weights, stage="rate", gains=Gains(kp=150.0))) as controller:
        for reference in (
            Reference(shifted, np.zeros(6), np.zeros(6)),
            accelerate(state, acceleration),
        ):
            controller.start(state)
            torques.append(run(controller, state, reference, 15))
    np.testing.assert_allclose(torques[0], torques[1], atol=1e-9)


def test_counts_and_footprint_are_the_simulation_s(weights, pushed):
    made = []

    def simulation(network: nengo.Network) -> NengoSimulation:
        made.append(NengoSimulation(network))
        return made[-1]

    with closing(made_up(weights, simulation)) as controller:
        run(controller, *pushed, n=20)
        assert controller.simulation is made[0]
        assert controller.simulation.counts.neuron_updates == 60
        footprint = controller.simulation.footprint
    # Weights out of neurons, of the inputs, those of the products for code and command, and those
    # of the friction neurons for velocities and command.
    layers = 14 * 11 + 11 * 2 + 14 * 9 + 26 * 2 + 26 * 6 + 9 * 3 + 9 * 6
    assert footprint.dense == layers + 60 * 3
    assert footprint.cores is None


def test_on_the_chip_the_footprint_has_cores_and_compartments(weights, pushed):
    with closing(made_up(weights, EngineSimulation, stage="loihi")) as controller:
        run(controller, *pushed, n=20)
        footprint, counts = controller.simulation.footprint, controller.simulation.counts
    decoders = 2 * 10 * 2  # ten pairs for each number of the code, as nengo-loihi decodes it
    assert footprint.compartments == 60 + decoders
    assert footprint.cores is not None and footprint.cores >= 3
    assert counts.host_spikes > 0


def test_a_closed_controller_no_longer_runs(weights, pushed):
    controller = made_up(weights)
    controller.close()
    with pytest.raises(nengo.exceptions.SimulatorClosed):
        controller.torque(*pushed)


@pytest.fixture(scope="module")
def gen3() -> Arm:
    return load_arm("gen3")


@pytest.mark.parametrize(
    ("stage", "most"),
    # A small network that was solved for, not trained; the chip's numbers are coarse.
    [("rate", 0.001), ("spiking", 0.003), ("loihi", 0.008)],
)
def test_a_reach_follows_its_path_to_its_target(trained, gen3, stage, most):
    state = gen3.reset()
    shift = np.array([0.01, 0.04, 0.03])
    target = Pose(state.hand.position + shift, state.hand.quaternion)
    with closing(SpikingController(trained.weights, SIMULATIONS[stage], stage)) as controller:
        controller.start(state)
        log = follow(gen3, controller, MinimumJerk(state.hand, target, 0.6), 0.7)
    # Neurons are noisy: an error of nothing would mean that they were not in the loop.
    assert 1e-5 < metrics.position_rmse(log) < most
    assert metrics.endpoint_error(log) < 2 * most
    assert log.spikes.mean() > 5


@pytest.mark.parametrize("stage", KINDS)
def test_in_static_states_the_torque_is_close_to_the_analytic_law_s(trained, gen3, stage):
    # In joint accelerations, so that a wrist counts as a shoulder does.
    inertia = np.diag(gen3.model.dynamics(gen3.chain.home).mass_matrix)
    analytic = OperationalSpaceController(gen3.model)
    rng = np.random.default_rng(55)
    errors, wanted = [], []
    with closing(SpikingController(trained.weights, NengoSimulation, stage)) as controller:
        for _ in range(6):
            q = gen3.chain.home + rng.uniform(-0.06, 0.06, 7)
            state = at(gen3, q, np.zeros(7))
            reference = accelerate(state, rng.uniform(-1, 1, 6) * np.repeat([1.0, 2.0], 3))
            controller.start(state)
            settled = run(controller, state, reference, 120)[60:].mean(axis=0)
            expected = analytic.torque(state, reference)
            errors.append((settled - expected) / inertia)
            wanted.append(expected / inertia)
    assert np.sqrt(np.mean(np.square(wanted))) > 5.0
    # The stiffness kp = 200 / s^2 makes 8 mrad of it.
    assert np.sqrt(np.mean(np.square(errors))) < 1.5
