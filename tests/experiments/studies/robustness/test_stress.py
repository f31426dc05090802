"""Cells of a stress test: what is run, and that no cell touches the next."""

from dataclasses import replace

import pytest

from spikearm.arm_models import Arm, SpikearmError, load_arm
from spikearm.controller.adaptation.scaling import AdaptationConfig
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.sensor_guard import GuardLimits
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.experiments.controllers import (
    Adaptation,
    ChosenController,
    ControllerSetup,
    choose_controllers,
)
from spikearm.experiments.studies.benchmark import metrics
from spikearm.experiments.studies.robustness.stress import Bout, Cell, StressPlan
from spikearm.experiments.tasks.centre_out import CentreOut, plan_reaches

ANALYTIC = ChosenController("analytic")
TASK = CentreOut(targets=2, radius=0.04, duration=0.16, hold=0.06)


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


@pytest.fixture(scope="module")
def plan(arm) -> StressPlan:
    analytic = choose_controllers(["analytic"])
    setup = ControllerSetup(arm.model)
    return StressPlan(arm, TASK, analytic, ("delay",), (0, 1), setup, jobs=1)


def bouts(plan: StressPlan, controller: ChosenController, cells: list[Cell]) -> list[Bout]:
    with plan.make(controller, cells[0].seed) as made:
        return list(plan.bouts(made, cells))


def test_without_a_disturbance_it_is_the_plain_closed_loop(arm, plan):
    (bout,) = bouts(plan, ANALYTIC, [Cell("analytic", 0)])
    reaches = plan_reaches(arm.model, TASK, 0)
    expected = []
    for target in reaches.targets:
        law = OperationalSpaceController(arm.model)
        arm.reset()
        for ends in ((reaches.start, target), (target, reaches.start)):
            path = follow(arm, law, MinimumJerk(*ends, TASK.duration), 0.22)
            expected.append((metrics.position_rmse(path), metrics.endpoint_error(path)))
    assert [(r.position_rmse_m, r.endpoint_error_m) for r in bout.reaches] == expected
    assert [(r.reach, r.leg) for r in bout.reaches] == [
        (0, "out"), (0, "back"), (1, "out"), (1, "back"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["payload", "delay", "no-numbers", "noise", "saturation"])
def test_after_a_disturbance_all_is_as_it_was_before(plan, name):
    strength = {"payload": 0.3, "delay": 0.004, "no-numbers": 0.05, "noise": 1e-3}.get(name, 0.2)
    cells = [Cell("analytic", 0), Cell("analytic", 0, name, strength), Cell("analytic", 0)]
    before, disturbed, after = bouts(plan, ANALYTIC, cells)
    assert before.reaches == after.reaches
    assert disturbed.reaches != before.reaches


def test_cells_that_run_in_other_processes_give_the_same(plan):
    plan = replace(plan, disturbances=("noise", "frozen"))
    cells = plan.cells(ANALYTIC, 0)[:4]
    assert bouts(replace(plan, jobs=2), ANALYTIC, cells) == bouts(plan, ANALYTIC, cells)


def test_sensors_that_stay_away_cost_both_ways_and_the_reason_is_kept(plan):
    (bout,) = bouts(plan, ANALYTIC, [Cell("analytic", 0, "no-numbers", 0.05)])
    assert [reach.endpoint_error_m for reach in bout.reaches] == [None] * 4
    assert all("the arm came to rest" in (reach.problem or "") for reach in bout.reaches)
    patient = replace(plan, limits=GuardLimits(hold_time=0.06))
    (held,) = bouts(patient, ANALYTIC, [Cell("analytic", 0, "no-numbers", 0.05)])
    assert [reach.held_steps for reach in held.reaches] == [50] * 4


def test_a_law_that_no_seed_changes_is_measured_once(plan):
    plan = replace(plan, disturbances=("delay", "noise", "silenced", "lost-spikes"))
    first, second = (plan.cells(ANALYTIC, seed) for seed in (0, 1))
    assert {cell.disturbance for cell in first} == {"none", "delay", "noise"}
    assert {cell.disturbance for cell in second} == {"noise"}
    drawn = replace(plan, task=CentreOut("sphere"))
    assert len(drawn.cells(ANALYTIC, 1)) == len(first)


@pytest.mark.parametrize(
    ("controller", "names"),
    [
        (ANALYTIC, {"none", "delay"}),
        (ChosenController("spiking"), {"none", "delay", "silenced"}),
        (ChosenController("loihi"), {"none", "delay", "silenced", "lost-spikes"}),
        (ChosenController("analytic", adaptive=True), {"none", "delay", "silenced", "lost-spikes"}),
    ],
)
def test_only_what_is_there_can_be_disturbed(plan, controller, names):
    plan = replace(plan, disturbances=("delay", "silenced", "lost-spikes"))
    for seed in (0, 1):
        cells = plan.cells(controller, seed)
        if names > {"none", "delay"} or seed == 0:
            assert {cell.disturbance for cell in cells} == names
        assert all(cell.seed == seed for cell in cells)


def test_neurons_that_are_silenced_are_missed_and_come_back(plan, trained):
    plan = replace(plan, setup=replace(plan.setup, trained=trained))
    cells = [Cell("loihi", 0), Cell("loihi", 0, "silenced", 0.5), Cell("loihi", 0)]
    before, disturbed, after = bouts(plan, ChosenController("loihi"), cells)
    assert before.reaches == after.reaches
    rmse = [[reach.position_rmse_m or 9.0 for reach in one.reaches] for one in (before, disturbed)]
    assert min(rmse[1]) > max(rmse[0])


def test_what_is_learned_goes_from_round_to_round_and_not_to_the_next_cell(plan):
    adaptation = Adaptation(AdaptationConfig(neurons=300, learning_rate=8.0, dead_zone=0.0))
    plan = replace(plan, rounds=2, setup=replace(plan.setup, adaptation=adaptation))
    cells = [Cell("pd + adaptive", 0), Cell("pd + adaptive", 0)]
    first, second = bouts(plan, ChosenController("pd", adaptive=True), cells)
    assert first == second
    rmse = [reach.position_rmse_m or 9.0 for reach in first.reaches]
    assert [reach.round for reach in first.reaches] == [0] * 4 + [1] * 4
    assert sum(rmse[4:]) < 0.95 * sum(rmse[:4])


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"rounds": 0}, "0 rounds"),
        ({"jobs": 0}, "0 jobs"),
        ({"controllers": [ChosenController("loihi", backend="board")]}, "No board"),
    ],
)
def test_what_cannot_be_is_refused(plan, options, reason):
    with pytest.raises(SpikearmError, match=reason):
        replace(plan, **options)
