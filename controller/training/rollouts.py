"""What the network learns from: the analytic controller, exploring the workspace."""

from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from arm_models import Arm, Pose, RigidBodyModel, SpikearmError
from controller.command import task_command
from controller.gains import Gains
from controller.joint_reference import MAX_JOINT_SPEED, reaches
from controller.osc import OperationalSpaceController
from controller.reference import MinimumJerk, Reference
from controller.workspace import Workspace

N_TRIES = 200  # poses that are drawn for one goal


@dataclass(frozen=True)
class Exploration:
    """How the analytic controller is led astray, so that what it then does can be learned.

    A reach alone shows each state with one command. Noise on the command shows others, and
    noise on the torque, states that reaches do not come through. Both are Ornstein-Uhlenbeck
    processes, whose correlation time and strength are drawn anew for each rollout.

    Attributes:
        durations: Range of the reaches' length [s].
        hold: Time at each end of a reach [s].
        correlation: Range of correlation times [s].
        linear, angular: Largest standard deviation of the command's noise [m/s^2, rad/s^2].
        joint: Largest standard deviation of the torque's noise, per unit of the joint's
            inertia [rad/s^2].
        push: Standard deviation of a torque that stays the same during a rollout, per unit of
            the joint's inertia [rad/s^2]. The null space is held so softly that it gives way.
    """

    durations: tuple[float, float] = (0.8, 1.4)
    hold: float = 0.4
    correlation: tuple[float, float] = (0.03, 0.3)
    linear: float = 0.8
    angular: float = 1.6
    joint: float = 1.0
    push: float = 2.0

    @property
    def command_noise(self) -> np.ndarray:
        """Largest standard deviation of the command's noise, shape (6,)."""
        return np.repeat([self.linear, self.angular], 3)


@dataclass(frozen=True)
class Rollout:
    """One reach there and back, a row per control step.

    Attributes:
        positions, velocities: Sensed joints, shape (n_steps, n_joints) [rad, rad/s].
        command: Command with its noise, shape (n_steps, 6) [m/s^2, rad/s^2].
        torque: What the analytic law answers, shape (n_steps, n_joints) [N m].
    """

    positions: np.ndarray
    velocities: np.ndarray
    command: np.ndarray
    torque: np.ndarray


def roll_out(
    arm: Arm,
    workspace: Workspace,
    rng: np.random.Generator,
    gains: Gains = Gains(),
    exploration: Exploration = Exploration(),
) -> Rollout:
    """Reach to a random pose of the workspace and back, exploring.

    Args:
        arm: The plant; nothing may have been added to it.
        workspace: Where the goals are.
        rng: Source of the goal and the noise.
        gains: Gains of the law.
        exploration: How far to stray.

    Returns:
        What happened until the end, or until a joint was faster than arms' joints are.

    Raises:
        SpikearmError: The arm reaches hardly any pose of the workspace.
    """
    teacher = OperationalSpaceController(arm.model, gains)
    plan = plan_rollout(arm, workspace, rng, exploration)
    rows: list[tuple[np.ndarray, ...]] = []
    state = arm.reset()
    for reference, push in zip(plan.references, plan.torque, strict=True):
        torque = teacher.torque(state, reference)
        command = task_command(state, reference, gains, "acceleration")
        rows.append((state.q, state.dq, command, torque))
        state = arm.step(torque + push)
        if np.abs(state.dq).max() > MAX_JOINT_SPEED:
            break
    return Rollout(*(np.array(column) for column in zip(*rows, strict=True)))


@dataclass(frozen=True)
class RolloutPlan:
    """What a rollout will ask for.

    Attributes:
        references: One per step, the command's noise in their accelerations.
        torque: What is added to the torque, shape (n_steps, n_joints) [N m].
    """

    references: list[Reference]
    torque: np.ndarray


def plan_rollout(
    arm: Arm, workspace: Workspace, rng: np.random.Generator, exploration: Exploration
) -> RolloutPlan:
    """Draw a goal, the reach there and back, and the noise."""
    home = arm.model.dynamics(arm.chain.home)
    goal = draw_goal(arm.model, workspace, rng)
    references: list[Reference] = []
    for ends in ((home.hand, goal), (goal, home.hand)):
        motion = MinimumJerk(*ends, duration=rng.uniform(*exploration.durations))
        n_steps = round((motion.duration + exploration.hold) / arm.timestep)
        references += motion.sample(arm.timestep * np.arange(n_steps))
    tau = rng.uniform(*exploration.correlation)
    strength = rng.uniform(size=3) ** [1.0, 2.0, 3.0]  # mostly close to what the task visits
    draw = partial(_coloured, rng, len(references), tau=tau, dt=arm.timestep)
    command = draw(strength[0] * exploration.command_noise)
    inertia = np.diag(home.mass_matrix)
    torque = draw(strength[1] * exploration.joint * inertia)
    torque += strength[2] * exploration.push * inertia * rng.normal(size=len(inertia))
    noisy = [
        reference._replace(acceleration=reference.acceleration + noise)
        for reference, noise in zip(references, command, strict=True)
    ]
    return RolloutPlan(noisy, torque)


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


def _coloured(
    rng: np.random.Generator, n_steps: int, deviation: np.ndarray, tau: float, dt: float
) -> np.ndarray:
    """Draw an Ornstein-Uhlenbeck process, shape (n_steps, len(deviation))."""
    keep = np.exp(-dt / tau)
    drawn = rng.normal(size=(n_steps, len(deviation)))
    drawn[1:] *= np.sqrt(1 - keep**2)
    for before, now in pairwise(drawn):
        now += keep * before
    return drawn * deviation
