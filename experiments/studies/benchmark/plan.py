"""Plan of a benchmark: arm, task, controllers and seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

from spikearm.arm_models import Arm, SpikearmError
from spikearm.experiments.controllers import BASELINE, ChosenController, ControllerSetup
from spikearm.experiments.tasks.centre_out import CentreOut


@dataclass(frozen=True)
class BenchmarkPlan:
    """Arm, task, controllers and seeds of a benchmark.

    Attributes:
        arm: Plant.
        task: Reaches of every controller.
        controllers: Controllers in the order they run; the analytic one runs first in any case,
            because the others are compared with it. A controller that learns makes its reaches
            one after the other and keeps what it has learned.
        seeds: Seeds of task and networks.
        setup: Parameters of the controllers; the seed is replaced.
        jobs: Number of reaches that run at a time; the number of cores when left out.
        realtime: True if the last controller is paced on the wall clock.
    """

    arm: Arm
    task: CentreOut
    controllers: Sequence[ChosenController]
    seeds: Sequence[int]
    setup: ControllerSetup
    jobs: int | None = None
    realtime: bool = False

    def __post_init__(self) -> None:
        if self.jobs is not None and self.jobs < 1:
            raise SpikearmError(f"{self.jobs} reaches at a time are too few: give 1 or more.")
        for controller in self.controllers:
            controller.check()

    @property
    def ordered_controllers(self) -> list[ChosenController]:
        """Controllers, the baseline first, none twice."""
        baseline = ChosenController(BASELINE)
        return list({one.label: one for one in (baseline, *self.controllers)}.values())

    def paces(self, controller: ChosenController) -> bool:
        """Return True for a controller that is paced on the wall clock."""
        return self.realtime and controller == self.ordered_controllers[-1]
