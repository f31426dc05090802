"""Plan of the task "seen": sights, motions and perturbations that are measured."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from spikearm.arm_models import Arm
from spikearm.arm_models.errors import check_processes
from spikearm.arm_models.rendering.scene import Scene
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.eye_on_chip.seeing_controller import (
    SeeingController,
    check_takes_eyes,
    make_seeing,
)
from spikearm.experiments.seen.course.course import Motion
from spikearm.experiments.seen.course.layout import HELD_OUT, MOTIONS, Layout, draw_layout
from spikearm.experiments.seen.loop.seen_log import SeenLog
from spikearm.experiments.seen.loop.seen_run import SeenRun
from spikearm.experiments.seen.loop.sight_level import SightLevel
from spikearm.experiments.seen.loop.step_cost import StepCost, step_cost
from spikearm.experiments.seen.sight.sights import find_sight
from spikearm.experiments.seen.study.measures import SeenReach, measure_run
from spikearm.neural.processes.raised import Caught
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.sight.stereo_sight import SightTimes

CAMERAS = 1  # last word of the seeds of what disturbs cameras


@dataclass(frozen=True)
class SeenCondition:
    """Condition of a run.

    Attributes:
        controller: Controller that drives the arm.
        seed: Seed of layouts, networks, cameras and perturbations.
        sight: Name of the sight.
        motion: Kind of the target's motion.
        scene: Number of the scene.
        level: Perturbation of sight.
    """

    controller: ChosenController
    seed: int
    sight: str
    motion: Motion
    scene: int
    level: SightLevel = SightLevel()


@dataclass(frozen=True)
class SeenOutcome:
    """Measurements of a run.

    Attributes:
        condition: Condition of the run.
        reaches: Measurements, one for each place, or for the circle.
        times: Wall time of the parts of sight in each look, shape (n_looks, n_parts) [s].
        step_latency: Wall time from frames to torque of the steps that took a look, shape
            (n_steps,) [s].
        problem: Exception that ended it early, if there was one.
        film: Layout and log with all frames, if they were kept.
        cost: Cost of a control step; None if the arm was stopped.
    """

    condition: SeenCondition
    reaches: tuple[SeenReach, ...]
    times: np.ndarray
    step_latency: np.ndarray
    problem: BaseException | None = None
    film: tuple[Layout, SeenLog] | None = None
    cost: StepCost | None = None


@dataclass(frozen=True)
class SeenPlan:
    """Plan of the task "seen".

    Attributes:
        arm: Arm.
        controllers: Controllers, in the order in which they are measured.
        seeds: Seeds of layouts, networks, cameras and perturbations.
        setup: Parameters of the controllers; the seed is replaced.
        sights: Names of the sights.
        motions: Kinds of the target's motion.
        scenes: Number of scenes of each kind.
        jumps: Number of places of a target that jumps.
        weights: Weights of an eye, for sights that need them.
        levels: Perturbations of sight.
        jobs: Number of runs at a time; the number of cores if None.
        safety: Limits that the arm is held to.
        keep_frames: True to keep all frames, for films.

    Raises:
        SpikearmError: There are fewer than one of these jobs, or eyes are to be in the network of a
            controller that cannot have them.
    """

    arm: Arm
    controllers: Sequence[ChosenController]
    seeds: Sequence[int]
    setup: ControllerSetup
    sights: Sequence[str]
    motions: Sequence[Motion]
    scenes: int
    jumps: int
    weights: EyeWeights | None
    levels: Sequence[SightLevel] = (SightLevel(),)
    jobs: int | None = None
    safety: SafetyLimits = SafetyLimits()
    keep_frames: bool = False

    def __post_init__(self) -> None:
        check_processes(self.jobs)
        if True in self.places_of_eyes:
            for controller in self.controllers:
                check_takes_eyes(controller)

    @property
    def places_of_eyes(self) -> tuple[bool, ...]:
        """Kinds of sights: True for those with eyes in the network of the controller."""
        return tuple(dict.fromkeys(find_sight(name).on_chip for name in self.sights))

    def conditions(self, controller: ChosenController, seed: int) -> list[SeenCondition]:
        """List the conditions of a controller and seed.

        There are equally many of each, so that all run in workers or all in this process: a process
        that has rendered must not be forked into others that render.
        """
        return [
            SeenCondition(controller, seed, sight, motion, scene, level)
            for level in self.levels
            for sight in self.sights
            for motion in self.motions
            for scene in range(self.scenes)
        ]

    def make(self, controller: ChosenController, seed: int, on_chip: bool) -> SeeingController:
        """Make a controller, with eyes in its network or without."""
        setup = replace(self.setup, seed=seed)
        if not on_chip:
            return SeeingController(controller.make(setup))
        assert self.weights is not None
        return make_seeing(controller, setup, self.weights)

    def outcome(self, made: SeeingController, condition: SeenCondition) -> SeenOutcome:
        """Run a condition and measure it."""
        reaches: list[SeenReach] = []
        times, latency, film = np.zeros((0, len(SightTimes._fields))), np.zeros(0), None
        cost = None
        with Caught() as caught:
            layout, log = self.run(made, condition)
            reaches.extend(measure_run(layout, log))
            times, latency = log.times, log.step_latency
            film = (layout, log) if self.keep_frames else None
            if log.trajectory is not None:
                cost = step_cost(made.controller, log.trajectory)
        return SeenOutcome(condition, tuple(reaches), times, latency, caught.problem, film, cost)

    def run(self, made: SeeingController, condition: SeenCondition) -> tuple[Layout, SeenLog]:
        """Run a condition.

        Args:
            made: Controller of the condition, with eyes in its network if the sight needs them.
            condition: Condition.
        """
        spec, motion = find_sight(condition.sight), condition.motion
        if made.eyes is not None:
            spec = spec.through(made.eyes)
        key = (HELD_OUT, condition.seed, condition.scene, MOTIONS.index(motion), CAMERAS)
        with Scene(self.arm, spec.scene_config(self.weights)) as scene:
            layout = draw_layout(
                self.arm, scene, motion, condition.seed, condition.scene, self.jumps
            )
            run = SeenRun(
                self.arm, made.controller, spec, layout, np.random.default_rng(key), self.weights,
                condition.level, self.safety, keep_frames=self.keep_frames,
            )  # fmt: skip
            return layout, run.log(scene)
