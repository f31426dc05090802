"""Trajectories for tests to fill in."""

from dataclasses import fields

import numpy as np

from spikearm.controller.loop.recorder import Recorder
from spikearm.controller.loop.step_times import StepTimes
from spikearm.controller.loop.trajectory import Trajectory


def blank_trajectory(n_steps: int, n_joints: int) -> Trajectory:
    """Make a trajectory of zeros, whose arrays can be written."""
    times = StepTimes(*np.zeros((len(StepTimes._fields), n_steps)))
    trajectory = Recorder(np.zeros(n_steps), n_joints).finish(times)
    for field in fields(Trajectory):
        getattr(trajectory, field.name).flags.writeable = True
    return trajectory
