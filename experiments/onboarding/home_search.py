"""Search for a home pose from which the hand reaches far on every side."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from spikearm.arm_models import Chain, RigidBodyModel, SpikearmError
from spikearm.controller.references.joint_reference import (
    LIMIT_CLEARANCE,
    MIN_SINGULAR_VALUE,
    resolved_rate,
)
from spikearm.experiments.onboarding.home_candidate import (
    GRID,
    HomeCandidate,
    conditioning_at,
    holding_load,
    home_range,
    measure_home,
    middle_of,
)
from spikearm.experiments.tasks.centre_out import RADII, frontal_plane
from spikearm.experiments.tasks.reaching import TASK_DIMENSIONS

N_DRAWN = 3000  # poses, a few seconds of looking at where each could go
N_TRIED = 10  # of them, whose reaches are followed step by step
UNBENT = 0.5  # probability of a joint in the middle of its range: poses that people can read
CLOSE = 0.1  # m from the first joint's axis: nearer, it is not clear what is in front of the arm
STRENGTH = 0.7  # of a torque limit, that holding the arm may take: the rest is for motion
SIDES = np.linspace(0.0, 2 * np.pi, 8, endpoint=False)  # rad, of the circle's targets


class Promise(NamedTuple):
    """Estimate of how good a home pose is, from one straight step to each side.

    Attributes:
        is_above: True if the circle stays above the base, or the floor.
        conditioning: Smallest singular value on the circle; 0 for poses that will not do.
        obstacle: Reason why it will not do, or None.
    """

    is_above: bool
    conditioning: float
    obstacle: str | None = None


def search_home(
    model: RigidBodyModel, seed: int = 0, advance: Callable[[], object] = lambda: None
) -> list[HomeCandidate]:
    """Search for the home pose whose circle of targets is largest.

    Poses are drawn inside the joint limits. Those that touch nothing, can be held and stay far
    from singular poses on a straight way to each side are followed step by step, as the
    benchmark's task is planned. The pose of the file stays where none reaches farther.

    Args:
        model: The arm's nominal dynamics, with the file's home.
        seed: Seed of the poses.
        advance: Function that is called for each of the ``N_TRIED`` poses that are followed.

    Returns:
        Candidates, the best first; the file's is among them.

    Raises:
        SpikearmError: The arm has too few joints for the task, or no pose will do.
    """
    if model.chain.n_joints < TASK_DIMENSIONS:
        raise SpikearmError(
            f"An arm of {model.chain.n_joints} joints cannot hold a position and an orientation: "
            f"the benchmark's task needs {TASK_DIMENSIONS} joints or more."
        )
    found = [measure_home(model, model.chain.home, is_files=True)]
    drawn, obstacles = _promising(model, seed)
    for joints in drawn:
        found.append(measure_home(model, joints))
        advance()
    found.sort(key=lambda one: one.rank, reverse=True)
    if not found[0].is_sound:
        why = obstacles.most_common(1)[0][0] if obstacles else "turns of the hand are out of reach"
        raise SpikearmError(
            f"In none of {N_DRAWN} poses can the hand reach {1e3 * RADII[-1]:g} mm to every side, "
            f"with and without turns. The most frequent reason: {why}. Give a home pose, other "
            "torque limits, or a file with less around the arm."
        )
    return found


def _promising(model: RigidBodyModel, seed: int) -> tuple[list[np.ndarray], Counter[str]]:
    """Draw poses, and return those from which the hand seems to get farthest, best first.

    Returns:
        Poses, each of shape (n_joints,), and the reasons against others by their number.
    """
    base, obstacles = model.base_position, Counter[str]()
    for radius in RADII:
        drawn = [(_promise(model, base, radius, q), q) for q in _draw(model.chain, seed)]
        fit = [one for one in drawn if one[0].conditioning > MIN_SINGULAR_VALUE]
        obstacles = Counter(one.obstacle for one, _ in drawn if one.obstacle is not None)
        if fit:
            fit.sort(key=lambda one: one[0][:2], reverse=True)
            return [q for _, q in fit[:N_TRIED]], obstacles
    return [], obstacles


def _draw(chain: Chain, seed: int) -> Iterator[np.ndarray]:
    """Yield joint positions: of each joint but the first the middle of its range, or any in it."""
    rng = np.random.default_rng(seed)
    (lower, upper), middle = home_range(chain), middle_of(chain)
    for _ in range(N_DRAWN):
        bent = rng.uniform(size=chain.n_joints) > UNBENT
        bent[0] = False
        drawn = np.clip(np.round(rng.uniform(lower, upper) / GRID) * GRID, lower, upper)
        yield np.where(bent, drawn, middle)


def _promise(model: RigidBodyModel, base: np.ndarray, radius: float, q: np.ndarray) -> Promise:
    """Estimate how good a home pose is, from one straight step to each side.

    Args:
        model: The arm's nominal dynamics.
        base: Position of the first joint, shape (3,) [m].
        radius: Length of the steps [m].
        q: Joint positions of the pose, shape (n_joints,) [rad].
    """
    here = model.dynamics(q)
    along = (here.hand.position - base) * [1.0, 1.0, 0.0]
    above = bool(here.hand.position[2] - radius > min(0.0, base[2]))
    length = float(np.linalg.norm(along))
    worst = conditioning_at(here)
    if length < CLOSE:
        return Promise(above, 0.0, "the hand is above or below the first joint")
    if holding_load(model, here) > STRENGTH:
        limits = f"more than {100 * STRENGTH:g} % of a joint's torque limit is taken to hold it"
        return Promise(above, 0.0, limits)
    if worst <= MIN_SINGULAR_VALUE:
        return Promise(above, 0.0, "the arm is singular there")
    if touching := model.contacts(q):
        return Promise(above, 0.0, touching[0])
    left, up = frontal_plane(along / length)
    for side in SIDES:
        step = radius * np.append(np.cos(side) * left + np.sin(side) * up, np.zeros(3))
        end = q + resolved_rate(here, step, np.zeros_like(q))
        if np.minimum(end - model.chain.lower, model.chain.upper - end).min() <= LIMIT_CLEARANCE:
            return Promise(above, 0.0, "a joint comes to its limit")
        worst = min(worst, conditioning_at(model.dynamics(end)))
    return Promise(above, worst, None if worst > MIN_SINGULAR_VALUE else "the arm is singular")
