"""Loading of the kernels before a motion begins."""

from functools import cache

import numpy as np

from spikearm.controller.kernels.bounds import exceeds_motion, may_exceed_speed
from spikearm.controller.kernels.command import write_command
from spikearm.controller.kernels.drift import take_drift
from spikearm.controller.kernels.glance import take_sound
from spikearm.controller.kernels.pose_error import write_pose_error
from spikearm.controller.kernels.readings import take_readings
from spikearm.controller.kernels.scaling import write_scaled


@cache
def load_kernels() -> None:
    """Load the machine code of a control step, which takes longer than the step may.

    Every kernel is called once, on numbers that mean nothing. After installation that compiles it.
    """
    joint, place, quaternion, six = (np.ones(n) for n in (1, 3, 4, 6))
    readings = np.zeros(5), np.zeros(2, dtype=bool)
    drift = 2, np.zeros(5), np.ones((5, 4)), np.ones(7)
    write_pose_error(place, quaternion, place, quaternion, np.empty(6))
    write_command(place, quaternion, six, six, place, quaternion, six, *np.ones(4), np.empty(6))
    write_scaled(joint, joint, six, joint, np.ones(9), np.ones(9), np.empty(9))
    take_readings(joint, joint, place, quaternion, six, *readings)
    take_drift(drift[0], 1.0, joint, joint, place, six, *drift[1:])
    take_sound(1.0, joint, joint, place, quaternion, six, place, *readings, *drift, 1.0, 1.0)
    exceeds_motion(joint, 1.0, place, place, 1.0)
    may_exceed_speed(joint, joint, joint, 1.0, 1.0)
