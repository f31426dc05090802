"""Drives that give less than they should."""

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.controller import Controller, WrappedController
from spikearm.controller.references.reference import Reference
from spikearm.experiments.perturbations.loop_setup import LoopSetup
from spikearm.experiments.perturbations.perturbation import Perturbation


class SaturatedTorque(WrappedController):
    """Controller whose torques are cut at limits below the arm's.

    Args:
        controller: Controller that computes the torque.
        limits: Largest torque of either sign, shape (n_joints,) [N m].
    """

    def __init__(self, controller: Controller, limits: np.ndarray) -> None:
        super().__init__(controller)
        self._limits = limits

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Return the torque within the limits, shape (n_joints,) [N m]."""
        return np.clip(self.inner.torque(state, reference), -self._limits, self._limits)


def saturate_torque(setup: LoopSetup, share: float, seed: int) -> LoopSetup:
    """Cut every torque at a share of its joint's limit."""
    limits = share * setup.arm.chain.torque_limits
    return setup.with_controller(SaturatedTorque(setup.controller, limits))


SATURATION = Perturbation(
    "torque limits left", "%", (0.8, 0.6, 0.5, 0.4, 0.3, 0.2), 0.5, saturate_torque,
    factor=1e2, allowed=(0.0, 1.0),
)  # fmt: skip
