"""Motions that controllers are measured on, as options that an arm turns into a task."""

from typing import Literal, Protocol

from spikearm.arm_models import RigidBodyModel, SpikearmError
from spikearm.arm_models.errors import LARGEST, check_count
from spikearm.controller.references.workspace import Workspace
from spikearm.experiments.seed import check_seed
from spikearm.experiments.tasks.task import Task

ReachingName = Literal["centre-out", "workspace"]

TASK_DIMENSIONS = 6  # position and orientation
MOST_TARGETS = 1000  # about an hour of one core with each neural controller, estimated
MOST_TIME = 600.0  # s of a motion, whose steps take a quarter of a GB of memory
SPEED_SHARE = 0.9  # of a velocity limit, that a planned motion takes; the rest is for control
STEPS_PER_SECOND = 20  # durations that speed limits ask for are rounded up to multiples of 0.05 s


class Reaching(Protocol):
    """Options of motions to targets."""

    @property
    def name(self) -> str:
        """Name of the task in tables."""
        ...

    @property
    def targets(self) -> int:
        """Number of targets, each of an episode of its own."""
        ...

    @property
    def radius(self) -> float | None:
        """Distance from home [m]; None for what the arm reaches."""
        ...

    @property
    def duration(self) -> float:
        """Least length of a motion [s]."""
        ...

    @property
    def hold(self) -> float:
        """Time that the hand then holds still [s]."""
        ...

    @property
    def offset(self) -> float:
        """Distance from home to the starts, where all are as far [m]."""
        ...

    @property
    def speed_limits(self) -> bool:
        """True if motions keep to the velocity limits of the joints."""
        ...

    @property
    def drawn(self) -> bool:
        """True if the seed draws starts or targets."""
        ...

    @property
    def returns(self) -> bool:
        """True if the hand goes back to the start of each episode."""
        ...

    def region(self, task: Task) -> Workspace:
        """Return the region that the motions of a task take up."""
        ...

    def plan(self, model: RigidBodyModel, seed: int) -> Task:
        """Place starts and targets for an arm.

        Raises:
            SpikearmError: The arm cannot make such motions, or the seed is none.
        """
        ...


def check_reaching(options: Reaching) -> None:
    """Refuse numbers that no arm could follow.

    Raises:
        SpikearmError: One of them is out of range.
    """
    check_count(options.targets, "targets", MOST_TARGETS)
    if options.radius is not None and not 0 < options.radius <= LARGEST:
        raise SpikearmError(
            f"A radius of {options.radius} m is not possible: give one above 0, at most "
            f"{LARGEST:g} m."
        )
    if not 0 < options.duration <= MOST_TIME:
        raise SpikearmError(
            f"A duration of {options.duration} s is not possible: give one above 0, at most "
            f"{MOST_TIME:g} s."
        )
    if not 0 <= options.hold <= MOST_TIME:
        raise SpikearmError(
            f"A hold of {options.hold} s is not possible: give 0 or more, at most {MOST_TIME:g} s."
        )


def check_arm(model: RigidBodyModel, options: Reaching, seed: int) -> None:
    """Refuse an arm, a seed or a duration of which no task can be made.

    Raises:
        SpikearmError: The arm has too few joints, the motion is shorter than a control step, or
            the seed is none that generators take.
    """
    check_seed(seed)
    if model.chain.n_joints < TASK_DIMENSIONS:
        raise SpikearmError(
            f"An arm of {model.chain.n_joints} joints cannot hold a position and an orientation: "
            f"this task needs {TASK_DIMENSIONS} joints or more."
        )
    if options.duration < model.timestep:
        raise SpikearmError(
            f"A duration of {options.duration} s is less than a control step: give "
            f"{model.timestep} s or more."
        )
