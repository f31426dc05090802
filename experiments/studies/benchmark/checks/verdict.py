"""Verdict on a trained controller: a few reaches in closed loop, beside the analytic law."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spikearm.arm_models import Arm, SpikearmError
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.controllers import ControllerSetup, choose_controllers
from spikearm.experiments.studies.benchmark.benchmark import run_benchmark
from spikearm.experiments.studies.benchmark.checks.baseline_check import check_baseline
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.studies.benchmark.verdict import describe_losses, reached
from spikearm.experiments.tasks.centre_out import RADII, CentreOut
from spikearm.experiments.tasks.point_to_point import PointToPoint
from spikearm.experiments.tasks.reaching import Reaching
from spikearm.experiments.words import millimetres
from spikearm.neural.processes.parallel import WorkerLostError

STAGE = "loihi"
TASK = CentreOut(targets=2)
N_POSES = 4  # of a controller that goes from pose to pose


@dataclass(frozen=True)
class Verdict:
    """Measured quality of a trained controller.

    Attributes:
        stage: Stage that was measured.
        reaches: Number of reaches that it finished, out to the targets and back.
        lost: Number of reaches that it did not make, because it lost the arm.
        radius_m: Distance of the targets from home; across the workspace the largest allowed [m].
        success_rate: Share of all reaches that ended at their target [1].
        fidelity_rmse_m: Distance from the path of the analytic law [m].
        endpoint_error_m: Distance from the target at the end [m].
        orientation_rmse_rad: Angle between the hand and its reference [rad].
        problem: Reason why it was not measured to the end, or None.
    """

    stage: str
    reaches: int
    lost: int
    radius_m: float | None
    success_rate: float
    fidelity_rmse_m: float | None
    endpoint_error_m: float | None
    orientation_rmse_rad: float | None
    problem: str | None

    @property
    def is_good(self) -> bool:
        """True if every reach ended at its target."""
        return self.success_rate == 1.0 and self.problem is None

    def __str__(self) -> str:
        if self.problem is not None and not self.reaches:
            return f"{self.stage} was not measured: {self.problem}"
        more = "" if self.problem is None else f" {self.problem}"
        n_planned = self.reaches + self.lost
        n_reached = round(self.success_rate * n_planned)
        return (
            f"{reached(self.stage, n_reached, n_planned)}, {_length(self.radius_m)} from home; "
            f"its hand was {_length(self.fidelity_rmse_m)} from the analytic law's path, "
            f"{_length(self.endpoint_error_m)} from the target at the end and "
            f"{_degrees(self.orientation_rmse_rad)} from the ideal orientation.{more}"
        )


def try_controller(arm: Arm, trained: TrainedController, jobs: int | None = None) -> Verdict:
    """Measure a controller on its task, in as few reaches as tell whether it works.

    Args:
        arm: Plant that it was trained for.
        trained: The controller.
        jobs: Number of reaches that run at a time.

    Raises:
        KeyboardInterrupt: The person pressed Ctrl-C.
        WorkerLostError: A process that measured was killed.
    """
    chosen = choose_controllers([STAGE])
    task = _task(trained.workspace)
    plan = BenchmarkPlan(arm, task, chosen, [0], ControllerSetup(arm.model, trained), jobs)
    benchmark = run_benchmark(plan)
    problem = benchmark.problem
    if isinstance(problem, KeyboardInterrupt | WorkerLostError):
        raise problem
    try:
        check_baseline(plan, benchmark)
    except SpikearmError as missed:
        problem = missed
    rows = [row for row in benchmark.rows if row["controller"] == STAGE]
    row: dict[str, Any] = rows[0] if rows else {}
    reasons = [] if problem is None else [str(problem)]
    reasons += [loss for loss in [describe_losses(STAGE, rows)] if loss is not None]
    return Verdict(
        stage=STAGE,
        reaches=row.get("n_motions", 0),
        lost=row.get("n_lost", 0),
        radius_m=row.get("radius_m"),
        success_rate=row.get("success_rate", 0.0),
        fidelity_rmse_m=row.get("fidelity_rmse_m"),
        endpoint_error_m=row.get("endpoint_error_m"),
        orientation_rmse_rad=row.get("orientation_rmse_rad"),
        problem=" ".join(reasons) or None,
    )


def _length(metres: float | None) -> str:
    return "an unknown distance" if metres is None else millimetres(metres)


def _degrees(angle: float | None) -> str:
    return "an unknown angle" if angle is None else f"{np.degrees(angle):.2g} degrees"


def _task(workspace: Workspace) -> Reaching:
    """Return the task within a workspace."""
    if workspace.between:
        return PointToPoint(N_POSES, workspace.radius)
    radius = max((one for one in RADII if one < workspace.radius), default=workspace.radius)
    return replace(TASK, radius=radius)
