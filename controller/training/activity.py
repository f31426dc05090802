"""Recordings of neural activity, which readouts are learned from."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.spiking.spiking_network import Filters, build_network
from spikearm.controller.training.samples import Samples
from spikearm.controller.weights.membrane import NeuralStage
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.neural.simulation import NeuralSimulation

SETTLING_STEPS = 40  # of each recording: two membrane time constants
COUNTED_STEPS = 100  # the hand, whose poles are at 10 and 20 rad/s, averages over about as many


class Activity(NamedTuple):
    """Mean filtered activity and the torque that belongs to it.

    Attributes:
        neurons: Mean filtered activity, shape (n_rows, n_neurons) [Hz].
        torque: Torque of the law, shape (n_rows, n_joints) [N m].
    """

    neurons: np.ndarray
    torque: np.ndarray


@dataclass(frozen=True)
class ActivityRecorder:
    """Running network that puts out the filtered activity of every neuron.

    Build one with :func:`build_recorder`.

    Attributes:
        weights: Weights of the network.
        inputs: Input values of a step, shape (3 n_joints + 6,).
        outputs: Filtered activity after a step, shape (n_neurons,) [Hz].
        simulation: Simulation of the network.
    """

    weights: NetworkWeights
    inputs: np.ndarray
    outputs: np.ndarray
    simulation: NeuralSimulation

    def record(self, inputs: np.ndarray) -> np.ndarray:
        """Run a sequence of inputs and return the mean filtered activity of its last part.

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


def build_recorder(
    weights: NetworkWeights,
    simulation: type[NeuralSimulation],
    stage: NeuralStage,
    filters: Filters = Filters(),
) -> ActivityRecorder:
    """Build a network with the activity of its neurons as outputs, and its simulation."""
    built = build_network(weights, stage, filters, readout=False)
    return ActivityRecorder(
        weights, built.nodes.inputs, built.nodes.outputs.values, simulation(built.network)
    )


def record_activity(
    recorder: ActivityRecorder,
    samples: Samples,
    commands: np.ndarray,
    timestep: float,
    friction: DryFriction | None = None,
) -> Activity:
    """Record the activity of the neurons while the arm moves through sampled states.

    In each state, the joints move at the sampled velocity and are in the sampled positions in the
    middle of the time that is averaged. So the neurons lag as they do in a motion, and a readout
    that is learned from them makes up for it. Samples whose inputs are beyond the network's range
    are left out, because the network does not see the values that are cut.

    Args:
        recorder: Recorder of the network.
        samples: States, and the control law in them.
        commands: Command in each state, shape (n_samples, 6) [m/s^2, rad/s^2].
        timestep: Control period [s].
        friction: Dry friction that the torque compensates too.
    """
    n_steps = SETTLING_STEPS + COUNTED_STEPS
    time = timestep * (np.arange(n_steps) - SETTLING_STEPS - (COUNTED_STEPS - 1) / 2)
    inputs = np.empty((n_steps, len(recorder.inputs)))
    recorder.simulation.restart()
    rows: list[np.ndarray] = []
    known: list[bool] = []
    for q, dq, command in zip(samples.positions, samples.velocities, commands, strict=True):
        recorder.weights.scaling.write(inputs, q + time[:, None] * dq, dq, command)
        known.append(bool(np.abs(inputs).max() < 1.0))
        if known[-1]:
            rows.append(recorder.record(inputs).astype(np.float32))
    neurons = np.array(rows).reshape(len(rows), sum(recorder.weights.layers))
    return Activity(neurons, samples.torque(commands, friction)[known])
