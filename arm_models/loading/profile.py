"""Profile of an arm: a small TOML file with what a model file of its own does not say."""

import hashlib
import os
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from spikearm.arm_models.errors import SpikearmError, check_finite, sentence

SUFFIX = ".toml"
HEADER = """\
# Arm profile of spikearm: give it as the name of an arm. SI units: rad, m, N m, kg m^2.
# file stands relative to this profile; sha256 is that of the file when the profile was made.

"""


@dataclass(frozen=True)
class ArmProfile:
    """Model file of an arm, and the properties that it is loaded with.

    Attributes:
        name: Name of the arm.
        file: Path of its model file, MJCF or URDF.
        sha256: SHA-256 of that file, in hexadecimal digits.
        joints: Controlled joints, base first.
        end_effector: Site or body that is the hand.
        home: Joint positions to start from, one per joint [rad or m].
        torque_limits: Largest torque of each joint [N m or N].
        velocity_limits: Largest speed of each joint [rad/s or m/s].
        armature: Rotor inertia of each joint [kg m^2].
        end_effector_offset: Position of the hand in the frame of the end effector [m].
    """

    name: str
    file: str
    sha256: str
    joints: tuple[str, ...]
    end_effector: str
    home: tuple[float, ...]
    torque_limits: tuple[float, ...]
    velocity_limits: tuple[float, ...]
    armature: tuple[float, ...]
    end_effector_offset: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        numbers = ("home", "torque_limits", "velocity_limits", "armature", "end_effector_offset")
        check_finite(self, *numbers)
        for name in numbers[:-1]:
            count = len(getattr(self, name))
            if count != len(self.joints):
                raise SpikearmError(
                    f"{name} has {count} numbers, but there are {len(self.joints)} joints: give "
                    f"one for each of {list(self.joints)}."
                )

    @property
    def options(self) -> dict[str, Any]:
        """Keyword arguments that ``load_arm`` takes for the file."""
        given = asdict(self)
        return {name: given[name] for name in given if name not in ("name", "file", "sha256")}

    def check_file(self, profile: Path) -> None:
        """Check that the model file is the one that the profile was made for.

        Args:
            profile: Path of the profile, for the message.

        Raises:
            SpikearmError: It is not there, or has changed since.
        """
        if not Path(self.file).is_file():
            raise SpikearmError(
                f"The model file of arm profile '{profile}' is not there: '{self.file}'. Put it "
                "there, or correct the profile's line `file`."
            )
        now = file_hash(Path(self.file))
        if now != self.sha256:
            raise SpikearmError(
                f"'{self.file}' is not the file that arm profile '{profile}' was made for: its "
                f"SHA-256 begins with {now[:12]}, the profile's with {self.sha256[:12]}. Make the "
                "profile anew, or, if the change does no harm, put the new SHA-256 into the "
                f"profile: {now}."
            )

    def as_toml(self, path: Path) -> str:
        """Return the text of the profile.

        Args:
            path: Path that it is written to; the model file's is relative to its folder.
        """
        relative = Path(os.path.relpath(Path(self.file).resolve(), path.resolve().parent))
        return HEADER + tomli_w.dumps(asdict(self) | {"file": relative.as_posix()})


def read_profile(path: Path) -> ArmProfile:
    """Read a profile, with the path of its model file as it is seen from here.

    Raises:
        SpikearmError: It is not there, or no profile, or its model file has changed.
    """
    try:
        profile = _understood(path)
    except OSError as error:
        raise SpikearmError(
            f"Cannot read arm profile '{path}': {error.strerror or sentence(error)}."
        ) from error
    except ValueError as error:  # msgspec's errors and ours are of this kind
        raise SpikearmError(f"'{path}' is no arm profile: {sentence(error)}.") from error
    profile.check_file(path)
    return profile


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _understood(path: Path) -> ArmProfile:
    text = path.read_bytes()
    known = [field.name for field in fields(ArmProfile)]
    unknown = [key for key in msgspec.toml.decode(text, type=dict) if key not in known]
    if unknown:
        raise SpikearmError(f"it has no use for {unknown}. Its keys are {known}")
    profile = msgspec.toml.decode(text, type=ArmProfile)
    file = (path.parent / profile.file).resolve()
    return replace(profile, file=str(file))
