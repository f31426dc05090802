"""What the neurons do in rollouts: the data that readouts are learned from."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.signal import cont2discrete, lfilter, lfilter_zi

from arm_models import Arm
from controller.command import task_command
from controller.gains import Gains
from controller.network_weights import NetworkWeights, NeuralStage
from controller.osc import OperationalSpaceController
from controller.simulation import NeuralSimulation
from controller.spiking import SETTLING_STEPS
from controller.spiking_network import Filters, build_network
from controller.training.rollouts import Exploration, Rollout, plan_rollout
from controller.workspace import Workspace

EVERY = 10  # steps between two rows; what is between them, the filter has averaged
SKIPPED_STEPS = 300  # of each rollout; filters are still filling
LOST_DISTANCE = 0.03  # m between hand and reference that end a rollout of the student
LOST_SPEED = 4.0  # rad/s of a joint that do, too


class Activity(NamedTuple):
    """Filtered activity and the torque that belongs to it.

    Attributes:
        neurons: Shape (n_rows, n_neurons) [Hz].
        torque: Shape (n_rows, n_joints) [N m].
    """

    neurons: np.ndarray
    torque: np.ndarray


class HandFilter:
    """What a torque's error becomes before it moves the hand.

    An error of the commanded acceleration moves the hand by ``1 / (s^2 + kv s + kp)``: errors
    are weighted by what they do, and the noise of spikes, which is fast, hardly counts.

    Args:
        gains: Gains of the law.
        timestep: Control period [s].
    """

    def __init__(self, gains: Gains, timestep: float) -> None:
        continuous = [gains.kp], [1.0, gains.kv, gains.kp]
        numerator, denominator, _ = cont2discrete(continuous, timestep, "bilinear")
        self._numerator = numerator.ravel().astype(np.float32)
        self._denominator = denominator.astype(np.float32)
        self._steady = lfilter_zi(numerator.ravel(), denominator).astype(np.float32)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Filter over time, from the steady state of the first row, shape (n_steps, n)."""
        start = self._steady[:, None] * values[0]
        filtered, _ = lfilter(self._numerator, self._denominator, values, axis=0, zi=start)
        return filtered


@dataclass(frozen=True)
class Listener:
    """A network whose every neuron is listened to.

    Build one with :func:`listen`.
    """

    weights: NetworkWeights
    inputs: np.ndarray
    outputs: np.ndarray
    simulation: NeuralSimulation

    def start(self, q: np.ndarray, dq: np.ndarray) -> None:
        """Start anew, settled in a state."""
        self.simulation.restart()
        for _ in range(SETTLING_STEPS):
            self.step(q, dq, np.zeros(6))

    def step(self, q: np.ndarray, dq: np.ndarray, command: np.ndarray) -> np.ndarray:
        """Take a step and give every neuron's filtered activity [Hz]; it is overwritten."""
        self.weights.scaling.write(self.inputs, q, dq, command)
        self.simulation.step()
        return self.outputs

    @property
    def within(self) -> bool:
        """Whether all that went in last was within the network's range."""
        return bool(np.abs(self.inputs).max() < 1.0)


def listen(
    weights: NetworkWeights,
    simulation: type[NeuralSimulation],
    stage: NeuralStage,
    filters: Filters = Filters(),
) -> Listener:
    """Build a network to listen to."""
    built = build_network(weights, stage, filters, readout=False)
    return Listener(
        weights, built.port.inputs, built.port.outputs.values, simulation(built.network)
    )


def replay(listener: Listener, rollout: Rollout, weigh: HandFilter) -> Activity:
    """Show a rollout of the analytic controller to the network.

    Args:
        listener: The network.
        rollout: What is shown.
        weigh: Filter of activity and torque.
    """
    listener.start(rollout.positions[0], rollout.velocities[0])
    neurons, known = [], []
    for moment in zip(rollout.positions, rollout.velocities, rollout.command, strict=True):
        neurons.append(listener.step(*moment).astype(np.float32))
        known.append(listener.within)
    return _rows(np.array(neurons), rollout.torque, np.array(known), weigh)


def practise(
    arm: Arm,
    listener: Listener,
    readout: np.ndarray,
    workspace: Workspace,
    rng: np.random.Generator,
    weigh: HandFilter,
    gains: Gains = Gains(),
    exploration: Exploration = Exploration(),
) -> Activity | None:
    """Let the network drive the arm, and note what the analytic controller would have done.

    Learning from its own motions, a student meets the states that its errors lead to
    (Ross, Gordon and Bagnell 2011, DAgger).

    Args:
        arm: The plant.
        listener: The network.
        readout: Decoders of the torque, shape (n_joints, n_neurons).
        workspace: Where the goals are.
        rng: Source of goal and noise.
        weigh: Filter of activity and torque.
        gains: Gains of the law.
        exploration: How far to stray.

    Returns:
        What was seen until the end or until the arm was lost; None if that was too short.
    """
    teacher = OperationalSpaceController(arm.model, gains)
    plan = plan_rollout(arm, workspace, rng, exploration)
    neurons, torques, known = [], [], []
    state = arm.reset()
    listener.start(state.q, state.dq)
    for reference in plan.references:
        command = task_command(state, reference, gains, "acceleration")
        activity = listener.step(state.q, state.dq, command)
        neurons.append(activity.astype(np.float32))
        known.append(listener.within)
        torques.append(teacher.torque(state, reference))
        state = arm.step(readout @ activity * listener.weights.scaling.torque)
        distance = np.linalg.norm(state.hand.position - reference.pose.position)
        if distance > LOST_DISTANCE or np.abs(state.dq).max() > LOST_SPEED:
            break
    if len(neurons) <= SKIPPED_STEPS:
        return None
    return _rows(np.array(neurons), np.array(torques), np.array(known), weigh)


def _rows(
    neurons: np.ndarray, torque: np.ndarray, known: np.ndarray, weigh: HandFilter
) -> Activity:
    """Filter and thin; leave out moments whose inputs were cut, which cannot be learned."""
    rows = np.arange(SKIPPED_STEPS, len(neurons), EVERY)
    rows = rows[known[rows]]
    return Activity(weigh(neurons)[rows], weigh(torque)[rows])
