"""The spiking controller: the control law in neurons."""

from typing import Literal

import numpy as np

from arm_models import ArmState, RigidBodyModel
from controller.command import Feedforward, task_command
from controller.control_terms import sample_terms
from controller.controller import Controller, Footprint, StepCounts
from controller.gains import Gains
from controller.port import Scaling
from controller.reference import Reference
from controller.simulation import NeuralSimulation
from controller.spiking_network import SpikingConfig, build_network
from controller.workspace import Workspace

SETTLING_STEPS = 50  # while the arm is held; five time constants of the torque filter


class SpikingController(Controller):
    """Operational space control by a network of spiking (or rate) neurons.

    In neurons: the latent code of the arm's state, its products with the command, their
    sum to the task torque ``J^T L w``; gravity and the pull to the home posture from the
    joint positions; Coriolis and centrifugal torque and null-space damping from the joint
    velocities. On the host: the command ``w`` from the sensed hand and the reference, the
    scaling of what goes in and out with the sum of the three torque shares, and, for a
    chip, the coding of inputs as spikes at its border.

    Two terms are approximate by design: the null-space projector and the velocity torque
    are those of the home pose. Two terms of the analytic law are left out: the push off
    joint limits, which the workspace keeps away from, and compensation of dry friction.

    Args:
        model: The arm's nominal dynamics; only used to build the network.
        simulation: What the network runs on.
        neurons: ``rate`` or ``spiking``.
        workspace: Region that the network is built for.
        config: Sizes and time constants.
        gains: Gains of the law.
        feedforward: Whether the reference's acceleration is fed forward.
        seed: Seed of samples and network.
    """

    def __init__(
        self,
        model: RigidBodyModel,
        simulation: type[NeuralSimulation],
        neurons: Literal["rate", "spiking"] = "spiking",
        workspace: Workspace = Workspace(),
        config: SpikingConfig = SpikingConfig(),
        gains: Gains = Gains(),
        feedforward: Feedforward = "acceleration",
        seed: int = 0,
    ) -> None:
        self.gains = gains
        self.feedforward: Feedforward = feedforward
        terms = sample_terms(
            model, workspace, gains, config.command_scale, config.n_samples, config.n_latent,
            np.random.default_rng(seed),
        )  # fmt: skip
        built = build_network(terms, config, workspace.speed_limit, neurons, seed)
        self._port = built.port
        self._center, self._scale = _scale_inputs(built.scaling, config.command_scale)
        self._peak_torque = built.scaling.torque
        self._shares = built.port.torque.values.reshape(self._peak_torque.shape)  # a view
        self._simulation = simulation(built.network)
        self._fresh = True

    def start(self, state: ArmState) -> None:
        """Start the network anew and let it settle in this state."""
        if not self._fresh:
            self._simulation.restart()
        for _ in range(SETTLING_STEPS):
            self._advance(state, np.zeros(6))

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        self._advance(state, task_command(state, reference, self.gains, self.feedforward))
        return np.add.reduce(self._shares * self._peak_torque)

    @property
    def counts(self) -> StepCounts:
        """Neural work of the last step."""
        return self._simulation.counts

    @property
    def footprint(self) -> Footprint:
        """What the network takes."""
        return self._simulation.footprint

    def close(self) -> None:
        """Free what the backend holds."""
        self._simulation.close()

    def _advance(self, state: ArmState, command: np.ndarray) -> None:
        self._fresh = False
        port = self._port
        port.positions.values[:] = state.q
        port.velocities.values[:] = state.dq
        port.command.values[:] = command
        inputs = port.inputs  # scaled together: it is the number of operations that takes time
        inputs -= self._center
        inputs /= self._scale
        np.minimum(inputs, 1.0, out=inputs)
        np.maximum(inputs, -1.0, out=inputs)
        self._simulation.step()


def _scale_inputs(scaling: Scaling, command_scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give what maps to 0 and how far from it is 1, both as ``Port.inputs`` is laid out."""
    speed = np.full_like(scaling.center, scaling.speed)
    center = [scaling.center, np.zeros_like(speed), np.zeros_like(command_scale)]
    return np.concatenate(center), np.concatenate([scaling.half_range, speed, command_scale])
