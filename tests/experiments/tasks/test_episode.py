"""One episode: out to the target and back, from home, with its torques counted."""

from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest

from spikearm.arm_models import Arm, ArmState, Pose, load_arm
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.controller import Controller
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.references.pose_error import rotation_error
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.episode import run_episode
from spikearm.experiments.tasks.task import Task
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.nengo_simulation import NengoSimulation

DURATION, HOLD = 0.12, 0.03  # s; short, which a small reach allows
N_STEPS = 150
TASK = CentreOut("sphere", targets=3, radius=0.03, duration=DURATION, hold=HOLD, speed_limits=False)
LOOSE = SafetyLimits(tracking_limit=10.0, limit_speeds=False)  # of laws that lose the arm
MARKED = "spikearm_target"


@pytest.fixture
def arm() -> Arm:
    return load_arm("gen3")


@pytest.fixture
def task(arm) -> Task:
    return plan_task(arm.model, TASK, seed=5)


class Watched(OperationalSpaceController):
    """The analytic law; remembers what it was told."""

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm.model)
        self.started: list[ArmState] = []
        self.states: list[ArmState] = []

    def start(self, state: ArmState) -> None:
        self.started.append(state)

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        self.states.append(state)
        return super().torque(state, reference)


class Overpowered(Controller):
    """No torque, but at times more than some joints have."""

    def __init__(self, arm: Arm) -> None:
        self.limits = arm.chain.torque_limits
        self.steps = 0

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        torque = np.zeros(7)
        self.steps += 1
        if self.steps % N_STEPS == 20:  # once in either motion
            torque[6] = 1.01 * self.limits[6]
        if self.steps in (30, 31, 32):  # on the way out only
            torque[[4, 6]] = -7.0 * self.limits[[4, 6]]
        return torque


def test_an_episode_goes_out_to_the_target_and_back_home(arm, task):
    target = task.targets[1]
    out, back = run_episode(arm, Watched(arm), task, 1)
    assert task.directions == ("out", "back")
    assert (out.direction, back.direction) == ("out", "back")
    for motion, goal in ((out, target), (back, task.start)):
        trajectory = motion.trajectory
        assert len(trajectory.time) == N_STEPS
        np.testing.assert_allclose(trajectory.reference_position[-1], goal.position)
        turn = abs(trajectory.reference_quaternion[-1] @ goal.quaternion)
        assert turn == pytest.approx(1.0)
        assert np.linalg.norm(trajectory.hand_position[-1] - goal.position) < 0.01
    apart = np.linalg.norm(target.position - task.start.position)
    assert apart == pytest.approx(0.03)


def test_the_arm_starts_at_home_at_rest_wherever_it_was(arm, task):
    arm.reset(arm.chain.home + 0.3, np.full(7, 0.8))
    controller = Watched(arm)
    list(run_episode(arm, controller, task, 0))
    assert len(controller.started) == 1  # an episode is one run, the way back included
    for state in (controller.started[0], controller.states[0]):
        np.testing.assert_array_equal(state.q, arm.chain.home)
        np.testing.assert_array_equal(state.dq, np.zeros(7))
        assert state.time == 0.0


def test_reaches_off_home_start_there_and_come_back_there(arm):
    task = plan_task(arm.model, replace(TASK, offset=0.05, duration=0.3), seed=5)
    home = arm.reset().hand
    controller = Watched(arm)
    out, back = run_episode(arm, controller, task, 0)
    for state in (controller.started[0], controller.states[0]):
        assert np.linalg.norm(state.hand.position - home.position) == pytest.approx(0.05, abs=1e-5)
        turn = rotation_error(state.hand.quaternion, home.quaternion)
        np.testing.assert_allclose(turn, 0.0, atol=1e-5)
        np.testing.assert_array_equal(state.dq, np.zeros(7))
    # The ideal motion begins where the arm is, and the law's hand is on it all along.
    for motion in (out, back):
        gap = motion.trajectory.hand_position - motion.trajectory.reference_position
        assert np.linalg.norm(gap, axis=1).max() < 1e-3
    end = back.trajectory.hand_position[-1]
    assert np.linalg.norm(end - controller.states[0].hand.position) < 1e-3


def test_joint_control_too_starts_off_home_and_comes_to_the_target(arm):
    task = plan_task(arm.model, replace(TASK, offset=0.05, duration=0.5, hold=0.3), seed=5)
    controller = JointPIDController(arm.model, ki=300.0)
    out, back = run_episode(arm, controller, task, 0)
    for motion, goal in ((out, task.targets[0]), (back, task.start)):
        first, last = motion.trajectory.hand_position[[0, -1]]
        assert np.linalg.norm(last - goal.position) < 2e-3
        assert np.linalg.norm(first - goal.position) > 0.03


@pytest.mark.parametrize(("duration", "hold"), [(0.2, 0.05), (0.16, 0.0)])
def test_a_motion_lasts_as_long_as_the_task_says_and_then_holds(arm, duration, hold):
    task = plan_task(arm.model, replace(TASK, duration=duration, hold=hold), seed=5)
    target = task.targets[1].position
    for motion in run_episode(arm, Watched(arm), task, 1):
        trajectory = motion.trajectory
        assert trajectory.time[-1] == pytest.approx(duration + hold)
        goal = target if motion.direction == "out" else task.start.position
        left = np.linalg.norm(trajectory.reference_position - goal, axis=1)
        moving = trajectory.time < duration - 0.5 * arm.timestep
        np.testing.assert_allclose(left[~moving], 0.0, atol=1e-12)
        assert (left[moving] > 0).all()
        assert left[round(0.5 * duration / arm.timestep) - 1] == pytest.approx(0.015, rel=1e-6)


