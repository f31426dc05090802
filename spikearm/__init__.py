"""Spiking control of robot arms, in closed loop with MuJoCo, up to Intel's Loihi.

The public surface. Each name is imported when it is first used: a program that only loads an arm
does not wait for nengo-loihi.
"""

import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikearm.lazy_names import lazy_names

if TYPE_CHECKING:
    from spikearm.arm_models import ARMS, Arm, ArmState, Pose, SpikearmError, load_arm
    from spikearm.controller.classical.osc import OperationalSpaceController
    from spikearm.controller.controller import Controller
    from spikearm.controller.loop.closed_loop import follow
    from spikearm.controller.references.minimum_jerk import MinimumJerk
    from spikearm.controller.references.reference import Reference
    from spikearm.controller.references.target import Target
    from spikearm.controller.references.tracked_target import TrackedTarget, TrackingConfig
    from spikearm.controller.spiking.spiking_controller import SpikingController
    from spikearm.controller.weights.trained import TrainedController, shipped
    from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
    from spikearm.experiments.tasks.task import Task
    from spikearm.loihi_deploy.backends.engine import EngineSimulation
    from spikearm.loihi_deploy.pipeline import preflight
    from spikearm.loihi_deploy.simulator import Simulator
    from spikearm.neural.nengo_simulation import NengoSimulation

HOMES = {
    "ARMS": "arm_models",
    "Arm": "arm_models",
    "ArmState": "arm_models",
    "CentreOut": "experiments.tasks.centre_out",
    "Controller": "controller.controller",
    "EngineSimulation": "loihi_deploy.backends.engine",
    "MinimumJerk": "controller.references.minimum_jerk",
    "NengoSimulation": "neural.nengo_simulation",
    "OperationalSpaceController": "controller.classical.osc",
    "Pose": "arm_models",
    "Reference": "controller.references.reference",
    "Simulator": "loihi_deploy.simulator",
    "SpikearmError": "arm_models",
    "SpikingController": "controller.spiking.spiking_controller",
    "Target": "controller.references.target",
    "Task": "experiments.tasks.task",
    "TrackedTarget": "controller.references.tracked_target",
    "TrackingConfig": "controller.references.tracked_target",
    "TrainedController": "controller.weights.trained",
    "follow": "controller.loop.closed_loop",
    "load_arm": "arm_models",
    "plan_task": "experiments.tasks.centre_out",
    "preflight": "loihi_deploy.pipeline",
    "shipped": "controller.weights.trained",
}
"""The module of each public name, below this package."""

__all__ = [
    "ARMS",
    "Arm",
    "ArmState",
    "CentreOut",
    "Controller",
    "EngineSimulation",
    "MinimumJerk",
    "NengoSimulation",
    "OperationalSpaceController",
    "Pose",
    "Reference",
    "Simulator",
    "SpikearmError",
    "SpikingController",
    "Target",
    "Task",
    "TrackedTarget",
    "TrackingConfig",
    "TrainedController",
    "follow",
    "load_arm",
    "plan_task",
    "preflight",
    "shipped",
]


def _have_home() -> None:
    """Take the root for the home of a user without one, as containers do: Nengo asks for one."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = "/"


_have_home()


_import = lazy_names(__name__, HOMES)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for.

    Raises:
        AttributeError: There is no such name.
    """
    if name == "__version__":
        return version("spikearm")
    return _import(name)


def __dir__() -> list[str]:
    """List the public names."""
    return [*__all__, "__version__"]
