"""Run of an arm that reaches for a target that it only sees."""

from dataclasses import dataclass, replace

import numpy as np

from spikearm.arm_models import Arm, ArmState
from spikearm.arm_models.rendering.scene import Scene
from spikearm.controller.controller import Controller
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.safety.brakes import ArmStoppedError
from spikearm.controller.loop.safety.limits import SafetyLimits, limits_of_task
from spikearm.controller.loop.safety.safety import Safety
from spikearm.controller.references.reference import Reference
from spikearm.experiments.seen.course.layout import Layout
from spikearm.experiments.seen.loop.lookout import Lookout
from spikearm.experiments.seen.loop.seen_log import SeenLog
from spikearm.experiments.seen.loop.seen_target import PATIENCE, SeenTarget
from spikearm.experiments.seen.loop.sight_level import SightLevel
from spikearm.experiments.seen.sight.sights import SightSpec, open_sight
from spikearm.neural.processes.worker import heed_stop
from spikearm.perception.eye.eye_weights import EyeWeights

LIMITING_TIME = 0.5  # s; what is seen wrongly may be beyond a joint's limit for a moment


@dataclass(frozen=True)
class SeenRun:
    """Run of an arm that reaches for a target that it only sees.

    Attributes:
        arm: Arm.
        controller: Controller that drives it.
        sight: Sight of the target.
        layout: Course of the target, and what else is in the scene.
        rng: Generator for the noise of cameras and perturbations.
        weights: Weights of an eye, for a sight that needs them.
        level: Perturbation of sight.
        safety: Limits that the arm is held to, as :func:`seen_limits` takes them.
        patience: Time without sight after which the arm is stopped [s].
        keep_frames: True to keep all frames.
    """

    arm: Arm
    controller: Controller
    sight: SightSpec
    layout: Layout
    rng: np.random.Generator
    weights: EyeWeights | None = None
    level: SightLevel = SightLevel()
    safety: SafetyLimits = SafetyLimits()
    patience: float = PATIENCE
    keep_frames: bool = False

    def log(self, scene: Scene) -> SeenLog:
        """Run it, and log it.

        Args:
            scene: Scene with the arm, of the configuration that the sight asks for.

        Raises:
            StoppedError: This is a worker that was asked to stop.
        """
        arm, course = self.arm, self.layout.course
        cameras, sight = open_sight(self.sight, scene, course, self.rng, self.weights)
        lookout = Lookout(scene, cameras, self.layout, self.level.make(self.rng), self.keep_frames)
        home = arm.reset()
        self.controller.start(home)
        lookout(arm, home)
        safety = Safety(arm, seen_limits(self.safety))
        target = SeenTarget(lookout.take, sight, home.hand, safety, self.patience)

        def observe(arm: Arm, state: ArmState, reference: Reference) -> None:
            heed_stop()
            lookout(arm, state, reference)

        trajectory, stopped = None, None
        try:
            trajectory = follow(
                arm, self.controller, target, course.duration, observe, safety=safety
            )
        except ArmStoppedError as error:
            stopped = str(error)
        if self.sight.view is None:
            return SeenLog.known(lookout.truths, trajectory, stopped)
        return SeenLog.seen(lookout.truths, target.sightings, trajectory, stopped)


def seen_limits(limits: SafetyLimits) -> SafetyLimits:
    """Return the limits of an arm that follows what is seen.

    Joint speeds are not limited, because nobody plans how fast a target moves. Torques may be
    limited for longer, because an estimate that is off may be a place that a joint's limit is in
    the way of.

    Args:
        limits: Limits of other tasks.
    """
    longer = replace(limits, limiting_time=max(limits.limiting_time, LIMITING_TIME))
    return limits_of_task(longer, speed_limits=False)
