"""Conditions of a stress test: what is run, and that no condition touches the next."""

from dataclasses import replace

import numpy as np
import pytest
from at_any_speed import at_any_speed

from spikearm.arm_models import Arm, SpikearmError, load_arm
from spikearm.controller.adaptation.scaling import AdaptationConfig
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.experiments.controllers import (
    Adaptation,
    ChosenController,
    ControllerSetup,
    choose_controllers,
)
from spikearm.experiments.perturbations.level import Level, all_levels
from spikearm.experiments.perturbations.loop_setup import LoopSetup
from spikearm.experiments.perturbations.perturbation import Perturbation
from spikearm.experiments.perturbations.registry import PERTURBATIONS
from spikearm.experiments.studies.benchmark import metrics
from spikearm.experiments.studies.condition import Condition
from spikearm.experiments.studies.robustness.stress import StressOutcome, StressPlan
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.neural.processes.parallel import parallel_map

ANALYTIC = ChosenController("analytic")
TASK = CentreOut(targets=2, radius=0.04, duration=0.16, hold=0.06, speed_limits=False)


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


@pytest.fixture(scope="module")
def plan(arm) -> StressPlan:
    analytic, setup = choose_controllers(["analytic"]), ControllerSetup(arm.model)
    return StressPlan(arm, TASK, analytic, (0, 1), setup, 1, levels=all_levels(["delay"]))


def outcomes(plan: StressPlan, conditions: list[Condition]) -> list[StressOutcome]:
    first = conditions[0]
    known = first.level.perturbation.gravity_known
    with plan.make(first.controller, first.seed, known) as made:
        loop = plan.loop(made, first.seed)
        measured = parallel_map(
            lambda number: plan.outcome(loop, conditions[number]), len(conditions), plan.jobs
        )
        return list(measured)


def condition(name: str, strength: float, controller: ChosenController = ANALYTIC) -> Condition:
    return Condition(controller, 0, Level(name, strength))


