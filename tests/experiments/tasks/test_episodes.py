"""Batches: several episodes at a time against one after the other, and how they end early."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from counting_controller import CountingController

from spikearm.arm_models import Arm, ArmState, SpikearmError, load_arm
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.controller.controller import Controller
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.loop.trajectory import TIMED, Trajectory
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.experiments.controllers import PID_INTEGRAL_GAIN
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.episodes import Episode, Outcome, run_episodes
from spikearm.experiments.tasks.task import Task
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.counts import StepCounts

N_STEPS = 150
N_TARGETS = 5
TASK = CentreOut("sphere", N_TARGETS, radius=0.03, duration=0.12, hold=0.03, speed_limits=False)
LOOSE = SafetyLimits(
    tracking_limit=10.0, limit_speeds=False
)  # of controllers that let the arm fall


@pytest.fixture(autouse=True)
def no_worker_is_left() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


@pytest.fixture(scope="module")
def task(arm) -> Task:
    return plan_task(arm.model, TASK, seed=5)


class Limp(CountingController):
    """No torque; counts as spikes the process that it is in, as events the time [ns].

    Args:
        pause: Time that every step takes [s].
        fail_at: Step in which it fails.
        failure: What it fails by: an exception, or a signal that it sends itself.
        started: A file that shows that it was started.
    """

    def __init__(
        self,
        pause: float = 0.0,
        fail_at: int = -1,
        failure: BaseException | signal.Signals | None = None,
        started: Path | None = None,
    ) -> None:
        self.pause = pause
        self.fail_at = fail_at
        self.failure = failure
        self.started = started
        self.steps = 0

    def start(self, state: ArmState) -> None:
        self.steps = 0
        if self.started is not None:
            self.started.touch()

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        self.entered = time.perf_counter()
        time.sleep(self.pause)
        self.steps += 1
        if self.steps == self.fail_at:
            self.fail()
        return np.zeros(7)

    def fail(self) -> None:
        if isinstance(self.failure, BaseException):
            raise self.failure
        assert self.failure is not None
        os.kill(os.getpid(), self.failure)

    @property
    def counts(self) -> StepCounts:
        return StepCounts(spikes=os.getpid(), synaptic_events=time.monotonic_ns())


@pytest.fixture(autouse=True)
def answered() -> Iterator[None]:
    """Answer Ctrl-C, which a process that a shell began in the background ignores."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Impatient(Limp):
    """Presses Ctrl-C, which reaches every process of a terminal; then takes its time.

    Args:
        fail_at: Step in which it does.
        moment: A file that it waits for in that step.
    """

    def __init__(self, fail_at: int, moment: Path) -> None:
        super().__init__(fail_at=fail_at)
        self.moment = moment

    def fail(self) -> None:
        while not self.moment.exists():
            time.sleep(0.001)
        time.sleep(0.2)  # whoever made the file has to go on first, to wait for outcomes
        for process in (os.getpid(), os.getppid()):
            os.kill(process, signal.SIGINT)
        self.pause = 0.03


class Striding(Limp):
    """Tells how many steps it has been asked for, whatever was started in between."""

    def start(self, state: ArmState) -> None:
        pass


def batch(arm: Arm, task: Task, controllers: Sequence[Controller]) -> list[Episode]:
    return [Episode(arm, one, task, target, safety=LOOSE) for target, one in enumerate(controllers)]


def processes(outcomes: Sequence[Outcome]) -> list[int]:
    """Give the process of every episode that was finished."""
    found = [{int(p) for m in outcome.motions for p in m.trajectory.spikes} for outcome in outcomes]
    assert {len(one) for one in found} == {1}
    return [process for one in found for process in one]


def assert_alike(first: Outcome, second: Outcome) -> None:
    assert len(first.motions) == len(second.motions) == 2
    assert first.problem is second.problem is None
    for one, other in zip(first.motions, second.motions, strict=True):
        assert (one.direction, one.saturated_share) == (other.direction, other.saturated_share)
        for field in fields(Trajectory):
            if field.name not in TIMED:
                values, others = (getattr(m.trajectory, field.name) for m in (one, other))
                np.testing.assert_array_equal(values, others, err_msg=field.name)


@pytest.fixture(scope="module")
def pid(arm) -> JointPIDController:
    return JointPIDController(arm.model, ki=PID_INTEGRAL_GAIN)


@pytest.fixture(scope="module")
def spiking(trained) -> Iterator[SpikingController]:
    with SpikingController(trained.weights, EngineSimulation, "loihi") as controller:
        yield controller


