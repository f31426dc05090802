"""Options that describe an arm."""

import shlex
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar

from spikearm.arm_models import Arm, load_arm
from spikearm.arm_models.errors import check_finite
from spikearm.experiments.needs import Need
from spikearm.experiments.unset import Unset


@dataclass(frozen=True)
class ArmChoice:
    """Arm by name, or by its file.

    Attributes:
        arm: Name of a shipped arm (see `spikearm arms`), or path of an arm profile (see `spikearm
            onboard`) or an MJCF file.
        mjcf: Path of an MJCF file, in place of a shipped arm.
    """

    NEEDS: ClassVar = (Need(("arm",), lambda one: one.mjcf is None, "without --mjcf"),)

    arm: str = "gen3"
    mjcf: Unset[Path] = None


@dataclass(frozen=True)
class ModelOptions:
    """Properties of an arm that its model file lacks, or has otherwise.

    Attributes:
        joints: Controlled joints of the file, base first. Default: every joint from the end
            effector to the base, without fingers.
        end_effector: Site or body of the file that is the hand.
        end_effector_offset: Position of the hand in that frame [m].
        torque_limits: Largest torque of each joint [N m]. Default: the bounds in the file.
        velocity_limits: Largest speed of each joint [rad/s, m/s]. Default: those of the file
            (in MJCF, numbers JOINT_velocity_limit), else an estimate.
        home: Joint positions to start from [rad]. Default: the file's keyframe "home"; `spikearm
            onboard` searches some that reach farther.
        armature: Rotor inertia of the joints, one number for all or one for each [kg m^2].
            Default: that of the file; `spikearm onboard` proposes more for light joints.
    """

    joints: Unset[tuple[str, ...]] = None
    end_effector: Unset[str] = None
    end_effector_offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    torque_limits: Unset[tuple[float, ...]] = None
    velocity_limits: Unset[tuple[float, ...]] = None
    home: Unset[tuple[float, ...]] = None
    armature: Unset[tuple[float, ...]] = None

    def __post_init__(self) -> None:
        numbers = ("end_effector_offset", "torque_limits", "velocity_limits", "home", "armature")
        check_finite(self, *numbers)  # their signs are checked with the joints

    @property
    def given(self) -> dict[str, Any]:
        """Properties that are not left at their defaults, by name."""
        values = ((one, getattr(self, one.name)) for one in fields(ModelOptions))
        return {one.name: value for one, value in values if value != one.default}


@dataclass(frozen=True)
class ArmConfig(ModelOptions, ArmChoice):  # the fields of the last base come first
    """Arm by name or file, and the properties that its file lacks.

    Attributes:
        weightless: Take gravity away. A controller that is trained for a weightless arm leaves
            gravity to be learned.
    """

    weightless: bool = False

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
        return load_arm(self.name, **self.given, weightless=self.weightless)
