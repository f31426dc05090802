"""Search for an integral gain: the reach that is repeated, and the minimum that is found."""

from math import inf, log10
from typing import cast

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.experiments.perturbations.level import Level
from spikearm.experiments.studies.benchmark.metrics import position_rmse
from spikearm.experiments.studies.integral_gain.repeated_reach import RepeatedReach
from spikearm.experiments.studies.integral_gain.search import GainSearch
from spikearm.experiments.studies.integral_gain.setting import Setting
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.episode import run_episode

TASK = CentreOut(targets=2, radius=0.04, duration=0.16, hold=0.06, speed_limits=False)


class Bowl:
    """Error whose minimum is known: smallest at a gain of 2000 and a bound of 30."""

    def errors(self, setting: Setting, level: Level) -> list[float]:
        away = (log10(setting.ki / 2000.0)) ** 2 + abs(log10(setting.limit / 30.0))
        return [inf, 1.0 + away]


@pytest.mark.parametrize("strength", [1.0, 2.0])
def test_the_search_finds_the_minimum_between_the_gains_of_its_grid(strength):
    search = GainSearch(cast(RepeatedReach, Bowl()), Level())
    found = search.best(strength, keep=True)
    assert found.ki == pytest.approx(2000.0, rel=0.01)
    assert (found.strength, found.limit, found.keep) == (strength, 30.0, True)


def test_a_stronger_controller_is_damped_as_well():
    model = load_arm("gen3").model
    gains = Setting(strength=4.0, ki=7.0).make(model).gains
    assert (gains.kp, gains.kv) == (4 * Gains().kp, 2 * Gains().kv)


def test_the_error_is_that_of_the_plain_closed_loop_and_pd_needs_one_trial():
    arm = load_arm("gen3")
    task = plan_task(arm.model, TASK, 0)
    ways = run_episode(arm, JointPIDController(arm.model, Gains(), 0.0), task, 1)
    expected = np.mean([position_rmse(way.trajectory) for way in ways])
    reach = RepeatedReach(arm, task, target=1, trials=3)
    assert reach.errors(Setting(), Level()) == [expected]


def test_an_integral_that_is_kept_is_tried_again():
    arm = load_arm("gen3")
    reach = RepeatedReach(arm, plan_task(arm.model, TASK, 0), target=1, trials=3)
    errors = reach.errors(Setting(ki=2000.0, keep=True), Level("payload", 2.0))
    assert 2 <= len(errors) <= 3
    assert errors[1] != errors[0]
