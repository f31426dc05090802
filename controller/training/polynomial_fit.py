"""Fit of the polynomial controller to samples of the law."""

import numpy as np

from spikearm.arm_models import RigidBodyModel
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.polynomial import polynomial_terms
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.training.products import draw_commands
from spikearm.controller.training.samples import Spread, join, sample_reach
from spikearm.controller.training.targets import fit_scaling
from spikearm.neural.processes.parallel import parallel_map

N_SAMPLES = 4000
RIDGE = 1e-6  # of the terms' mean square; ten times more or less fits held-out samples as well


def fit_polynomial(
    model: RigidBodyModel,
    workspace: Workspace,
    seed: int,
    gains: Gains = Gains(),
    n_samples: int = N_SAMPLES,
) -> np.ndarray:
    """Fit the coefficients of a polynomial controller by ridge regression.

    States and commands are drawn as for the training of the network.

    Args:
        model: The arm's nominal dynamics.
        workspace: Region of the hand.
        seed: Seed of the samples.
        gains: Gains of posture and damping.
        n_samples: Number of samples.

    Returns:
        Shape (n_joints, n_terms) [N m].
    """
    terms, torque = sample_terms(model, workspace, seed, gains, n_samples)
    size = np.sqrt(np.mean(terms**2, axis=0))
    scaled = terms / size
    gram = scaled.T @ scaled + RIDGE * n_samples * np.eye(len(size))
    return (np.linalg.solve(gram, scaled.T @ torque) / size[:, None]).T


def sample_terms(
    model: RigidBodyModel, workspace: Workspace, seed: int, gains: Gains, n_samples: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sample the law.

    Returns:
        Terms of the polynomial, shape (n_samples, n_terms), and the law's torques, shape
        (n_samples, n_joints) [N m].
    """
    n_reaches = -(-n_samples // Spread.per_reach)
    *sources, commanding = np.random.default_rng(seed).spawn(n_reaches + 1)
    parts = parallel_map(lambda i: sample_reach(model, workspace, sources[i], gains), n_reaches)
    samples = join(list(parts)).take(slice(n_samples))
    commands = draw_commands(fit_scaling(samples), n_samples, commanding)
    terms = polynomial_terms(samples.positions - model.chain.home, samples.velocities, commands)
    return terms, samples.torque(commands, DryFriction.of(model, gains))
