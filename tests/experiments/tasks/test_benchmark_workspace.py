"""Regions of the tasks, which controllers are trained for."""

import numpy as np
import pytest

from spikearm.arm_models import RigidBodyModel, load_arm
from spikearm.controller.references.workspace import Workspace
from spikearm.experiments.studies.benchmark.study import describe_beyond_training
from spikearm.experiments.tasks.benchmark_workspace import TILT, task_workspace
from spikearm.experiments.tasks.centre_out import CentreOut
from spikearm.experiments.tasks.point_to_point import PointToPoint

ACROSS = Workspace(0.5, float(np.radians(90.0)), between=True)


@pytest.fixture(scope="module")
def model() -> RigidBodyModel:
    return load_arm("panda").model


def test_the_region_of_a_task_holds_its_motions(model):
    task = CentreOut("pose", targets=2, radius=0.1)
    assert task_workspace(model, "centre-out", 0.115, None).holds(task.region(task.plan(model, 0)))
    assert task_workspace(model, "workspace", None, None) == PointToPoint().workspace == ACROSS


def test_radius_and_tilt_take_the_place_of_the_task_s(model):
    assert task_workspace(model, "centre-out", 0.07, 0.2) == Workspace(0.07, 0.2)
    assert task_workspace(model, "centre-out", 0.07, None) == Workspace(0.07, TILT)
    assert task_workspace(model, "workspace", 0.3, None) == Workspace(0.3, ACROSS.tilt, True)


@pytest.mark.parametrize(
    ("trained_for", "region", "duration", "beyond"),
    [
        (Workspace(0.2, 0.3), Workspace(0.2, 0.3), 0.7, False),
        (Workspace(0.2, 0.3), Workspace(0.21, 0.3), 0.7, True),
        (Workspace(0.2, 0.3), Workspace(0.2, 0.3), 0.6, True),
        (Workspace(0.5, 1.6), ACROSS, 1.85, True),  # motions from home alone
        (ACROSS, ACROSS, 1.85, False),
        (ACROSS, ACROSS, 1.0, True),  # faster than 0.7 times 4 rad at 2.175 rad/s
        (ACROSS, Workspace(0.2, 0.3), 1.85, False),
    ],
)
def test_motions_beyond_those_trained_for_are_told(model, trained_for, region, duration, beyond):
    said = describe_beyond_training(trained_for, region, duration, model.chain)
    assert (said is not None) is beyond
    if said is not None:
        assert f"{duration:.2f} s, up to {region.radius:.2f} m" in said
        assert f"up to {trained_for.radius:.2f} m" in said
