"""Plan of a benchmark: controllers and seeds beside the baseline."""

from dataclasses import dataclass

from spikearm.experiments.controllers import BASELINE, ChosenController
from spikearm.experiments.studies.plan import Plan


@dataclass(frozen=True, kw_only=True)
class BenchmarkPlan(Plan):
    """Plan of a benchmark.

    The analytic controller runs in any case, because the others are compared with it. A controller
    that learns makes its reaches one after the other and keeps what it has learned.

    Attributes:
        realtime: True if the last controller is paced on the wall clock.
        nominal: True if the arm is as its model says; False with a load that is not told.
        spikes: True to record the spikes of networks.
        baseline_last: True if the analytic controller runs last, where somebody waits for another.
    """

    realtime: bool = False
    nominal: bool = True
    spikes: bool = False
    baseline_last: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for controller in self.controllers:
            controller.check()

    @property
    def wanted(self) -> ChosenController:
        """Controller that is shown, filmed or paced: the last one."""
        return self.controllers[-1]

    @property
    def ordered_controllers(self) -> list[ChosenController]:
        """Controllers in the order in which they run, none twice."""
        baseline = ChosenController(BASELINE)
        others = [one for one in self.controllers if one.label != BASELINE]
        ordered = [*others, baseline] if self.baseline_last else [baseline, *others]
        return list({one.label: one for one in ordered}.values())

    def paces(self, controller: ChosenController) -> bool:
        """Return True for a controller that is paced on the wall clock."""
        return self.realtime and controller == self.wanted
