"""The adaptive controller: what it learns, keeps and refuses."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from at_any_speed import at_any_speed

from spikearm.arm_models import Arm, SpikearmError, load_arm
from spikearm.controller.adaptation.adaptive_controller import CUT_ERROR, AdaptiveController
from spikearm.controller.adaptation.adaptive_network import AdaptiveNetwork
from spikearm.controller.adaptation.adaptive_subnetwork import AdaptiveSubnetwork
from spikearm.controller.adaptation.learned_weights import LearnedWeights
from spikearm.controller.adaptation.scaling import AdaptationConfig, AdaptationScaling
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.controller import Controller, feedback_controller
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.saturation_backup import SaturationBackup
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.spiking.subnetwork import network_of
from spikearm.controller.weights.membrane import LEAKY
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.controllers import Adaptation, ChosenController, ControllerSetup
from spikearm.experiments.studies.benchmark.metrics import position_error, position_rmse
from spikearm.neural.counts import StepCounts
from spikearm.neural.nengo_simulation import NengoSimulation

CONFIG = AdaptationConfig(neurons=1000, learning_rate=10.0, dead_zone=0.0)
LOAD = 2.0  # kg
STEPS = 250

Make = Callable[..., AdaptiveController]


@pytest.fixture(scope="module")
def arm() -> Arm:
    arm = load_arm("gen3")
    arm.attach_payload(LOAD)
    return arm


@pytest.fixture
def make(arm) -> Iterator[Make]:
    """Make adaptive controllers of any stage that needs no training, and close them."""
    with ExitStack() as opened:

        def one(
            stage: str = "analytic", config: AdaptationConfig = CONFIG, seed: int = 0
        ) -> AdaptiveController:
            setup = ControllerSetup(arm.model, seed=seed, adaptation=Adaptation(config))
            made = ChosenController(stage, adaptive=True).make(setup)
            assert isinstance(made, AdaptiveController)
            return opened.enter_context(made)

        yield one


def move(arm: Arm, controller: Controller, steps: int = STEPS) -> Trajectory:
    """Let the loaded arm go at home, and move the hand a little."""
    state = arm.reset()
    controller.start(state)
    goal = state.hand._replace(position=state.hand.position + np.array([0.0, 0.02, 0.03]))
    motion = MinimumJerk(state.hand, goal, 0.2)
    return follow(arm, controller, motion, steps * arm.timestep, safety=at_any_speed(arm))


@pytest.mark.parametrize("stage", ["analytic", "pd"])
def test_a_load_that_nobody_told_of_is_learned_over_repeated_motions(arm, make, stage):
    alone = {"analytic": OperationalSpaceController, "pd": JointPIDController}[stage](arm.model)
    without = position_rmse(move(arm, alone))
    adaptive = make(stage)
    errors = [position_rmse(move(arm, adaptive)) for _ in range(4)]
    assert errors[0] < 0.9 * without  # it learns in the first motion already
    assert errors[1] < 0.5 * errors[0]
    assert errors[3] < 0.2 * without
    assert not adaptive.overflow_counts.total()


def test_what_it_learns_is_the_torque_of_the_load(arm, make):
    adaptive = make()
    path = [move(arm, adaptive, steps=400) for _ in range(6)][-1]
    assert position_error(path)[-1] < 0.006
    goal = MinimumJerk(arm.state.hand, arm.state.hand, 0.2)
    learned: list[np.ndarray] = []
    follow(
        arm,
        adaptive,
        goal,
        0.3,
        lambda *_: learned.append(adaptive.subnetwork.torque),
        safety=at_any_speed(arm),
    )
    gravity = arm.dynamics.bias_force - arm.model.dynamics(arm.state.q).bias_force
    assert np.abs(gravity).max() > 5.0
    mean = np.mean(learned[-150:], axis=0)  # single steps are as noisy as spikes are
    np.testing.assert_allclose(mean, gravity, atol=0.1 * np.abs(gravity).max())


def test_frozen_it_uses_what_it_has_learned_and_learns_nothing(arm, make):
    adaptive = make()
    move(arm, adaptive)
    adaptive.subnetwork.learning = False
    before = adaptive.learned.weights
    assert any(weights.any() for weights in before)
    path = move(arm, adaptive)
    for mine, other in zip(adaptive.learned.weights, before, strict=True):
        np.testing.assert_array_equal(mine, other)
    assert np.abs(adaptive.subnetwork.torque).max() > 1.0
    assert (path.learning_updates[3::4] > 0).any()  # the rule runs on, with an error of zero
    adaptive.subnetwork.learning = True
    move(arm, adaptive)
    assert (adaptive.learned.weights[0] != before[0]).any()


def test_weights_that_were_saved_and_restored_go_on_exactly(arm, make, tmp_path):
    first = make()
    move(arm, first)
    with (tmp_path / "learned.npz").open("wb") as file:
        first.learned.save(file)
    second = make()
    second.restore(LearnedWeights.load(tmp_path / "learned.npz"))
    for ours, theirs in [(move(arm, second), move(arm, first)) for _ in range(2)]:
        np.testing.assert_array_equal(ours.torque, theirs.torque)
        np.testing.assert_array_equal(ours.q, theirs.q)
    for mine, other in zip(second.learned.weights, first.learned.weights, strict=True):
        np.testing.assert_array_equal(mine, other)
    assert np.abs(move(arm, make()).q - move(arm, first).q).max() > 0.01


@pytest.mark.parametrize(
    ("stage", "config", "seed", "said"),
    [
        ("analytic", CONFIG, 1, "seed 0, but this network has 1"),
        ("analytic", replace(CONFIG, neurons=900), 0, "neurons 1000"),
        ("analytic", replace(CONFIG, span=1.0), 0, "span 0.5"),
    ],
)
def test_weights_of_another_network_are_refused(make, stage, config, seed, said):
    learned = make().learned
    with pytest.raises(SpikearmError, match=said):
        make(stage, config, seed).restore(learned)


def test_weights_of_another_kind_of_neurons_are_refused(make):
    learned = make().learned
    floats = replace(learned, weights=tuple(w.astype(float) for w in learned.weights))
    with pytest.raises(SpikearmError, match="another kind of neurons"):
        make().restore(floats)


def test_another_learning_rate_may_go_on_with_the_same_weights(make):
    slower = make(config=replace(CONFIG, learning_rate=2.0))
    slower.restore(make().learned)


@pytest.mark.parametrize("content", [None, b"", b"something else", b"PK\x03\x04damaged"])
def test_files_that_hold_no_learned_weights_are_refused(tmp_path: Path, content):
    path = tmp_path / "learned.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SpikearmError, match="learned weights"):
        LearnedWeights.load(path)


def test_errors_beyond_the_bound_are_cut_and_counted(arm, make):
    weak = make(config=replace(CONFIG, push=2.0, learning_rate=0.5))
    move(arm, weak)
    assert weak.overflow_counts[CUT_ERROR] > STEPS / 2


def test_a_start_rests_the_neurons_but_forgets_nothing(arm, make):
    adaptive = make()
    move(arm, adaptive)
    learned = adaptive.learned.weights
    adaptive.start(arm.reset())
    for mine, other in zip(adaptive.learned.weights, learned, strict=True):
        np.testing.assert_array_equal(mine, other)
    assert np.abs(adaptive.subnetwork.torque).max() > 1.0  # settled, with what was learned


def test_its_work_and_footprint_are_its_network_s(arm, make):
    adaptive = make()
    assert adaptive.simulation.counts == StepCounts()
    path = move(arm, adaptive)
    assert (path.spikes > 0).mean() > 0.9
    # Neurons, a pair that adds up each torque, and the host's pair for each number of the state.
    assert set(path.neuron_updates) == {1000 + 14 + 30}
    assert set(path.learning_updates) == {0, 1000 * 14}
    footprint = adaptive.simulation.footprint
    assert footprint.compartments == 1000 + 14


def test_a_controller_without_feedback_cannot_be_learned_from(arm):
    class Mute(Controller):
        def torque(self, state, reference):
            return np.zeros(7)

    assert feedback_controller(law := OperationalSpaceController(arm.model)) is law
    with pytest.raises(SpikearmError, match="Mute has no feedback"):
        feedback_controller(Mute())


def test_the_nodes_of_what_learns_only_hand_arrays_over(arm):
    scaling, inertia = AdaptationScaling.of_arm(arm.model, CONFIG), HomeInertia.of_arm(arm.model)
    neurons = LEAKY.neuron_type("loihi")
    adaptive = AdaptiveSubnetwork(AdaptiveNetwork(7, CONFIG, neurons), scaling, inertia.feedback)
    weights = shipped("gen3").weights
    backup = SaturationBackup(weights.scaling, inertia.task_map, neurons, tau=0.01)
    network = network_of([adaptive, backup], seed=0)
    kinds = sorted(type(node.output).__name__ for node in network.all_nodes)
    assert kinds == ["HostInput", "HostInput", "HostInput", "HostOutput", "HostOutput"]
    assert all(node.size_in == 0 or node.size_out == 0 for node in network.all_nodes)
    assert all(one.function is None for one in network.all_connections if not one.learning_rule)


def test_the_error_of_a_step_is_the_feedback_of_the_step_before(arm, trained):
    network = AdaptiveNetwork(7, CONFIG, LEAKY.neuron_type("spiking"))
    inertia, scaling = HomeInertia.of_arm(arm.model), AdaptationScaling.of_arm(arm.model, CONFIG)
    adaptive = AdaptiveSubnetwork(network, scaling, inertia.feedback)
    q = arm.chain.home + np.linspace(-0.06, 0.05, 7)
    state = arm.reset(q, np.linspace(0.3, -0.2, 7))
    references = [
        Reference(state.hand, velocity, np.linspace(3.0, 5.0, 6))
        for velocity in (np.linspace(0.1, 0.2, 6), np.linspace(-0.1, 0.1, 6))
    ]
    with SpikingController(
        trained.weights, NengoSimulation, "spiking", subnetworks=[adaptive]
    ) as controller:
        for _ in range(2):
            controller.start(state)
            np.testing.assert_array_equal(network.error.values, 0.0)
            controller.torque(state, references[0])
            np.testing.assert_array_equal(network.error.values, 0.0)
            controller.torque(state, references[1])
            feedback = inertia.feedback(ControlStep(state, references[0], lead=controller.lead))
            np.testing.assert_allclose(network.error.values, -feedback / scaling.error)
            assert np.abs(network.error.values).max() > 0.01
