"""Configuration of a PID controller."""

from dataclasses import dataclass, replace
from math import sqrt

from spikearm.arm_models import RigidBodyModel
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.joint_pid import JointPIDController


@dataclass(frozen=True)
class Setting:
    """Configuration of a PID controller.

    Attributes:
        strength: Ratio of kp to that of the benchmark.
        ki: Integral gain [1/s^3].
        limit: Bound of the integral [rad/s^2].
        keep: Keep the integral from trial to trial.
    """

    strength: float = 1.0
    ki: float = 0.0
    limit: float = 100.0
    keep: bool = False

    @property
    def label(self) -> str:
        """Name of the kind of controller."""
        if self.ki == 0:
            return "PD"
        return "PID, kept" if self.keep else "PID, emptied"

    def make(self, model: RigidBodyModel) -> JointPIDController:
        """Build the controller."""
        gains = replace(Gains(), kp=self.strength * Gains.kp, kv=sqrt(self.strength) * Gains.kv)
        return JointPIDController(
            model, gains, self.ki, integral_limit=self.limit, keep_integral=self.keep
        )
