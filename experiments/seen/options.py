"""Options of the task "seen"."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from spikearm.arm_models.errors import SpikearmError, check_count
from spikearm.experiments.needs import Need
from spikearm.experiments.unset import Unset

TaskName = Literal["centre-out", "workspace", "seen"]
SightName = Literal["true", "pixels", "colour", "eye", "eye-chip"]
MOST_SCENES = 10_000  # days of one core, estimated
MOST_JUMPS = 1000


@dataclass(frozen=True)
class SeenOptions:
    """Options of the task "seen".

    Attributes:
        sights: Sights of the task seen: true (told where the target is), pixels (true pixels with
            noise), colour (centroid of a red ball in colour pictures), eye (an eye of spikes, in
            floating point), eye-chip (the same eye on the chip, in the network of the controller).
        scenes: Number of scenes of the task seen, for each seed and kind of motion.
        jumps: Number of places of a target that jumps, in each scene of the task seen.
        eye_weights: File of weights of an eye, from `spikearm train-eye`. Default: those that
            ship for the arm.
    """

    NEEDS: ClassVar = (Need(("eye_weights",), lambda one: one.has_eye, "with --sights eye"),)

    sights: tuple[SightName, ...] = ("true", "colour", "eye")
    scenes: int = 2
    jumps: int = 5
    eye_weights: Unset[Path] = None

    def __post_init__(self) -> None:
        if not self.sights:
            raise SpikearmError("No sight is named. Name one or more, such as colour and eye.")
        check_count(self.scenes, "scenes", MOST_SCENES)
        check_count(self.jumps, "jumps", MOST_JUMPS)

    @property
    def has_eye(self) -> bool:
        """True if one of the sights is an eye of spikes."""
        return bool({"eye", "eye-chip"} & set(self.sights))
