"""Limits that the safety layer holds an arm to."""

from dataclasses import dataclass, replace

from spikearm.arm_models.errors import check_positive


@dataclass(frozen=True)
class SafetyLimits:
    """Limits of sensors, torques and motions; those of each joint are in its arm's chain.

    Speed and position of a joint are held by limiting torques. The arm is stopped where that does
    not help, and where the sensors or the controller cannot be trusted.

    Attributes:
        limit_speeds: Hold joints to their velocity limits.
        stop_margin: Distance in front of its position limit at which a joint is stopped, and beyond
            the limit at which the arm is [rad or m].
        tracking_limit: Largest distance of the hand from its reference [m].
        limiting_time: Time for which torques may be limited, of three times as long [s].
        torque_rate: Largest change of a torque [N m/ms]; None leaves it unlimited.
        frozen_time: Time for which a reading may stay the same to the last bit while it has to
            change [s].
        hold_time: Time for which the last torque is held while sensors fail, of three times as long
            [s]. The deviation of the hand meanwhile is measured in docs/robustness.md.
        joint_drift: Largest difference between a joint's position and the integral of its
            velocity over the last 0.2 s [rad or m].
        hand_drift: The same of the hand [m].
        hand_offset: Largest distance of the sensed hand from where the joints put it [m].
        hand_turn: Largest angle between the two [rad].
    """

    limit_speeds: bool = True
    stop_margin: float = 0.01
    tracking_limit: float = 0.2
    limiting_time: float = 0.05
    torque_rate: float | None = None
    frozen_time: float = 0.005
    hold_time: float = 0.02
    joint_drift: float = 0.05
    hand_drift: float = 0.02
    hand_offset: float = 0.02
    hand_turn: float = 0.05

    def __post_init__(self) -> None:
        check_positive(
            self, "stop_margin", "tracking_limit", "limiting_time", "frozen_time", "hold_time",
            "joint_drift", "hand_drift", "hand_offset", "hand_turn",
        )  # fmt: skip
        if self.torque_rate is not None:
            check_positive(self, "torque_rate")


def limits_of_task(limits: SafetyLimits, speed_limits: bool) -> SafetyLimits:
    """Return the limits for a task: without those of joint speeds, if it does not keep to them.

    Args:
        limits: Limits for a task that does.
        speed_limits: True if the task's motions keep to the velocity limits of the joints.
    """
    return limits if speed_limits else replace(limits, limit_speeds=False)
