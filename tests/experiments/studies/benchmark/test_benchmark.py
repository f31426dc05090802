"""The benchmark: order, seeds, and what is kept when it ends early."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pytest

from spikearm.arm_models import Arm, ArmState, SpikearmError, load_arm
from spikearm.controller.adaptation.adaptive_controller import AdaptiveController
from spikearm.controller.adaptation.learned_weights import LearnedWeights
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.controller.controller import Controller
from spikearm.controller.loop.trajectory import TIMED, Trajectory
from spikearm.controller.references.reference import Reference
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.controllers import (
    CONTROLLERS,
    ChosenController,
    ControllerSetup,
    choose_controllers,
)
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.studies.benchmark.benchmark import Benchmark, run_benchmark
from spikearm.experiments.studies.benchmark.metrics import position_rmse
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.studies.benchmark.study import BenchmarkExperiment
from spikearm.experiments.studies.study import Batch, StudyWatcher, run_study
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.success import SUCCESS_5MM

N_STEPS = 150
TASK = CentreOut(
    "sphere", targets=1, radius=0.03, duration=0.12, hold=0.03, speed_limits=False
)  # short
WALL_TIME_FIELDS = {
    "step_latency_p50_s", "step_latency_p99_s", "step_latency_max_s", "step_latency_jitter_s",
    "part_latency_p50_s", "part_latency_p99_s", "part_latency_max_s",
    "warm_up_latency_p50_s", "warm_up_latency_max_s", "deadline_miss_rate",
    "build_time_s", "realtime_factor",
}  # fmt: skip


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


def a_plan(
    arm: Arm,
    controllers: Sequence[str],
    seeds: Sequence[int],
    task: CentreOut = TASK,
    trained: TrainedController | None = None,
) -> BenchmarkPlan:
    setup = ControllerSetup(arm.model, trained)
    chosen = choose_controllers(controllers) if controllers else ()
    return BenchmarkPlan(arm, task, chosen, seeds, setup)


def names(reaches: Sequence[RecordedReach]) -> list[tuple[str, int, int, str]]:
    return [(reach.controller, reach.seed, reach.target, reach.direction) for reach in reaches]


def assert_equal_but_for_wall_time(first: RecordedReach, second: RecordedReach) -> None:
    assert replace(first, trajectory=second.trajectory) == second
    for column in fields(Trajectory):
        if column.name not in TIMED:
            values = getattr(first.trajectory, column.name)
            np.testing.assert_array_equal(values, getattr(second.trajectory, column.name))


@dataclass
class Diary(StudyWatcher):
    """Writes down what it is told; may end the run at a step."""

    end_at: int = -1
    end_with: BaseException = field(default_factory=KeyboardInterrupt)
    told: list[tuple[str, str]] = field(default_factory=list)
    reaches: list[int] = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)
    steps: int = 0

    def notice(self, text: str) -> None:
        self.noticed.append(text)

    def building(self, batch: Batch[Any]) -> None:
        self.told.append(("building", batch.title))

    def measuring(self, batch: Batch[Any]) -> None:
        self.told.append(("measuring", batch.title))
        self.n_measured = 0

    def step(self, arm: Arm, state: ArmState, reference: Reference) -> None:
        self.steps += 1
        if self.steps == self.end_at:
            raise self.end_with

    def measured(self) -> None:
        self.n_measured += 1
        self.reaches.append(self.n_measured)


class Closing(Controller):
    """Passes on to another controller and remembers being closed."""

    made: list["Closing"]

    def __init__(self, inner: Controller) -> None:
        self.inner = inner
        self.closed = 0
        self.made.append(self)

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        assert not self.closed
        return self.inner.torque(state, reference)

    def start(self, state: ArmState) -> None:
        self.inner.start(state)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def made(monkeypatch) -> list[Closing]:
    """Every controller that analytic and pd are made as."""
    monkeypatch.setattr(Closing, "made", [], raising=False)
    for name in ("analytic", "pd"):
        entry = CONTROLLERS[name]
        wrapped = replace(entry, make=lambda *given, make=entry.make: Closing(make(*given)))
        monkeypatch.setitem(CONTROLLERS, name, wrapped)
    return Closing.made


@pytest.mark.parametrize(
    "stages", [["pd", "pid"], ["pd", "analytic", "pid"], ["pd", "pid", "pd", "analytic"]]
)
def test_the_baseline_runs_first_and_no_stage_runs_twice(arm, stages):
    diary = Diary()
    benchmark = run_benchmark(a_plan(arm, stages, [3, 5]), diary, diary.step)
    order = [(stage, seed) for seed in (3, 5) for stage in ("analytic", "pd", "pid")]
    assert diary.told == [
        (what, f"{stage}, seed {seed}")
        for stage, seed in order
        for what in ("building", "measuring")
    ]
    assert [(row["controller"], row["seed"]) for row in benchmark.rows] == order
    expected = [(stage, seed, 0, reach) for stage, seed in order for reach in ("out", "back")]
    assert names(benchmark.reaches) == expected
    assert benchmark.status == "complete"
    assert benchmark.problem is None


def test_every_reach_is_a_motion_out_and_one_back(arm):
    plan = a_plan(arm, ["analytic"], [3], replace(TASK, variant="circle", targets=2))
    benchmark = run_benchmark(plan)
    expected = [(0, "out"), (0, "back"), (1, "out"), (1, "back")]
    assert [(reach.target, reach.direction) for reach in benchmark.reaches] == expected


def test_building_a_controller_is_timed_by_itself(arm, monkeypatch):
    def build(setup: ControllerSetup) -> Controller:
        time.sleep(0.03)
        return pd.make(setup)

    pd = CONTROLLERS["pd"]
    monkeypatch.setitem(CONTROLLERS, "pd", replace(pd, make=build))
    row = run_benchmark(a_plan(arm, ["pd"], [3])).rows[1]
    assert row["build_time_s"] >= 0.03
    assert not row["realtime"]


def test_the_watcher_sees_every_step(arm):
    diary = Diary()
    run_benchmark(a_plan(arm, ["pd"], [3]), diary, diary.step)
    assert diary.steps == 2 * 2 * N_STEPS


@pytest.mark.parametrize(("jobs", "n_steps"), [(1, 2 * 3 * 2 * N_STEPS), (3, 0)])
def test_the_watcher_is_told_of_every_reach_wherever_it_runs(arm, jobs, n_steps):
    diary = Diary()
    task = replace(TASK, targets=3)
    run_benchmark(replace(a_plan(arm, ["pd"], [3], task), jobs=jobs), diary, diary.step)
    assert diary.reaches == [1, 2, 3] * 2  # of analytic, and of pd
    assert diary.steps == n_steps


def test_reaches_at_a_time_change_nothing_but_wall_time(arm):
    plan = a_plan(arm, ["pid"], [3, 4], replace(TASK, targets=2))
    at_once, one_by_one = (run_benchmark(replace(plan, jobs=n)) for n in (2, 1))
    assert names(at_once.reaches) == names(one_by_one.reaches)
    for first, second in zip(at_once.reaches, one_by_one.reaches, strict=True):
        assert_equal_but_for_wall_time(first, second)
    for row, same in zip(at_once.rows, one_by_one.rows, strict=True):
        assert {k: v for k, v in row.items() if k not in WALL_TIME_FIELDS} == {
            k: v for k, v in same.items() if k not in WALL_TIME_FIELDS
        }


@pytest.mark.parametrize("jobs", [0, -1])
def test_a_plan_without_a_job_is_refused(arm, jobs):
    with pytest.raises(SpikearmError, match=f"^{jobs} jobs are too few.*1 or more"):
        replace(a_plan(arm, ["pd"], [3]), jobs=jobs)


def test_a_row_says_what_ran(arm):
    plan = a_plan(arm, ["pd"], [5], replace(TASK, offset=0.02))
    plan = replace(plan, setup=replace(plan.setup, feedforward="velocity"))
    row = run_benchmark(plan).rows[1]
    expected = {
        "arm": "gen3", "task": "sphere", "feedforward": "velocity", "controller": "pd",
        "adaptive": False, "backend": "numpy", "seed": 5, "radius_m": 0.03, "duration_s": 0.12,
        "offset_m": 0.02, "n_motions": 2,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_rows_are_measured_from_the_legs_and_against_the_baseline(arm):
    benchmark = run_benchmark(a_plan(arm, ["pd"], [3]))
    rmse = {}
    for stage in ("analytic", "pd"):
        motions = [reach.trajectory for reach in benchmark.reaches if reach.controller == stage]
        gaps = [motion.hand_position - motion.reference_position for motion in motions]
        rmse[stage] = np.mean([np.sqrt(np.mean(np.sum(gap**2, axis=1))) for gap in gaps])
    analytic, pd = benchmark.rows
    assert analytic["position_rmse_m"] == pytest.approx(rmse["analytic"])
    assert pd["position_rmse_m"] == pytest.approx(rmse["pd"])
    assert (analytic["excess_deviation"], analytic["fidelity_rmse_m"]) == (0.0, 0.0)
    assert pd["excess_deviation"] == pytest.approx(rmse["pd"] / rmse["analytic"] - 1)
    assert pd["excess_deviation"] > 0.1  # PD, which does not know the arm, is worse


def test_one_seed_gives_one_benchmark_and_two_seeds_differ(arm):
    both = run_benchmark(a_plan(arm, ["pd"], [3, 4]))
    again = run_benchmark(a_plan(arm, ["pd"], [4]))
    of_three = [reach for reach in both.reaches if reach.seed == 3]
    of_four = [reach for reach in both.reaches if reach.seed == 4]
    for first, second in zip(of_four, again.reaches, strict=True):
        assert_equal_but_for_wall_time(first, second)
    for row, same in zip(both.rows[2:], again.rows, strict=True):
        assert {k: v for k, v in row.items() if k not in WALL_TIME_FIELDS} == {
            k: v for k, v in same.items() if k not in WALL_TIME_FIELDS
        }
    for three, four in zip(of_three, of_four, strict=True):
        gap = three.trajectory.hand_position - four.trajectory.hand_position
        assert np.linalg.norm(gap, axis=1).max() > 0.005  # another target


def test_every_stage_of_a_seed_makes_the_same_reaches(arm):
    benchmark = run_benchmark(a_plan(arm, ["pd"], [6]))
    for analytic, pd in zip(benchmark.reaches[:2], benchmark.reaches[2:], strict=True):
        wanted = analytic.trajectory.reference_position
        np.testing.assert_array_equal(pd.trajectory.reference_position, wanted)
        assert np.ptp(wanted, axis=0).max() > 0.01


ENDINGS = {
    "Ctrl-C": (KeyboardInterrupt(), "interrupted"),
    "failure": (SpikearmError("The elbow came off."), "failed"),
}


BOTH = [("analytic", "out"), ("analytic", "back")]


@pytest.mark.parametrize(
    ("ending", "end_at", "kept", "n_motions"),
    [
        ("Ctrl-C", N_STEPS // 2, [], {}),
        ("failure", N_STEPS // 2, [], {}),  # of the baseline, without which nothing is compared
        ("Ctrl-C", N_STEPS + 7, BOTH[:1], {"analytic": 1}),
        ("failure", N_STEPS + 7, BOTH[:1], {"analytic": 1}),
        ("Ctrl-C", 2 * N_STEPS + 7, BOTH, {"analytic": 2}),
        ("Ctrl-C", 3 * N_STEPS + 7, [*BOTH, ("pd", "out")], {"analytic": 2, "pd": 1}),
    ],
)
def test_a_run_that_ends_early_keeps_what_is_finished(arm, made, ending, end_at, kept, n_motions):
    error, status = ENDINGS[ending]
    diary = Diary(end_at, error)
    benchmark = run_benchmark(a_plan(arm, ["pd"], [3, 4]), diary, diary.step)
    assert diary.steps == end_at  # it did end there
    assert benchmark.status == status
    assert benchmark.problem is error
    assert [(reach.controller, reach.direction) for reach in benchmark.reaches] == kept
    assert {row["controller"]: row["n_motions"] for row in benchmark.rows} == n_motions
    assert [controller.closed for controller in made] == [1] * (1 if end_at < 300 else 2)


class Failing(Controller):
    """Fails in the middle of the second target's way back."""

    def __init__(self, error: BaseException, inner: Controller, away: np.ndarray) -> None:
        self.error = error
        self.inner = inner
        self.away = away
        self.steps = 0

    def start(self, state: ArmState) -> None:
        self.steps = 0

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        self.steps += 1
        if self.steps == N_STEPS:
            self.there = np.allclose(reference.pose.position, self.away, atol=1e-3)
        if self.steps == N_STEPS + 7 and self.there:
            raise self.error
        return self.inner.torque(state, reference)