@pytest.mark.parametrize("controller", ["pid", "spiking"])
@pytest.mark.parametrize("jobs", [2, N_TARGETS])
def test_several_at_a_time_move_as_one_by_one(request, arm, task, controller, jobs):
    episodes = batch(arm, task, [request.getfixturevalue(controller)] * N_TARGETS)
    at_once = list(run_episodes(episodes, jobs))
    one_by_one = list(run_episodes(episodes, 1))
    assert len(at_once) == len(one_by_one) == N_TARGETS
    for first, second in zip(at_once, one_by_one, strict=True):
        assert_alike(first, second)
    ends = [outcome.motions[0].trajectory.q[-1] for outcome in one_by_one]
    assert min(np.abs(a - b).max() for k, a in enumerate(ends) for b in ends[:k]) > 1e-3
    for outcome in at_once:
        assert all((motion.trajectory.step_latency_s > 0).all() for motion in outcome.motions)


def test_what_a_worker_changes_stays_in_it(arm, task):
    striding = Striding()
    list(run_episodes(batch(arm, task, [striding] * 3), 3))
    assert striding.steps == 0
    list(run_episodes(batch(arm, task, [striding] * 3), 1))
    assert striding.steps == 3 * 2 * N_STEPS


def test_outcomes_come_in_the_order_of_their_episodes(arm, task):
    controllers = [Limp(pause=0.003), Limp(), Limp(), Limp(pause=0.001)]
    outcomes = list(run_episodes(batch(arm, task, controllers), 2))
    for outcome, target in zip(outcomes, task.targets, strict=False):
        goal = outcome.motions[0].trajectory.reference_position[-1]
        np.testing.assert_allclose(goal, target.position)
    ends = [outcome.motions[1].trajectory.synaptic_events[-1] for outcome in outcomes]
    assert ends[1] < ends[2] < ends[0]  # although the first one was finished after them


def test_an_outcome_is_given_as_soon_as_it_is_there(arm, task, tmp_path):
    last = tmp_path / "last"
    controllers = [Limp(), Limp(pause=0.001), Limp(), Limp(started=last)]
    outcomes = run_episodes(batch(arm, task, controllers), 2)
    next(outcomes)
    assert not last.exists()
    assert len(list(outcomes)) == 3
    assert last.exists()


@pytest.mark.parametrize("jobs", [2, 3])
def test_workers_are_other_processes(arm, task, jobs):
    found = processes(list(run_episodes(batch(arm, task, [Limp(pause=0.001)] * 5), jobs)))
    assert os.getpid() not in found
    assert len(set(found)) == jobs


def test_without_a_number_there_are_as_many_workers_as_cores(arm, task, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    outcomes = run_episodes(batch(arm, task, [Limp(pause=0.001)] * 5))
    next(outcomes)
    assert len(multiprocessing.active_children()) == 4
    assert len(list(outcomes)) == 4


def test_there_are_no_more_workers_than_episodes(arm, task):
    outcomes = run_episodes(batch(arm, task, [Limp(pause=0.001)] * 2), 50)
    next(outcomes)
    assert len(multiprocessing.active_children()) == 2
    assert len(list(outcomes)) == 1


@pytest.mark.parametrize(
    ("n_episodes", "jobs", "methods"),
    [(3, 1, ["fork"]), (1, 4, ["fork"]), (3, 4, ["spawn", "forkserver"])],
    ids=["one job", "one episode", "no forks"],
)
def test_one_by_one_they_run_and_are_observed_in_this_process(
    arm, task, monkeypatch, n_episodes, jobs, methods
):
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: methods)
    seen: list[Arm] = []
    episodes = batch(arm, task, [Limp()] * n_episodes)
    outcomes = run_episodes(episodes, jobs, lambda observed, *_: seen.append(observed))
    first = next(outcomes)
    assert len(seen) == 2 * N_STEPS
    assert processes([first, *outcomes]) == [os.getpid()] * n_episodes
    assert seen == [arm] * (n_episodes * 2 * N_STEPS)


def test_in_workers_nothing_is_observed_here(arm, task):
    seen: list[Arm] = []
    episodes = batch(arm, task, [Limp()] * 3)
    assert len(list(run_episodes(episodes, 2, lambda *_: seen.append(arm)))) == 3
    assert seen == []


