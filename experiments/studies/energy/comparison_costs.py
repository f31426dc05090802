"""Costs of the comparison controllers: operations and weights of a step."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import RigidBodyModel
from spikearm.controller.classical.polynomial import PolynomialTerms
from spikearm.controller.weights.membrane import LEAKY, Membrane
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.experiments.controllers.comparisons import DEGREES, STATIC_NETWORK, polynomial_terms
from spikearm.experiments.studies.energy.analytic_operations import bias_operations
from spikearm.experiments.studies.energy.dense_network import dense_matrices
from spikearm.loihi_deploy.energy.operations import Operations

BYTES = 4  # of a weight in single precision
LEAKY_RATE = Operations(multiplications=1, additions=3, others=4)
"""Operations of a leaky neuron's rate: a comparison, two quotients and a logarithm; see
:meth:`~spikearm.controller.weights.membrane.Membrane.rates`."""
RECTIFIED = Operations(others=1)
"""Operations of the rate of a neuron without a leak: a comparison."""


@dataclass(frozen=True)
class ComparisonCost:
    """Cost of a step of a controller without spikes.

    Attributes:
        operations: Operations of the step.
        n_weights: Numbers that are stored.
    """

    operations: Operations
    n_weights: int

    @property
    def weight_bytes(self) -> int:
        """Memory of the weights, in single precision [bytes]."""
        return BYTES * self.n_weights


def comparison_costs(model: RigidBodyModel, weights: NetworkWeights) -> dict[str, ComparisonCost]:
    """Count the costs of all comparison controllers, less those of the command.

    Args:
        model: The arm's nominal dynamics.
        weights: Weights of the network that they are compared with.
    """
    n_joints = model.chain.n_joints
    friction = friction_cost(n_joints, int(np.count_nonzero(model.friction)))
    regressions = {name: regression_cost(polynomial_terms(name, n_joints)) for name in DEGREES}
    frozen = frozen_inertia_cost(n_joints, bool(model.damping.any()))
    with_friction = {
        name: ComparisonCost(
            cost.operations + friction.operations, cost.n_weights + friction.n_weights
        )
        for name, cost in ({"frozen-inertia": frozen} | regressions).items()
    }
    return with_friction | {STATIC_NETWORK: static_network_cost(weights)}


def regression_cost(terms: PolynomialTerms) -> ComparisonCost:
    """Count a regression: its terms, task map and drift from them, and the map times the command.

    The first term is 1, and multiplies nothing.
    """
    n = terms.n_joints
    variables = Operations(additions=2 * n, others=2 * n)  # off home; cosines less 1; sines
    products = Operations(multiplications=terms.drift.n_products)
    n_map, n_drift = len(terms.task_map), len(terms.drift)
    linear = n * (6 * (n_map - 1) + n_drift - 1)
    entries = Operations(multiplications=linear, additions=linear)
    task = Operations(multiplications=6 * n, additions=6 * n)
    return ComparisonCost(variables + products + entries + task, n * (6 * n_map + n_drift))


def frozen_inertia_cost(n_joints: int, damped: bool) -> ComparisonCost:
    """Count the law with frozen inertia: the bias force, two constant matrices, and the posture.

    The weights are the matrices, the pose at home and the joints' limits, and ten numbers of each
    link for the bias force: mass, centre of mass and inertia, and its offset beside.

    Args:
        n_joints: Number of joints.
        damped: True for joints with viscous friction.
    """
    n = n_joints
    # kp (home - q) - kv dq + limit_kp (below - above), with two comparisons
    posture = Operations(multiplications=3 * n, additions=7 * n, others=2 * n)
    maps = Operations(n * (6 + n), n * (6 + n))
    damping = Operations(n, n) if damped else Operations()
    stored = n * (6 + n) + 3 * n + 22 * n
    return ComparisonCost(bias_operations(n) + posture + maps + damping, stored)


def friction_cost(n_joints: int, n_rough: int) -> ComparisonCost:
    """Count the compensation of dry friction: ``f tanh((dq + Jbar w / kv) / v)`` for each joint.

    Args:
        n_joints: Number of joints.
        n_rough: Number of those with dry friction.
    """
    if not n_rough:
        return ComparisonCost(Operations(), 0)
    operations = Operations(8 * n_rough, 7 * n_rough, n_rough)
    return ComparisonCost(operations, 6 * n_rough + n_joints)


def static_network_cost(weights: NetworkWeights) -> ComparisonCost:
    """Count the network without spikes: all weights, a rate for each neuron, and scaling."""
    n_joints, n_inputs = len(weights.scaling.middle), len(weights.scaling.center)
    products = sum(matrix.size for matrix in dense_matrices(weights, "rate"))
    n_neurons, n_friction = sum(weights.layers), weights.layers[-1]
    matrices = Operations(products, products)
    rates = _rate_operations(weights.membrane, n_neurons - n_friction)
    rates += _rate_operations(LEAKY, n_friction)
    angles = Operations(additions=n_joints, others=2 * n_joints)
    scaling = Operations(multiplications=n_joints, additions=n_inputs, others=3 * n_inputs)
    stored = products + n_neurons + n_joints + 2 * n_inputs
    return ComparisonCost(matrices + rates + angles + scaling, stored)


def _rate_operations(membrane: Membrane, n_neurons: int) -> Operations:
    rate = LEAKY_RATE if membrane.leaks else RECTIFIED
    return Operations(
        n_neurons * rate.multiplications, n_neurons * rate.additions, n_neurons * rate.others
    )
