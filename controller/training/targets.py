"""Training targets, scaled for the network."""

from dataclasses import replace

import numpy as np

from spikearm.arm_models import RigidBodyModel
from spikearm.controller.training.compression import TrainingTargets
from spikearm.controller.training.samples import Samples
from spikearm.controller.weights.scaling import Scaling

EDGE = 0.02  # percent of the samples on each side that do not count for the range
ROOM = 1.15  # of the range of joint angles and velocities over that of the samples
COMMAND_RANGE = np.repeat([2.5, 7.0], 3)  # m/s^2 and rad/s^2; a reach of 0.2 m in 1 s asks for 1.2
TYPICAL_COMMAND = np.repeat([0.5, 1.3], 3)  # m/s^2 and rad/s^2, standard deviation in reaches
ORIENTATION_WEIGHT = 0.2  # m; an error of 1 rad/s^2 of the hand counts as one of 0.2 m/s^2
JOINT_WEIGHT = 0.1  # m; and one of a joint, which posture and damping bear, as 0.1 m/s^2
TORQUE_ROOM = 1.5  # of the largest decoded torque over the largest drift torque sampled


def fit_scaling(samples: Samples, edge: float = EDGE, room: float = ROOM) -> Scaling:
    """Choose the scaling so that the samples fill the network's range.

    Args:
        samples: Samples of the law.
        edge: Percent of the samples on each side that the range leaves out.
        room: Ratio of the range of joint angles and velocities to that of the other samples.
    """
    low, high = np.percentile(samples.positions, [edge, 100 - edge], axis=0)
    middle, half = (low + high) / 2, np.minimum(room * (high - low) / 2, np.pi)
    speed = room * np.percentile(np.abs(samples.velocities), 100 - edge, axis=0)
    sine, least_cosine = np.sin(np.minimum(half, np.pi / 2)), np.cos(half)
    still, zeros = np.zeros_like(speed), np.zeros(6)
    return Scaling(
        middle=middle,
        center=np.concatenate([still, (1 + least_cosine) / 2, still, zeros]),
        half_range=np.concatenate([sine, (1 - least_cosine) / 2, speed, COMMAND_RANGE]),
        torque=TORQUE_ROOM * np.abs(samples.drift).max(axis=0),
    )


def rest_at(scaling: Scaling, positions: np.ndarray) -> Scaling:
    """Move the centers of the posture's inputs to a posture, in which they then are zero.

    So the host of an arm that stands there sends no spike to a chip. The range still holds what it
    held, and grows on the other side.

    Args:
        scaling: Scaling of inputs and outputs.
        positions: Joint positions, shape (n_joints,) [rad].
    """
    angle = positions - scaling.middle
    rest = np.concatenate([np.sin(angle), np.cos(angle)])
    center, half_range = scaling.center.copy(), scaling.half_range.copy()
    half_range[: len(rest)] += np.abs(rest - center[: len(rest)])
    center[: len(rest)] = rest
    return replace(scaling, center=center, half_range=half_range)


def make_training_targets(
    samples: Samples, scaling: Scaling, model: RigidBodyModel, joint_weight: float = JOINT_WEIGHT
) -> TrainingTargets:
    """Scale samples of the law for the deep network.

    Args:
        samples: Samples of the law.
        scaling: Scaling of the network's inputs.
        model: The arm's nominal dynamics.
        joint_weight: Weight of joint accelerations, see :func:`torque_metric`.
    """
    n_samples, n_joints = samples.positions.shape
    inputs = np.empty((n_samples, 3 * n_joints + 6))
    scaling.write(inputs, samples.positions, samples.velocities, np.zeros(6))
    weigh = torque_metric(model, joint_weight)
    task_map = weigh @ samples.task_map * TYPICAL_COMMAND
    return TrainingTargets(
        inputs[:, : 3 * n_joints], task_map.reshape(n_samples, -1), samples.drift @ weigh.T
    )


def torque_metric(model: RigidBodyModel, joint_weight: float = JOINT_WEIGHT) -> np.ndarray:
    """Compute the metric of torque errors, by which their squares count as motion errors.

    A torque error ``e`` moves the hand with ``J M^-1 e`` and the joints with ``M^-1 e``, at home.

    Args:
        model: The arm's nominal dynamics.
        joint_weight: Weight of an error of a joint's acceleration relative to the hand's [m].

    Returns:
        ``G`` with ``G^T G = M^-1 (J^T W^2 J + w^2 I) M^-1``, shape (n_joints, n_joints).
    """
    home = model.dynamics(model.chain.home)
    hand = np.repeat([1.0, ORIENTATION_WEIGHT], 3)[:, None] * home.jacobian
    accelerate = np.linalg.inv(home.mass_matrix)
    inner = hand.T @ hand + joint_weight**2 * np.eye(len(accelerate))
    return np.linalg.cholesky(inner).T @ accelerate
