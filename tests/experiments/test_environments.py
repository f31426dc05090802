"""Environments of Gymnasium: spaces, seeds, rewards, and many at once."""

import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AsyncVectorEnv, SyncVectorEnv

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.controller.classical.command import task_command
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.references.reference import Reference
from spikearm.experiments.environments.actions import (
    LARGEST_ACCELERATION,
    AccelerationActions,
    TorqueActions,
)
from spikearm.experiments.environments.observation import observe
from spikearm.experiments.environments.policy_controller import PolicyController
from spikearm.experiments.tasks.centre_out import forward_axis

PAGE = Path(__file__).parents[2] / "docs" / "learning.md"
NAME = "spikearm/CentreOut-v0"
SHORT = {"radius": 0.05, "duration": 0.2, "hold": 0.05}


def make(**options):
    return gymnasium.make(NAME, disable_env_checker=True, **{**SHORT, **options})


@contextmanager
def opened(**options) -> Iterator[Any]:
    """Make an environment, and close it afterwards."""
    environment = make(**options)
    try:
        yield environment
    finally:
        environment.close()


def play(environment, seed, actions):
    """Return everything that an environment answers to some actions."""
    seen = [environment.reset(seed=seed)[0]]
    rewards = []
    for action in actions:
        observation, reward, *_ = environment.step(action)
        seen.append(observation)
        rewards.append(reward)
    return np.array(seen), np.array(rewards)


def play_out(environment, choose) -> tuple[float, bool, dict[str, Any]]:
    """Return the last reward, whether a limit was exceeded, and the last info of an episode."""
    while True:
        _, reward, terminated, truncated, info = environment.step(choose())
        if terminated or truncated:
            return reward, terminated, info


@pytest.fixture(scope="module")
def torques() -> Iterator[Any]:
    """An environment of torques, which tests reset."""
    with opened() as environment:
        yield environment


@pytest.mark.parametrize("action", ["torque", pytest.param("acceleration", marks=pytest.mark.slow)])
def test_gymnasium_finds_nothing_to_complain_about_and_spaces_are_finite_boxes(action):
    with opened(action=action) as environment:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            check_env(environment.unwrapped, skip_render_check=True)
        assert environment.action_space.shape == ((7,) if action == "torque" else (6,))
        assert environment.observation_space.shape == (3 * 7 + 18,)
        for space in (environment.action_space, environment.observation_space):
            assert np.isfinite(space.low).all() and np.isfinite(space.high).all()


def test_a_seed_draws_the_targets_and_the_next_reset_another(torques):
    def goal(seed=None):
        torques.reset(seed=seed)
        return torques.unwrapped._goal.position

    first, second, again, other = goal(5), goal(), goal(5), goal(6)
    arm = load_arm("gen3")
    home, forward = arm.reset().hand.position, forward_axis(arm.model)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, second) and not np.array_equal(first, other)
    for target in (first, second, other):
        assert np.linalg.norm(target - home) == pytest.approx(0.05)
        assert (target - home) @ forward == pytest.approx(0.0, abs=1e-9)


@pytest.mark.slow
def test_a_sphere_leaves_the_frontal_plane():
    arm = load_arm("gen3")
    home, forward = arm.reset().hand.position, forward_axis(arm.model)
    with opened(variant="sphere") as environment:
        environment.reset(seed=1)
        offset = environment.unwrapped._goal.position - home
    assert np.linalg.norm(offset) == pytest.approx(0.05)
    assert abs(offset @ forward) > 1e-3


def test_resting_returns_minus_the_way_that_was_not_made(torques):
    # Of the hand that stays, the distance to a minimum-jerk reference grows from 0 to 1 radius,
    # by symmetry 1/2 on average, and stays 1 while the reference holds.
    task = torques.unwrapped._targets.task
    n_actions = round(task.motion_time / 0.01)
    _, rewards = play(torques, 3, n_actions * [np.zeros(7)])
    assert rewards.sum() == pytest.approx(-(0.5 * task.duration + task.hold), rel=0.03)


def test_the_law_s_own_accelerations_reach_the_target():
    """The command of the analytic law, given as an action, moves as the law itself does."""
    with opened(action="acceleration", radius=0.1, duration=1.0, hold=0.3, hold_steps=1) as it:
        it.reset(seed=2)
        inside = it.unwrapped

        def choose() -> np.ndarray:
            command = task_command(inside._arm.state, inside._reference, Gains(), "acceleration")
            return command / LARGEST_ACCELERATION

        *_, info = play_out(it, choose)
        assert info["success"] and info["distance_m"] < 5e-4


@pytest.mark.parametrize(("late", "succeeds"), [(0.15, False), (0.25, True)])
def test_success_asks_for_the_last_0_2_s(late: float, succeeds: bool):
    """The goal is 3 mm beside the reference's end until so many seconds before the end."""
    with opened(action="acceleration", radius=0.05, duration=0.4, hold=0.4, hold_steps=1) as it:
        it.reset(seed=2)
        inside = it.unwrapped
        goal = inside._goal
        inside._goal = goal._replace(position=goal.position + np.array([0.0, 0.003, 0.0]))

        def choose() -> np.ndarray:
            if inside._steps_left == round(late / inside._arm.timestep):
                inside._goal = goal
            command = task_command(inside._arm.state, inside._reference, Gains(), "acceleration")
            return command / LARGEST_ACCELERATION

        *_, info = play_out(it, choose)
        assert info["success"] is succeeds
        assert info["distance_m"] < 1e-3


def test_a_limit_ends_an_episode_with_its_cause_and_a_loss(torques):
    torques.reset(seed=0)
    reward, terminated, info = play_out(torques, lambda: torques.action_space.high)
    assert terminated and "rad" in info["stopped"]
    left = torques.unwrapped._steps_left
    assert reward < -3.0 * 0.001 * left < -0.5


