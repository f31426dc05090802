"""The gains of the control law, in one place."""

from dataclasses import dataclass, fields

from spikearm.arm_models.errors import check_not_negative


@dataclass(frozen=True)
class Gains:
    """Gains of the control law; every controller of the benchmark uses the same.

    Attributes:
        kp: Position stiffness per unit of inertia [1/s^2].
        ko: Orientation stiffness per unit of inertia [1/s^2].
        kv: Velocity gain per unit of inertia, position and orientation [1/s].
        posture_kp: Pull towards the home posture in the null space [1/s^2].
        posture_kv: Damping of the null space [1/s].
        limit_kp: Push away from a joint limit within the margin [1/s^2].
        limit_margin: Distance from a joint limit at which the push begins [rad].
    """

    kp: float = 200.0
    ko: float = 200.0
    kv: float = 30.0
    posture_kp: float = 40.0
    posture_kv: float = 12.0
    limit_kp: float = 100.0
    limit_margin: float = 0.1

    def __post_init__(self) -> None:
        check_not_negative(self, *(field.name for field in fields(self)))
