"""Torques that depend on the posture: cogging of drives, drag of cables."""

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.controller import Controller, WrappedController
from spikearm.controller.references.reference import Reference
from spikearm.experiments.perturbations.loop_setup import LoopSetup
from spikearm.experiments.perturbations.perturbation import Perturbation

# A choice: slow enough for a motion of the benchmark to go through a part of a period, in which
# the torque changes its sign for some joints.
PERIODS = (4, 12)  # of the torque in a turn of the joint, fewest and most
SHARE = 0.05  # of the torque limits


class CoggingTorque(WrappedController):
    """Controller to whose torques those of a plant are added that depend on the posture.

    ``u_j + a_j sin(n_j q_j + phi_j)``: no function of a load, and of none of the law's terms.

    Args:
        controller: Controller that computes the torque.
        amplitude: Largest torque that is added, shape (n_joints,) [N m].
        periods: Periods in a turn, shape (n_joints,) [1].
        phase: Phase at a joint position of zero, shape (n_joints,) [rad].
    """

    def __init__(
        self, controller: Controller, amplitude: np.ndarray, periods: np.ndarray, phase: np.ndarray
    ) -> None:
        super().__init__(controller)
        self._amplitude, self._periods, self._phase = amplitude, periods, phase

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Return the torque with what is added at this posture, shape (n_joints,) [N m]."""
        cogging = self._amplitude * np.sin(self._periods * state.q + self._phase)
        return self.inner.torque(state, reference) + cogging


def add_cogging(setup: LoopSetup, share: float, seed: int) -> LoopSetup:
    """Add torques of a share of each joint's limit, their periods and phases drawn by seed."""
    rng = np.random.default_rng(seed)
    limits = setup.arm.chain.torque_limits
    periods = rng.integers(*PERIODS, size=len(limits), endpoint=True).astype(float)
    phase = rng.uniform(0.0, 2 * np.pi, len(limits))
    return setup.with_controller(CoggingTorque(setup.controller, share * limits, periods, phase))


COGGING = Perturbation(
    "cogging", "%", (0.01, 0.02, 0.05, 0.1, 0.2), SHARE, add_cogging,
    factor=1e2, allowed=(0.0, 1.0), drawn=True,
)  # fmt: skip
