"""Drives that give less than they should."""

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.controller import Controller
from spikearm.controller.references.reference import Reference
from spikearm.experiments.perturbations.wrapper import WrappedController


class SaturatedTorque(WrappedController):
    """Cuts torques at limits of its own, below the arm's.

    Args:
        controller: Computes the torque.
        limits: Largest torque of either sign, shape (n_joints,) [N m].
    """

    def __init__(self, controller: Controller, limits: np.ndarray) -> None:
        super().__init__(controller)
        self._limits = limits

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Give what is left of the torque, shape (n_joints,) [N m]."""
        return np.clip(self.inner.torque(state, reference), -self._limits, self._limits)
