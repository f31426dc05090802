"""Success of a task, at its bounds."""

import numpy as np
import pytest
from blank_trajectory import blank_trajectory

from spikearm.experiments.tasks.task import Task


@pytest.mark.parametrize(
    ("distance", "degrees", "succeeds"),
    [
        (0.0049, 1.9, True),
        (0.0049, -1.9, True),
        (0.0051, 1.9, False),
        (0.0049, 2.1, False),
        (0.0051, -2.1, False),
    ],
)
def test_a_reach_succeeds_within_5_mm_and_2_degrees_at_its_end(distance, degrees, succeeds):
    half = np.radians(degrees) / 2
    motion = blank_trajectory(n_steps=2, n_joints=2)
    motion.reference_position[:] = 0.0
    motion.reference_quaternion[:] = [1.0, 0.0, 0.0, 0.0]
    motion.hand_position[:] = [[0.3, 0.1, 0.2], [0.6 * distance, 0.0, -0.8 * distance]]
    motion.hand_quaternion[:] = [
        [np.cos(0.4), 0.0, np.sin(0.4), 0.0],
        [np.cos(half), 0.0, np.sin(half), 0.0],
    ]
    assert Task.success(motion) is succeeds
