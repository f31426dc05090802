"""Noise of the joint encoders, and of all that is worked out from them."""

import numpy as np

from spikearm.arm_models import ArmState, RigidBodyModel
from spikearm.experiments.perturbations.loop_setup import LoopSetup
from spikearm.experiments.perturbations.perturbation import Perturbation

SPEED_TIME = 0.01  # s, between the two readings that a speed is the difference of; an estimate


class NoisySensors:
    """Sensors whose joint positions and velocities have noise, new in every step.

    A velocity is as noisy as the difference of two positions 10 ms apart. The hand's pose and
    velocity are worked out from the noisy joints by the arm's nominal kinematics, as an arm without
    a tracker does it.

    Args:
        model: The arm's nominal dynamics.
        deviation: Standard deviation of a joint's position [rad].
        rng: Source of the noise.
    """

    def __init__(self, model: RigidBodyModel, deviation: float, rng: np.random.Generator) -> None:
        self._model = model
        self._deviations = deviation * np.array([[1.0], [np.sqrt(2.0) / SPEED_TIME]])
        self._rng = rng

    def __call__(self, state: ArmState) -> ArmState:
        """Sense a state."""
        noise = self._deviations * self._rng.normal(size=(2, len(state.q)))
        q, dq = state.q + noise[0], state.dq + noise[1]
        there = self._model.dynamics(q, dq)
        return state._replace(q=q, dq=dq, hand=there.hand, hand_velocity=there.jacobian @ dq)


def add_noise(setup: LoopSetup, deviation: float, seed: int) -> LoopSetup:
    """Add noise of a standard deviation [rad] to joint positions, and to what comes from them."""
    return setup.with_sensors(NoisySensors(setup.arm.model, deviation, np.random.default_rng(seed)))


NOISE = Perturbation(
    "noise of the encoders", "mrad", (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3), 3e-4, add_noise,
    factor=1e3, drawn=True,
)  # fmt: skip
