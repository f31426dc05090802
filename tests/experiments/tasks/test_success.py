"""Success of a motion, at its bounds."""

import numpy as np
import pytest
from blank_trajectory import blank_trajectory

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.tasks.success import SUCCESS, SUCCESS_5MM, SuccessBounds
from spikearm.experiments.tasks.task import Task

PERIOD = 0.01  # s
N_STEPS, N_HELD = 80, 50


def a_motion(distance: float = 0.0, degrees: float = 0.0, steps: slice = slice(None)) -> Trajectory:
    """Move, turn and hold, and be off the reference's end by so much [m] in some steps."""
    motion = blank_trajectory(N_STEPS, n_joints=2)
    motion.time[:] = PERIOD * np.arange(1, N_STEPS + 1)
    motion.reference_position[:, 2] = np.minimum(np.arange(N_STEPS) / (N_STEPS - N_HELD), 1.0)
    motion.reference_quaternion[:] = [np.cos(0.4), 0.0, np.sin(0.4), 0.0]
    motion.hand_position[:] = motion.reference_position
    motion.hand_quaternion[:] = motion.reference_quaternion
    half = 0.4 + np.radians(degrees) / 2
    motion.hand_position[steps] = [0.6 * distance, 0.0, 1.0 - 0.8 * distance]
    motion.hand_quaternion[steps] = [np.cos(half), 0.0, np.sin(half), 0.0]
    return motion


@pytest.mark.parametrize(
    ("bounds", "mm", "degrees"), [(SUCCESS, 2.0, 1.0), (SUCCESS_5MM, 5.0, 2.0)]
)
@pytest.mark.parametrize(
    ("near", "straight"), [(True, True), (False, True), (True, False), (False, False)]
)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_motion_succeeds_within_both_bounds(
    bounds: SuccessBounds, mm: float, degrees: float, near: bool, straight: bool, sign: int
):
    motion = a_motion(
        1e-3 * mm * (0.98 if near else 1.02), sign * degrees * (0.98 if straight else 1.02)
    )
    assert bounds.met(motion) is (near and straight)


@pytest.mark.parametrize(("last_seconds", "succeeds"), [(0.21, True), (0.20, False)])
def test_the_hand_has_to_be_there_for_the_last_0_2_s_of_the_hold(last_seconds, succeeds):
    step = N_STEPS - round(last_seconds / PERIOD)
    motion = a_motion(0.0021, 0.0, slice(step, step + 1))
    assert SUCCESS.met(motion) is succeeds
    assert Task.success(motion) is succeeds
    assert SUCCESS_5MM.met(motion)


def test_the_last_step_alone_counts_for_success_within_5_mm():
    late = a_motion(0.3, 90.0, slice(-1, None))
    early = a_motion(0.3, 90.0, slice(0, -1))
    assert (SUCCESS_5MM.met(late), SUCCESS_5MM.met(early)) == (False, True)


def test_a_hand_on_its_way_is_not_asked_where_the_hold_is_short():
    motion = a_motion()
    motion.reference_position[: N_STEPS - 3, 2] = 0.0  # a hold of 3 steps
    motion.hand_position[: N_STEPS - 3, 2] = 0.0
    assert SUCCESS.met(motion)
    motion.hand_position[N_STEPS - 3, 2] = 0.997
    assert not SUCCESS.met(motion)


def test_bounds_are_words():
    assert str(SUCCESS) == "within 2 mm and 1 degree"
    assert str(SUCCESS_5MM) == "within 5 mm and 2 degrees"
