"""Gymnasium's environment ``spikearm/CentreOut-v0``: reaches of an arm to targets around home."""

from typing import Any, Literal

import gymnasium
import numpy as np
from gymnasium.spaces import Box

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.controller.controller import Controller, NeuralController, unwrap
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.loop.safety.motion_check import MotionCheck
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.pose_error import pose_error
from spikearm.controller.references.reference import Reference
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.environments.actions import AccelerationActions, TorqueActions
from spikearm.experiments.environments.neural_work import NeuralWork
from spikearm.experiments.environments.observation import observation_bound, observe_within
from spikearm.experiments.environments.targets import TargetDraw
from spikearm.experiments.tasks.success import SUCCESS

LIMITS = SafetyLimits(tracking_limit=10.0)  # how far hands get from references is learned
LOSS_RATE = 3.0  # reward that is lost per second left when a limit ends an episode; worse than rest


class CentreOutEnv(gymnasium.Env[np.ndarray, np.ndarray]):
    """Reach from rest at home to a target at a distance, along a minimum-jerk reference.

    **Action**: numbers from -1 to 1, which are cut there, and hold for ``hold_steps`` control
    steps. ``torque``: joint torques on top of those that carry the arm's nominal weight, as shares
    of ``torque_share`` times the joints' limits, shape (n_joints,). ``acceleration``: acceleration
    of the hand, which a controller turns into torques, as shares of 5 m/s^2 and 20 rad/s^2, shape
    (6,).

    **Observation**: shape (3 * n_joints + 18,), in the order, with the units and cut at the bounds
    of :mod:`spikearm.experiments.environments.observation`.

    **Reward**: minus the hand's distance from its reference, relative to the radius, less the angle
    between them [rad], integrated over time [s]. Resting at home returns about -1.

    **End**: truncated after the motion and the hold. Terminated when a joint exceeds its speed or
    position limit, with ``LOSS_RATE`` lost per second that was left; ``info["stopped"]`` has the
    cause.

    **Info**: ``distance_m`` and ``angle_rad`` to the target, and at the end ``success``, as the
    benchmark defines it. Where the controller has neurons, NeuroBench's metrics of a control step
    by the benchmark's names, such as ``activation_sparsity`` and ``effective_acs``.

    Args:
        arm: Name of a shipped arm, or path of an MJCF file.
        action: Kind of the actions.
        controller: Controller of accelerations, as ``bench`` takes it; analytic by default.
        torque_share: Torque that an action of 1 adds, as a share of the joints' limits.
        damped: Damp every joint so that a torque action of 1 holds it at its velocity limit.
        variant: Place of the targets, each drawn by the environment's generator: anywhere on a
            circle in the frontal plane, or on a sphere.
        radius: Distance of the targets [m]; the largest that the benchmark reaches when left out.
        duration: Length of the motion [s]; longer where joints are too slow.
        hold: Time that the hand then holds still [s].
        hold_steps: Control steps for which an action holds.

    Raises:
        SpikearmError: There is no such arm or controller, or it does not reach so far.
    """

    metadata = {"render_modes": []}  # noqa: RUF012  as Gymnasium declares it

    def __init__(
        self,
        arm: str = "gen3",
        action: Literal["torque", "acceleration"] = "torque",
        controller: str = "analytic",
        torque_share: float = 1.0,
        damped: bool = False,
        variant: Literal["circle", "sphere"] = "circle",
        radius: float | None = None,
        duration: float = 1.0,
        hold: float = 0.5,
        hold_steps: int = 10,
    ) -> None:
        if hold_steps < 1:
            raise SpikearmError(f"An action cannot hold for {hold_steps} steps: give 1 or more.")
        if action not in ("torque", "acceleration"):
            raise SpikearmError(f"There is no action '{action}'. Actions: torque, acceleration.")
        self._arm = load_arm(arm)
        model = self._arm.model
        self._work: NeuralWork | None = None
        self._actions = (
            TorqueActions(model, torque_share, damped)
            if action == "torque"
            else AccelerationActions(self._make(controller))
        )
        self._targets = TargetDraw(model, variant, radius, duration, hold)
        self._check = MotionCheck(self._arm.chain, LIMITS)
        self._hold_steps = hold_steps
        self.action_space = Box(-1.0, 1.0, self._actions.scale.shape)
        self._bound = observation_bound(self._arm.chain)
        self.observation_space = Box(-np.float32(self._bound), np.float32(self._bound))

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Draw a target and bring the arm to rest at home.

        Args:
            seed: Seed of the targets from now on.
            options: Not used.

        Returns:
            Observation and info.
        """
        super().reset(seed=seed)
        task = self._targets.task
        self._goal = self._targets.draw(self.np_random)
        times = self._arm.timestep * np.arange(round(task.motion_time / self._arm.timestep) + 1)
        self._references = MinimumJerk(task.start, self._goal, task.duration).sample(times)
        self._step = self._steps_near = 0
        self._state = self._arm.reset(task.start_joints)
        self._actions.start(self._state)
        return self._observation(), self._info()

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Hold an action for some control steps.

        Args:
            action: Action, of the shape of the action space.

        Returns:
            Observation, reward, whether a limit was exceeded, whether the time is over, and info.

        Raises:
            SpikearmError: The action has another shape or is not finite.
        """
        held = self._admitted(action)
        reward, stopped = 0.0, None
        if self._work is not None:
            self._work.clear()
        for _ in range(min(self._hold_steps, self._steps_left)):
            self._state = self._arm.step(self._actions.torque(self._state, held))
            if self._work is not None:
                self._work.add()
            self._step += 1
            self._steps_near = self._steps_near + 1 if self._is_near() else 0
            reward -= self._arm.timestep * self._distance()
            stopped = self._stopped()
            if stopped is not None:
                reward -= LOSS_RATE * self._arm.timestep * self._steps_left
                break
        over = self._steps_left == 0
        info = self._info(over) | ({} if stopped is None else {"stopped": stopped})
        return self._observation(), reward, stopped is not None, over, info

    def close(self) -> None:
        """Free what the controller holds."""
        self._actions.close()

    def _make(self, name: str) -> Controller:
        chosen = ChosenController(name)
        trained = shipped(self._arm.name) if chosen.spec.needs_training else None
        controller = chosen.make(ControllerSetup(self._arm.model, trained))
        neural = unwrap(controller, NeuralController)
        if neural is not None:
            self._work = NeuralWork(neural.simulation, values=chosen.stage == "rate")
        return controller

    @property
    def _steps_left(self) -> int:
        return len(self._references) - 1 - self._step

    @property
    def _reference(self) -> Reference:
        return self._references[self._step]

    def _admitted(self, action: np.ndarray) -> np.ndarray:
        values = np.asarray(action, dtype=float)
        size = self._actions.scale.size
        if values.shape != (size,) or not np.isfinite(values).all():
            raise SpikearmError(f"An action is {size} finite numbers, not {action}.")
        return np.clip(values, -1.0, 1.0)

    def _distance(self) -> float:
        """Return the distance of hand and reference, in radii, and their angle in radians."""
        error = pose_error(self._reference.pose, self._state.hand)
        radius = self._targets.task.radius
        return float(np.linalg.norm(error[:3]) / radius + np.linalg.norm(error[3:]))

    def _from_goal(self) -> tuple[float, float]:
        """Return the hand's distance from the target [m], and its angle [rad]."""
        error = pose_error(self._goal, self._state.hand)
        return float(np.linalg.norm(error[:3])), float(np.linalg.norm(error[3:]))

    def _is_near(self) -> bool:
        """Return whether the hand is so close to the target that it counts as reached."""
        return bool(SUCCESS.admit(*self._from_goal()))

    def _stopped(self) -> str | None:
        """Describe the limit that the arm exceeds, or return None."""
        check, state = self._check, self._state
        return check.failure(state, self._reference) or check.outside(state.q)

    def _observation(self) -> np.ndarray:
        return observe_within(self._bound, self._state, self._reference)

    def _info(self, over: bool = False) -> dict[str, Any]:
        distance, angle = self._from_goal()
        lasting = min(SUCCESS.lasting, self._targets.task.hold)
        reached = {"success": self._steps_near >= max(1, round(lasting / self._arm.timestep))}
        work = {} if self._work is None else self._work.metrics
        return {"distance_m": distance, "angle_rad": angle} | work | (reached if over else {})
