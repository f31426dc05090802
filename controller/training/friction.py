"""Neurons that compensate dry friction."""

import numpy as np

from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.osc import FRICTION_SPEED
from spikearm.controller.weights.membrane import LEAKY
from spikearm.controller.weights.scaling import Scaling

PER_JOINT = 60  # neurons
MAX_RATES = (100.0, 200.0)  # Hz, at FULL_SPEED
FULL_SPEED = 1.0  # rad/s
INTERCEPTS = 3 * FRICTION_SPEED  # rad/s, largest; around zero, where the torque turns


def friction_neurons(
    friction: DryFriction, scaling: Scaling, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make neurons tuned to the desired velocity of a joint with dry friction each.

    They leak, because the steep onset of leaky neurons is what a step is decoded from.

    Args:
        friction: Dry friction of the arm.
        scaling: Scaling of the network's inputs.
        rng: Source of directions, intercepts and largest rates.

    Returns:
        Weights from the joint velocities, shape (n_neurons, n_joints), and from the command,
        shape (n_neurons, 6), and biases, shape (n_neurons,).
    """
    joint = np.repeat(np.flatnonzero(friction.torque), PER_JOINT)
    gain, bias = LEAKY.tune(
        rng.uniform(*MAX_RATES, size=len(joint)),
        rng.uniform(-INTERCEPTS, INTERCEPTS, size=len(joint)) / FULL_SPEED,
    )
    gain = gain * rng.choice([-1.0, 1.0], size=len(joint)) / FULL_SPEED
    n_joints = len(friction.torque)
    of_speed = gain[:, None] * np.eye(n_joints)[joint]
    half_range = scaling.half_range[2 * n_joints :]
    return (
        of_speed * half_range[:n_joints],
        of_speed @ friction.wanted * half_range[n_joints:],
        bias,
    )
