"""Options that describe an arm."""

import shlex
from dataclasses import dataclass, fields
from pathlib import Path

from spikearm.arm_models import Arm, load_arm
from spikearm.arm_models.errors import check_finite
from spikearm.experiments.unset import Unset


@dataclass(frozen=True)
class ArmConfig:
    """Arm by name, by its profile, or an MJCF file and the properties that the file lacks.

    Attributes:
        arm: Name of a shipped arm (see `spikearm arms`), or path of an arm profile (see `spikearm
            onboard`) or an MJCF file.
        mjcf: Path of an MJCF file, in place of a shipped arm.
        joints: Controlled joints of an MJCF file, base first. Default: every joint from the
            end effector to the base, without fingers.
        end_effector: Site or body of an MJCF file that is the hand.
        end_effector_offset: Position of the hand in that frame [m].
        torque_limits: Largest torque of each joint [N m]. Default: the bounds in the file.
        velocity_limits: Largest speed of each joint [rad/s, m/s]. Default: the numbers
            JOINT_velocity_limit in the file, else an estimate.
        home: Joint positions to start from [rad]. Default: the file's keyframe "home".
        armature: Rotor inertia of the joints, one number for all or one for each [kg m^2].
            Default: that of the file.
        weightless: Take gravity away. A controller that is trained for a weightless arm leaves
            gravity to be learned.
    """

    arm: str = "gen3"
    mjcf: Unset[Path] = None
    joints: Unset[tuple[str, ...]] = None
    end_effector: Unset[str] = None
    end_effector_offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    torque_limits: Unset[tuple[float, ...]] = None
    velocity_limits: Unset[tuple[float, ...]] = None
    home: Unset[tuple[float, ...]] = None
    armature: Unset[tuple[float, ...]] = None
    weightless: bool = False

    def __post_init__(self) -> None:
        numbers = ("end_effector_offset", "torque_limits", "velocity_limits", "home", "armature")
        check_finite(self, *numbers)  # their signs are checked with the joints

    @property
    def name(self) -> str:
        """Name or path that the arm is loaded by."""
        return self.arm if self.mjcf is None else str(self.mjcf)

    @property
    def options(self) -> str:
        """Command line options that describe the arm."""
        words: list[str] = []
        for option in fields(self):
            value = getattr(self, option.name)
            if value != option.default or (option.name == "arm" and self.mjcf is None):
                values = () if value is True else value if isinstance(value, tuple) else (value,)
                words += [f"--{option.name.replace('_', '-')}", *map(str, values)]
        return shlex.join(words)

    def load(self) -> Arm:
        """Load the arm.

        Raises:
            SpikearmError: There is no such arm, or an option does not fit it.
        """
        return load_arm(
            self.name,
            joints=self.joints,
            end_effector=self.end_effector,
            end_effector_offset=self.end_effector_offset,
            torque_limits=self.torque_limits,
            velocity_limits=self.velocity_limits,
            home=self.home,
            armature=self.armature,
            weightless=self.weightless,
        )
