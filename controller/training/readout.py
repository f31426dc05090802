"""Refinement of a readout by recorded activity."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.controller.training.activity import Activity

STRENGTHS = (3e-2, 1e-2, 5e-3, 2.5e-3, 1.25e-3)  # of the pull to the prior; times the largest rate
HELD_OUT = 0.1  # share of the batches that choose among them


@dataclass(frozen=True)
class Refinement:
    """Refined readout, and its error on held-out batches.

    Attributes:
        readout: Decoders of the torque, shape (n_joints, n_neurons).
        error_before, error: Root mean square error of the torque on held-out batches, as the
            acceleration of the hand that it causes [m/s^2].
        strength: Regularisation towards the prior that had the least error.
    """

    readout: np.ndarray
    error_before: float
    error: float
    strength: float


def refine(
    prior: np.ndarray, recordings: Sequence[Activity], torque_scale: np.ndarray, metric: np.ndarray
) -> Refinement:
    """Correct a readout by the recorded activity of the neurons.

    Ridge regression of the readout's errors, which changes the readout little where the activity
    carries little information. Every tenth batch is held out to choose the regularisation, and
    takes part in the fit after that.

    Args:
        prior: Readout before the correction, shape (n_joints, n_neurons).
        recordings: Batches of recorded activity, with the torque that belongs to it.
        torque_scale: Torque that an output of 1 stands for, shape (n_joints,) [N m].
        metric: Metric of torque errors, from
            :func:`~spikearm.controller.training.targets.torque_metric`.

    Returns:
        Correction with the least error on the held-out batches; the prior itself where none helps.

    Raises:
        SpikearmError: Hardly any recorded state was within the network's range.
    """
    to_effect = torque_scale[:, None] * metric.T
    batches = [batch for batch in recordings if len(batch.torque)]
    if len(batches) < 2:
        raise SpikearmError(
            "Hardly any recorded state was within the range of the neurons: nothing can be "
            "learned. Give more recordings."
        )
    held = batches[:: round(1 / HELD_OUT)]
    taught = [batch for i, batch in enumerate(batches) if i % round(1 / HELD_OUT) != 0]
    gram, cross, n_rows = _moments(taught, prior, torque_scale)
    held_gram, held_cross, n_held = _moments(held, prior, torque_scale)
    peak = max(float(batch.neurons.max()) for batch in batches)

    def solve(strength: float, gram: np.ndarray, cross: np.ndarray, n_rows: int) -> np.ndarray:
        damped = gram.copy()
        damped[np.diag_indices_from(damped)] += (strength * peak) ** 2 * n_rows
        return np.linalg.solve(damped, cross).T

    def error(change: np.ndarray) -> float:
        wrong = [batch.torque / torque_scale - batch.neurons @ (prior + change).T for batch in held]
        return float(np.sqrt(np.mean(np.sum(np.square(np.concatenate(wrong) @ to_effect), axis=1))))

    errors = {strength: error(solve(strength, gram, cross, n_rows)) for strength in STRENGTHS}
    best, before = min(errors, key=errors.__getitem__), error(np.zeros_like(prior))
    if errors[best] >= before:
        return Refinement(prior, before, before, np.inf)
    change = solve(best, gram + held_gram, cross + held_cross, n_rows + n_held)
    return Refinement(prior + change, before, errors[best], best)


def _moments(
    batches: Sequence[Activity], prior: np.ndarray, torque_scale: np.ndarray
) -> tuple[np.ndarray, np.ndarray, int]:
    """Sum up second moments of activity, and of activity and the prior's errors."""
    gram, cross, n_rows = np.zeros((prior.shape[1],) * 2), np.zeros(prior.shape[::-1]), 0
    for neurons, torque in batches:
        wrong = (torque / torque_scale - neurons @ prior.T).astype(np.float32)
        gram += neurons.T @ neurons
        cross += neurons.T @ wrong
        n_rows += len(neurons)
    return gram, cross, n_rows
