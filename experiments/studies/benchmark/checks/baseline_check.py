"""The check of the baseline: the analytic law reaches its targets, or what hinders it is named."""

import logging
from contextlib import suppress
from dataclasses import replace

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.experiments.controllers import BASELINE, ChosenController
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.studies.benchmark.benchmark import Benchmark
from spikearm.experiments.studies.benchmark.checks.hindrance import Hindrance
from spikearm.experiments.studies.benchmark.metrics import position_rmse
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.tasks.episode import run_episode
from spikearm.experiments.tasks.success import SUCCESS_5MM

logger = logging.getLogger(__name__)

SPOILED = 5e-4  # m RMS, ten times what the shipped arms without friction deviate
NO_CAUSE = (
    "Its model explains every force on the joints, and no torque was cut: gains, duration or "
    "hold do not fit the task."
)


def check_baseline(plan: BenchmarkPlan, benchmark: Benchmark) -> None:
    """Check that the analytic law reached every target, where the arm is as its model says.

    It has to end within :data:`SUCCESS_5MM`, which it does even where a hold is too short for rest.

    A law that is fed the acceleration forward and deviates far on its way is logged, with what
    hinders it.

    Raises:
        SpikearmError: It did not: its model lacks something, torques are too small, or gains or
            duration do not fit.
    """
    reaches = [reach for reach in benchmark.reaches if reach.label == BASELINE]
    missed = [reach for reach in reaches if not SUCCESS_5MM.met(reach.trajectory)]
    if not plan.nominal:
        return
    if (lost := _lost(plan, benchmark, reaches)) is not None:
        cause = _hindrance(plan, *lost).description
        if cause is not None:
            raise SpikearmError(f"The analytic law, the baseline, loses the arm. {cause}")
    elif missed:
        worst = max(missed, key=_distance)
        cause = _hindrance(plan, worst.seed, worst.target).description or NO_CAUSE
        raise SpikearmError(
            f"The analytic law, the baseline, misses {len(missed)} of {len(reaches)} ends of its "
            f"reaches, by up to {1e3 * _distance(worst):.3g} mm: nothing can be compared with it. "
            f"{cause}"
        )
    elif reaches and plan.setup.feedforward == "acceleration":
        _tell_if_spoiled(plan, max(reaches, key=lambda one: position_rmse(one.trajectory)))


def _tell_if_spoiled(plan: BenchmarkPlan, worst: RecordedReach) -> None:
    deviation = position_rmse(worst.trajectory)
    if deviation < SPOILED:
        return
    cause = _hindrance(plan, worst.seed, worst.target).description
    if cause is not None:
        logger.warning(
            "The analytic law, the baseline, deviates by up to %.2g mm RMS. %s",
            1e3 * deviation, cause,
        )  # fmt: skip


def _lost(
    plan: BenchmarkPlan, benchmark: Benchmark, reaches: list[RecordedReach]
) -> tuple[int, int] | None:
    """Return seed and target of the episode of the baseline that an error ended, if one did."""
    if not isinstance(benchmark.problem, SpikearmError):
        return None
    last = "back" if plan.task.returns else "out"
    whole = {(reach.seed, reach.target) for reach in reaches if reach.direction == last}
    passed = {reach.seed for reach in benchmark.reaches if reach.label != BASELINE}
    episodes = ((seed, target) for seed in plan.seeds for target in range(plan.task.targets))
    return next((one for one in episodes if one not in whole and one[0] not in passed), None)


def _distance(reach: RecordedReach) -> float:
    """Return the distance of the hand from the target at the end [m]."""
    end = reach.trajectory.hand_position[-1] - reach.trajectory.reference_position[-1]
    return float(np.linalg.norm(end))


def _hindrance(plan: BenchmarkPlan, seed: int, target: int) -> Hindrance:
    """Repeat an episode of the baseline, and look at the forces on the way."""
    arm, hindrance = plan.arm, Hindrance(plan.arm)
    with (
        suppress(SpikearmError),  # it ended the episode before, too
        ChosenController(BASELINE).make(replace(plan.setup, seed=seed)) as law,
    ):
        task = plan.task.plan(arm.model, seed)
        for _ in run_episode(arm, law, task, target, hindrance.observe):
            pass
    return hindrance
