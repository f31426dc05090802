"""Error budget: torque error of each part of a trained controller along given motions."""

import math
from collections.abc import Sequence

import numpy as np

from spikearm.arm_models import Arm
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import drift_torque, task_inertia
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.training.products import steady_rates
from spikearm.controller.training.samples import Samples
from spikearm.controller.weights.trained import TrainedController

EVERY = 10  # control steps between two states


def lag_part(led: float, not_led: float) -> float:
    """Compute the part of a deviation that a lag makes, which adds to the rest in quadrature.

    It is in phase with the motion, and what is left when commands lead is not.

    Args:
        led: Deviation when commands lead by the lag [m].
        not_led: Deviation when they do not [m].

    Returns:
        The part [m]; 0 where lead makes nothing better.
    """
    return math.sqrt(max(not_led**2 - led**2, 0.0))


def static_errors(
    arm: Arm, trained: TrainedController, motions: Sequence[Trajectory]
) -> dict[str, np.ndarray]:
    """Compute how the settled neurons' torque accelerates the hand other than the law's does.

    Args:
        arm: Arm of the controller.
        trained: Trained controller.
        motions: Motions whose states are compared.

    Returns:
        For the drift torque alone, for what the command adds and for both: shape
        (n_states, 3) [m/s^2]. A slow error moves the hand by it over ``kp``.
    """
    q, dq, torque = (
        np.concatenate([getattr(motion, name)[::EVERY] for motion in motions])
        for name in ("q", "dq", "torque")
    )
    moments = [arm.model.dynamics(*state) for state in zip(q, dq, strict=True)]
    task_map = np.array([here.jacobian.T @ task_inertia(here)[0] for here in moments])
    drift = np.array(
        [
            drift_torque(arm.model, here, one, speed, Gains())
            for here, one, speed in zip(moments, q, dq, strict=True)
        ]
    )
    commands = np.array(
        [
            np.linalg.lstsq(T, u - d, rcond=None)[0]
            for T, u, d in zip(task_map, torque, drift, strict=True)
        ]
    )
    states, weights = Samples(q, dq, task_map, drift), trained.weights
    friction = DryFriction.of(arm.model)

    def accelerate(given: np.ndarray) -> np.ndarray:
        rates = steady_rates(weights, states, given, "rate")
        given_torque = rates @ weights.readout["rate"].T * weights.scaling.torque
        wrong = given_torque - states.torque(given, friction)
        return np.array(
            [
                here.jacobian[:3] @ np.linalg.solve(here.mass_matrix, one)
                for here, one in zip(moments, wrong, strict=True)
            ]
        )

    still, both = accelerate(np.zeros_like(commands)), accelerate(commands)
    return {"drift torque": still, "command's torque": both - still, "both": both}