@pytest.fixture
def failing(arm, monkeypatch) -> Callable[[BaseException, int], BenchmarkPlan]:
    """Plan pd and pid to three targets, where pd fails on its way back from the second."""

    def plan(error: BaseException, jobs: int) -> BenchmarkPlan:
        task = replace(TASK, targets=3)
        away = plan_task(arm.model, task, 3).targets[1].position
        entry = CONTROLLERS["pd"]
        wrapped = replace(entry, make=lambda *given: Failing(error, entry.make(*given), away))
        monkeypatch.setitem(CONTROLLERS, "pd", wrapped)
        return replace(a_plan(arm, ["pd", "pid"], [3], task), jobs=jobs)

    return plan


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_an_interrupted_reach_ends_the_run_wherever_it_runs(failing, jobs):
    benchmark = run_benchmark(failing(KeyboardInterrupt(), jobs))
    assert benchmark.status == "interrupted"
    assert isinstance(benchmark.problem, KeyboardInterrupt)
    kept = [
        (reach.target, reach.direction) for reach in benchmark.reaches if reach.controller == "pd"
    ]
    assert kept[:3] == [(0, "out"), (0, "back"), (1, "out")]
    assert set(kept[3:]) <= {(2, "out"), (2, "back")}  # which another worker may have finished
    assert {row["controller"]: row["n_motions"] for row in benchmark.rows} == {
        "analytic": 6,
        "pd": len(kept),
    }
    assert [row["n_lost"] for row in benchmark.rows] == [0, 0]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_arm_that_is_lost_is_a_result_and_ends_neither_its_row_nor_the_others(failing, jobs):
    benchmark = run_benchmark(failing(SpikearmError("The elbow came off."), jobs))
    assert (benchmark.status, benchmark.problem) == ("complete", None)
    _, lost, _ = benchmark.rows
    assert [row["n_motions"] for row in benchmark.rows] == [6, 5, 6]
    assert [row["n_lost"] for row in benchmark.rows] == [0, 1, 0]
    assert lost["losses"] == [
        {"target": 1, "direction": "back", "problem": "The elbow came off."}
    ]  # fmt: skip
    made = [reach for reach in benchmark.reaches if reach.controller == "pd"]
    assert (1, "back") not in [(reach.target, reach.direction) for reach in made]
    reached = [SUCCESS_5MM.met(reach.trajectory) for reach in made]
    assert lost["success_rate_5mm"] == pytest.approx(sum(reached) / 6)
    beside = {(one.target, one.direction): one for one in benchmark.reaches[:6]}
    ideal = [position_rmse(beside[one.target, one.direction].trajectory) for one in made]
    mine = [position_rmse(one.trajectory) for one in made]
    assert lost["excess_deviation"] == pytest.approx(np.mean(mine) / np.mean(ideal) - 1)


