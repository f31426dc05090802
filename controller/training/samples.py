"""Samples of the control law over the workspace, the training data of the deep network."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import Pose, RigidBodyModel, SpikearmError
from spikearm.arm_models.errors import check_count, check_not_negative, check_positive
from spikearm.controller.classical.dexterous_path import draw_path, usual_duration
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import drift_torque, task_inertia
from spikearm.controller.references.joint_reference import REACH_TIMESTEP, JointReference, reaches
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.workspace import Workspace
from spikearm.neural.processes.parallel import parallel_map

MOST_PER_REACH = 1000  # about one a step
N_TRIES = 200  # poses that are drawn for one goal


@dataclass(frozen=True)
class Spread:
    """Spread of the samples about the reaches that they are taken from.

    Attributes:
        per_reach: Samples taken from each reach.
        durations: Range of the reaches' length [s]; where motions go from pose to pose, in parts
            of what is usual for the arm.
        posture: Standard deviation of the posture that the null space is pulled to [rad].
        position: Largest standard deviation of joint positions about a reach [rad].
        velocity: Largest standard deviation of joint velocities about a reach's [rad/s].
    """

    per_reach: int = 64
    durations: tuple[float, float] = (0.7, 1.6)
    posture: float = 0.12
    position: float = 0.06
    velocity: float = 0.3

    def __post_init__(self) -> None:
        check_count(self.per_reach, "samples of a reach", MOST_PER_REACH)
        check_positive(self, "durations")
        if self.durations[0] > self.durations[1]:
            raise SpikearmError(
                f"Durations from {self.durations[0]:g} to {self.durations[1]:g} s are no range: "
                "give the smaller one first."
            )
        check_not_negative(self, "posture", "position", "velocity")


@dataclass(frozen=True)
class Samples:
    """The law ``u = T(q) w + d(q, dq)`` at sampled states, dry friction apart.

    Attributes:
        positions: Joint positions, shape (n_samples, n_joints) [rad].
        velocities: Joint velocities, shape (n_samples, n_joints) [rad/s].
        task_map: Task map ``T = J^T L``, shape (n_samples, n_joints, 6).
        drift: Torque that does not depend on the command: gravity, velocity torque,
            posture and damping, shape (n_samples, n_joints) [N m].
    """

    positions: np.ndarray
    velocities: np.ndarray
    task_map: np.ndarray
    drift: np.ndarray

    def __len__(self) -> int:
        return len(self.drift)

    def torque(self, commands: np.ndarray, friction: DryFriction | None = None) -> np.ndarray:
        """Compute the law's torque for a command in each state.

        Args:
            commands: Command in each state, shape (n_samples, 6) [m/s^2, rad/s^2].
            friction: Dry friction that the torque compensates too.

        Returns:
            Shape (n_samples, n_joints) [N m].
        """
        torque = np.einsum("sij,sj->si", self.task_map, commands) + self.drift
        if friction is None:
            return torque
        return torque + friction.compensate(self.velocities, commands)

    def take(self, which: np.ndarray | slice) -> "Samples":
        """Return some of the samples."""
        return Samples(*(array[which] for array in _fields(self)))


def sample_reach(
    model: RigidBodyModel,
    workspace: Workspace,
    rng: np.random.Generator,
    gains: Gains = Gains(),
    spread: Spread = Spread(),
) -> Samples:
    """Sample the law beside one reach to a random pose of the workspace.

    Args:
        model: The arm's nominal dynamics.
        workspace: Region of the goals.
        rng: Source of the goal and of the samples.
        gains: Gains of posture and damping.
        spread: Number of samples, and their spread about the reach.

    Raises:
        SpikearmError: The arm reaches hardly any pose of the workspace.
    """
    move = _move_between if workspace.between else _move
    q, dq = move(model, workspace, rng, spread)
    at = rng.integers(len(q), size=spread.per_reach)
    forth_or_back = rng.choice([-1.0, 1.0], size=(spread.per_reach, 1))
    positions = q[at] + _scatter(rng, spread.position, q[at].shape)
    velocities = forth_or_back * dq[at] + _scatter(rng, spread.velocity, q[at].shape)
    positions = np.array([model.chain.clip(one) for one in positions])
    task_maps, drifts = [], []
    for state in zip(positions, velocities, strict=True):
        here = model.dynamics(*state)
        task_maps.append(here.jacobian.T @ task_inertia(here)[0])
        drifts.append(drift_torque(model, here, *state, gains))
    return Samples(positions, velocities, np.array(task_maps), np.array(drifts))


def sample_workspace(
    model: RigidBodyModel,
    workspace: Workspace,
    n_reaches: int,
    seed: int,
    gains: Gains = Gains(),
    spread: Spread = Spread(),
) -> Samples:
    """Sample the law beside reaches to random poses of the workspace, on all cores.

    Args:
        model: The arm's nominal dynamics.
        workspace: Region of the goals.
        n_reaches: Number of reaches; those of a smaller number are the first ones.
        seed: Seed of the goals and of the samples.
        gains: Gains of posture and damping.
        spread: Number of samples, and their spread about the reaches.

    Returns:
        Samples reach by reach.

    Raises:
        SpikearmError: The arm reaches hardly any pose of the workspace.
    """
    sources = np.random.default_rng(seed).spawn(n_reaches)

    def sample(number: int) -> Samples:
        return sample_reach(model, workspace, sources[number], gains, spread)

    return join(list(parallel_map(sample, n_reaches)))


def join(parts: list[Samples]) -> Samples:
    """Concatenate samples."""
    return Samples(*(np.concatenate(arrays) for arrays in zip(*map(_fields, parts), strict=True)))


def draw_goal(model: RigidBodyModel, workspace: Workspace, rng: np.random.Generator) -> Pose:
    """Draw a pose of the workspace that the arm can be moved to from home.

    Raises:
        SpikearmError: It cannot be moved to any that was drawn.
    """
    home = model.dynamics(model.chain.home).hand
    for _ in range(N_TRIES):
        goal = workspace.draw_pose(home, rng)
        if reaches(model, MinimumJerk(home, goal, 1.0)):
            return goal
    raise SpikearmError(
        f"The arm reached none of {N_TRIES} poses within {workspace.radius:.2f} m and "
        f"{np.degrees(workspace.tilt):.0f} degrees of its home pose. Give a smaller radius or "
        "tilt, or another home pose."
    )


def _fields(samples: Samples) -> tuple[np.ndarray, ...]:
    return samples.positions, samples.velocities, samples.task_map, samples.drift


def _move(
    model: RigidBodyModel, workspace: Workspace, rng: np.random.Generator, spread: Spread
) -> tuple[np.ndarray, np.ndarray]:
    home = model.dynamics(model.chain.home).hand
    duration = rng.uniform(*spread.durations)
    motion = MinimumJerk(home, draw_goal(model, workspace, rng), duration)
    joints = JointReference(model, REACH_TIMESTEP, _draw_posture(model, rng, spread))
    steps: list[tuple[np.ndarray, np.ndarray]] = []
    for reference in motion.sample(np.arange(0.0, duration + 0.3, REACH_TIMESTEP)):
        joints.advance(reference)
        steps.append((joints.q, joints.dq))
    q, dq = (np.array(column) for column in zip(*steps, strict=True))
    return q, dq


def _move_between(
    model: RigidBodyModel, workspace: Workspace, rng: np.random.Generator, spread: Spread
) -> tuple[np.ndarray, np.ndarray]:
    """Go from home to a pose of the workspace, and on to another."""
    home = model.dynamics(model.chain.home).hand
    pulled = model.with_home(_draw_posture(model, rng, spread))
    q, paths = model.chain.home, []
    for _ in range(2):
        duration = usual_duration(model.chain) * rng.uniform(*spread.durations)
        path = draw_path(pulled, workspace, home, q, duration, model.chain.velocity_limits, rng)
        paths.append(path)
        q = path.q[-1]
    return np.concatenate([one.q for one in paths]), np.concatenate([one.dq for one in paths])


def _draw_posture(model: RigidBodyModel, rng: np.random.Generator, spread: Spread) -> np.ndarray:
    """Draw a posture that the null space is pulled to, shape (n_joints,) [rad]."""
    width = spread.posture * rng.uniform() ** 2
    return model.chain.home + rng.normal(scale=width, size=model.chain.n_joints)


def _scatter(rng: np.random.Generator, largest: float, shape: tuple[int, int]) -> np.ndarray:
    """Draw offsets, most of them small: their own deviation is uniform up to the largest."""
    return rng.normal(size=shape) * largest * rng.uniform(size=(shape[0], 1)) ** 2