def test_the_way_back_begins_where_the_way_out_ended(arm, task):
    controller = Watched(arm)
    out, _ = run_episode(arm, controller, task, 2)
    assert len(controller.states) == 2 * N_STEPS
    np.testing.assert_array_equal(controller.states[N_STEPS].q, out.trajectory.q[-1])
    np.testing.assert_array_equal(controller.states[N_STEPS].dq, out.trajectory.dq[-1])
    assert controller.states[N_STEPS].time == pytest.approx(DURATION + HOLD)


def test_one_arm_gives_the_same_episode_twice(arm, task):
    first = list(run_episode(arm, Watched(arm), task, 0))
    second = list(run_episode(arm, Watched(arm), task, 0))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.trajectory.q, other.trajectory.q)


def test_a_motion_is_given_as_soon_as_it_is_over(arm, task):
    seen: list[float] = []
    motions = run_episode(arm, Watched(arm), task, 0, lambda _, state, __: seen.append(state.time))
    assert len(seen) == 0
    next(motions)
    assert len(seen) == N_STEPS
    next(motions)
    assert len(seen) == 2 * N_STEPS
    np.testing.assert_allclose(seen, 0.001 * np.arange(1, 2 * N_STEPS + 1))


def test_the_marker_is_at_the_goal_of_the_motion(arm, task):
    target = task.targets[1]
    marked: list[Pose] = []

    def look(observed: Arm, state: ArmState, reference: Reference) -> None:
        model, data = observed.scene
        mocap = model.body(MARKED).mocapid[0]
        marked.append(Pose(data.mocap_pos[mocap].copy(), data.mocap_quat[mocap].copy()))

    list(run_episode(arm, Watched(arm), task, 1, look))
    goals = [target] * N_STEPS + [task.start] * N_STEPS
    assert len(marked) == len(goals)
    for pose, goal in zip(marked, goals, strict=True):
        np.testing.assert_array_equal(pose.position, goal.position)
        np.testing.assert_array_equal(pose.quaternion, goal.quaternion)


def test_torques_cut_at_their_limit_are_counted_for_each_motion(arm, task):
    out, back = run_episode(arm, Overpowered(arm), task, 0, safety=LOOSE)
    # Out: one joint once and two joints three times; back: one joint once.
    assert out.saturated_share == pytest.approx((1 + 3 * 2) / (N_STEPS * 7))
    assert back.saturated_share == pytest.approx(1 / (N_STEPS * 7))
    limit = arm.chain.torque_limits[6]
    assert out.trajectory.torque[19, 6] == limit
    np.testing.assert_array_equal(out.trajectory.torque[29:32, 6], -limit)


def test_a_gentle_law_cuts_nothing(arm, task):
    motions = list(run_episode(arm, Watched(arm), task, 0))
    largest = max(np.abs(m.trajectory.torque / arm.chain.torque_limits).max() for m in motions)
    assert 0.1 < largest < 1.0
    assert [motion.saturated_share for motion in motions] == [0.0, 0.0]


class Slow(Controller):
    """Takes its time over a zero torque."""

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        end = perf_counter() + 0.0004
        while perf_counter() < end:
            pass
        return np.zeros(7)


def test_wall_time_is_that_of_the_loop_and_not_of_what_happens_between(arm, task):
    began = perf_counter()
    motions = run_episode(arm, Slow(), task, 0, safety=LOOSE)
    out = next(motions)
    pause = perf_counter() + 0.3
    while perf_counter() < pause:
        pass
    back = next(motions)
    elapsed = perf_counter() - began
    for motion in (out, back):
        assert motion.wall_time > motion.trajectory.step_latency_s.sum() >= 0.0004 * N_STEPS
    assert out.wall_time + back.wall_time <= elapsed - 0.3


@pytest.mark.parametrize(
    ("stage", "simulation"), [("loihi", EngineSimulation), ("spiking", NengoSimulation)]
)
def test_the_spikes_that_are_recorded_are_those_that_were_counted(
    arm, task, trained, stage, simulation
):
    with SpikingController(trained.weights, simulation, stage) as controller:
        out, back = run_episode(arm, controller, task, 0, safety=LOOSE, spikes=True)
        (silent, _) = run_episode(arm, controller, task, 0, safety=LOOSE)
    assert silent.spike_trains is None
    for motion in (out, back):
        assert motion.spike_trains is not None
        counted = np.bincount(motion.spike_trains.step, minlength=N_STEPS)
        np.testing.assert_array_equal(counted, motion.trajectory.spikes)
        names = [one.name for one in motion.spike_trains.populations]
        assert names[:3] == ["features", "code", "products"]


def test_rates_and_laws_without_neurons_have_no_spikes_to_record(arm, task, trained):
    with SpikingController(trained.weights, NengoSimulation, "rate") as rates:
        for controller in (rates, Watched(arm)):
            out, _ = run_episode(arm, controller, task, 0, safety=LOOSE, spikes=True)
            assert out.spike_trains is None