def test_a_controller_that_loses_the_arm_at_once_has_a_row_of_all_fields(arm, monkeypatch):
    def fail(*_: object) -> np.ndarray:
        raise SpikearmError("The elbow came off.")

    monkeypatch.setattr(JointPIDController, "torque", fail)
    law, lost = run_benchmark(a_plan(arm, ["pd"], [3])).rows
    assert lost.keys() == law.keys()
    assert (lost["n_motions"], lost["n_lost"], lost["success_rate"]) == (0, 2, 0.0)
    assert lost["position_rmse_m"] is None and lost["step_latency_p50_s"] is None
    assert lost["controller"] == "pd" and lost["kp"] == law["kp"] == Gains.kp


def test_a_mistake_in_a_controller_is_raised_after_the_others_are_measured(failing):
    plan = failing(ZeroDivisionError("of a user's"), jobs=1)
    experiment = BenchmarkExperiment(plan)
    run = run_study(experiment, StudyWatcher())
    assert (run.status, type(run.problem)) == ("failed", ZeroDivisionError)
    rows = experiment.rows(run.outcomes)
    assert [(row["controller"], row["n_motions"]) for row in rows] == [
        ("analytic", 6), ("pd", 5), ("pid", 6)
    ]  # fmt: skip
    with pytest.raises(ZeroDivisionError):
        run_benchmark(plan)


