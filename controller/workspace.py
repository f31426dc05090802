"""Where the arm goes: joint configurations drawn from the region of the task."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from arm_models import Pose, RigidBodyModel
from controller.joint_reference import resolved_rate
from controller.reference import pose_error

ITERATIONS = 12  # of inverse kinematics; far fewer suffice this close to home
POSE_TOLERANCE = 0.02  # m and rad; a sample needs to be near its pose, not on it


@dataclass(frozen=True)
class Workspace:
    """A ball of hand positions and a cone of hand orientations around the home pose.

    Attributes:
        radius: Largest distance from the home position [m].
        tilt: Largest turn from the home orientation [rad].
        posture_spread: Standard deviation of the posture that a redundant arm is pulled
            to, about home [rad].
        speed_spread: Standard deviation of joint velocities [rad/s].
        speed_limit: Largest joint velocity [rad/s].
    """

    radius: float = 0.23
    tilt: float = float(np.radians(10.0))
    posture_spread: float = 0.15
    speed_spread: float = 0.4
    speed_limit: float = 1.5

    def sample_positions(
        self, model: RigidBodyModel, n_samples: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Draw joint positions whose hand poses fill the workspace evenly.

        Poses that the arm cannot take are drawn again.

        Returns:
            Shape (n_samples, n_joints) [rad].
        """
        samples: list[np.ndarray] = []
        while len(samples) < n_samples:
            q, reached = self._configuration(model, rng)
            if reached:
                samples.append(q)
        return np.array(samples)

    def sample_velocities(
        self, n_joints: int, n_samples: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Draw joint velocities, shape (n_samples, n_joints) [rad/s]."""
        drawn = rng.normal(scale=self.speed_spread, size=(n_samples, n_joints))
        return np.clip(drawn, -self.speed_limit, self.speed_limit)

    def _configuration(
        self, model: RigidBodyModel, rng: np.random.Generator
    ) -> tuple[np.ndarray, bool]:
        goal = self._pose(model.dynamics(model.chain.home).hand, rng)
        posture = model.chain.home + rng.normal(
            scale=self.posture_spread, size=model.chain.n_joints
        )
        q = model.chain.home.copy()
        error = np.full(6, np.inf)
        for _ in range(ITERATIONS):
            here = model.dynamics(q)
            error = pose_error(goal, here.hand)
            q = model.chain.clip(q + resolved_rate(here, error, 0.5 * (posture - q)))
        return q, bool(np.abs(error).max() < POSE_TOLERANCE)

    def _pose(self, home: Pose, rng: np.random.Generator) -> Pose:
        direction, axis = (v / np.linalg.norm(v) for v in rng.normal(size=(2, 3)))
        distance = self.radius * rng.uniform() ** (1 / 3)
        turn = Rotation.from_rotvec(rng.uniform(0.0, self.tilt) * axis)
        rotation = turn * Rotation.from_quat(home.quaternion, scalar_first=True)
        return Pose(home.position + distance * direction, rotation.as_quat(scalar_first=True))
