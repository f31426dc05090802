"""Fit of polynomials to samples of the law."""

import numpy as np

from spikearm.arm_models import RigidBodyModel
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.polynomial import PolynomialLaw, PolynomialTerms
from spikearm.controller.training.ridge_regression import fit_ridge
from spikearm.controller.training.samples import Samples
from spikearm.controller.training.targets import TYPICAL_COMMAND, torque_metric


def fit_polynomials(
    model: RigidBodyModel, samples: Samples, terms: PolynomialTerms, gains: Gains = Gains()
) -> PolynomialLaw:
    """Fit task map and drift torques, each by ridge regression.

    The samples tell both in every state, so that commands need not be drawn. Errors on held-out
    samples count as the acceleration of hand and joints that they cause.

    Args:
        model: The arm's nominal dynamics.
        samples: Samples of the law, reach by reach.
        terms: Terms of the polynomials.
        gains: Gains of the velocity that dry friction is compensated along.
    """
    home, metric = model.chain.home, torque_metric(model)
    shape = len(home), 6

    def drift_terms(part: slice) -> np.ndarray:
        return terms.evaluate(samples.positions[part] - home, samples.velocities[part])

    def map_terms(part: slice) -> np.ndarray:
        return drift_terms(part)[:, terms.task_map]

    def drift_error(residuals: np.ndarray) -> float:
        return float(np.mean((residuals @ metric.T) ** 2))

    def map_error(residuals: np.ndarray) -> float:
        return float(np.mean((metric @ residuals.reshape(-1, *shape) * TYPICAL_COMMAND) ** 2))

    maps = samples.task_map.reshape(len(samples), -1)
    return PolynomialLaw(
        terms=terms,
        home=home,
        task_map=fit_ridge(map_terms, maps, map_error).T.reshape(*shape, -1),
        drift=fit_ridge(drift_terms, samples.drift, drift_error).T,
        friction=DryFriction.of(model, gains),
    )
