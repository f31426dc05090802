"""The spiking controller: the control law in neurons."""

from collections.abc import Callable, Sequence

import nengo
import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.gains import Gains
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.saturation_backup import SaturationBackup
from spikearm.controller.spiking.settled_controller import SettledController
from spikearm.controller.spiking.smoothing import Smoothing
from spikearm.controller.spiking.spiking_network import STEP, Filters, build_network
from spikearm.controller.spiking.subnetwork import Subnetwork
from spikearm.controller.weights.membrane import NeuralStage
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.neural.simulation import NeuralSimulation


class SpikingController(SettledController):
    """Operational space control by a network of spiking (or rate) neurons.

    In neurons: the latent code of the arm's state, its products with the command, and from all
    of them the joint torques. On the host: the command ``w`` from the sensed hand and the
    reference, sines and cosines of the joint angles, scaling, and, for a chip, the coding of
    inputs as spikes at its border and the filtering and weighting of the spikes that come out.

    Args:
        weights: Weights of the network.
        simulation: Backend that runs the network.
        stage: Stage, which decides the readout and the kind of neurons.
        gains: Gains of the law.
        feedforward: Part of the reference's motion that the law feeds forward.
        filters: Time constants.
        seed: Seed of everything random that the backend adds.
        subnetworks: Sub-networks that run in the same network and add to the torque, in this
            order.
        lead: Time by which the command leads [s]; the lag of the filters when left out.
        backup: Neurons that take over commands beyond the range of the weights, the first of the
            sub-networks; without, what is beyond is cut.
    """

    def __init__(
        self,
        weights: NetworkWeights,
        simulation: Callable[[nengo.Network], NeuralSimulation],
        stage: NeuralStage,
        gains: Gains = Gains(),
        feedforward: Feedforward = "acceleration",
        filters: Filters = Filters(),
        seed: int = 0,
        subnetworks: Sequence[Subnetwork] = (),
        lead: float | None = None,
        backup: SaturationBackup | None = None,
    ) -> None:
        self.gains = gains
        self.lead = filters.command_lag(stage) if lead is None else lead
        self.feedforward: Feedforward = feedforward
        self.weights = weights
        self._backup = backup
        built = build_network(weights, stage, filters, seed)
        subnetworks = [*([] if backup is None else [backup]), *subnetworks]
        for subnetwork in subnetworks:
            subnetwork.add_to(built.network)
        self._nodes = built.nodes
        self._smoothing = Smoothing(filters.smoothing_tau, STEP)
        super().__init__(simulation(built.network), subnetworks)

    def start(self, state: ArmState) -> None:
        """Restart the neurons, keep learned weights, and settle the neurons in this state."""
        super().start(state)
        self._smoothing.restart()

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        step = ControlStep(state, reference, self.gains, self.feedforward, self.lead)
        self._write_subnetworks(step)
        taken = 0.0 if self._backup is None else self._backup.taken
        self._write(state, step.command - taken)
        self._advance()
        torque = self._nodes.outputs.values * self.weights.scaling.torque
        return self._smoothing.smooth(self._with_subnetworks(torque))

    def _hold(self, state: ArmState) -> None:
        self._write(state, np.zeros(6))
        super()._hold(state)

    def _write(self, state: ArmState, command: np.ndarray) -> None:
        self.weights.scaling.write(self._nodes.inputs, state.q, state.dq, command)
