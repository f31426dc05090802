"""What is loaded before a motion begins is all that its steps call."""

import importlib
import pkgutil

import numpy as np

from spikearm.arm_models import Pose, load_arm
from spikearm.controller import kernels
from spikearm.controller.kernels.loading import load_kernels
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.weights.trained import shipped
from spikearm.neural.nengo_simulation import NengoSimulation


def loaded() -> dict[str, int]:
    """Count the kernels' versions that a call from Python may take, by kernel."""
    names = [one.name for one in pkgutil.iter_modules(kernels.__path__)]
    modules = [importlib.import_module(f"{kernels.__name__}.{name}") for name in names]
    found = {
        kernel.__name__: len(kernel.overloads)
        for module in modules
        for kernel in vars(module).values()
        if hasattr(kernel, "overloads")
    }
    assert {"write_command", "take_sound", "may_exceed_speed"} <= found.keys()
    return found


def test_a_motion_loads_no_kernel_while_it_runs():
    load_kernels()
    arm = load_arm("gen3")
    state = arm.reset()
    before = loaded()
    goal = Pose(state.hand.position + np.array([0.0, 0.01, 0.01]), state.hand.quaternion)
    motion = MinimumJerk(state.hand, goal, 0.1)
    weights = shipped("gen3").weights
    with SpikingController(weights, NengoSimulation, "spiking") as controller:
        controller.start(state)
        follow(arm, controller, motion, 0.12)
    assert loaded() == before
