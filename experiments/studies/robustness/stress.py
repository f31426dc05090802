"""How much a controller bears: reaches under growing disturbances."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from spikearm.arm_models import Arm, SpikearmError
from spikearm.controller.adaptation.adaptive_controller import AdaptiveController
from spikearm.controller.controller import Controller
from spikearm.controller.loop.sensor_guard import GuardLimits, SensorGuard
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.perturbations.loop_setup import Rig, Schedule
from spikearm.experiments.perturbations.registry import DISTURBANCES, DisturbanceName
from spikearm.experiments.studies.benchmark import metrics
from spikearm.experiments.tasks.centre_out import CentreOut, plan_reaches
from spikearm.experiments.tasks.episode import Motion, run_episode
from spikearm.neural.parallel import parallel_map

UNDISTURBED = "none"
LEGS = ("out", "back")


@dataclass(frozen=True)
class Cell:
    """What one controller is put under with one seed.

    Attributes:
        controller: Label of the controller that drives the arm.
        seed: Seed of the task, the networks and the disturbance.
        disturbance: Its name, or ``none``.
        strength: How strong it is [SI]; 0 for none.
    """

    controller: str
    seed: int
    disturbance: str = UNDISTURBED
    strength: float = 0.0


@dataclass(frozen=True)
class Reach:
    """One motion under a disturbance.

    Attributes:
        round: How often the targets had been gone through before.
        reach: Index of the target.
        leg: ``out`` or ``back``.
        position_rmse_m: Root mean square distance from the ideal position; None if the arm was
            lost or stopped on the way [m].
        endpoint_error_m: Distance from the target at the end; None likewise [m].
        held_steps: Steps in which sensors had failed and the last torque was held.
        problem: What ended it early, if something did.
    """

    round: int
    reach: int
    leg: str
    position_rmse_m: float | None = None
    endpoint_error_m: float | None = None
    held_steps: int = 0
    problem: str | None = None


@dataclass(frozen=True)
class Bout:
    """What a controller did in a cell.

    Attributes:
        cell: What it was put under.
        reaches: All its motions, in their order.
        overflow_counts: In how many steps a number of an adaptive network was cut or overflowed.
    """

    cell: Cell
    reaches: tuple[Reach, ...]
    overflow_counts: dict[str, int]


@dataclass(frozen=True)
class StressPlan:
    """What is measured.

    Attributes:
        arm: The plant.
        task: The reaches.
        controllers: Controllers; some may learn.
        disturbances: What they are put under, one at a time.
        seeds: Seeds.
        setup: Parameters of the controllers; the seed is replaced.
        rounds: How often the targets are gone through; what is learned goes from one to the next.
        limits: How patient the loop is with its sensors.
        jobs: How many cells are measured at a time; the number of cores when left out.
    """

    arm: Arm
    task: CentreOut
    controllers: Sequence[ChosenController]
    disturbances: Sequence[DisturbanceName]
    seeds: Sequence[int]
    setup: ControllerSetup
    rounds: int = 1
    limits: GuardLimits = GuardLimits()
    jobs: int | None = None

    def __post_init__(self) -> None:
        if self.rounds < 1:
            raise SpikearmError(f"{self.rounds} rounds are too few: give 1 or more.")
        if self.jobs is not None and self.jobs < 1:
            raise SpikearmError(f"{self.jobs} jobs are too few: give 1 or more.")
        if any(controller.on_board for controller in self.controllers):
            raise SpikearmError(
                "No board can be disturbed so: leave out --backend board. The engine computes the "
                "same spikes."
            )

    def cells(self, controller: ChosenController, seed: int) -> list[Cell]:
        """List what a controller is put under, nothing at first.

        A law without neurons makes the same motions with every seed, unless the task or the
        disturbance are drawn; only the first seed counts then.
        """
        label = controller.label
        chosen = [(name, DISTURBANCES[name]) for name in self.disturbances]
        cells = [
            Cell(label, seed, name, strength)
            for name, disturbance in chosen
            if disturbance.needs == "nothing" or disturbance.needs in _has(controller)
            for strength in disturbance.strengths
        ]
        fixed = not _has(controller) and self.task.variant == "circle" and not self.task.offset
        if fixed and seed != self.seeds[0]:
            return [cell for cell in cells if DISTURBANCES[cell.disturbance].drawn]
        return [Cell(label, seed), *cells]

    def make(self, controller: ChosenController, seed: int) -> Controller:
        """Build a controller."""
        return controller.make(replace(self.setup, seed=seed))

    def bouts(self, controller: Controller, cells: Sequence[Cell]) -> Generator[Bout, None, None]:
        """Put a controller under one thing after the other, several at a time.

        Yields:
            What it did, in the order of the cells, as soon as it is there.
        """
        reaches = plan_reaches(self.arm.model, self.task, cells[0].seed)
        yield from parallel_map(
            lambda number: self._bout(Rig(self.arm, controller, reaches), cells[number]),
            len(cells), self.jobs,
        )  # fmt: skip

    def _bout(self, rig: Rig, cell: Cell) -> Bout:
        learner = rig.controller if isinstance(rig.controller, AdaptiveController) else None
        if rig.controller.simulation is not None:
            rig.controller.simulation.restart()  # it may have learned under another disturbance
        before = learner.overflow_counts if learner else None
        if cell.disturbance != UNDISTURBED:
            disturbance = DISTURBANCES[cell.disturbance]
            rig = disturbance.disturb(rig, cell.strength, cell.seed)
        try:
            reaches = tuple(self._reaches(rig))
        finally:
            for undo in rig.undo:
                undo()
        overflow_counts = (
            dict(learner.overflow_counts - before) if learner and before is not None else {}
        )
        return Bout(cell, reaches, overflow_counts)

    def _reaches(self, rig: Rig) -> Iterator[Reach]:
        schedule = Schedule(rig.events)
        for number in range(self.rounds):
            for index, target in enumerate(rig.reaches.targets):
                schedule.begin()
                guard = SensorGuard(rig.arm, self.limits)
                motions = run_episode(
                    rig.arm, rig.controller, rig.reaches, target, schedule,
                    sensors=rig.sensors, guard=guard,
                )  # fmt: skip
                yield from _both_ways(motions, number, index)


def _both_ways(motions: Iterator[Motion], number: int, index: int) -> Iterator[Reach]:
    """Measure the motions of an episode, and account for those that did not come about."""
    for leg in LEGS:
        try:
            path = next(motions).trajectory
        except SpikearmError as problem:
            yield from (
                Reach(number, index, way, problem=str(problem)) for way in LEGS[LEGS.index(leg) :]
            )
            return
        yield Reach(
            number, index, leg, metrics.position_rmse(path), metrics.endpoint_error(path),
            int(path.held.sum()),
        )  # fmt: skip


def _has(controller: ChosenController) -> tuple[str, ...]:
    """List the parts of a controller that can be disturbed."""
    if controller.stage is None:
        return ()
    return ("neurons", "chip") if controller.stage == "loihi" else ("neurons",)
