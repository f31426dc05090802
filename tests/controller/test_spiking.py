"""The spiking controller against the analytic law and on the arm."""

from contextlib import closing
from typing import Any, Literal

import nengo
import numpy as np
import pytest

from arm_models import ArmState, Pose, RigidBodyModel, load_arm
from controller.closed_loop import follow
from controller.controller import Controller
from controller.gains import Gains
from controller.nengo_simulation import NengoSimulation
from controller.osc import OperationalSpaceController
from controller.reference import MinimumJerk, Reference
from controller.spiking import SpikingController
from controller.spiking_network import SpikingConfig
from controller.workspace import Workspace
from experiments import metrics
from experiments.centre_out import HOLD_TIME, MOVE_TIME, CentreOut, plan_reaches

SMALL = SpikingConfig(
    n_latent=3, state_neurons=90, velocity_neurons=70, product_neurons=180, n_samples=80,
    command_linear=2.0, command_angular=5.0,
)  # fmt: skip
MAX_ENDPOINT_ERROR, MAX_POSITION_RMSE = 0.005, 0.003  # m, bounds of the benchmark
STATIC_TOLERANCE = 1.0  # rad/s^2; the stiffness kp = 200 / s^2 makes 5 mrad of it
KINDS: tuple[Literal["rate", "spiking"], ...] = ("rate", "spiking")


class Silent(nengo.LIF):
    """Neurons with the rates of LIF, so that decoders are solved alike, but that never fire."""

    def step(self, dt, J, output, **state):
        output[...] = 0.0


class SilencedSimulation(NengoSimulation):
    """The same network with every neuron silent."""

    def __init__(self, network: nengo.Network) -> None:
        for ensemble in network.all_ensembles:
            ensemble.neuron_type = Silent(tau_ref=0.001)
        super().__init__(network)


@pytest.fixture(scope="module")
def model() -> RigidBodyModel:
    return load_arm("gen3").model


@pytest.fixture(scope="module")
def default(model):
    """Make the controllers as the benchmark makes them, one of each kind."""
    workspace = plan_reaches(model, CentreOut(), seed=0).workspace
    made = {kind: SpikingController(model, NengoSimulation, kind, workspace) for kind in KINDS}
    yield made
    for controller in made.values():
        controller.close()


def small(model: RigidBodyModel, simulation: Any = NengoSimulation, **how) -> SpikingController:
    return SpikingController(model, simulation, config=SMALL, **{"seed": 12, **how})


def at_rest(model: RigidBodyModel, q: np.ndarray) -> ArmState:
    return ArmState(0.4, q, np.zeros_like(q), model.dynamics(q).hand, np.zeros(6))


def accelerate(state: ArmState, acceleration: np.ndarray) -> Reference:
    return Reference(state.hand, state.hand_velocity, acceleration)


def run(controller: Controller, state: ArmState, reference: Reference, n: int) -> np.ndarray:
    return np.array([controller.torque(state, reference) for _ in range(n)])


@pytest.fixture
def pushed(model) -> tuple[ArmState, Reference]:
    """Give a state off home, at rest, with a command of the size of a reach's."""
    q = model.chain.home + np.linspace(-0.15, 0.12, model.chain.n_joints)
    state = at_rest(model, q)
    return state, accelerate(state, np.array([0.9, -0.7, 0.5, 1.4, 0.8, -1.1]))