def test_without_a_perturbation_it_is_the_plain_closed_loop(arm, plan):
    (outcome,) = outcomes(plan, [Condition(ANALYTIC, 0)])
    task = plan_task(arm.model, TASK, 0)
    expected = []
    for target in task.targets:
        law = OperationalSpaceController(arm.model)
        arm.reset()
        for ends in ((task.start, target), (target, task.start)):
            way = MinimumJerk(*ends, TASK.duration)
            path = follow(arm, law, way, 0.22, safety=at_any_speed(arm))
            expected.append((metrics.position_rmse(path), metrics.endpoint_error(path)))
    assert [(r.position_rmse_m, r.endpoint_error_m) for r in outcome.reaches] == expected
    assert [(r.target, r.direction) for r in outcome.reaches] == [
        (0, "out"), (0, "back"), (1, "out"), (1, "back"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["payload", "payload-midway", "friction", "delay", "no-numbers", "noise", "saturation"]
)
def test_after_a_perturbation_all_is_as_it_was_before(plan, name):
    strength = {"payload": 0.3, "delay": 0.004, "no-numbers": 0.05, "noise": 1e-3}.get(name, 0.2)
    plain, perturbed = Condition(ANALYTIC, 0), condition(name, strength)
    before, during, after = outcomes(plan, [plain, perturbed, plain])
    assert before.reaches == after.reaches
    assert during.reaches != before.reaches


def test_conditions_that_run_in_other_processes_give_the_same(plan):
    plan = replace(plan, levels=all_levels(["noise", "frozen"]))
    some = plan.conditions(ANALYTIC, 0)[:4]
    assert outcomes(replace(plan, jobs=2), some) == outcomes(plan, some)


def test_sensors_that_stay_away_cost_both_ways_and_the_reason_is_kept(plan):
    away = [condition("no-numbers", 0.05)]
    (outcome,) = outcomes(plan, away)
    assert [reach.endpoint_error_m for reach in outcome.reaches] == [None] * 4
    assert all("the arm came to rest" in (reach.problem or "") for reach in outcome.reaches)
    patient = replace(plan, safety=SafetyLimits(hold_time=0.06))
    (held,) = outcomes(patient, away)
    assert [reach.held_steps for reach in held.reaches] == [50] * 4


def test_a_law_that_no_seed_changes_is_measured_once(plan):
    plan = replace(plan, levels=all_levels(["delay", "noise", "silenced", "lost-spikes"]))
    first, second = (plan.conditions(ANALYTIC, seed) for seed in (0, 1))
    assert {one.level.name for one in first} == {"none", "delay", "noise"}
    assert {one.level.name for one in second} == {"noise"}
    drawn = replace(plan, task=CentreOut("sphere"))
    assert len(drawn.conditions(ANALYTIC, 1)) == len(first)


@pytest.mark.parametrize(
    ("controller", "names"),
    [
        (ANALYTIC, {"none", "delay"}),
        (ChosenController("spiking"), {"none", "delay", "silenced"}),
        (ChosenController("loihi"), {"none", "delay", "silenced", "lost-spikes"}),
        (ChosenController("analytic", adaptive=True), {"none", "delay", "silenced", "lost-spikes"}),
    ],
)
def test_only_what_is_there_can_be_perturbed(plan, controller, names):
    plan = replace(plan, levels=all_levels(["delay", "silenced", "lost-spikes"]))
    for seed in (0, 1):
        conditions = plan.conditions(controller, seed)
        if names > {"none", "delay"} or seed == 0:
            assert {one.level.name for one in conditions} == names
        assert all(one.seed == seed for one in conditions)


def test_neurons_that_are_silenced_are_missed_and_come_back(plan, trained):
    plan = replace(plan, setup=replace(plan.setup, trained=trained))
    loihi = ChosenController("loihi")
    plain, perturbed = Condition(loihi, 0), condition("silenced", 0.5, loihi)
    before, during, after = outcomes(plan, [plain, perturbed, plain])
    assert before.reaches == after.reaches
    rmse = [[reach.position_rmse_m or 9.0 for reach in one.reaches] for one in (before, during)]
    assert min(rmse[1]) > max(rmse[0])


def test_what_is_learned_goes_from_round_to_round_and_not_to_the_next_condition(plan):
    adaptation = Adaptation(AdaptationConfig(neurons=300, learning_rate=8.0, dead_zone=0.0))
    plan = replace(plan, rounds=2, setup=replace(plan.setup, adaptation=adaptation))
    first, second = outcomes(plan, 2 * [Condition(ChosenController("pd", adaptive=True), 0)])
    assert first == second
    rmse = [reach.position_rmse_m or 9.0 for reach in first.reaches]
    assert [reach.round for reach in first.reaches] == [0] * 4 + [1] * 4
    assert sum(rmse[4:]) < 0.95 * sum(rmse[:4])


def test_a_law_that_was_not_told_of_gravity_falls(plan):
    (plain,) = outcomes(plan, [Condition(ANALYTIC, 0)])
    (fallen,) = outcomes(plan, [condition("gravity", 1.0)])
    assert all(
        (one.position_rmse_m or 9.0) > 10 * (other.position_rmse_m or 9.0)
        for one, other in zip(fallen.reaches, plain.reaches, strict=True)
    )


def test_a_program_adds_its_own_perturbation_and_stresses_with_it(plan, monkeypatch):
    def turn(setup: LoopSetup, angle: float, seed: int) -> LoopSetup:
        """Mount the encoder of the first joint wrongly."""
        off = np.eye(setup.arm.chain.n_joints)[0] * angle
        return setup.with_sensors(lambda state: state._replace(q=state.q + off))

    mine = Perturbation("encoder turned", "mrad", (0.001, 0.01), 0.01, turn, factor=1e3)
    monkeypatch.setitem(PERTURBATIONS, "mine", mine)
    plan = replace(plan, levels=all_levels(["mine", "mine=100"]))
    conditions = plan.conditions(ANALYTIC, 0)
    assert [one.level.label for one in conditions[1:]] == [
        "encoder turned 1 mrad", "encoder turned 10 mrad", "encoder turned 100 mrad",
    ]  # fmt: skip
    rmse = [
        max(reach.position_rmse_m or 9.0 for reach in outcome.reaches)
        for outcome in outcomes(plan, conditions)
    ]
    assert rmse[0] < rmse[1] < rmse[2] < rmse[3]


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
