"""The settled controller: the network of a neural controller, started, settled and timed."""

from collections.abc import Sequence
from time import perf_counter

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.controller import NeuralController
from spikearm.controller.spiking.subnetwork import Subnetwork
from spikearm.neural.learning import restart_neurons
from spikearm.neural.simulation import NeuralSimulation

SETTLING_STEPS = 60  # while the arm is held; six time constants of the torque filter


class SettledController(NeuralController):
    """A controller whose network settles at every start, and holds sub-networks.

    Args:
        simulation: Simulation of its network, sub-networks included.
        subnetworks: Sub-networks, in the order in which their torques are added.
    """

    def __init__(self, simulation: NeuralSimulation, subnetworks: Sequence[Subnetwork]) -> None:
        self._simulation = simulation
        self._subnetworks = tuple(subnetworks)
        self._fresh = True
        self._crossings = np.nan, np.nan

    def start(self, state: ArmState) -> None:
        """Restart the neurons, keep learned weights, and settle the neurons in this state."""
        if not self._fresh:
            restart_neurons(self._simulation)
        self._hold(state)
        for _ in range(SETTLING_STEPS):
            self._advance()

    @property
    def simulation(self) -> NeuralSimulation:
        """Simulation that runs the network."""
        return self._simulation

    @property
    def crossings(self) -> tuple[float, float]:
        """Times at which the last step entered the network and left it [s]."""
        return self._crossings

    def close(self) -> None:
        """Free the resources of the backend."""
        self._simulation.close()

    def _hold(self, state: ArmState) -> None:
        """Write the inputs for an arm that is held in a state."""
        for subnetwork in self._subnetworks:
            subnetwork.hold(state)

    def _write_subnetworks(self, step: ControlStep) -> None:
        for subnetwork in self._subnetworks:
            subnetwork.write(step)

    def _advance(self) -> None:
        self._fresh = False
        entered = perf_counter()
        self._simulation.step()
        self._crossings = entered, perf_counter()

    def _with_subnetworks(self, torque: np.ndarray) -> np.ndarray:
        """Add the torques of the sub-networks, shape (n_joints,) [N m]."""
        for subnetwork in self._subnetworks:
            torque = torque + subnetwork.torque
        return torque