def test_what_was_finished_is_as_it_would_have_been(arm):
    whole = run_benchmark(a_plan(arm, ["pd"], [3]))
    diary = Diary(end_at=3 * N_STEPS + 7)
    part = run_benchmark(a_plan(arm, ["pd"], [3]), diary, diary.step)
    assert len(part.reaches) == 3
    for first, second in zip(part.reaches, whole.reaches[:3], strict=True):
        assert_equal_but_for_wall_time(first, second)


def test_every_controller_is_closed_once(arm, made):
    run_benchmark(a_plan(arm, ["pd"], [3, 4]))
    assert [controller.closed for controller in made] == [1] * 4


class Impatient(Diary):
    """Presses Ctrl-C between the stages rather than during one."""

    def __init__(self, moment: tuple[str, str]) -> None:
        super().__init__()
        self.moment = moment

    def building(self, batch: Batch[Any]) -> None:
        super().building(batch)
        self._press()

    def measuring(self, batch: Batch[Any]) -> None:
        super().measuring(batch)
        self._press()

    def _press(self) -> None:
        if self.told[-1] == self.moment:
            raise KeyboardInterrupt


@pytest.mark.parametrize(("what", "n_made"), [("building", 1), ("measuring", 2)])
def test_ctrl_c_between_stages_keeps_the_earlier_one_and_closes_all(arm, made, what, n_made):
    watcher = Impatient((what, "pd, seed 3"))
    benchmark = run_benchmark(a_plan(arm, ["pd"], [3, 4]), watcher)
    assert watcher.told[-1] == (what, "pd, seed 3")
    assert benchmark.status == "interrupted"
    assert [row["controller"] for row in benchmark.rows] == ["analytic"]
    assert len(benchmark.reaches) == 2
    assert [controller.closed for controller in made] == [1] * n_made


