"""Reaches under growing perturbations."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_count
from spikearm.controller.adaptation.adaptive_controller import AdaptiveController
from spikearm.controller.controller import Controller, NeuralController, unwrap
from spikearm.experiments.controllers import ChosenController
from spikearm.experiments.perturbations.loop_setup import LoopSetup, Schedule
from spikearm.experiments.studies.benchmark import metrics
from spikearm.experiments.studies.condition import Condition, applies
from spikearm.experiments.studies.plan import PerturbedPlan
from spikearm.experiments.tasks.episode import Reach, run_episode
from spikearm.experiments.tasks.task import Direction
from spikearm.neural.processes.raised import Caught

MOST_ROUNDS = 1000  # of eight targets, hours of one core in each condition, estimated


@dataclass(frozen=True)
class MeasuredReach:
    """Measurements of a motion under a perturbation.

    Attributes:
        round: Number of times that the targets had been gone through before.
        target: Index of the target.
        direction: ``out`` or ``back``.
        position_rmse_m: Root mean square distance from the ideal position; None if the arm was
            lost or stopped on the way [m].
        endpoint_error_m: Distance from the target at the end; None likewise [m].
        held_steps: Steps in which sensors had failed and the last torque was held.
        problem: Reason why it ended early, if it did.
    """

    round: int
    target: int
    direction: str
    position_rmse_m: float | None = None
    endpoint_error_m: float | None = None
    held_steps: int = 0
    problem: str | None = None


@dataclass(frozen=True)
class StressOutcome:
    """Motions of a controller under one condition.

    Attributes:
        condition: Controller, seed and perturbation.
        reaches: Motions, in their order.
        overflow_counts: Number of steps in which a number of an adaptive network was cut or
            overflowed, by the kind of number.
        problem: Exception that ended the measurement early, if there was one.
    """

    condition: Condition
    reaches: tuple[MeasuredReach, ...]
    overflow_counts: dict[str, int]
    problem: BaseException | None = None


@dataclass(frozen=True, kw_only=True)
class StressPlan(PerturbedPlan):
    """Plan of growing perturbations.

    Attributes:
        rounds: Number of times that the targets are gone through; what is learned goes from one
            to the next.
        unperturbed: True if every controller is measured without a perturbation, too.
    """

    rounds: int = 1
    unperturbed: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count(self.rounds, "rounds", MOST_ROUNDS)
        if any(controller.on_board for controller in self.controllers):
            raise SpikearmError(
                "No board can be perturbed so. Choose the engine, which computes the same spikes."
            )

    def conditions(self, controller: ChosenController, seed: int) -> list[Condition]:
        """List the conditions of a controller and seed, the unperturbed one first.

        A law without neurons makes the same motions with every seed, unless the task or the
        perturbation are drawn; only the first seed counts then.
        """
        conditions = [
            Condition(controller, seed, level)
            for level in self.levels
            if applies(level.perturbation, controller)
        ]
        if controller.stage is None and not self.task.drawn and seed != self.seeds[0]:
            return [one for one in conditions if one.level.perturbation.drawn]
        first = [Condition(controller, seed)] if self.unperturbed else []
        return list(dict.fromkeys([*first, *conditions]))

    def loop(self, controller: Controller, seed: int) -> LoopSetup:
        """Return the unperturbed closed loop of a controller."""
        return LoopSetup(self.arm, controller, self.task.plan(self.arm.model, seed))

    def outcome(self, setup: LoopSetup, condition: Condition) -> StressOutcome:
        """Measure a closed loop under a condition, and restore it."""
        controller = setup.controller
        learner = unwrap(controller, AdaptiveController)
        if (neural := unwrap(controller, NeuralController)) is not None:
            neural.simulation.restart()  # it may have learned under another perturbation
        before = learner.overflow_counts if learner else Counter[str]()
        setup = condition.level.apply(setup, condition.seed)
        reaches: list[MeasuredReach] = []
        with Caught() as caught:
            reaches.extend(self._reaches(setup))
        setup.restore()
        after = learner.overflow_counts if learner else Counter[str]()
        return StressOutcome(condition, tuple(reaches), dict(after - before), caught.problem)

    def _reaches(self, setup: LoopSetup) -> Iterator[MeasuredReach]:
        schedule = Schedule(setup.events)
        for number in range(self.rounds):
            for index in range(len(setup.task.targets)):
                schedule.begin()
                motions = run_episode(
                    setup.arm, setup.controller, setup.task, index, schedule,
                    sensors=setup.sensors, safety=self.safety,
                )  # fmt: skip
                yield from _every_way(motions, setup.task.directions, number, index)


def _every_way(
    motions: Iterator[Reach], directions: Sequence[Direction], number: int, index: int
) -> Iterator[MeasuredReach]:
    """Measure the motions of an episode, and account for those that did not come about."""
    for direction in directions:
        try:
            path = next(motions).trajectory
        except SpikearmError as problem:
            yield from (
                MeasuredReach(number, index, way, problem=str(problem))
                for way in directions[directions.index(direction) :]
            )
            return
        yield MeasuredReach(
            number, index, direction, metrics.position_rmse(path), metrics.endpoint_error(path),
            int(path.held.sum()),
        )  # fmt: skip
