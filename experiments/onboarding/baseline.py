"""The analytic law on an arm, before anything is trained: it must reach, or the arm is refused."""

from dataclasses import dataclass

from spikearm.arm_models import Arm
from spikearm.experiments.controllers import BASELINE, ControllerSetup, choose_controllers
from spikearm.experiments.onboarding.remarks import collected_remarks
from spikearm.experiments.studies.benchmark.benchmark import run_benchmark
from spikearm.experiments.studies.benchmark.checks.baseline_check import check_baseline
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.tasks.centre_out import CentreOut, Variant

VARIANTS: tuple[Variant, ...] = ("circle", "pose")


@dataclass(frozen=True)
class Baseline:
    """Analytic law on a task of the benchmark, which it reaches.

    Attributes:
        variant: The task.
        radius: Distance of its targets from home [m].
        duration: Length of its motions, as the joints' speed limits ask for [s].
        deviation: Distance from the ideal path, root mean square [m].
        causes: Sentences on what spoils it, if it is far from the path.
    """

    variant: Variant
    radius: float
    duration: float
    deviation: float
    causes: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"The analytic law reaches every target of the {self.variant}, "
            f"{1e3 * self.radius:g} mm from home in {self.duration:g} s, and is "
            f"{1e3 * self.deviation:.2g} mm from the ideal path."
        )


def measure_baseline(arm: Arm, variant: Variant, jobs: int | None = None) -> Baseline:
    """Measure the analytic law on a task.

    Args:
        arm: The arm.
        variant: The task.
        jobs: Number of reaches that run at a time; the number of cores when left out.

    Raises:
        SpikearmError: It misses a target, or loses the arm; the text names the cause.
    """
    plan = BenchmarkPlan(
        arm, CentreOut(variant), choose_controllers([BASELINE]), [0], ControllerSetup(arm.model),
        jobs,
    )  # fmt: skip
    benchmark = run_benchmark(plan)
    with collected_remarks() as causes:
        check_baseline(plan, benchmark)
    if benchmark.problem is not None:
        raise benchmark.problem
    (row,) = benchmark.rows
    return Baseline(
        variant, row["radius_m"], row["duration_s"], row["position_rmse_m"], tuple(causes)
    )
