"""The region of a task: a ball of positions and a cone of orientations."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from spikearm.arm_models import Pose, SpikearmError
from spikearm.arm_models.ball import draw_distance
from spikearm.arm_models.errors import LARGEST


@dataclass(frozen=True)
class Workspace:
    """A ball of hand positions and a cone of hand orientations around the home pose.

    Attributes:
        radius: Largest distance from the home position [m].
        tilt: Largest turn from the home orientation [rad].
        between: True if motions go from pose to pose, False if they go from home and back.
    """

    radius: float = 0.23
    tilt: float = float(np.radians(10.0))
    between: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.radius <= LARGEST:
            raise SpikearmError(
                f"A radius of {self.radius:g} m holds no task: give more than 0, at most "
                f"{LARGEST:g}."
            )
        if not 0 <= self.tilt <= np.pi:
            raise SpikearmError(f"A tilt of {self.tilt:g} rad is out of range: give 0 to pi.")

    def holds(self, other: "Workspace") -> bool:
        """Return whether all poses and motions of another workspace are in this one."""
        reached = other.radius <= self.radius and other.tilt <= self.tilt
        return reached and (self.between or not other.between)

    def draw_pose(self, home: Pose, rng: np.random.Generator) -> Pose:
        """Draw a hand pose, evenly in the ball and in the angle of the cone.

        Args:
            home: Pose in the middle of both.
            rng: Source of the pose.
        """
        direction, axis = (v / np.linalg.norm(v) for v in rng.normal(size=(2, 3)))
        distance = draw_distance(self.radius, rng)
        turn = Rotation.from_rotvec(rng.uniform(0.0, self.tilt) * axis)
        rotation = turn * Rotation.from_quat(home.quaternion, scalar_first=True)
        return Pose(home.position + distance * direction, rotation.as_quat(scalar_first=True))
