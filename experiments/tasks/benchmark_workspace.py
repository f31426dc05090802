"""Regions of the benchmark's tasks, that controllers are trained for."""

from dataclasses import replace
from typing import get_args

import numpy as np

from spikearm.arm_models import RigidBodyModel
from spikearm.controller.references.workspace import Workspace
from spikearm.experiments.tasks.centre_out import POSE_TURN, CentreOut, Variant, plan_task
from spikearm.experiments.tasks.point_to_point import PointToPoint
from spikearm.experiments.tasks.reaching import ReachingName

RADIUS_MARGIN = 0.15  # of the region beyond the benchmark's targets, relative to their distance
TILT = POSE_TURN + float(np.radians(6.0))  # rad; the benchmark's turns, and a margin


def benchmark_workspace(model: RigidBodyModel) -> Workspace:
    """Return the region of the hand that the benchmark needs of this arm."""
    return Workspace(benchmark_radius(model), TILT)


def task_workspace(
    model: RigidBodyModel, task: ReachingName, radius: float | None, tilt: float | None
) -> Workspace:
    """Return the region of a task, for a radius [m] and a tilt [rad] that may be left out."""
    if task == "workspace":
        whole = PointToPoint().workspace
    else:
        whole = benchmark_workspace(model) if radius is None else Workspace(radius, TILT)
    given = {"radius": radius, "tilt": tilt}
    return replace(whole, **{name: one for name, one in given.items() if one is not None})


def benchmark_radius(model: RigidBodyModel) -> float:
    """Find the largest radius of the benchmark's variants on this arm, and add the margin [m]."""
    tasks = [CentreOut(variant, speed_limits=False) for variant in get_args(Variant)]
    return (1 + RADIUS_MARGIN) * max(plan_task(model, task, seed=0).radius for task in tasks)
