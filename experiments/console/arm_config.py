"""Which arm a command works on."""

import shlex
from dataclasses import dataclass, fields
from pathlib import Path

from spikearm.arm_models import Arm, load_arm


@dataclass(frozen=True)
class ArmConfig:
    """An arm by name, or any MJCF file with what it does not say itself.

    Attributes:
        arm: A shipped arm (see ``spikearm arms``) or the path of an MJCF file.
        mjcf: The path of an MJCF file, in place of a shipped arm.
        joints: Controlled joints of an MJCF file, base first. Default: every joint from the
            end effector to the base, without fingers.
        end_effector: Site or body of an MJCF file that is the hand.
        end_effector_offset: Where the hand is in that frame [m].
        torque_limits: Largest torque of each joint [N m]. Default: as the file bounds them.
        home: Joint positions to start from [rad]. Default: the file's keyframe "home".
        armature: Rotor inertia to give every joint [kg m^2].
        weightless: Take gravity away. A controller that is trained for a weightless arm leaves
            gravity to be learned.
    """

    arm: str = "gen3"
    mjcf: Path | None = None
    joints: tuple[str, ...] | None = None
    end_effector: str | None = None
    end_effector_offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    torque_limits: tuple[float, ...] | None = None
    home: tuple[float, ...] | None = None
    armature: float | None = None
    weightless: bool = False

    @property
    def name(self) -> str:
        """What the arm is loaded as."""
        return self.arm if self.mjcf is None else str(self.mjcf)

    @property
    def options(self) -> str:
        """The command line options that describe it."""
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
            SpikearmError: The arm, or what was said of it, is wrong.
        """
        return load_arm(
            self.name,
            joints=self.joints,
            end_effector=self.end_effector,
            end_effector_offset=self.end_effector_offset,
            torque_limits=self.torque_limits,
            home=self.home,
            armature=self.armature,
            weightless=self.weightless,
        )
