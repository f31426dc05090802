"""Sweeps of one property of the task, inside and outside the range that was trained for."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from spikearm.arm_models import RigidBodyModel, SpikearmError
from spikearm.controller.training.samples import Spread
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.task import Task

RADII = (0.10, 0.15, 0.20, 0.25, 0.30)  # m, on the sphere
DENSE_RADIUS, DENSITY = 0.20, 4  # m, a radius with so many times as many targets as the others
OFFSETS = (0.0, 0.05, 0.10, 0.15, 0.20)  # m
DURATIONS = (0.6, 0.7, 0.8, 1.0, 1.3, 1.6, 2.0)  # s
N_SEEDS = 10  # that are tried for every reach that is wanted
CIRCLE_SEED = 0

Case = tuple[Task, int]  # and the index of the target


@dataclass(frozen=True)
class Sweep:
    """Property of the task that is varied.

    Attributes:
        name: Name of the property in the results.
        label: Label of its axis in the picture, with its unit.
        trained: Range of values that the controller was trained for.
        cases: Reaches that the arm can make, for every value.
    """

    name: str
    label: str
    trained: tuple[float, float]
    cases: dict[float, list[Case]]


def plan_sweeps(
    model: RigidBodyModel,
    trained: TrainedController,
    n_targets: int,
    report: Callable[[str], None],
) -> list[Sweep]:
    """Draw the reaches, leaving out values at which the arm can make none.

    Args:
        model: Model of the arm.
        trained: Trained controller, whose range is shown beside the values.
        n_targets: Number of targets at a value; more at one radius, and at most those of the
            circle where it is not varied.
        report: Called with a line of text for every value with fewer reaches than wanted.
    """
    circle = CentreOut(speed_limits=False)  # durations are varied beyond what limits allow
    circle = replace(circle, radius=plan_task(model, circle, CIRCLE_SEED).radius)
    n_circle = min(n_targets, circle.targets)
    near = (0.0, trained.workspace.radius)

    def draw_all(name: str, tasks: dict[float, tuple[CentreOut, int]]) -> dict[float, list[Case]]:
        cases = {value: draw_cases(model, task, n) for value, (task, n) in tasks.items()}
        for value, (_, n) in tasks.items():
            if len(cases[value]) < n:
                report(f"{name} {value:g}: {len(cases[value])} of {n} reaches can be made.")
        return {value: some for value, some in cases.items() if some}

    at_radii = {
        radius: (
            CentreOut("sphere", 1, radius, speed_limits=False),
            n_targets * (DENSITY if radius == DENSE_RADIUS else 1),
        )
        for radius in RADII
    }
    off_home = {
        offset: (replace(circle, offset=offset), n_targets if offset else n_circle)
        for offset in OFFSETS
    }
    in_time = {duration: (replace(circle, duration=duration), n_circle) for duration in DURATIONS}
    return [
        Sweep("radius_m", "distance of targets [m]", near, draw_all("radius", at_radii)),
        Sweep("offset_m", "start off home [m]", near, draw_all("offset", off_home)),
        Sweep("duration_s", "duration [s]", Spread().durations, draw_all("duration", in_time)),
    ]


def draw_cases(model: RigidBodyModel, task: CentreOut, n: int) -> list[Case]:
    """Draw one reach of a seed, target by target, from seeds whose reaches the arm can make."""
    cases: list[Case] = []
    for seed in range(N_SEEDS * n):
        with suppress(SpikearmError):  # out of reach
            cases.append((plan_task(model, task, seed), seed % task.targets))
        if len(cases) == n:
            break
    return cases
