"""The closed loop that a perturbation changes: arm, controller, sensors, and events in time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from spikearm.arm_models import Arm, ArmState
from spikearm.controller.controller import Controller, NeuralController, unwrap
from spikearm.controller.loop.closed_loop import Sensors, exact
from spikearm.controller.references.reference import Reference
from spikearm.experiments.tasks.task import Task
from spikearm.neural.simulation import NeuralSimulation

ROUNDING = 1e-9  # s; simulated time is a sum of periods


@dataclass(frozen=True)
class Event:
    """A change that happens in every episode.

    Attributes:
        time: Time since the episode began [s]; 0 is before its first step.
        act: Function that makes the change.
    """

    time: float
    act: Callable[[], object]


@dataclass(frozen=True)
class LoopSetup:
    """A closed loop that is to be perturbed.

    Attributes:
        arm: The plant.
        controller: Controller that drives it.
        task: Start and targets.
        sensors: Function from the arm's state to what is sensed of it.
        events: Changes that happen in every episode.
        undo: Functions that take back what was done to arm and controller, when all is over.
    """

    arm: Arm
    controller: Controller
    task: Task
    sensors: Sensors = exact
    events: tuple[Event, ...] = ()
    undo: tuple[Callable[[], object], ...] = ()

    @property
    def simulation(self) -> NeuralSimulation:
        """The simulation of the controller's neurons, which must be there."""
        neural = unwrap(self.controller, NeuralController)
        assert neural is not None
        return neural.simulation

    @property
    def halfway(self) -> tuple[float, float]:
        """Times at which the hand is fastest, on its way out and on its way back [s]."""
        out = self.task.duration / 2
        return out, out + self.task.duration + self.task.hold

    def with_controller(self, controller: Controller) -> "LoopSetup":
        """Return the loop with another controller."""
        return replace(self, controller=controller)

    def with_sensors(self, sensors: Sensors) -> "LoopSetup":
        """Return the loop with sensors that are given what the present ones sense."""
        before = self.sensors
        return replace(self, sensors=lambda state: sensors(before(state)))

    def with_events(self, *events: Event) -> "LoopSetup":
        """Return the loop with more changes in every episode."""
        return replace(self, events=(*self.events, *events))

    def with_undo(self, undo: Callable[[], object]) -> "LoopSetup":
        """Return the loop with one more change to be taken back."""
        return replace(self, undo=(*self.undo, undo))

    def restore(self) -> None:
        """Take back all that was done to arm and controller, the last change first."""
        for undo in reversed(self.undo):
            undo()


class Schedule:
    """Clock of an episode's events: it observes the closed loop.

    Args:
        events: Changes that happen in every episode.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = sorted(events, key=lambda event: event.time)
        self._n_past = 0

    def begin(self) -> None:
        """Begin an episode."""
        self._n_past = 0
        self._act_until(0.0)

    def __call__(self, arm: Arm, state: ArmState, reference: Reference) -> None:
        """Make the changes that are due after a step."""
        self._act_until(state.time)

    def _act_until(self, time: float) -> None:
        while (
            self._n_past < len(self._events) and self._events[self._n_past].time <= time + ROUNDING
        ):
            self._events[self._n_past].act()
            self._n_past += 1
