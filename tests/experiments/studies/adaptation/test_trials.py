"""Learning over trials: what is measured, and how it is put into numbers."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from at_any_speed import at_any_speed
from rich.table import Table

from spikearm.arm_models import Arm, SpikearmError, load_arm
from spikearm.controller.adaptation.scaling import AdaptationConfig
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.experiments.console.conducting import write_study
from spikearm.experiments.controllers import Adaptation, ChosenController, ControllerSetup
from spikearm.experiments.perturbations.level import Level, default_level
from spikearm.experiments.perturbations.loop_setup import LoopSetup
from spikearm.experiments.studies.adaptation.curve import Curve, Learned, Phase, Trial
from spikearm.experiments.studies.adaptation.figure import draw_learning
from spikearm.experiments.studies.adaptation.paths import PATHS, PathFile
from spikearm.experiments.studies.adaptation.record import curve_row, read_curves, trial_rows
from spikearm.experiments.studies.adaptation.study import AdaptationStudy
from spikearm.experiments.studies.adaptation.table import curve_tables, describe_overflows
from spikearm.experiments.studies.adaptation.trials import AdaptationPlan, Trials
from spikearm.experiments.studies.adaptation.verdict import learning_verdict
from spikearm.experiments.studies.benchmark.metrics import position_rmse
from spikearm.experiments.studies.condition import Condition
from spikearm.experiments.studies.study import StudyRun
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task

TASK = CentreOut(targets=3, radius=0.05, duration=0.15, hold=0.05, speed_limits=False)
TRIALS = Trials(target=1, trials=3, probes=2)
LOAD, PUSH = Level("payload-off-centre", 1.5), Level("force-field", 1.0)
ADAPTATION = Adaptation(AdaptationConfig(learning_rate=10.0, dead_zone=0.0))


def trial(rmse: float, displacement: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Trial:
    return Trial(rmse, 2 * rmse, np.array(displacement), 4.0)


CURVE = Curve(
    "loihi", LOAD, 4, plain=trial(0.002), perturbed=trial(0.5),
    baseline=trial(0.042, (0.001, 0.0, -0.04)),
    learned=Learned(
        {
            "learning": (trial(0.022), trial(0.006)),
            "after": (trial(0.012, (0.0, 0.003, 0.02)),),
            "second": (trial(0.02),),
            "again": (trial(0.018), trial(0.005)),
        },
        overflow_counts={},
        largest_weight=0.25,
    ),
)  # fmt: skip


def plan_for(
    arm: Arm, trials: Trials = TRIALS, levels: Sequence[Level] = (LOAD,)
) -> AdaptationPlan:
    setup = ControllerSetup(arm.model, adaptation=ADAPTATION)
    pd = [ChosenController("pd")]
    return AdaptationPlan(arm, TASK, pd, range(2), setup, levels=levels, trials=trials, second=PUSH)


def condition(controller: str, level: Level, seed: int = 0) -> Condition:
    return Condition(ChosenController(controller), seed, level)


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


@pytest.fixture(scope="module")
def curve(arm) -> Curve:
    return plan_for(arm).curve(condition("pd", LOAD))


def test_what_is_left_of_the_load_s_effect_is_put_in_units_of_the_baseline_s():
    np.testing.assert_allclose(CURVE.errors(), [0.022, 0.006])
    np.testing.assert_allclose(CURVE.normalised(), [0.5, 0.1])
    np.testing.assert_allclose(CURVE.normalised("again"), [0.4, 0.075])
    np.testing.assert_allclose(CURVE.excess(), [10.0, 2.0])
    assert CURVE.without_learning == pytest.approx(0.498 / 0.04)


def test_an_after_effect_is_what_strays_to_the_other_side():
    assert CURVE.after_effect == pytest.approx(-0.04 * 0.02 / (0.001**2 + 0.04**2))
    assert replace(CURVE, learned=Learned({}, {})).after_effect is None


def test_retention_is_what_the_first_trial_again_keeps_of_what_was_learned():
    assert CURVE.retention == pytest.approx((0.022 - 0.018) / (0.022 - 0.006))
    hardly: dict[Phase, tuple[Trial, ...]] = {
        "learning": (trial(0.022), trial(0.0215)),
        "again": (trial(0.022),),
    }
    assert replace(CURVE, learned=Learned(hardly, {})).retention is None


def test_without_learning_it_is_measured_with_and_without_the_load(curve):
    arm = load_arm("gen3")
    task = plan_task(arm.model, TASK, 0)
    measured, strayed = [], []
    for level in (Level(), LOAD):
        level.apply(LoopSetup(arm, JointPIDController(arm.model), task), seed=0)
        controller = JointPIDController(arm.model)
        controller.start(arm.reset())
        ways = []
        for start, goal in (
            (task.start, task.targets[1]),
            (task.targets[1], task.start),
        ):
            motion = MinimumJerk(start, goal, TASK.duration)
            ways.append(follow(arm, controller, motion, 0.2, safety=at_any_speed(arm)))
        measured.append(np.mean([position_rmse(way) for way in ways]))
        strayed.append((ways[0].hand_position - ways[0].reference_position).mean(axis=0))
    assert curve.plain.position_rmse == pytest.approx(measured[0])
    assert curve.perturbed.position_rmse == pytest.approx(measured[1])
    np.testing.assert_allclose(curve.perturbed.displacement, strayed[1])
    assert curve.perturbed.displacement[2] < -0.01  # it hangs
    assert curve.baseline == curve.perturbed


def test_trials_learn_from_one_another(curve):
    assert len(curve.trials()) == 3
    assert (np.diff(curve.errors()) < 0).all()
    assert curve.normalised()[2] < 0.3 < curve.normalised()[0]
    assert 0 < curve.learned.largest_weight < 1
    assert curve.learned.problem is None


def test_when_the_load_goes_the_hand_strays_to_the_other_side_and_unlearns(curve):
    assert curve.after_effect < -0.1
    assert curve.errors("after")[1] < curve.errors("after")[0]


def test_another_is_learned_from_where_the_first_ended_and_then_the_first_again(arm, curve):
    assert [len(curve.trials(phase)) for phase in ("second", "again")] == [2, 2]
    # The push meets all that held the load, not what two trials without it left of that.
    lifted = [curve.trials(phase)[n].displacement[2] for phase, n in (("second", 0), ("after", 1))]
    assert lifted[0] > lifted[1] > 0
    assert curve.errors("again")[1] < curve.errors("again")[0] < curve.errors()[0]


@pytest.mark.parametrize("level", [Level(), Level("gravity", 1.0)])
def test_what_cannot_go_is_not_probed(arm, level):
    curve = plan_for(arm, replace(TRIALS, trials=1)).curve(condition("pd", level))
    assert list(curve.learned.phases) == ["learning"]


def test_a_controller_that_was_not_told_of_gravity_sags_until_it_has_learned_it(arm):
    curve = plan_for(arm).curve(condition("analytic", Level("gravity", 1.0)))
    assert curve.perturbed is not None
    assert curve.plain.position_rmse < 0.1 * curve.perturbed.position_rmse
    assert curve.errors()[2] < 0.5 * curve.perturbed.position_rmse
    assert arm.model.gravity.any()


@pytest.mark.slow
def test_seeds_differ_and_the_same_seed_does_not(arm, curve):
    plan = plan_for(arm)
    again, other = plan.curve(condition("pd", LOAD)), plan.curve(condition("pd", LOAD, seed=1))
    for phase in ("learning", "after", "second", "again"):
        np.testing.assert_array_equal(again.errors(phase), curve.errors(phase))
    assert (other.errors() != curve.errors()).all()
    assert other.perturbed is not None
    assert curve.perturbed is not None
    assert other.perturbed.position_rmse == curve.perturbed.position_rmse


@pytest.mark.parametrize("word", ["noise=1", "delay=8", "payload-midway"])
def test_sensors_and_torques_can_be_perturbed_while_it_learns(arm, word):
    level = default_level(word)
    curve = plan_for(arm, replace(TRIALS, trials=1, probes=1)).curve(condition("pd", level))
    assert curve.learned.problem is None
    assert list(curve.learned.phases) == ["learning", "after", "second", "again"]
    assert curve.perturbed is not None
    assert curve.perturbed.position_rmse != pytest.approx(curve.plain.position_rmse, rel=1e-6)
    assert curve.baseline == curve.perturbed


def test_silenced_neurons_are_learned_around_by_those_that_have_some(arm, trained):
    plan = plan_for(arm, replace(TRIALS, trials=1, probes=0))
    plan = replace(plan, setup=replace(plan.setup, trained=trained))
    curve = plan.curve(condition("spiking", Level("silenced", 0.1)))
    assert curve.baseline == curve.perturbed  # the analytic law has no neurons
    assert curve.errors()[0] != curve.plain.position_rmse
    with pytest.raises(SpikearmError, match="pd has nothing that 'silenced' could perturb"):
        plan.curve(condition("pd", Level("silenced", 0.1)))


def test_an_arm_that_is_lost_ends_the_trials_and_the_reason_is_kept(arm, monkeypatch):
    monkeypatch.setattr(Arm, "_check_simulation", lambda self, began: diverge(self))
    plan = plan_for(arm)
    steps = iter(range(10**6))

    def diverge(_: Arm) -> None:
        if next(steps) == 400 + 400 + 400 + 30:  # without load, with it, one trial, and a part
            raise SpikearmError("it fell over")

    curve = plan.curve(condition("pd", LOAD))
    assert len(curve.trials()) == 1
    assert curve.learned.problem == "it fell over"
    assert curve.after_effect is None


@pytest.mark.parametrize(
    ("trials", "said"),
    [(Trials(target=3), "no target 3: give 0 to 2"), (Trials(target=999), "no target 999")],
)
def test_there_is_no_target_beyond_the_task_s(arm, trials, said):
    with pytest.raises(SpikearmError, match=said):
        plan_for(arm, trials)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"trials": 0}, "0 trials are too few"),
        ({"probes": -1}, "-1 probes are too few"),
        ({"target": -1}, "no target -1"),
    ],
)
def test_impossible_numbers_of_trials_are_refused(wrong, said):
    with pytest.raises(SpikearmError, match=said):
        Trials(**wrong)


SECOND = replace(
    CURVE, seed=5, learned=Learned({"learning": (trial(0.018), trial(0.01))}, {}, 0.75)
)
LOST = replace(
    CURVE, controller="spiking", perturbed=None,
    learned=Learned({"learning": (trial(0.022),)}, {}, problem="it fell", lost=True),
)  # fmt: skip


def lines_of(curves: list[Curve]) -> dict[str, list[str]]:
    """Return the cells of the one table of curves, by their heading."""
    table, _ = curve_tables(curves)
    assert isinstance(table, Table)
    first, *others = (list(column.cells) for column in table.columns)
    return {str(name).strip(): [str(c[i]) for c in others] for i, name in enumerate(first)}


def test_the_table_has_means_intervals_and_what_was_lost():
    table, _ = curve_tables([CURVE, SECOND, LOST])
    assert isinstance(table, Table)
    assert table.title == "Learning, trial by trial: payload off centre 1.5 kg"
    lines = lines_of([CURVE, SECOND, LOST])
    assert lines["trial 1: error left"] == ["0.450", "0.500"]  # the mean of both seeds' first
    assert lines["trial 2: error left"] == ["0.150", "lost"]
    assert lines["low"] == ["0.100", ""] and lines["high"] == ["0.200", ""]  # of the second
    assert lines["trial 2 mm"] == ["8.00", "lost"]
    assert lines["perturbed mm"] == ["500.00", "lost"]
    assert lines["largest weight, % of the chip's"] == ["75", "0"]  # the largest of both


def test_an_interrupted_curve_is_not_called_lost_and_is_so_when_it_is_read_back():
    ended = replace(CURVE.learned, phases={"learning": CURVE.trials()[:1]}, problem="Interrupted.")
    curve = replace(CURVE, learned=ended)
    assert lines_of([curve, SECOND, LOST])["trial 2: error left"] == ["", "lost"]
    said = learning_verdict([curve])
    assert "lost" not in said
    assert said.startswith("loihi under payload off centre 1.5 kg, ended early: ")
    assert "after 1 trial; 500 mm without learning" in said
    for one in (curve, LOST):
        (again,) = read_curves([curve_row(one)], list(trial_rows(one)))
        assert (again.learned.lost, again.learned.problem) == (
            one.learned.lost, one.learned.problem
        )  # fmt: skip


def test_without_a_perturbation_the_table_shows_the_excess():
    table, _ = curve_tables([replace(CURVE, level=Level())])
    assert isinstance(table, Table)
    assert table.title == "Learning, trial by trial: no perturbation"
    assert lines_of([replace(CURVE, level=Level())])["trial 1: excess"] == ["10.000"]


def test_a_verdict_compares_the_last_trials_with_none_learned():
    assert learning_verdict([CURVE, SECOND]) == (
        "loihi under payload off centre 1.5 kg: 8.0 mm from the ideal path after 2 trials; 500 mm "
        "without learning, 2.0 mm without the perturbation."
    )
    free = learning_verdict([replace(CURVE, level=Level())])
    assert free.startswith("loihi, unperturbed: 6.0 mm from the ideal path after 2 trials; 500 mm ")


def test_a_verdict_says_where_an_arm_was_lost():
    assert learning_verdict([LOST]) == (
        "spiking under payload off centre 1.5 kg: the arm was lost after 1 trial."
    )
    saved = learning_verdict([replace(CURVE, perturbed=None)])
    assert "after 2 trials; the arm was lost without learning, 2.0 mm without" in saved
    assert learning_verdict([]) == "No learning curve was finished."


def test_a_verdict_on_many_curves_counts_them_and_names_the_worst():
    names = ("loihi", "rate", "analytic")
    curves = [replace(CURVE, controller=name) for name in names]
    worse = replace(CURVE, controller="pd", perturbed=trial(0.005))
    said = learning_verdict([*curves, worse])
    assert said.startswith("In 3 of 4 cases the hand ended nearer to the ideal path than")
    assert "Least was gained here: pd under payload" in said
    assert "spiking" in learning_verdict([*curves, worse, LOST])


def test_the_picture_has_a_panel_per_perturbation_and_a_line_per_controller():
    pd, plain = replace(SECOND, controller="pd"), replace(SECOND, level=Level())
    figure = draw_learning([CURVE, SECOND, pd, plain])
    texts = [note.text for note in figure.layout.annotations]
    assert texts[:2] == ["payload off centre 1.5 kg", "no perturbation"]
    assert texts[2:] == ["gone", "another", "again"]
    lines = {trace.name: trace for trace in figure.data if trace.name and trace.xaxis == "x"}
    np.testing.assert_allclose(lines["loihi"].y, [0.45, 0.15])
    np.testing.assert_allclose(lines["loihi"].x, [1, 2])
    np.testing.assert_allclose(lines["pd"].y, [0.4, 0.2])
    assert [trace.name for trace in figure.data if trace.showlegend] == ["loihi", "pd"]


def test_a_folder_holds_a_row_per_curve_and_per_trial_and_the_picture(arm, tmp_path: Path):
    folder = tmp_path / "learned"
    study = AdaptationStudy(plan_for(arm))
    write_study(study, StudyRun([CURVE, SECOND]), {"arm": "gen3"}, folder)
    assert json.loads((folder / "config.json").read_text()) == {"arm": "gen3"}
    rows = json.loads((folder / "summary.json").read_text())["rows"]
    assert [row["seed"] for row in rows] == [4, 5]
    assert rows[0]["retention"] == pytest.approx(0.25)
    assert rows[1]["retention"] is None
    trials = pq.read_table(folder / "learning.parquet").to_pylist()
    assert len(trials) == 6 + 2
    again = [one for one in trials if one["phase"] == "again"]
    assert [one["trial"] for one in again] == [1, 2]
    assert [one["normalised_error"] for one in again] == pytest.approx([0.4, 0.075])
    assert "plotly" in (folder / "learning.html").read_text()
    assert not (folder / PATHS).exists()  # of trials that were not recorded


def test_trajectories_of_trials_are_kept_in_rows_of_every_few_steps(curve, tmp_path: Path):
    PathFile(tmp_path / PATHS).write([curve, curve])
    rows = pq.read_table(tmp_path / PATHS).to_pylist()
    n_trials = sum(len(trials) for trials in curve.learned.phases.values())
    assert len(rows) == 2 * n_trials * 2 * 20  # two ways of 200 steps, of which every tenth
    last = [
        row for row in rows if (row["phase"], row["trial"], row["back"]) == ("learning", 3, True)
    ]
    assert (last[0]["controller"], last[0]["seed"]) == ("pd", 0)
    assert last[19]["time"] == pytest.approx(0.2)
    off = [np.subtract(row["hand_position"], row["reference_position"]) for row in last[:20]]
    rmse = np.sqrt(np.mean(np.sum(np.square(off), axis=1)))
    assert rmse == pytest.approx(curve.errors()[2], rel=0.5)
    assert len(last[0]["torque"]) == len(last[0]["q"]) == len(last[0]["dq"]) == 7


@pytest.mark.parametrize("name", ["kept-integral", "adaptive-load"])
def test_a_controller_that_learns_by_itself_is_compared_with_what_it_was_before(arm, name):
    # The law without learning, and no neurons beside it.
    light, trials = Level("payload", 0.5), Trials(target=1, trials=2, probes=0, record_every=0)
    plan = plan_for(arm, trials, [light])
    curve = plan.curve(condition(name, light))
    law = plan.curve(condition("analytic", light))
    assert curve.perturbed is not None and law.perturbed is not None
    assert curve.plain.position_rmse == law.plain.position_rmse
    assert curve.perturbed.position_rmse == law.perturbed.position_rmse
    assert curve.errors()[1] < curve.errors()[0] < curve.perturbed.position_rmse
    assert not curve.trials()[0].path


def test_curves_are_read_back_as_they_were_written():
    lost = replace(CURVE, seed=6, perturbed=None)
    curves = [CURVE, replace(SECOND, level=Level()), lost]
    rows = json.loads(json.dumps([curve_row(curve) for curve in curves]))
    trials = [row for curve in curves for row in trial_rows(curve)]
    again = read_curves(rows, trials)
    assert [curve_row(curve) for curve in again] == rows
    assert [row for curve in again for row in trial_rows(curve)] == trials
    assert again[2].perturbed is None


def test_a_controller_without_neurons_is_refused_before_anything_is_measured(arm):
    with pytest.raises(SpikearmError, match="pd has nothing that 'silenced' could perturb"):
        plan_for(arm, levels=[LOAD, Level("silenced", 0.1)])


def test_overflow_counts_are_named_with_their_number():
    said = describe_overflows(Counter({"Error cut": 7, "Overflow in q0": 2}))
    assert "Error cut in 7 steps, Overflow in q0 in 2 steps" in said
    assert describe_overflows(Counter()).startswith("No ")
