"""Home pose of an arm, measured by the reaches that it allows."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import Chain, Dynamics, RigidBodyModel, SpikearmError
from spikearm.controller.references.joint_reference import end_joints
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.experiments.tasks.centre_out import (
    RADII,
    REACH_TIME,
    CentreOut,
    Variant,
    plan_task,
)

ALIKE = 0.05  # of conditioning, within which poses are as good: the one that is bent less counts
GRID = 0.05  # rad or m, to which positions are rounded
MARGIN = 0.1  # of a joint's range, at either end, that home stays out of
FREE_RANGE = np.pi  # rad or m, either way, of a joint without limits


@dataclass(frozen=True)
class HomeCandidate:
    """Home pose, and the reaches that the arm can make from it.

    Attributes:
        joints: Joint positions, shape (n_joints,) [rad or m].
        hand: Position of the hand, shape (3,) [m].
        circle: Radius of the largest circle of the benchmark that is reached, 0 if none is [m].
        pose: The same with turns of the hand [m].
        conditioning: Smallest singular value of the hand's Jacobian, at home and at the circle's
            targets. At 0 the hand cannot move in some direction.
        load: Largest share of a joint's torque limit that it takes to hold the arm [1].
        n_bent: Number of joints that are not in the middle of their range, or at zero.
        contacts: Contacts of the arm at home, in words.
        is_files: True for the pose of the arm's file.
    """

    joints: np.ndarray
    hand: np.ndarray
    circle: float
    pose: float
    conditioning: float
    load: float
    n_bent: int
    contacts: tuple[str, ...] = ()
    is_files: bool = False

    @property
    def is_sound(self) -> bool:
        """True if the arm touches nothing, can be held, and reaches a circle, turns too."""
        return not self.contacts and self.load <= 1.0 and self.circle > 0 and self.pose > 0

    @property
    def rank(self) -> tuple[float, ...]:
        """Order of candidates: far reaches, then the file's own pose, then conditioning."""
        alike = self.conditioning // ALIKE
        reached = (self.is_sound, self.circle, self.pose, self.is_files)
        return (*reached, alike, -self.n_bent, self.conditioning)


def measure_home(
    model: RigidBodyModel, joints: np.ndarray, is_files: bool = False
) -> HomeCandidate:
    """Measure a home pose by the tasks of the benchmark, as they are planned from it.

    Args:
        model: The arm's nominal dynamics.
        joints: Joint positions, shape (n_joints,) [rad].
        is_files: True for the pose of the arm's file.
    """
    there = model.with_home(joints)
    here = there.dynamics(joints)
    circle, ends = _reach(there, "circle")
    return HomeCandidate(
        joints=joints,
        hand=here.hand.position,
        circle=circle,
        pose=_reach(there, "pose")[0] if circle else 0.0,
        conditioning=min(conditioning_at(there.dynamics(q)) for q in (joints, *ends)),
        load=holding_load(there, here),
        n_bent=int((np.abs(joints - middle_of(model.chain)) > GRID).sum()),
        contacts=tuple(dict.fromkeys(there.contacts(joints))),
        is_files=is_files,
    )


def _reach(model: RigidBodyModel, variant: Variant) -> tuple[float, list[np.ndarray]]:
    """Return the largest radius that is reached without contact, and joints at the targets."""
    for radius in RADII:
        try:
            task = plan_task(model, CentreOut(variant, radius=radius), seed=0)
        except SpikearmError:
            continue
        motions = (MinimumJerk(task.start, target, REACH_TIME) for target in task.targets)
        ends = [end for motion in motions if (end := end_joints(model, motion)) is not None]
        if not any(model.contacts(q) for q in ends):
            return radius, ends
    return 0.0, []


def home_range(chain: Chain) -> tuple[np.ndarray, np.ndarray]:
    """Return the range of each joint that home may be in, twice shape (n_joints,) [rad]."""
    lower = np.where(np.isfinite(chain.lower), chain.lower, chain.home - FREE_RANGE)
    upper = np.where(np.isfinite(chain.upper), chain.upper, chain.home + FREE_RANGE)
    room = MARGIN * (upper - lower)
    return lower + room, upper - room


def middle_of(chain: Chain) -> np.ndarray:
    """Return zero, or the middle of the range of joints that do not have it, shape (n_joints,).

    The first joint is where the file has it: it turns all of the arm, and the file may have it
    look at something.
    """
    lower, upper = home_range(chain)
    middle = np.where((lower < 0) & (upper > 0), 0.0, (lower + upper) / 2)
    middle[0] = np.clip(chain.home[0], lower[0], upper[0])
    return middle


def conditioning_at(here: Dynamics) -> float:
    """Return the smallest singular value of the hand's Jacobian [m/rad and 1]."""
    return float(np.linalg.svd(here.jacobian, compute_uv=False)[-1])


def holding_load(model: RigidBodyModel, here: Dynamics) -> float:
    """Return the largest share of a joint's torque limit that holding the arm takes."""
    return float((np.abs(here.bias_force) / model.chain.torque_limits).max())
