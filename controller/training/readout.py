"""Readouts: how torque is decoded from what the neurons really do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from controller.training.replay import Activity

STRENGTHS = (3e-2, 1e-2, 5e-3, 2e-3, 1e-3)  # of the pull towards the prior, relative to the rates
HELD_OUT = 0.1  # share of the rollouts that choose among them


@dataclass(frozen=True)
class Refinement:
    """A refined readout and how well it does on rollouts that it has not seen.

    Attributes:
        readout: Shape (n_joints, n_neurons).
        error_before, error: Root mean square error of the torque on held-out rollouts, by what it
            does to the hand and as the hand filters it [m/s^2].
        strength: The pull towards the prior that did best.
    """

    readout: np.ndarray
    error_before: float
    error: float
    strength: float


def refine(
    prior: np.ndarray, rollouts: Sequence[Activity], torque_scale: np.ndarray, metric: np.ndarray
) -> Refinement:
    """Correct a readout by what the neurons did in rollouts.

    Ridge regression of the readout's errors, so that where rollouts say little the readout
    stays what it was. Every tenth rollout is held out to choose the regularisation, then learned
    from as well.

    Args:
        prior: The readout so far, shape (n_joints, n_neurons).
        rollouts: What the neurons did, and the torque that should have come out.
        torque_scale: Torque that an output of 1 stands for, shape (n_joints,) [N m].
        metric: What a torque error does, from :func:`controller.training.lessons.torque_metric`.
    """
    to_effect = torque_scale[:, None] * metric.T
    rollouts = [seen for seen in rollouts if len(seen.torque)]
    held = [seen for i, seen in enumerate(rollouts) if i % round(1 / HELD_OUT) == 0]
    taught = [seen for i, seen in enumerate(rollouts) if i % round(1 / HELD_OUT) != 0]
    gram, cross, n_rows = _moments(taught, prior, torque_scale)
    held_gram, held_cross, n_held = _moments(held, prior, torque_scale)
    peak = max(float(seen.neurons.max()) for seen in rollouts)

    def solve(strength: float, gram: np.ndarray, cross: np.ndarray, n_rows: int) -> np.ndarray:
        damped = gram.copy()
        damped[np.diag_indices_from(damped)] += (strength * peak) ** 2 * n_rows
        return np.linalg.solve(damped, cross).T

    def error(change: np.ndarray) -> float:
        wrong = [seen.torque / torque_scale - seen.neurons @ (prior + change).T for seen in held]
        return float(np.sqrt(np.mean(np.sum(np.square(np.concatenate(wrong) @ to_effect), axis=1))))

    errors = {strength: error(solve(strength, gram, cross, n_rows)) for strength in STRENGTHS}
    best = min(errors, key=errors.__getitem__)
    change = solve(best, gram + held_gram, cross + held_cross, n_rows + n_held)
    return Refinement(prior + change, error(np.zeros_like(prior)), errors[best], best)


def _moments(
    rollouts: Sequence[Activity], prior: np.ndarray, torque_scale: np.ndarray
) -> tuple[np.ndarray, np.ndarray, int]:
    """Sum up second moments of activity, and of activity and the prior's errors."""
    neurons = np.concatenate([seen.neurons for seen in rollouts])
    torque = np.concatenate([seen.torque for seen in rollouts])
    wrong = (torque / torque_scale - neurons @ prior.T).astype(np.float32)
    return (neurons.T @ neurons).astype(float), (neurons.T @ wrong).astype(float), len(neurons)