def test_a_controller_that_cannot_be_built_loses_no_finished_stage(arm, monkeypatch):
    def fail(*_: object) -> Controller:
        raise SpikearmError("The network does not fit.")

    monkeypatch.setitem(CONTROLLERS, "pd", replace(CONTROLLERS["pd"], make=fail))
    benchmark = run_benchmark(a_plan(arm, ["pd"], [3]))
    assert benchmark.status == "failed"
    assert str(benchmark.problem) == "The network does not fit."
    assert [row["controller"] for row in benchmark.rows] == ["analytic"]
    assert len(benchmark.reaches) == 2


def test_a_target_out_of_reach_fails_before_anything_moves(arm):
    diary = Diary()
    benchmark = run_benchmark(
        a_plan(arm, ["pd"], [3], CentreOut(targets=1, radius=2.5)), diary, diary.step
    )
    assert (benchmark.status, benchmark.reaches, benchmark.rows) == ("failed", [], [])
    assert "out of reach" in str(benchmark.problem)
    assert diary.told == []


def test_an_error_in_the_program_is_not_swallowed(arm, made):
    diary = Diary(40, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        run_benchmark(a_plan(arm, ["pd"], [3]), diary, diary.step)
    assert [controller.closed for controller in made] == [1]


def test_reaches_are_kept_of_a_controller_that_does_not_tell_what_it_learned(arm, monkeypatch):
    def refuse(_: AdaptiveController) -> LearnedWeights:
        raise SpikearmError("The board does not tell.")

    monkeypatch.setattr(AdaptiveController, "learned", property(refuse))
    plan = a_plan(arm, [], [3], replace(TASK, targets=2))
    learner = ChosenController("analytic", adaptive=True)
    benchmark = run_benchmark(replace(plan, controllers=[learner]))
    assert (benchmark.status, str(benchmark.problem)) == ("failed", "The board does not tell.")
    assert benchmark.learned is None
    assert [(row["adaptive"], row["n_motions"]) for row in benchmark.rows] == [
        (False, 4), (True, 2)
    ]  # fmt: skip


def test_an_adaptive_controller_goes_on_with_what_it_learned_here():
    arm = load_arm("gen3")
    arm.attach_payload(2.0)
    plan = a_plan(arm, [], [3], replace(TASK, targets=2))
    learner = ChosenController("analytic", adaptive=True)
    diary = Diary()
    both = run_benchmark(replace(plan, controllers=[learner], jobs=2), diary, diary.step)
    assert diary.steps == 2 * 2 * N_STEPS  # of the learner; the baseline moved in workers
    ends_after_one = Diary(end_at=2 * N_STEPS + 1)
    one = run_benchmark(
        replace(plan, controllers=[learner], jobs=2), ends_after_one, ends_after_one.step
    )
    assert (one.status, len(one.reaches), len(both.reaches)) == ("interrupted", 6, 8)
    assert both.learned is not None
    assert one.learned is not None
    gaps = [
        np.abs(a.astype(float) - b).max()
        for a, b in zip(both.learned.weights, one.learned.weights, strict=True)
    ]
    assert max(gaps) > 0


@pytest.fixture(scope="module")
def spiking(arm, trained) -> Benchmark:
    """The spiking stage with seeds 3 and 4."""
    return run_benchmark(a_plan(arm, ["spiking"], [3, 4], trained=trained))


def test_one_seed_gives_one_motion_and_two_seeds_differ(arm, trained, spiking):
    again = run_benchmark(a_plan(arm, ["spiking"], [4], trained=trained))
    of_four = [reach for reach in spiking.reaches if reach.seed == 4]
    assert [reach.controller for reach in of_four] == ["analytic"] * 2 + ["spiking"] * 2
    for first, second in zip(of_four, again.reaches, strict=True):
        assert_equal_but_for_wall_time(first, second)
    neural = [reach.trajectory for reach in spiking.reaches if reach.controller == "spiking"]
    three, four = neural[:2], neural[2:]
    for one, other in zip(three, four, strict=True):
        assert (one.spikes != other.spikes).mean() > 0.5
        assert np.abs(one.hand_position - other.hand_position).max() > 1e-4


def test_a_networks_row_holds_its_counts(spiking):
    row = spiking.rows[1]
    motions = [
        reach.trajectory
        for reach in spiking.reaches
        if reach.controller == "spiking" and reach.seed == 3
    ]
    assert (row["controller"], row["backend"], row["seed"]) == ("spiking", "nengo", 3)
    spikes = np.concatenate([motion.spikes for motion in motions])
    assert row["spikes"] == pytest.approx(spikes.mean())
    assert row["spikes"] > 1
    assert 0 < row["activation_sparsity"] < 1
    assert row["cores"] is None


@pytest.mark.parametrize(
    ("task", "outside"),
    [
        (CentreOut("circle", targets=1, radius=0.1), False),
        (CentreOut("circle", targets=1, radius=0.101), True),
        (CentreOut("pose", targets=1, radius=0.02), True),  # 0.52 rad of the 0.1 trained for
        (CentreOut("circle", targets=1, radius=0.02, offset=0.1), False),
        (CentreOut("circle", targets=1, radius=0.02, offset=0.11), True),
        (CentreOut("circle", targets=1, radius=0.02, duration=0.7), False),
        (CentreOut("circle", targets=1, radius=0.02, duration=0.69), True),
        (CentreOut("circle", targets=1, radius=0.02, duration=2.5), False),  # slow is easy
    ],
)
def test_what_lies_outside_of_the_trained_region_is_said_once_per_seed(arm, trained, task, outside):
    diary = Diary()
    done = run_benchmark(
        a_plan(arm, [], [0, 1], replace(task, hold=0.0, speed_limits=False), trained),
        diary,
        diary.step,
    )
    assert len(done.rows) == 2
    assert len(diary.noticed) == 2 * outside
    for text in diary.noticed:
        farthest = max(task.radius, task.offset)
        assert f"These reaches from home, of {task.duration:.2f} s, up to {farthest:.2f} m" in text
        assert f"{30 if task.variant == 'pose' else 0} degrees away, are beyond" in text
        assert "reaches from home, of 0.70 s or more, up to 0.10 m and 6 degrees" in text


def test_where_somebody_waits_for_it_the_wanted_controller_moves_first(arm):
    plan = replace(a_plan(arm, ["pd"], [3]), jobs=1)
    usual, turned = run_benchmark(plan), run_benchmark(replace(plan, baseline_last=True))
    assert [one.controller for one in usual.reaches] == ["analytic"] * 2 + ["pd"] * 2
    assert [one.controller for one in turned.reaches] == ["pd"] * 2 + ["analytic"] * 2
    for first, second in zip(usual.rows, turned.rows, strict=True):
        for key in first.keys() - WALL_TIME_FIELDS:
            assert first[key] == second[key], key


def test_motions_that_the_baseline_has_not_made_yet_are_kept_without_a_row(arm):
    plan = replace(a_plan(arm, ["pd"], [3]), jobs=1, baseline_last=True)
    diary = Diary(end_at=2 * N_STEPS + 10)  # while the baseline makes its first
    benchmark = run_benchmark(plan, diary, diary.step)
    assert benchmark.status == "interrupted"
    assert [one.controller for one in benchmark.reaches] == ["pd"] * 2
    assert benchmark.rows == []


def test_the_wanted_controller_is_the_last_one(arm):
    assert a_plan(arm, ["pd", "analytic"], [3]).wanted.name == "analytic"
    assert a_plan(arm, ["analytic", "pd"], [3]).wanted.name == "pd"
