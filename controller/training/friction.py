"""Compensation of dry friction, and the neurons that compute it."""

from dataclasses import dataclass

import nengo
import numpy as np

from spikearm.arm_models import RigidBodyModel
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import FRICTION_SPEED, dry_friction_torque, task_inertia
from spikearm.controller.spiking.scaling import Scaling
from spikearm.controller.spiking.spiking_network import TAU_RC, TAU_REF

PER_JOINT = 60  # neurons
MAX_RATES = (100.0, 200.0)  # Hz, at FULL_SPEED
FULL_SPEED = 1.0  # rad/s
INTERCEPTS = 3 * FRICTION_SPEED  # rad/s, largest; around zero, where the torque turns


@dataclass(frozen=True)
class DryFriction:
    """Torque that compensates dry friction along the desired joint velocity.

    ``f tanh((dq + Jbar w / kv) / v)`` with the inverse ``Jbar`` at home: the law's own term (see
    :class:`~spikearm.controller.classical.osc.OperationalSpaceController`) but for that, which
    makes it a function of one number for each joint.

    Attributes:
        torque: Dry friction, shape (n_joints,) [N m].
        wanted: Map from a command to its part of the desired joint velocity, shape (n_joints, 6).
    """

    torque: np.ndarray
    wanted: np.ndarray

    @classmethod
    def of(cls, model: RigidBodyModel, gains: Gains = Gains()) -> "DryFriction":
        """Read the friction of a model."""
        home = model.dynamics(model.chain.home)
        return cls(np.asarray(model.friction), task_inertia(home)[1] / gains.kv)

    def compensate(self, velocities: np.ndarray, commands: np.ndarray) -> np.ndarray:
        """Compute the torque that compensates dry friction.

        Args:
            velocities: Joint velocities, shape (n_samples, n_joints) [rad/s].
            commands: Command in each state, shape (n_samples, 6) [m/s^2, rad/s^2].

        Returns:
            Shape (n_samples, n_joints) [N m].
        """
        return dry_friction_torque(self.torque, velocities + commands @ self.wanted.T)

    def neurons(
        self, scaling: Scaling, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Make neurons tuned to the desired velocity of a joint with dry friction each.

        Args:
            scaling: Scaling of the network's inputs.
            rng: Source of directions, intercepts and largest rates.

        Returns:
            Weights from the joint velocities, shape (n_neurons, n_joints), and from the command,
            shape (n_neurons, 6), and biases, shape (n_neurons,).
        """
        joint = np.repeat(np.flatnonzero(self.torque), PER_JOINT)
        gain, bias = nengo.LIF(tau_rc=TAU_RC, tau_ref=TAU_REF).gain_bias(
            rng.uniform(*MAX_RATES, size=len(joint)),
            rng.uniform(-INTERCEPTS, INTERCEPTS, size=len(joint)) / FULL_SPEED,
        )
        gain = gain * rng.choice([-1.0, 1.0], size=len(joint)) / FULL_SPEED
        n_joints = len(self.torque)
        of_speed = gain[:, None] * np.eye(n_joints)[joint]
        half_range = scaling.half_range[2 * n_joints :]
        return (
            of_speed * half_range[:n_joints],
            of_speed @ self.wanted * half_range[n_joints:],
            bias,
        )
