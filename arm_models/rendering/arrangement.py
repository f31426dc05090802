"""Arrangement of the things in a scene, and of its light."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models.errors import SpikearmError

MOST_DISTRACTORS = 4


@dataclass(frozen=True)
class Distractor:
    """Ball or box that is not the target.

    Attributes:
        position: Position of its centre, shape (3,) [m].
        size: Half of its width [m].
        grey: Brightness of its surface, 0 to 1.
        box: True for a box, False for a ball.
    """

    position: np.ndarray
    size: float
    grey: float
    box: bool


@dataclass(frozen=True)
class Arrangement:
    """Things in a scene beside the arm, and its light.

    Attributes:
        target: Position of the target's centre, shape (3,) [m]; None where there is no target.
        distractors: Things that are not the target, at most :data:`MOST_DISTRACTORS`.
        light: Brightness of all light, as a factor [1].
        light_azimuth: Direction that the light comes from, from the arm's forward axis [rad].
    """

    target: np.ndarray | None
    distractors: tuple[Distractor, ...] = ()
    light: float = 1.0
    light_azimuth: float = 0.0

    def __post_init__(self) -> None:
        if len(self.distractors) > MOST_DISTRACTORS:
            raise SpikearmError(
                f"{len(self.distractors)} distractors do not fit a scene: at most "
                f"{MOST_DISTRACTORS} can be shown."
            )
