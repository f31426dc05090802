"""Outcome of a benchmark's condition: an episode to one target with one controller and seed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from spikearm.controller.adaptation.adaptive_controller import AdaptiveController
from spikearm.controller.adaptation.learned_weights import LearnedWeights
from spikearm.controller.controller import Controller, NeuralController, unwrap
from spikearm.experiments.controllers import ChosenController
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.tasks.episode import Reach
from spikearm.experiments.tasks.task import Direction, Task
from spikearm.neural.counts import Footprint
from spikearm.neural.processes.raised import Problem, describe


@dataclass(frozen=True)
class Learning:
    """State of an adaptive controller after an episode.

    Attributes:
        weights: Learned weights.
        overflow_counts: Number of steps in which a number was cut or overflowed, by its name.
    """

    weights: LearnedWeights
    overflow_counts: Counter[str]


@dataclass(frozen=True)
class Loss:
    """Motion in which a controller lost the arm or failed, which ends its episode.

    Attributes:
        target: Index of the target.
        direction: Direction of the motion.
        n_motions: Number of motions of the episode that were not made, this one among them.
        problem: Reason, in words.
    """

    target: int
    direction: Direction
    n_motions: int
    problem: str


@dataclass(frozen=True)
class EpisodeOutcome:
    """Finished reaches of an episode, and the cost of its controller.

    Attributes:
        controller: Controller that drove the arm.
        seed: Seed of task and network.
        task: Start and targets.
        target: Index of the target.
        motions: Reaches that were finished.
        build_time: Wall time of building the controller [s].
        footprint: Resources of its network, or None.
        learning: State of what learns, or None.
        problem: Reason why the episode ended early, or None.
    """

    controller: ChosenController
    seed: int
    task: Task
    target: int
    motions: tuple[Reach, ...]
    build_time: float
    footprint: Footprint | None
    learning: Learning | None
    problem: Problem | None

    @property
    def loss(self) -> Loss | None:
        """Motion in which the controller lost the arm or failed; None if there was none."""
        missing = self.task.directions[len(self.motions) :]
        if not missing or not isinstance(self.problem, Exception):
            return None
        return Loss(self.target, missing[0], len(missing), describe(self.problem))

    @property
    def recorded(self) -> list[RecordedReach]:
        """Finished reaches as they are written."""
        name, adaptive = self.controller.name, self.controller.adaptive
        return [
            RecordedReach(
                name, adaptive, self.seed, self.target, motion.direction, motion.trajectory,
                motion.spike_trains,
            )
            for motion in self.motions
        ]  # fmt: skip


def recorded_reaches(outcomes: Sequence[EpisodeOutcome]) -> list[RecordedReach]:
    """Return the finished reaches of all outcomes."""
    return [reach for outcome in outcomes for reach in outcome.recorded]


def footprint_of(controller: Controller) -> Footprint | None:
    """Return the resources of a controller's network, or None if it has none."""
    neural = unwrap(controller, NeuralController)
    return neural.simulation.footprint if neural else None


def learning_of(controller: Controller) -> Learning | None:
    """Return the state of what learns in a controller, or None if nothing does."""
    learner = unwrap(controller, AdaptiveController)
    return Learning(learner.learned, learner.overflow_counts) if learner else None
