"""Plans of studies: the controllers, seeds and perturbations that are measured on an arm."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from spikearm.arm_models import Arm
from spikearm.arm_models.errors import check_processes
from spikearm.controller.controller import Controller
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.perturbations.level import Level
from spikearm.experiments.tasks.reaching import Reaching

# How far hands get from their references is measured under perturbations, and never allowed to
# end a motion.
PERTURBED_LIMITS = SafetyLimits(tracking_limit=10.0, limit_speeds=False)


@dataclass(frozen=True)
class Plan:
    """Arm, task, controllers and seeds of a study.

    Attributes:
        arm: Plant.
        task: Motions of every controller.
        controllers: Controllers, in the order in which they are measured.
        seeds: Seeds of tasks, networks and perturbations.
        setup: Parameters of the controllers; the seed is replaced.
        jobs: Number of conditions that are measured at a time; the number of cores if None.
        safety: Limits that the arm is held to.

    Raises:
        SpikearmError: There are fewer than one of these jobs.
    """

    arm: Arm
    task: Reaching
    controllers: Sequence[ChosenController]
    seeds: Sequence[int]
    setup: ControllerSetup
    jobs: int | None = None
    safety: SafetyLimits = SafetyLimits()

    def __post_init__(self) -> None:
        check_processes(self.jobs)


@dataclass(frozen=True, kw_only=True)
class PerturbedPlan(Plan):
    """Plan of a study in which the closed loop is perturbed.

    Attributes:
        levels: Perturbations at their strengths, applied one at a time.
        weightless: Weights trained without gravity; needed where gravity is unknown.
        safety: Limits that the arm is held to.
    """

    levels: Sequence[Level]
    weightless: TrainedController | None = None
    safety: SafetyLimits = PERTURBED_LIMITS

    def make(self, controller: ChosenController, seed: int, gravity_known: bool) -> Controller:
        """Make a controller, which knows of gravity or not."""
        setup = replace(self.setup, seed=seed)
        if not gravity_known:
            model = setup.model.without_gravity()
            setup = replace(setup, model=model, trained=self.weightless)
        return controller.make(setup)