def test_actions_beyond_the_box_are_cut_and_those_that_are_no_numbers_refused(torques):
    high = torques.action_space.high
    inside = play(torques, 1, [high])
    assert np.array_equal(inside[0], play(torques, 1, [2 * high])[0])
    for bad in (np.full(7, np.nan), np.zeros(6)):
        with pytest.raises(SpikearmError, match="7 finite numbers"):
            torques.step(bad)


@pytest.mark.parametrize("options, words", [
    ({"variant": "pose"}, "Variants: circle, sphere"),
    ({"hold_steps": 0}, "give 1 or more"),
    ({"torque_share": 0.0}, "not above 0"),
    ({"radius": 5.0}, "out of reach"),
    ({"arm": "puma"}, "'puma'"),
    ({"action": "acceleration", "controller": "telepathy"}, "'telepathy'"),
])  # fmt: skip
def test_what_cannot_be_is_refused(options, words):
    with pytest.raises(SpikearmError, match=words):
        make(**options)


def test_several_in_this_process_equal_single_ones_bit_for_bit(torques):
    actions = sample(torques, 10)
    expected = [play(torques, seed, actions) for seed in (7, 8)]
    many = SyncVectorEnv(2 * [make])
    seen, rewards = play(many, [7, 8], [np.stack(2 * [action]) for action in actions])
    many.close()
    for number, (observations, single_rewards) in enumerate(expected):
        assert np.array_equal(seen[:, number], observations)
        assert np.array_equal(rewards[:, number], single_rewards)
    assert not np.array_equal(seen[:, 0], seen[:, 1])


@pytest.mark.slow
def test_several_in_spawned_processes_equal_single_ones_bit_for_bit(torques):
    actions = sample(torques, 10)
    expected = [play(torques, seed, actions) for seed in (7, 8)]
    entry = partial(gymnasium.make, f"spikearm.experiments.environments:{NAME}", **SHORT)
    many = AsyncVectorEnv(2 * [entry], context="spawn")
    seen, rewards = play(many, [7, 8], [np.stack(2 * [action]) for action in actions])
    many.close()
    for number, (observations, single_rewards) in enumerate(expected):
        assert np.array_equal(seen[:, number], observations)
        assert np.array_equal(rewards[:, number], single_rewards)


def sample(environment, n: int) -> np.ndarray:
    space = environment.action_space
    drawn = np.random.default_rng(4).uniform(-1, 1, (n, *space.shape))
    return (0.02 * drawn).astype(np.float32)


def test_info_has_neurobench_s_metrics_of_a_controller_with_neurons(torques):
    with opened(action="acceleration", controller="spiking") as environment:
        assert "activation_sparsity" not in environment.reset(seed=0)[1]
        *_, info = environment.step(np.zeros(6))
        simulation = environment.unwrapped._work._simulation
    assert 0.5 < info["activation_sparsity"] < 1.0
    assert info["dense"] == simulation.footprint.dense
    assert info["effective_acs"] > 1.0
    torques.reset(seed=0)
    assert "activation_sparsity" not in torques.step(np.zeros(7))[-1]


def test_a_policy_as_a_controller_acts_as_in_its_environment(torques):
    """The same policy gives the same torques, in the environment's loop and as a controller."""
    gain = np.random.default_rng(0).normal(scale=0.001, size=(7, 39))

    def policy(observation: np.ndarray) -> np.ndarray:
        return gain @ observation

    observation, _ = torques.reset(seed=9)
    inside = torques.unwrapped
    arm = load_arm("gen3")
    controller = PolicyController(arm.model, policy, TorqueActions(arm.model))
    state = arm.reset()
    controller.start(state)
    for step in range(5):
        observation, *_ = torques.step(policy(observation))
        for k in range(10):
            state = arm.step(controller.torque(state, inside._references[10 * step + k]))
        assert np.array_equal(state.q, inside._arm.state.q)
    assert abs(state.dq).max() > 1e-3


def test_an_observation_is_as_long_as_its_page_says_and_zero_where_the_arm_is_at_rest():
    arm = load_arm("gen3")
    state = arm.reset()
    still = Reference(state.hand, np.zeros(6), np.zeros(6))
    values = observe(state, still)
    assert np.allclose(values[:7] ** 2 + values[7:14] ** 2, 1.0)
    assert np.allclose(values[14:], 0.0)


def test_hand_accelerations_are_what_the_arm_then_does():
    arm = load_arm("gen3")
    state = arm.reset()
    actions = AccelerationActions(OperationalSpaceController(arm.model))
    wanted = np.array([0.3, -0.2, 0.5, 1.0, -2.0, 0.7])
    moved = arm.step(actions.torque(state, wanted / LARGEST_ACCELERATION))
    measured = (moved.hand_velocity - state.hand_velocity) / arm.timestep
    assert measured == pytest.approx(wanted, rel=0.02, abs=0.02)


def test_without_gymnasium_a_sentence_says_what_to_install():
    code = "import sys; sys.modules['gymnasium'] = None\nimport spikearm.experiments.environments"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "SpikearmError: Environments take Gymnasium: pip install 'spikearm[gym]'" in done.stderr


def test_damped_joints_come_to_their_velocity_limit():
    arm = load_arm("gen3")
    state = arm.reset()._replace(dq=arm.chain.velocity_limits)
    actions = TorqueActions(arm.model, 0.06, damped=True)
    weight = arm.model.dynamics(state.q).bias_force
    assert actions.torque(state, np.ones(7)) == pytest.approx(weight)


@pytest.mark.slow
def test_the_examples_of_the_page_run():
    scope: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S):
        exec(code, scope)
    assert scope["observations"].shape == (2, 39)
