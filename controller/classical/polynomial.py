"""The control law as polynomials: a regression of it, without neurons."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.monomials import Monomials


@dataclass(frozen=True)
class PolynomialTerms:
    """Terms of the polynomials in ``u = T(q) w + d(q, dq)``.

    Variables are the sines of the joints' distances from home, their cosines less 1, and the joint
    velocities; the task map ``T`` has terms in the first two alone. A sine's square is left out,
    because it is a polynomial of the cosine.

    Attributes:
        n_joints: Number of joints.
        map_degree: Degree of the entries of the task map.
        drift_degree: Degree of the drift torques ``d``, at least that of the map.
    """

    n_joints: int
    map_degree: int
    drift_degree: int

    @cached_property
    def drift(self) -> Monomials:
        """Terms of the drift torques."""
        return Monomials(3 * self.n_joints, self.drift_degree, self.n_joints)

    @cached_property
    def task_map(self) -> np.ndarray:
        """Indices of those of these terms that the task map has, shape (n_map_terms,)."""
        of_posture = self.drift.highest < 2 * self.n_joints
        return np.flatnonzero(of_posture & (self.drift.degrees <= self.map_degree))

    def evaluate(self, off_home: np.ndarray, dq: np.ndarray) -> np.ndarray:
        """Compute the terms of the drift torques, among which are those of the task map.

        Args:
            off_home: Joint positions less those at home, shape (..., n_joints) [rad].
            dq: Joint velocities, shape (..., n_joints) [rad/s].

        Returns:
            Shape (..., n_drift_terms).
        """
        variables = np.concatenate([np.sin(off_home), np.cos(off_home) - 1.0, dq], axis=-1)
        return self.drift.evaluate(variables)


@dataclass(frozen=True)
class PolynomialLaw:
    """Polynomials of state and command that stand for the law, fitted to samples of it.

    The simplest functions that a network has to be better than. Dry friction, which is no
    polynomial, is added as the law has it.

    Attributes:
        terms: Terms of the polynomials.
        home: Joint positions at home, shape (n_joints,) [rad].
        task_map: Coefficients of the task map, shape (n_joints, 6, n_map_terms).
        drift: Coefficients of the drift torques, shape (n_joints, n_drift_terms) [N m].
        friction: Dry friction of the arm.
    """

    terms: PolynomialTerms
    home: np.ndarray
    task_map: np.ndarray
    drift: np.ndarray
    friction: DryFriction

    def torque(self, step: ControlStep) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        state, command = step.state, step.command
        terms = self.terms.evaluate(state.q - self.home, state.dq)
        entries = self._map_rows @ terms.take(self.terms.task_map)
        task = entries.reshape(len(self.home), 6) @ command
        torque = task + self.drift @ terms
        if self.friction.torque.any():
            torque += self.friction.compensate(state.dq, command)
        return torque

    @property
    def n_weights(self) -> int:
        """Number of coefficients."""
        return self.task_map.size + self.drift.size

    @cached_property
    def _map_rows(self) -> np.ndarray:
        return self.task_map.reshape(-1, self.task_map.shape[-1])
