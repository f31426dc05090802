"""Generalisation: cases that the arm can make, and metrics of motions that may be cut short."""

import numpy as np
import pytest
from blank_trajectory import blank_trajectory

from spikearm.arm_models import Arm, SpikearmError, load_arm
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.studies.generalisation.measurement import measure_sweeps
from spikearm.experiments.studies.generalisation.point import make_point
from spikearm.experiments.studies.generalisation.sweep import Sweep, draw_cases
from spikearm.experiments.tasks.centre_out import CentreOut
from spikearm.experiments.tasks.episode import Reach
from spikearm.experiments.tasks.episodes import Outcome


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


def motion(off: float, up: float) -> Trajectory:
    """Make a motion that is off its reference and above it by constant distances [m]."""
    path = blank_trajectory(5, 7)
    path.hand_position[:] = (off, 0.0, up)
    path.hand_quaternion[:] = path.reference_quaternion[:] = (1.0, 0.0, 0.0, 0.0)
    return path


def outcome(*motions: Trajectory) -> Outcome:
    reaches = tuple(Reach("out", path, 0.0, 0.0) for path in motions)
    return Outcome(reaches, None if len(reaches) == 2 else SpikearmError("lost"))


def test_metrics_are_those_worked_out_by_hand_also_of_an_episode_that_is_cut_short():
    sweep = Sweep("radius_m", "distance [m]", (0.0, 0.2), {})
    ideal = [outcome(motion(0.001, 0.0), motion(0.001, 0.0))] * 2
    # Deviations of 1.6, 12 and 1.9 mm; the 2nd is no success, the 4th motion did not come about.
    actual = [
        outcome(motion(0.0016, 0.0), motion(0.012, 0.0)),
        outcome(motion(0.0016, 0.001)),
    ]
    point = make_point(sweep, 0.25, ideal, actual)
    deviations = (0.0016, 0.012, np.hypot(0.0016, 0.001))
    gaps = (0.0006, 0.011, np.hypot(0.0006, 0.001))
    assert (point.sweep, point.value, point.inside, point.n_targets) == ("radius_m", 0.25, False, 2)
    assert point.success_rate == 2 / 4
    assert point.analytic_success_rate == 1.0
    assert point.excess_deviation == pytest.approx(np.mean(deviations) / 0.001 - 1)
    assert point.fidelity_rmse_m == pytest.approx(np.mean(gaps))


def test_without_a_finished_motion_there_is_no_deviation():
    sweep = Sweep("radius_m", "distance [m]", (0.0, 0.2), {})
    point = make_point(sweep, 0.2, [outcome(motion(0.001, 0.0))], [outcome()])
    assert point.inside
    assert (point.excess_deviation, point.fidelity_rmse_m) == (None, None)
    assert (point.success_rate, point.analytic_success_rate) == (0.0, 0.5)


def test_cases_take_targets_in_turn_and_none_out_of_reach(arm):
    circle = CentreOut(targets=3, radius=0.05)
    cases = draw_cases(arm.model, circle, 4)
    assert [target for _, target in cases] == [0, 1, 2, 0]
    assert draw_cases(arm.model, CentreOut(targets=1, radius=3.0), 1) == []


def test_both_controllers_make_every_reach_and_each_is_counted(arm, trained):
    class Counter:
        def __init__(self) -> None:
            self.begun: list[tuple[str, int]] = []
            self.finished = 0

        def begin(self, step: str, n_items: int) -> None:
            self.begun.append((step, n_items))

        def advance(self) -> None:
            self.finished += 1

    task = CentreOut(targets=2, radius=0.04, duration=0.3, hold=0.1, speed_limits=False)
    cases = draw_cases(arm.model, task, 2)
    watcher = Counter()
    sweep = Sweep("duration_s", "duration [s]", (0.5, 1.0), {0.3: cases})
    (point,) = measure_sweeps(arm, trained, [sweep], watcher)
    assert watcher.begun == [("duration_s", 4)]
    assert watcher.finished == 4
    assert point.n_targets == 2
    assert not point.inside
