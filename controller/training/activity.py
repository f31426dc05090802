"""What the neurons do when they are shown the arm: the data that readouts are learned from."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from spikearm.controller.spiking.spiking_network import Filters, build_network
from spikearm.controller.spiking.weights import NetworkWeights, NeuralStage
from spikearm.controller.training.friction import DryFriction
from spikearm.controller.training.samples import Samples
from spikearm.neural.simulation import NeuralSimulation

SETTLING_STEPS = 40  # of each presentation: two membrane time constants
COUNTED_STEPS = 100  # the hand, whose poles are at 10 and 20 rad/s, averages over about as many


class Activity(NamedTuple):
    """Mean filtered activity and the torque that belongs to it.

    Attributes:
        neurons: Shape (n_rows, n_neurons) [Hz].
        torque: Shape (n_rows, n_joints) [N m].
    """

    neurons: np.ndarray
    torque: np.ndarray


@dataclass(frozen=True)
class Listener:
    """A network whose every neuron is listened to.

    Build one with :func:`listen`.
    """

    weights: NetworkWeights
    inputs: np.ndarray
    outputs: np.ndarray
    simulation: NeuralSimulation

    def hear(self, inputs: np.ndarray) -> np.ndarray:
        """Show a sequence of inputs; give the mean filtered activity of its last part.

        Args:
            inputs: Scaled, shape (SETTLING_STEPS + COUNTED_STEPS, 3 n_joints + 6).

        Returns:
            Shape (n_neurons,) [Hz].
        """
        total = np.zeros_like(self.outputs)
        for step, values in enumerate(inputs):
            self.inputs[:] = values
            self.simulation.step()
            if step >= SETTLING_STEPS:
                total += self.outputs
        return total / COUNTED_STEPS


def listen(
    weights: NetworkWeights,
    simulation: type[NeuralSimulation],
    stage: NeuralStage,
    filters: Filters = Filters(),
) -> Listener:
    """Build a network to listen to."""
    built = build_network(weights, stage, filters, readout=False)
    return Listener(
        weights, built.nodes.inputs, built.nodes.outputs.values, simulation(built.network)
    )


def present(
    listener: Listener,
    samples: Samples,
    commands: np.ndarray,
    timestep: float,
    friction: DryFriction | None = None,
) -> Activity:
    """Move the arm through sampled states, one after the other, and hear the neurons.

    In each, the joints move at the sampled velocity and are in the sampled positions in the
    middle of the time that counts. So the neurons lag as they do in a motion, and a readout that
    is learned from them makes up for it. Samples whose inputs are beyond the network's range
    are left out: what is cut cannot be learned.

    Args:
        listener: The network.
        samples: States, and the law in them.
        commands: One for each, shape (n_samples, 6) [m/s^2, rad/s^2].
        timestep: Control period [s].
        friction: Dry friction that the torque is to overcome too.
    """
    n_steps = SETTLING_STEPS + COUNTED_STEPS
    time = timestep * (np.arange(n_steps) - SETTLING_STEPS - (COUNTED_STEPS - 1) / 2)
    inputs = np.empty((n_steps, len(listener.inputs)))
    listener.simulation.restart()
    rows: list[np.ndarray] = []
    known: list[bool] = []
    for q, dq, command in zip(samples.positions, samples.velocities, commands, strict=True):
        listener.weights.scaling.write(inputs, q + time[:, None] * dq, dq, command)
        known.append(bool(np.abs(inputs).max() < 1.0))
        if known[-1]:
            rows.append(listener.hear(inputs).astype(np.float32))
    neurons = np.array(rows).reshape(len(rows), sum(listener.weights.layers))
    return Activity(neurons, samples.torque(commands, friction)[known])
