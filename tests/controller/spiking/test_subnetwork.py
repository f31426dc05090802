"""Sub-networks, with one from outside the package: in a controller's network, and beside it."""

from contextlib import closing

import nengo
import numpy as np
import pytest

from spikearm.arm_models import Arm, ArmState, load_arm
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.controller import NeuralController
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.hybrid_controller import HybridController
from spikearm.controller.spiking.settled_controller import SETTLING_STEPS
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.spiking.subnetwork import Subnetwork
from spikearm.controller.weights.membrane import LEAKY
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.host_io import HostInput, HostOutput
from spikearm.neural.nengo_simulation import NengoSimulation

DAMPING = 3.0  # N m s/rad


class JointDamper:
    """A user's own sub-network: joint damping in neurons, one ensemble per joint."""

    def __init__(self, n_joints: int, neurons: nengo.neurons.NeuronType) -> None:
        self.neurons = neurons
        self.speed, self.damping = HostInput(n_joints), HostOutput(n_joints)
        self.held: list[ArmState] = []
        self.steps: list[ControlStep] = []

    def add_to(self, network: nengo.Network) -> None:
        n_joints = len(self.speed.values)
        with network:
            speed = nengo.Node(self.speed)
            damping = nengo.Node(self.damping, size_in=n_joints)
            for joint in range(n_joints):
                ensemble = nengo.Ensemble(60, 1, neuron_type=self.neurons, seed=joint)
                nengo.Connection(speed[joint], ensemble, synapse=None)
                nengo.Connection(ensemble, damping[joint], synapse=0.01, transform=-DAMPING)

    def hold(self, state: ArmState) -> None:
        self.held.append(state)
        self.speed.values[:] = 0.0

    def write(self, step: ControlStep) -> None:
        self.steps.append(step)
        self.speed.values[:] = step.state.dq

    @property
    def torque(self) -> np.ndarray:
        return self.damping.values


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("planar3")


@pytest.fixture
def state(arm) -> ArmState:
    q = arm.chain.home + np.array([-0.15, 0.12, 0.2])
    return arm.reset(q, np.array([0.3, -0.4, 0.2]))


def mean_torque(controller: NeuralController, state: ArmState) -> np.ndarray:
    """Average the torque in a state that stays, after the neurons have settled."""
    reference = Reference(state.hand, state.hand_velocity, np.array([0.9, -0.7, 0.5, 0, 0, 0.3]))
    with closing(controller):
        controller.start(state)
        return np.mean([controller.torque(state, reference) for _ in range(300)][100:], axis=0)


@pytest.mark.parametrize("simulation", [NengoSimulation, EngineSimulation])
def test_beside_a_law_without_neurons_it_adds_its_torque(arm, state, simulation):
    damper: Subnetwork = JointDamper(3, LEAKY.neuron_type("loihi"))
    law = OperationalSpaceController(arm.model)
    reference = Reference(state.hand, state.hand_velocity, np.array([0.9, -0.7, 0.5, 0, 0, 0.3]))
    torque = mean_torque(HybridController(law, [damper], simulation), state)
    added = torque - law.torque(state, reference)
    np.testing.assert_allclose(added, -DAMPING * state.dq, atol=0.25)
    assert (np.abs(added) > 0.3).all()


def test_in_a_spiking_controller_s_network_it_adds_its_torque(weights, state):
    def controller(*subnetworks: Subnetwork) -> SpikingController:
        return SpikingController(weights, NengoSimulation, "rate", subnetworks=subnetworks)

    damper = JointDamper(3, nengo.LIFRate())
    alone, damped = (mean_torque(controller(*parts), state) for parts in ([], [damper]))
    np.testing.assert_allclose(damped - alone, -DAMPING * state.dq, atol=0.1)
    two = [JointDamper(3, nengo.LIFRate()) for _ in range(2)]
    both = mean_torque(controller(*two), state)
    np.testing.assert_allclose(both - alone, 2 * (damped - alone), atol=1e-9)


class Counting(NengoSimulation):
    """Counts its steps."""

    def __init__(self, network: nengo.Network) -> None:
        super().__init__(network)
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        super().step()


@pytest.mark.parametrize("kind", [HybridController, SpikingController])
def test_it_is_held_at_every_start_and_written_once_in_every_step(arm, weights, state, kind):
    damper = JointDamper(3, nengo.LIFRate())
    if kind is HybridController:
        controller = HybridController(OperationalSpaceController(arm.model), [damper], Counting)
    else:
        controller = SpikingController(weights, Counting, "rate", subnetworks=[damper])
    reference = Reference(state.hand, np.zeros(6), np.zeros(6))
    with closing(controller):
        for n_starts in (1, 2):
            controller.start(state)
            assert [held is state for held in damper.held] == [True] * n_starts
            for _ in range(5):
                controller.torque(state, reference)
        assert [step.state is state for step in damper.steps] == [True] * 10
        assert [step.reference is reference for step in damper.steps] == [True] * 10
        simulation = controller.simulation
        assert isinstance(simulation, Counting)
        assert simulation.steps == 2 * (SETTLING_STEPS + 5)
