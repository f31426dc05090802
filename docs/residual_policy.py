"""Learn joint torques beside those that carry an arm's weight, and bench the result.

A linear policy from the hand's error to joint torques is found by CMA-ES, of the library `cma`
(pip install cma). Joints are damped, so that no action exceeds their velocity limits. From the root
of a checkout:

python docs/residual_policy.py --minutes 10 --seed 0
spikearm bench --controllers docs.residual_policy:residual
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cma
import gymnasium
import numpy as np
import tyro

import spikearm.experiments.environments  # noqa: F401  registers the environment
from spikearm.experiments.environments.actions import TorqueActions
from spikearm.experiments.environments.policy_controller import PolicyController

TORQUE_SHARE = 0.06  # of the joints' limits
HOLD_STEPS = 20  # control steps of 1 ms for which an action holds
ERROR_SCALE = np.repeat([0.1, 0.3], 3)  # m, rad
TRIED = 2  # targets for each policy of a generation; all of them try the same
FIRST_STEP = 0.3  # deviation of the first generation's weights from zero
TESTED, FIRST_TEST_SEED = 20, 2_000_000  # seeds of targets; those of the training are below
POLICY = Path("residual.npy")


class LinearPolicy:
    """Policy whose actions are linear in the hand's error.

    Args:
        weights: Action per scaled error, shape (n_joints, 6).
    """

    def __init__(self, weights: np.ndarray) -> None:
        self._weights = weights

    def __call__(self, observation: np.ndarray) -> np.ndarray:
        """Return the action for an observation, shape (n_joints,)."""
        first = 3 * len(self._weights)  # after the cosines, sines and velocities of the joints
        return self._weights @ (observation[first : first + 6] / ERROR_SCALE)


def residual(arm: Any) -> PolicyController:
    """Make a controller of the policy in the current folder, for ``bench``."""
    actions = TorqueActions(arm, TORQUE_SHARE, damped=True)
    return PolicyController(arm, LinearPolicy(np.load(POLICY)), actions, HOLD_STEPS)


def make(arm: str = "gen3") -> gymnasium.Env:
    """Make the environment of the policy."""
    return gymnasium.make(
        "spikearm/CentreOut-v0",
        arm=arm,
        torque_share=TORQUE_SHARE,
        damped=True,
        hold_steps=HOLD_STEPS,
    )


def mean_return(environment: gymnasium.Env, policy: LinearPolicy, seeds: list[int]) -> float:
    """Return the mean return of a policy over the targets of some seeds."""
    returns = []
    for seed in seeds:
        observation, _ = environment.reset(seed=seed)
        total, over = 0.0, False
        while not over:
            action = np.clip(policy(observation), -1.0, 1.0)
            observation, reward, terminated, truncated, _ = environment.step(action)
            total, over = total + float(reward), terminated or truncated
        returns.append(total)
    return float(np.mean(returns))


def train(environment: gymnasium.Env, seconds: float, seed: int) -> tuple[np.ndarray, int]:
    """Search weights by CMA-ES, each generation on targets of its own.

    Args:
        environment: Environment, of which targets below ``FIRST_TEST_SEED`` are tried.
        seconds: CPU time [s].
        seed: Seed of the search and of the targets.

    Returns:
        Weights, shape (n_joints, 6), and the number of episodes.
    """
    end, rng = time.process_time() + seconds, np.random.default_rng(seed)
    n_joints, n_episodes = environment.action_space.sample().size, 0
    options = {"seed": seed + 1, "verbose": -9}  # to cma, a seed of 0 is none
    search = cma.CMAEvolutionStrategy(np.zeros(n_joints * 6), FIRST_STEP, options)
    while time.process_time() < end:
        seeds = rng.integers(FIRST_TEST_SEED, size=TRIED).tolist()
        tried = search.ask()
        policies = [LinearPolicy(one.reshape(n_joints, 6)) for one in tried]
        search.tell(tried, [-mean_return(environment, policy, seeds) for policy in policies])
        n_episodes += len(tried) * TRIED
    return search.mean.reshape(n_joints, 6), n_episodes


@dataclass(frozen=True)
class Options:
    """Training of a residual policy.

    Attributes:
        minutes: CPU time of the training.
        seed: Seed of the search and of its targets.
        out: File of the policy.
    """

    minutes: float = 10.0
    seed: int = 0
    out: Path = POLICY


def main(options: Options) -> None:
    """Train, save the policy, and compare it with the zero action."""
    environment = make()
    weights, n_episodes = train(environment, 60 * options.minutes, options.seed)
    np.save(options.out, weights)
    seeds = list(range(FIRST_TEST_SEED, FIRST_TEST_SEED + TESTED))
    at_rest = mean_return(environment, LinearPolicy(np.zeros_like(weights)), seeds)
    learned = mean_return(environment, LinearPolicy(weights), seeds)
    environment.close()
    print(f"seed {options.seed}: {n_episodes} episodes in {options.minutes:g} CPU minutes")
    print(f"mean return over {TESTED} other targets: zero action {at_rest:.3f}, ", end="")
    print(f"policy {learned:.3f}, {100 * (1 - learned / at_rest):.0f} % better")


if __name__ == "__main__":
    main(tyro.cli(Options))
