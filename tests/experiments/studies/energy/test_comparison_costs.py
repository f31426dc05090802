"""Costs of the comparison controllers against what they do on arrays that count."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from spikearm.arm_models import RigidBodyModel, load_arm
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.frozen_inertia import FrozenInertiaLaw
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.classical.polynomial import PolynomialLaw
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.static_network import StaticNetwork
from spikearm.experiments.controllers import CONTROLLERS
from spikearm.experiments.controllers.comparisons import (
    COMPARISONS,
    DEGREES,
    polynomial_terms,
)
from spikearm.experiments.studies.energy.analytic_operations import bias_operations
from spikearm.experiments.studies.energy.comparison_costs import (
    comparison_costs,
    friction_cost,
    frozen_inertia_cost,
    regression_cost,
    static_network_cost,
)
from spikearm.loihi_deploy.energy.operations import Operations, Tally

N = 7
SMOOTH = DryFriction(np.zeros(N), np.zeros((N, 6)))


def counting_step(tally: Tally) -> ControlStep:
    state = load_arm("gen3").state
    still = Reference(state.hand, np.zeros(6), np.zeros(6))
    step = ControlStep(state, still)
    _ = step.command  # counted apart
    step.state = state._replace(q=tally.array(state.q), dq=tally.array(state.dq))
    return step


@pytest.mark.parametrize("name", DEGREES)
def test_a_regression_does_what_is_counted_but_multiply_with_its_term_1(name):
    tally, terms = Tally(), polynomial_terms(name, N)
    law = PolynomialLaw(
        terms, np.zeros(N), np.ones((N, 6, len(terms.task_map))), np.ones((N, len(terms.drift))),
        SMOOTH,
    )  # fmt: skip
    law.torque(counting_step(tally))
    cost = regression_cost(terms)
    assert cost.n_weights == law.n_weights
    done, linear = tally.operations, N
    # Variables are copied as products with 1 where they are terms; so is the term 1.
    assert done.multiplications == cost.operations.multiplications + 3 * N + 7 * linear
    assert (done.additions, done.others) == (cost.operations.additions, cost.operations.others)


def test_frozen_inertia_does_what_is_counted_beside_the_bias_force():
    model, tally = load_arm("gen3").model, Tally()
    biased = SimpleNamespace(bias_force=tally.array(np.zeros(N)))
    known = SimpleNamespace(
        chain=model.chain, damping=np.ones(N), dynamics=lambda q, dq: biased
    )  # fmt: skip
    inertia = HomeInertia(
        model.chain.home, tally.array(np.ones((N, 6))), tally.array(np.ones((N, N)))
    )
    friction = cast(DryFriction, SimpleNamespace(compensate=lambda dq, command: np.zeros(N)))
    law = FrozenInertiaLaw(cast(RigidBodyModel, known), inertia, friction, Gains())
    law.torque(counting_step(tally))
    cost = frozen_inertia_cost(N, damped=True).operations
    bias = bias_operations(N)
    apart = Operations(cost.multiplications - bias.multiplications, cost.additions - bias.additions)
    # A sum with the friction that is not there, and one of matrix products less than products.
    assert tally.operations.multiplications == apart.multiplications
    assert tally.operations.additions == pytest.approx(apart.additions, abs=2 * N)
    assert tally.operations.others == cost.others - bias.others


def test_friction_is_counted_as_its_formula():
    tally = Tally()
    friction = DryFriction(tally.array(np.ones(N)), tally.array(np.ones((N, 6))))
    friction.compensate(tally.array(np.ones(N)), tally.array(np.ones(6)))
    done, counted = tally.operations, friction_cost(N, N).operations
    assert (done.multiplications, done.additions) == (counted.multiplications - N, 6 * N)
    assert done.others == counted.others + N  # a quotient by a constant, which is a product
    assert friction_cost(N, 0).n_weights == friction_cost(N, 0).operations.total == 0


def test_the_static_network_multiplies_every_weight_and_computes_every_rate(weights):
    cost = static_network_cost(weights)
    # 14 features of 6 + 3 values; 11 neurons of these; a code of 2; 26 products of 2 + 6 values;
    # 9 neurons of 3 + 6; 3 torques of all 60.
    products = 14 * 9 + 11 * 14 + 2 * 11 + 26 * 8 + 9 * 9 + 3 * 60
    assert cost.operations.multiplications == products + 60 + 3
    assert cost.weight_bytes == 4 * (products + 60 + 3 + 2 * 15)
    network = StaticNetwork(weights, weights.readout["rate"])
    assert network.rates(np.zeros(15)).shape == (60,)


def test_every_comparison_controller_has_a_cost_and_each_degree_costs_more(trained):
    costs: dict[str, Any] = comparison_costs(load_arm("gen3").model, trained.weights)
    assert set(costs) == set(COMPARISONS) <= set(CONTROLLERS)
    fused = [costs[name].operations.fused for name in DEGREES]
    assert fused == sorted(fused)
    assert costs["polynomial-3"].weight_bytes == 4 * 37240
    rough = comparison_costs(load_arm("fr3").model, trained.weights)
    assert rough["constant"].operations.fused > costs["constant"].operations.fused
