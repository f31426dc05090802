"""The fit of polynomials: exact where the law is one, and better with each degree on an arm."""

from time import perf_counter

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.polynomial import PolynomialLaw, PolynomialTerms
from spikearm.controller.references.reference import Reference
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.training.polynomial_fit import fit_polynomials
from spikearm.controller.training.samples import Samples, Spread, sample_workspace

WORKSPACE = Workspace(0.08, 0.1)


def two_links(n_samples: int, seed: int) -> Samples:
    """Sample a planar arm of two links: its bias force by hand, and a task map of degree 2."""
    rng = np.random.default_rng(seed)
    q, dq = rng.uniform(-1.5, 1.5, (n_samples, 2)), rng.uniform(-2.0, 2.0, (n_samples, 2))
    (first, second), (w1, w2) = q.T, dq.T
    inertia, gravity = 0.37, (9.1, 3.3)
    pull = gravity[1] * np.cos(first + second)
    turn = inertia * np.sin(second)
    drift = np.stack(
        [
            gravity[0] * np.cos(first) + pull - turn * w2 * (2 * w1 + w2),
            pull + turn * w1**2,
        ],
        axis=1,
    )
    weights = np.arange(12.0).reshape(2, 6) - 5.0
    task_map = (np.sin(first) * np.cos(second))[:, None, None] * weights
    return Samples(q, dq, task_map, drift)


def predicted(law: PolynomialLaw, samples: Samples) -> tuple[np.ndarray, np.ndarray]:
    terms = law.terms.evaluate(samples.positions - law.home, samples.velocities)
    entries = np.einsum("jcm,sm->sjc", law.task_map, terms[:, law.terms.task_map])
    return entries, terms @ law.drift.T


def test_the_bias_force_of_two_links_is_of_degree_3_and_found_exactly():
    model = load_arm("planar2").model
    fitted, held_out = two_links(1500, seed=1), two_links(200, seed=2)
    errors = []
    for degree in (1, 2, 3):
        entries, drift = predicted(
            fit_polynomials(model, fitted, PolynomialTerms(2, min(degree, 2), degree)), held_out
        )
        errors.append(np.abs(drift - held_out.drift).max())
        found = np.abs(entries - held_out.task_map).max()
        assert found < 1e-5 if degree > 1 else found > 0.5
    assert errors[0] > errors[1] > 0.1
    assert errors[2] < 1e-5


@pytest.fixture(scope="module")
def sampled() -> tuple[Samples, Samples]:
    model, spread = load_arm("ur5e").model, Spread(per_reach=64)
    fitted, held_out = (
        sample_workspace(model, WORKSPACE, 10, seed, spread=spread) for seed in (2, 3)
    )
    return fitted, held_out


def test_on_an_arm_each_degree_predicts_held_out_samples_better(sampled):
    model = load_arm("ur5e").model
    fitted, held_out = sampled
    left = []
    for degrees in ((0, 1), (1, 2), (2, 2)):
        entries, drift = predicted(
            fit_polynomials(model, fitted, PolynomialTerms(6, *degrees)), held_out
        )
        left.append(
            [np.mean((one - known) ** 2) / np.var(known) for one, known in (
                (entries, held_out.task_map), (drift, held_out.drift)
            )]
        )  # fmt: skip
    assert left[0][0] > left[1][0] > left[2][0]
    assert left[0][1] > left[1][1]
    assert max(left[2]) < 0.01


def test_samples_of_fewer_reaches_are_the_first_ones_and_two_seeds_are_two(sampled):
    fitted, held_out = sampled
    model = load_arm("ur5e").model
    first = sample_workspace(model, WORKSPACE, 2, 2, spread=Spread(per_reach=64))
    np.testing.assert_array_equal(first.drift, fitted.drift[:128])
    assert np.abs(fitted.drift - held_out.drift).max() > 0.1


def test_a_step_takes_less_than_a_tenth_of_the_control_period():
    arm, terms = load_arm("gen3"), PolynomialTerms(7, 3, 3)
    law = PolynomialLaw(
        terms, arm.chain.home, np.ones((7, 6, len(terms.task_map))),
        np.ones((7, len(terms.drift))), DryFriction.of(arm.model),
    )  # fmt: skip
    still = ControlStep(arm.state, Reference(arm.state.hand, np.zeros(6), np.zeros(6)))
    law.torque(still)
    times = []
    for _ in range(50):
        began = perf_counter()
        law.torque(still)
        times.append(perf_counter() - began)
    assert min(times) < 1e-4
