"""Readouts: how torque is decoded from what the neurons really do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.controller.training.activity import Activity

STRENGTHS = (3e-2, 1e-2, 5e-3, 2.5e-3)  # of the pull to the prior; times the largest rate
HELD_OUT = 0.1  # share of the batches that choose among them


@dataclass(frozen=True)
class Refinement:
    """A refined readout and how well it does on batches that it has not seen.

    Attributes:
        readout: Shape (n_joints, n_neurons).
        error_before, error: Root mean square error of the torque on held-out batches, by what it
            does to the hand [m/s^2].
        strength: The pull towards the prior that did best.
    """

    readout: np.ndarray
    error_before: float
    error: float
    strength: float


def refine(
    prior: np.ndarray, heard: Sequence[Activity], torque_scale: np.ndarray, metric: np.ndarray
) -> Refinement:
    """Correct a readout by what the neurons did.

    Ridge regression of the readout's errors, so that where the neurons said little the readout
    stays what it was. Every tenth batch is held out to choose the regularisation, then learned
    from as well.

    Args:
        prior: The readout so far, shape (n_joints, n_neurons).
        heard: What the neurons did, and the torque that should have come out, in batches.
        torque_scale: Torque that an output of 1 stands for, shape (n_joints,) [N m].
        metric: What a torque error does, from
            :func:`~spikearm.controller.training.targets.torque_metric`.

    Returns:
        What did best on what was held out; the prior itself where no correction helps.

    Raises:
        SpikearmError: Hardly any state that was shown was within the network's range.
    """
    to_effect = torque_scale[:, None] * metric.T
    batches = [batch for batch in heard if len(batch.torque)]
    if len(batches) < 2:
        raise SpikearmError(
            "Hardly any state that was shown to the neurons was within their range: nothing can "
            "be learned. Give more presentations."
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
