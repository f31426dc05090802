"""Controllers without spikes that a spiking one has to be better than.

Those that are fitted learn from one set of samples of the law, drawn as for the training of the
network, in the region of the task, or the one that the network was trained for.
"""

from functools import lru_cache

import numpy as np

from spikearm.arm_models import RigidBodyModel, SpikearmError
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.frozen_inertia import FrozenInertiaLaw
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.memoryless import MemorylessController, StepTorque
from spikearm.controller.classical.polynomial import PolynomialTerms
from spikearm.controller.controller import Controller
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.training.polynomial_fit import fit_polynomials
from spikearm.controller.training.samples import Samples, Spread, sample_workspace
from spikearm.controller.training.static_readout import fit_static_network
from spikearm.experiments.controllers.spec import ControllerSetup, ControllerSpec
from spikearm.experiments.tasks.benchmark_workspace import benchmark_workspace

STATIC_NETWORK = "static-rate"
DEGREES: dict[str, tuple[int, int]] = {
    "constant": (0, 1),
    "polynomial-1": (1, 2),
    "polynomial-2": (2, 3),
    "polynomial-3": (3, 3),
}
"""Degrees of the task map and of the drift torques of each regression, by its name.

A drift of one degree more has the terms that the map's have with the command. A lower one holds no
posture: with degree 1 in both, joints swing until the arm is lost.
"""
N_REACHES = 500
SPREAD = Spread(per_reach=32)  # twice as many of a reach as in trainings: reaches take the time


def polynomial_terms(name: str, n_joints: int) -> PolynomialTerms:
    """Return the terms of a regression, by its name in the registry."""
    return PolynomialTerms(n_joints, *DEGREES[name])


@lru_cache(maxsize=2)
def _samples(model: RigidBodyModel, workspace: Workspace, seed: int, gains: Gains) -> Samples:
    """Draw samples, or return those that the same controllers were fitted to before."""
    return sample_workspace(model, workspace, N_REACHES, seed, gains, SPREAD)


def _samples_for(setup: ControllerSetup) -> Samples:
    trained = setup.trained.workspace if setup.trained else None
    workspace = setup.region or trained or benchmark_workspace(setup.model)
    return _samples(setup.model, workspace, setup.seed, setup.gains)


def _controller(compute: StepTorque, setup: ControllerSetup) -> Controller:
    return MemorylessController(compute, setup.model, setup.gains, setup.feedforward)


def _regression(name: str) -> ControllerSpec:
    def make(setup: ControllerSetup) -> Controller:
        terms = polynomial_terms(name, setup.model.chain.n_joints)
        law = fit_polynomials(setup.model, _samples_for(setup), terms, setup.gains)
        return _controller(law.torque, setup)

    return ControllerSpec(make)


def _frozen_inertia(setup: ControllerSetup) -> Controller:
    return _controller(FrozenInertiaLaw.of(setup.model, setup.gains).torque, setup)


def _static_network(setup: ControllerSetup) -> Controller:
    if setup.trained is None:
        raise SpikearmError(
            f"Controller '{STATIC_NETWORK}' needs trained weights: give the setup "
            "trained=shipped(arm)."
        )
    network = fit_static_network(
        setup.model, setup.trained.weights, _samples_for(setup),
        DryFriction.of(setup.model, setup.gains), np.random.default_rng([setup.seed, 1]),
    )  # fmt: skip
    return _controller(network.torque, setup)


COMPARISONS: dict[str, ControllerSpec] = {
    "frozen-inertia": ControllerSpec(_frozen_inertia),
    **{name: _regression(name) for name in DEGREES},
    STATIC_NETWORK: ControllerSpec(_static_network, needs_training=True),
}
"""Comparison controllers by name."""
