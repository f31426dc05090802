"""The saturation backup: neurons for commands beyond the range of the product neurons."""

import math
from functools import cached_property
from typing import NamedTuple

import nengo
import numpy as np

from spikearm.arm_models import ArmState, RigidBodyModel
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.spiking.spiking_network import STEP, Filters
from spikearm.controller.weights.membrane import LEAKY, NeuralStage
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.controller.weights.scaling import Scaling
from spikearm.neural.host_io import HostInput, HostOutput

HEADROOM = 0.3  # of the range of the product neurons, which is left to what is fast
SUDDEN = 4.0  # over that range; so large a command is no oscillation, and is not waited for
SLOW = 0.1  # s, time constant; the hand's own, at the default gains, are 0.05 and 0.1 s
FINE_EXCESS = 4.0
"""Largest excess of the fine range, over the range of the product neurons: what a kilogram in the
hand asks for."""
LARGEST_EXCESS = 31.0
"""Largest excess of both ranges together. More torque than that asks for, no arm has."""
SHARE = -math.expm1(-STEP / SLOW)  # of a command, that the low-pass takes up in a step
WIDTHS = np.repeat([FINE_EXCESS, LARGEST_EXCESS - FINE_EXCESS], 6)
NEURONS = 8  # per component of the command, sign and range
MAX_RATES = (150.0, 250.0)  # Hz
INTERCEPTS = (0.02, 0.8)  # of a range
N_POINTS = 400  # of a tuning curve, to solve for decoders at


class BackupLayer(NamedTuple):
    """Neurons of a backup and their weights.

    Attributes:
        encoders: Component and sign of each neuron, shape (n_neurons, 12).
        gain, bias: Gain and bias of each neuron's current, shape (n_neurons,).
        readout: Torques of a neuron's rate, shape (n_joints, n_neurons) [N m s].
    """

    encoders: np.ndarray
    gain: np.ndarray
    bias: np.ndarray
    readout: np.ndarray


class SaturationBackup:
    """Sub-network that takes over what product neurons cannot bear of a command for long.

    An unknown load, or neurons that are silent, lead to commands larger than any that the product
    neurons were trained for, and these are clipped there. So the backup takes from the products
    what a slow low-pass of the command has beyond their range, less some headroom, and at once what
    is then left far beyond it. They go on within their range, where they answer to what is fast.
    What oscillates is not taken: where a delay makes the loop unstable, their range bounds it.
    The excess reaches on and off neurons, some for each component and sign, whose decoders add
    ``J^T L`` at home times the excess. Far from home that is the wrong inertia, but of the right
    direction.

    Without excess, host and neurons are silent, so that nothing is added, lost or spent. Excess is
    coded in two ranges, one after the other: a spike stands for so much in the coarse one that a
    lost one would shake the hand, and what most loads ask for lies in the fine one.

    Attributes:
        taken: Part of the last command that was taken over, shape (6,) [m/s^2, rad/s^2].

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
        self._range = scaling.half_range[3 * n_joints :]
        self._torque_map = np.tile(task_map * self._range, 2) * WIDTHS  # (n_joints, 12)
        self._slow, self.taken = np.zeros(6), np.zeros(6)
        self._excess = HostInput(12, rectified=True)
        self._torque = HostOutput(n_joints)

    @classmethod
    def of_arm(
        cls,
        model: RigidBodyModel,
        weights: NetworkWeights,
        stage: NeuralStage,
        filters: Filters = Filters(),
    ) -> "SaturationBackup":
        """Build the backup of an arm's spiking controller.

        Args:
            model: The arm's nominal dynamics.
            weights: Weights of the controller.
            stage: Stage of its neurons.
            filters: Its filters.
        """
        task_map = HomeInertia.of_arm(model).task_map
        return cls(weights.scaling, task_map, LEAKY.neuron_type(stage), filters.torque_tau)

    def hold(self, state: ArmState) -> None:
        """Forget the commands so far, and take nothing over."""
        self._slow = np.zeros(6)
        self._take(np.zeros(6))

    def write(self, step: ControlStep) -> None:
        """Take over the excess of the commands up to this one."""
        scaled = (step.command - self._center) / self._range
        self._slow = self._slow + SHARE * (scaled - self._slow)
        lasting = beyond(self._slow, 1.0 - HEADROOM)
        self._take(lasting + beyond(scaled - lasting, SUDDEN))

    @property
    def excess(self) -> np.ndarray:
        """Excess that the neurons are given, each range of it scaled, shape (12,)."""
        return self._excess.values

    @cached_property
    def layer(self) -> BackupLayer:
        """Weights of its neurons, from the excess to the torques."""
        intercepts = np.geomspace(*INTERCEPTS, NEURONS)
        gain, bias = self._neurons.gain_bias(np.linspace(*MAX_RATES, NEURONS), intercepts)
        signed = np.vstack([np.eye(12), -np.eye(12)])  # (24, 12)
        decoders = np.kron(signed.T, self._solve(gain, bias))  # (12, 24 NEURONS)
        return BackupLayer(
            np.repeat(signed, NEURONS, axis=0), np.tile(gain, 24), np.tile(bias, 24),
            self._torque_map @ decoders,
        )  # fmt: skip

    @property
    def torque(self) -> np.ndarray:
        """Joint torques for the excess, shape (n_joints,) [N m]."""
        return self._torque.values

    def add_to(self, network: nengo.Network) -> None:
        """Add the neurons, and nodes that hand over excess and torques, to a network."""
        layer = self.layer
        with network:
            excess = nengo.Node(self._excess, label="excess command")
            torque = nengo.Node(self._torque, size_in=len(self._torque_map), label="backup torque")
            backup = nengo.Ensemble(
                len(layer.bias), 12, encoders=layer.encoders, gain=layer.gain, bias=layer.bias,
                neuron_type=self._neurons, label="saturation backup",
            )  # fmt: skip
            nengo.Connection(excess, backup, synapse=None)
            nengo.Connection(backup.neurons, torque, transform=layer.readout, synapse=self._tau)

    def _take(self, excess: np.ndarray) -> None:
        """Write an excess, over the products' range, each range of it scaled to [-1, 1]."""
        excess = np.minimum(np.maximum(excess, -LARGEST_EXCESS), LARGEST_EXCESS)
        fine = np.minimum(np.maximum(excess, -FINE_EXCESS), FINE_EXCESS)
        self._excess.values[:6], self._excess.values[6:] = fine, excess - fine
        self._excess.values /= WIDTHS
        self.taken = excess * self._range

    def _solve(self, gain: np.ndarray, bias: np.ndarray) -> np.ndarray:
        """Solve for the decoders of one component of a range, shape (1, NEURONS)."""
        excess = np.linspace(0.0, 1.0, N_POINTS)[:, None]
        rates = self._neurons.rates(np.repeat(excess, NEURONS, axis=1), gain, bias)
        decoders, _ = nengo.solvers.LstsqL2(reg=0.01)(rates, excess)
        return decoders.T


def beyond(values: np.ndarray, bound: float) -> np.ndarray:
    """Compute what values have beyond a bound, with their signs."""
    return values - np.minimum(np.maximum(values, -bound), bound)
