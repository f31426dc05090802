"""Part of a reach on the engine, step by step, to check other programs by."""

from dataclasses import dataclass

import nengo
import numpy as np

from spikearm.arm_models import Arm
from spikearm.controller.classical.command import task_command
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.experiments.export.host_interface import nodes_of
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.counts import Footprint, StepCounts
from spikearm.neural.host_io import HostInput, HostOutput
from spikearm.neural.simulation import NeuralSimulation


@dataclass(frozen=True)
class RecordedReach:
    """Record of a reach from a network at rest: first it settles, then the arm moves.

    Attributes:
        q, dq: Joint positions and velocities, shape (n_steps, n_joints) [rad, rad/s].
        command: Task-space command, shape (n_steps, 6) [m/s^2, rad/s^2].
        inputs: Scaled inputs of the network, and the excess of the command in two ranges behind
            them, shape (n_steps, 3 n_joints + 6 + 12).
        spike_step, spike_neuron: Step and neuron of every spike, shape (n_spikes,).
        torque: Joint torques before the arm's limits, shape (n_steps, n_joints) [N m].
    """

    q: np.ndarray
    dq: np.ndarray
    command: np.ndarray
    inputs: np.ndarray
    spike_step: np.ndarray
    spike_neuron: np.ndarray
    torque: np.ndarray


class Recorder(NeuralSimulation):
    """Simulation on the engine that records inputs, spikes and outputs of every step.

    Attributes:
        simulation: Simulation on the engine.
        inputs, outputs: Values of host inputs and host outputs in each step.
        fired: Neurons that fired in each step.
    """

    def __init__(self, network: nengo.Network) -> None:
        super().__init__(network)
        self.simulation = EngineSimulation(network)
        self.inputs: list[np.ndarray] = []
        self.fired: list[np.ndarray] = []
        self.outputs: list[np.ndarray] = []
        self._host_inputs = [node.output for node in nodes_of(network, HostInput)]
        self._host_outputs = [node.output for node in nodes_of(network, HostOutput)]

    def step(self) -> None:
        """Advance by one control period."""
        self.inputs.append(np.concatenate([one.values for one in self._host_inputs]))
        self.simulation.step()
        self.fired.append(self.simulation.fired)
        self.outputs.append(np.concatenate([one.values for one in self._host_outputs]))

    def restart(self) -> None:
        """Go back to the state just after construction, and forget the record."""
        self.simulation.restart()
        self.inputs.clear()
        self.fired.clear()
        self.outputs.clear()

    @property
    def counts(self) -> StepCounts:
        """Neural work of the last step."""
        return self.simulation.counts

    @property
    def footprint(self) -> Footprint:
        """Footprint of the network."""
        return self.simulation.footprint

    def close(self) -> None:
        """Free the simulator."""
        self.simulation.close()


def record_reach(
    arm: Arm, controller: SpikingController, motion: MinimumJerk, start: np.ndarray, n_steps: int
) -> RecordedReach:
    """Record the first steps of a reach.

    Args:
        arm: Arm, the plant.
        controller: New controller that drives it, with a backup, on a :class:`Recorder`.
        motion: Ideal motion of the end effector.
        start: Joint positions to start from, shape (n_joints,) [rad].
        n_steps: Number of steps in which the arm moves.
    """
    recorder = controller.simulation
    assert isinstance(recorder, Recorder)
    state = arm.reset(start)
    controller.start(state)
    settling = len(recorder.inputs)
    sensed = [(state.q, state.dq, np.zeros(6))] * settling
    for reference in motion.sample(arm.timestep * np.arange(n_steps)):
        command = task_command(
            state, reference, controller.gains, controller.feedforward, controller.lead
        )
        sensed.append((state.q, state.dq, command))
        state = arm.step(controller.torque(state, reference))
    q, dq, command = map(np.array, zip(*sensed, strict=True))
    fired = recorder.fired
    scaled, backup = np.split(np.array(recorder.outputs), 2, axis=1)
    return RecordedReach(
        q, dq, command,
        inputs=np.array(recorder.inputs),
        spike_step=np.repeat(np.arange(len(fired)), [len(one) for one in fired]).astype(np.int32),
        spike_neuron=np.concatenate(fired).astype(np.int32),
        torque=scaled * controller.weights.scaling.torque + backup,
    )  # fmt: skip