def test_a_batch_of_no_episodes_has_no_outcomes():
    assert list(run_episodes([], 3)) == []


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize(("fail_at", "n_motions"), [(40, 0), (N_STEPS + 40, 1)])
def test_a_controller_that_fails_keeps_what_was_finished(arm, task, jobs, fail_at, n_motions):
    problem = SpikearmError("The elbow came off.")
    controllers = [Limp(), Limp(fail_at=fail_at, failure=problem), Limp()]
    outcomes = list(run_episodes(batch(arm, task, controllers), jobs))
    assert [len(outcome.motions) for outcome in outcomes] == [2, n_motions, 2]
    assert [type(outcome.problem) for outcome in outcomes] == [
        type(None), SpikearmError, type(None)
    ]  # fmt: skip
    assert str(outcomes[1].problem) == "The elbow came off."
    assert [motion.direction for motion in outcomes[1].motions] == ["out"][:n_motions]


@pytest.mark.parametrize("jobs", [1, 3])
def test_an_error_in_the_program_is_not_swallowed(arm, task, jobs):
    controllers = [Limp(), Limp(fail_at=40, failure=ZeroDivisionError()), Limp()]
    outcomes = run_episodes(batch(arm, task, controllers), jobs)
    assert len(next(outcomes).motions) == 2
    with pytest.raises(ZeroDivisionError):
        next(outcomes)


@pytest.mark.parametrize("jobs", [2, 3])
def test_ctrl_c_keeps_what_is_finished_and_ends_the_rest_at_once(arm, task, tmp_path, jobs):
    moment, last = tmp_path / "moment", tmp_path / "last"
    slow = [Limp(pause=0.03), Limp(pause=0.03), Limp(pause=0.03, started=last)]  # 9 s each
    controllers = [Limp(), Impatient(N_STEPS + 7, moment), *slow]
    outcomes = run_episodes(batch(arm, task, controllers), jobs)
    finished = next(outcomes)
    moment.touch()
    began = perf_counter()
    rest = []
    with pytest.raises(KeyboardInterrupt):
        rest.extend(outcomes)
    assert perf_counter() - began < 9.0  # s, that each of the others would have taken
    interrupted, *others = rest
    assert all(other.motions == () for other in others)
    assert (len(finished.motions), finished.problem) == (2, None)
    assert [motion.direction for motion in interrupted.motions] == ["out"]
    assert isinstance(interrupted.problem, KeyboardInterrupt)
    assert not last.exists()


def test_an_episode_that_interrupts_itself_in_a_worker_keeps_what_it_finished(arm, task):
    controllers = [Limp(fail_at=N_STEPS + 7, failure=KeyboardInterrupt()), Limp()]
    interrupted, finished = run_episodes(batch(arm, task, controllers), 2)
    assert [motion.direction for motion in interrupted.motions] == ["out"]
    assert isinstance(interrupted.problem, KeyboardInterrupt)
    assert (len(finished.motions), finished.problem) == (2, None)


def test_whoever_needs_no_more_outcomes_does_not_wait_for_them(arm, task, tmp_path):
    late = tmp_path / "late"
    endless = [Limp(pause=0.03), Limp(pause=0.03), Limp(started=late)]  # 9 s each
    outcomes = run_episodes(batch(arm, task, [Limp(), *endless]), 2)
    next(outcomes)
    began = perf_counter()
    outcomes.close()
    assert perf_counter() - began < 9.0  # s, that each of the others would have taken
    assert not late.exists()


def test_a_worker_that_is_killed_is_reported(arm, task):
    controllers = [Limp(fail_at=40, failure=signal.SIGKILL), Limp(pause=0.001)]
    *stopped, lost = run_episodes(batch(arm, task, controllers), 2)
    assert all(outcome.motions == () for outcome in (*stopped, lost))
    assert isinstance(lost.problem, SpikearmError)
    assert "was killed" in str(lost.problem)
    assert "(jobs)" in str(lost.problem)


def test_workers_end_with_their_parent_even_if_it_is_killed():
    script = """
        import os
        import signal
        from spikearm.arm_models import load_arm
        from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
        from spikearm.experiments.tasks.episodes import Episode, run_episodes
        from test_episodes import LOOSE, Limp

        class Deadly(Limp):
            def fail(self):
                os.kill(os.getppid(), signal.SIGKILL)

        arm = load_arm("gen3")
        task = plan_task(arm.model, CentreOut(targets=3, radius=0.03), seed=5)
        # The first worker has nothing to do any more, the second one for a minute.
        controllers = [Limp(), Limp(pause=0.02), Deadly(pause=0.006, fail_at=250)]
        episodes = [Episode(arm, c, task, k, safety=LOOSE) for k, c in enumerate(controllers)]
        list(run_episodes(episodes, 3))
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        stdout=subprocess.PIPE,
    )
    parent.communicate(timeout=30)  # the pipe closes when the last process that has it ends
    assert parent.returncode == -signal.SIGKILL
