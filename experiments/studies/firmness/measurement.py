"""Accuracy, quiet and what is borne, at some gains and with some smoothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from math import sqrt

from spikearm.arm_models import Arm, SpikearmError
from spikearm.controller.classical.gains import Gains
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.perturbations.level import all_levels
from spikearm.experiments.studies.benchmark.benchmark import run_benchmark
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.studies.benchmark.statistics import mean_of_known
from spikearm.experiments.studies.robustness.stress import StressPlan
from spikearm.experiments.studies.robustness.study import StressStudy
from spikearm.experiments.studies.robustness.summary import Point, curve, summarise
from spikearm.experiments.studies.study import StudyWatcher, run_study
from spikearm.experiments.tasks.centre_out import CentreOut

MEASURED = (
    "position_rmse_m", "fidelity_rmse_m", "endpoint_error_m", "torque_rate_max",
    "torque_ripple_hold", "hand_acceleration_rms_hold",
)  # fmt: skip
"""Fields of the benchmark's row that a point keeps."""


@dataclass(frozen=True)
class FirmnessPoint:
    """Measurements of a controller at some gains and with some smoothing.

    Attributes:
        kp: Stiffness of position and of orientation [1/s^2].
        kv: Velocity gain [1/s].
        smoothing_tau: Time constant of the torque's second low-pass [s].
        metrics: Fields of the benchmark's row, by name; None if the arm was lost.
        borne: Largest strength before the first at which a target is missed by 10 mm or more, by
            the name of the perturbation; 0 if that is the weakest [SI].
    """

    kp: float
    kv: float
    smoothing_tau: float
    metrics: dict[str, float | None]
    borne: dict[str, float]


def firm_gains(kp: float) -> Gains:
    """Return gains of a stiffness, damped as much as the default ones."""
    kv = Gains.kv * sqrt(kp / Gains.kp)
    return Gains(kp=kp, ko=kp, kv=kv)


@dataclass(frozen=True)
class FirmnessPlan:
    """Arm, task and controller whose firmness is measured.

    Attributes:
        arm: Plant.
        task: Reaches.
        controller: Controller.
        setup: Parameters of the controller, of which gains and smoothing are replaced.
        seeds: Seeds.
        perturbations: Names of the perturbations that are to be borne, each at all its strengths.
        jobs: Number of processes; the number of cores if None.
    """

    arm: Arm
    task: CentreOut
    controller: ChosenController
    setup: ControllerSetup
    seeds: Sequence[int] = (0,)
    perturbations: Sequence[str] = ("delay", "payload")
    jobs: int | None = None

    def measure(self, kp: float, smoothing_tau: float) -> FirmnessPoint:
        """Measure a point.

        Args:
            kp: Stiffness of position and of orientation [1/s^2].
            smoothing_tau: Time constant of the torque's second low-pass [s].
        """
        gains = firm_gains(kp)
        filters = replace(self.setup.filters, smoothing_tau=smoothing_tau)
        setup = replace(self.setup, gains=gains, filters=filters)
        borne = self._borne(setup) if self.perturbations else {}
        return FirmnessPoint(gains.kp, gains.kv, smoothing_tau, self._metrics(setup), borne)

    def _metrics(self, setup: ControllerSetup) -> dict[str, float | None]:
        plan = BenchmarkPlan(self.arm, self.task, [self.controller], self.seeds, setup, self.jobs)
        benchmark = run_benchmark(plan)
        mine = [row for row in benchmark.rows if row["controller"] == self.controller.name]
        if isinstance(benchmark.problem, SpikearmError) or any(row["n_lost"] for row in mine):
            return dict.fromkeys(MEASURED)
        return {name: mean_of_known(row[name] for row in mine) for name in MEASURED}

    def _borne(self, setup: ControllerSetup) -> dict[str, float]:
        plan = StressPlan(
            self.arm, self.task, [self.controller], self.seeds, setup, self.jobs,
            levels=all_levels(self.perturbations), unperturbed=False,
        )  # fmt: skip
        points = summarise(run_study(StressStudy(plan), StudyWatcher()).outcomes)
        label = self.controller.label
        return {name: largest_borne(curve(points, label, name)) for name in self.perturbations}


def largest_borne(points: Sequence[Point]) -> float:
    """Return the largest strength before the first that is not borne, 0 if that is the weakest."""
    borne = takewhile(lambda point: not point.broken, points)
    return max((point.strength for point in borne), default=0.0)
