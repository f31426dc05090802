"""Plan of a benchmark: controllers and seeds beside the baseline."""

from dataclasses import dataclass

from spikearm.experiments.controllers import BASELINE, ChosenController
from spikearm.experiments.studies.plan import Plan


@dataclass(frozen=True, kw_only=True)
class BenchmarkPlan(Plan):
    """Plan of a benchmark.

    The analytic controller runs first in any case, because the others are compared with it. A
    controller that learns makes its reaches one after the other and keeps what it has learned.

    Attributes:
        realtime: True if the last controller is paced on the wall clock.
        nominal: True if the arm is as its model says; False with a load that is not told.
        spikes: True to record the spikes of networks.
    """

    realtime: bool = False
    nominal: bool = True
    spikes: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
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