def test_without_spikes_there_is_no_torque(model, pushed):
    torques = {}
    for simulation in (NengoSimulation, SilencedSimulation):
        with closing(small(model, simulation)) as controller:
            controller.start(pushed[0])
            torques[simulation] = run(controller, *pushed, n=30)
            if simulation is SilencedSimulation:
                assert controller.counts.spikes == 0
                assert controller.counts.neuron_updates == 340
    assert np.abs(torques[NengoSimulation]).max() > 5.0
    np.testing.assert_array_equal(torques[SilencedSimulation], 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_in_static_states_the_torque_is_close_to_the_analytic_law_s(model, default, kind):
    # In joint accelerations, so that a wrist counts as a shoulder does.
    inertia = np.diag(model.dynamics(model.chain.home).mass_matrix)
    analytic = OperationalSpaceController(model)
    rng = np.random.default_rng(55)
    workspace = Workspace(radius=0.2)
    errors, wanted = [], []
    for q in workspace.sample_positions(model, 12, rng):
        state = at_rest(model, q)
        reference = accelerate(state, rng.uniform(-1, 1, 6) * [1.5, 1.5, 1.5, 3.0, 3.0, 3.0])
        default[kind].start(state)
        settled = run(default[kind], state, reference, 160)[60:].mean(axis=0)
        expected = analytic.torque(state, reference)
        errors.append((settled - expected) / inertia)
        wanted.append(expected / inertia)
    assert np.sqrt(np.mean(np.square(wanted))) > 5.0
    assert np.sqrt(np.mean(np.square(errors))) < STATIC_TOLERANCE


@pytest.mark.parametrize("kind", KINDS)
def test_starting_again_repeats_every_torque_and_count_exactly(model, pushed, kind):
    with closing(small(model, neurons=kind)) as controller:
        runs, counts = [], []
        for _ in range(3):
            controller.start(pushed[0])
            torques = []
            for _ in range(25):
                torques.append(controller.torque(*pushed))
                counts.append(controller.counts)
            runs.append(torques)
    assert np.std(runs[0], axis=0).max() > 1e-3
    np.testing.assert_array_equal(runs[0], runs[1])
    np.testing.assert_array_equal(runs[0], runs[2])
    assert counts[:25] == counts[25:50] == counts[50:]


def test_what_came_before_the_first_start_is_forgotten(model, pushed):
    runs = []
    for warmed_up in (False, True):
        with closing(small(model)) as controller:
            if warmed_up:
                run(controller, *pushed, n=7)
            controller.start(pushed[0])
            runs.append(run(controller, *pushed, n=20))
    np.testing.assert_array_equal(runs[0], runs[1])


def test_one_seed_gives_the_same_torques_and_two_seeds_differ(model, pushed):
    runs = []
    for seed in (12, 12, 13):
        with closing(small(model, seed=seed)) as controller:
            controller.start(pushed[0])
            runs.append(run(controller, *pushed, n=20))
    np.testing.assert_array_equal(runs[0], runs[1])
    assert np.abs(runs[0] - runs[2]).max() > 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_a_reach_ends_at_its_target_along_its_path(default, kind):
    arm = load_arm("gen3")
    reaches = plan_reaches(arm.model, CentreOut(), seed=0)
    state = arm.reset()
    target = reaches.targets[3]
    assert np.linalg.norm(target.position - state.hand.position) == pytest.approx(0.2)
    default[kind].start(state)
    motion = MinimumJerk(state.hand, target, MOVE_TIME)
    log = follow(arm, default[kind], motion, MOVE_TIME + HOLD_TIME)
    assert metrics.endpoint_error(log) < MAX_ENDPOINT_ERROR
    # Neurons are noisy: an error of nothing would mean that they were not in the loop.
    assert 1e-5 < metrics.position_rmse(log) < MAX_POSITION_RMSE
    assert log.spikes.min() > 0
    assert (log.neuron_updates == 3400).all()


@pytest.mark.parametrize("axis", range(6))
def test_the_command_saturates_at_the_configured_limits(model, axis):
    state = at_rest(model, model.chain.home)
    limit = 2.0 if axis < 3 else 5.0
    torques = {}
    with closing(small(model)) as controller:
        for size in (0.5, 1.0, 1.001, 30.0, -1.0, -30.0):
            acceleration = np.zeros(6)
            acceleration[axis] = size * limit
            controller.start(state)
            torques[size] = run(controller, state, accelerate(state, acceleration), 15)
    np.testing.assert_array_equal(torques[30.0], torques[1.0])
    np.testing.assert_array_equal(torques[1.001], torques[1.0])
    np.testing.assert_array_equal(torques[-30.0], torques[-1.0])
    assert np.abs(torques[0.5] - torques[1.0]).max() > 1e-3
    assert np.abs(torques[-1.0] - torques[1.0]).max() > 1e-3


@pytest.mark.parametrize("joint", [0, 4, 6])
def test_positions_and_velocities_saturate_far_outside_the_workspace(model, joint):
    home = model.dynamics(model.chain.home).hand
    off = np.zeros(model.chain.n_joints)
    off[joint] = 1.0
    torques = []
    with closing(small(model)) as controller:
        for size in (0.0, 20.0, 40.0):
            state = ArmState(0.4, model.chain.home + size * off, size * off, home, np.zeros(6))
            controller.start(state)
            torques.append(run(controller, state, accelerate(state, np.full(6, 0.4)), 15))
    np.testing.assert_array_equal(torques[1], torques[2])
    assert np.abs(torques[0] - torques[1]).max() > 1e-2


@pytest.mark.parametrize("feedforward", ["acceleration", "velocity"])
def test_feedforward_decides_whether_the_reference_s_acceleration_counts(model, feedforward):
    state = at_rest(model, model.chain.home)
    torques = []
    with closing(small(model, feedforward=feedforward)) as controller:
        for size in (0.0, 1.2):
            controller.start(state)
            torques.append(run(controller, state, accelerate(state, np.full(6, size)), 15))
    moved = np.abs(torques[1] - torques[0]).max()
    assert (moved > 0.1) if feedforward == "acceleration" else (moved == 0.0)


def test_the_stiffness_comes_from_the_gains(model):
    # 1 cm at 150 per s^2 is a command of 1.5 m/s^2, as if it had been fed forward.
    state = at_rest(model, model.chain.home)
    shift = np.array([0.004, -0.01, 0.006])
    shifted = Pose(state.hand.position + shift, state.hand.quaternion)
    acceleration = np.concatenate([150.0 * shift, np.zeros(3)])
    torques = []
    with closing(small(model, gains=Gains(kp=150.0))) as controller:
        for reference in (
            Reference(shifted, np.zeros(6), np.zeros(6)),
            accelerate(state, acceleration),
        ):
            controller.start(state)
            torques.append(run(controller, state, reference, 15))
    np.testing.assert_allclose(torques[0], torques[1], atol=1e-9)


def test_the_reported_footprint_is_the_simulation_s(model):
    with closing(small(model)) as controller:
        footprint = controller.footprint
    # Decoders to code and command (9 rows), static, velocity and task torque (7 each);
    # encoders of positions, velocities, code and command (7, 7, 9, 6).
    weights = 90 * (9 + 7) + 70 * 7 + 180 * 7 + 90 * 7 + 70 * 7 + 180 * (9 + 6)
    assert footprint.dense == weights
    assert footprint.cores is None


def test_a_closed_controller_no_longer_runs(model, pushed):
    controller = small(model)
    controller.close()
    with pytest.raises(nengo.exceptions.SimulatorClosed):
        controller.torque(*pushed)
