"""The saturation backup: neurons for commands beyond the range of the product neurons."""

import nengo
import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.spiking.scaling import Scaling
from spikearm.neural.host_io import HostInput, HostOutput

LARGEST_COMMAND = 32.0  # over the range of the product neurons
LEAST_INTERCEPT = 1.5  # over that range; spikes at its border would make the command noisy
NEURONS = 32  # per component of the command and sign
MAX_RATES = (150.0, 250.0)  # Hz
HIGHEST_INTERCEPT = 0.8
N_POINTS = 400  # of a tuning curve, to solve for decoders at


class SaturationBackup:
    """Sub-network that turns the part of a command beyond the products' range into torques.

    An unknown load leads to commands many times larger than any that the product neurons were
    trained for, and these are clipped there. The excess reaches on and off neurons, some for each
    component and sign, which are silent for all other commands; their decoders add ``J^T L`` at
    home times the excess. Far from home that is the wrong inertia, but of the right direction, and
    the time until something has been learned is short.

    Args:
        scaling: Scaling of the network's commands.
        task_map: ``J^T L`` at home, shape (n_joints, 6).
        neurons: Kind of the neurons.
        tau: Time constant of the torque's filter [s].
    """

    def __init__(
        self, scaling: Scaling, task_map: np.ndarray, neurons: nengo.neurons.NeuronType, tau: float
    ) -> None:
        n_joints = len(task_map)
        self._neurons, self._tau = neurons, tau
        self._center = scaling.center[3 * n_joints :]
        self._range = LARGEST_COMMAND * scaling.half_range[3 * n_joints :]
        self._torque_map = task_map * self._range
        self._command = HostInput(6)
        self._torque = HostOutput(n_joints)

    def hold(self, state: ArmState) -> None:
        """Write a command of zero."""
        self._write(np.zeros(6))

    def write(self, step: ControlStep) -> None:
        """Write the command, scaled to [-1, 1]."""
        self._write(step.command)

    @property
    def torque(self) -> np.ndarray:
        """Joint torques for the excess, shape (n_joints,) [N m]."""
        return self._torque.values

    def add_to(self, network: nengo.Network) -> None:
        """Add the neurons, and nodes that hand over commands and torques, to a network."""
        intercepts = np.geomspace(LEAST_INTERCEPT / LARGEST_COMMAND, HIGHEST_INTERCEPT, NEURONS)
        gain, bias = self._neurons.gain_bias(np.linspace(*MAX_RATES, NEURONS), intercepts)
        signed = np.vstack([np.eye(6), -np.eye(6)])  # (12, 6)
        decoders = np.kron(signed.T, self._excess_decoders(gain, bias))  # (6, 12 NEURONS)
        with network:
            command = nengo.Node(self._command, label="whole command")
            torque = nengo.Node(self._torque, size_in=len(self._torque_map), label="backup torque")
            backup = nengo.Ensemble(
                12 * NEURONS, 6, encoders=np.repeat(signed, NEURONS, axis=0),
                gain=np.tile(gain, 12), bias=np.tile(bias, 12), neuron_type=self._neurons,
                label="saturation backup",
            )  # fmt: skip
            nengo.Connection(command, backup, synapse=None)
            nengo.Connection(
                backup.neurons, torque, transform=self._torque_map @ decoders, synapse=self._tau
            )

    def _write(self, command: np.ndarray) -> None:
        scaled = self._command.values
        np.subtract(command, self._center, out=scaled)
        scaled /= self._range
        np.minimum(scaled, 1.0, out=scaled)
        np.maximum(scaled, -1.0, out=scaled)

    def _excess_decoders(self, gain: np.ndarray, bias: np.ndarray) -> np.ndarray:
        """Solve for the decoders of one component's excess, shape (1, NEURONS)."""
        command = np.linspace(0.0, 1.0, N_POINTS)[:, None]
        rates = self._neurons.rates(np.repeat(command, NEURONS, axis=1), gain, bias)
        excess = np.maximum(command - 1.0 / LARGEST_COMMAND, 0.0)
        decoders, _ = nengo.solvers.LstsqL2(reg=0.01)(rates, excess)
        return decoders.T
