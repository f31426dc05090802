"""Neurons that take over where a command is beyond what the products were trained for."""

import nengo
import numpy as np

from spikearm.controller.spiking.scaling import Scaling
from spikearm.neural.host_io import HostInput, HostOutput

REACH = 32.0  # largest command, over the largest that the products take
FIRST = 1.5  # of it where the first neurons begin: spikes at the border make a command noisy
NEURONS = 32  # per component of the command and sign
MAX_RATES = (150.0, 250.0)  # Hz
HIGHEST_INTERCEPT = 0.8
N_POINTS = 400  # of a tuning curve, to solve for decoders at


class SaturationBackup:
    """Turns what a command has too much for the products into joint torques, in neurons.

    A load that nobody told of asks for commands many times larger than any that the products were
    trained for, and these are cut there. What is cut off reaches on and off neurons, some for each
    component and sign, which are silent for all other commands; their decoders add ``J^T L`` at
    home times the excess. Far from home that is the wrong inertia, but of the right direction, and
    the time until something has been learned is short.

    Args:
        scaling: How commands map to what the products take.
        task_map: ``J^T L`` at home, shape (n_joints, 6).
        neurons: Kind of the neurons.
        tau: Time constant of the torque's filter [s].

    Attributes:
        command: Where the host puts the command, scaled to [-1, 1], shape (6,).
        torque: Where joint torques come out, shape (n_joints,) [N m].
    """

    def __init__(
        self, scaling: Scaling, task_map: np.ndarray, neurons: nengo.neurons.NeuronType, tau: float
    ) -> None:
        n_joints = len(task_map)
        self._neurons, self._tau = neurons, tau
        self._center = scaling.center[3 * n_joints :]
        self._range = REACH * scaling.half_range[3 * n_joints :]
        self._torque_map = task_map * self._range
        self.command = HostInput(6)
        self.torque = HostOutput(n_joints)

    def write(self, command: np.ndarray) -> None:
        """Scale a command, shape (6,) [m/s^2, rad/s^2]."""
        scaled = self.command.values
        np.subtract(command, self._center, out=scaled)
        scaled /= self._range
        np.minimum(scaled, 1.0, out=scaled)
        np.maximum(scaled, -1.0, out=scaled)

    def add_to(self, network: nengo.Network) -> None:
        """Add the neurons, and nodes that hand over commands and torques, to a network."""
        intercepts = np.geomspace(FIRST / REACH, HIGHEST_INTERCEPT, NEURONS)
        gain, bias = self._neurons.gain_bias(np.linspace(*MAX_RATES, NEURONS), intercepts)
        signed = np.vstack([np.eye(6), -np.eye(6)])  # (12, 6)
        decoders = np.kron(signed.T, self._excess_decoders(gain, bias))  # (6, 12 NEURONS)
        with network:
            command = nengo.Node(self.command, label="whole command")
            torque = nengo.Node(self.torque, size_in=len(self._torque_map), label="reserve torque")
            reserve = nengo.Ensemble(
                12 * NEURONS, 6, encoders=np.repeat(signed, NEURONS, axis=0),
                gain=np.tile(gain, 12), bias=np.tile(bias, 12), neuron_type=self._neurons,
                label="reserve",
            )  # fmt: skip
            nengo.Connection(command, reserve, synapse=None)
            nengo.Connection(
                reserve.neurons, torque, transform=self._torque_map @ decoders, synapse=self._tau
            )

    def _excess_decoders(self, gain: np.ndarray, bias: np.ndarray) -> np.ndarray:
        """Solve for what one component's neurons say of the excess, shape (1, NEURONS)."""
        command = np.linspace(0.0, 1.0, N_POINTS)[:, None]
        rates = self._neurons.rates(np.repeat(command, NEURONS, axis=1), gain, bias)
        excess = np.maximum(command - 1.0 / REACH, 0.0)
        decoders, _ = nengo.solvers.LstsqL2(reg=0.01)(rates, excess)
        return decoders.T
