"""What a disturbance is done to: an arm, its controller, its sensors, and what happens when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from spikearm.arm_models import Arm, ArmState
from spikearm.controller.controller import Controller
from spikearm.controller.loop.closed_loop import Sensors, exact
from spikearm.controller.references.reference import Reference
from spikearm.experiments.tasks.centre_out import Reaches
from spikearm.neural.simulation import NeuralSimulation

ROUNDING = 1e-9  # s; simulated time is a sum of periods


@dataclass(frozen=True)
class Event:
    """Something that happens in every episode.

    Attributes:
        time: When, since the episode began [s]; 0 is before its first step.
        act: Does it.
    """

    time: float
    act: Callable[[], object]


@dataclass(frozen=True)
class Rig:
    """A closed loop that is to be disturbed.

    Attributes:
        arm: The plant.
        controller: What drives it.
        reaches: The reaches of the task.
        sensors: What is sensed of the arm's state.
        events: What happens in every episode.
        undo: What takes back whatever was done to arm and controller, when all is over.
    """

    arm: Arm
    controller: Controller
    reaches: Reaches
    sensors: Sensors = exact
    events: tuple[Event, ...] = ()
    undo: tuple[Callable[[], object], ...] = ()

    @property
    def simulation(self) -> NeuralSimulation:
        """What the controller's neurons run on, which must be there."""
        assert self.controller.simulation is not None
        return self.controller.simulation

    @property
    def halfway(self) -> tuple[float, float]:
        """When the hand is fastest, on its way out and on its way back [s]."""
        out = self.reaches.duration / 2
        return out, out + self.reaches.duration + self.reaches.hold

    def happening(self, *events: Event) -> "Rig":
        """Let more happen in every episode."""
        return replace(self, events=(*self.events, *events))

    def undone_by(self, undo: Callable[[], object]) -> "Rig":
        """Say what takes a change back."""
        return replace(self, undo=(*self.undo, undo))


class Schedule:
    """Lets events happen while an arm moves: it observes the closed loop.

    Args:
        events: What happens in every episode.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = sorted(events, key=lambda event: event.time)
        self._n_past = 0

    def begin(self) -> None:
        """Begin an episode."""
        self._n_past = 0
        self._let_happen(0.0)

    def __call__(self, arm: Arm, state: ArmState, reference: Reference) -> None:
        """Look at the clock after a step."""
        self._let_happen(state.time)

    def _let_happen(self, time: float) -> None:
        while (
            self._n_past < len(self._events) and self._events[self._n_past].time <= time + ROUNDING
        ):
            self._events[self._n_past].act()
            self._n_past += 1
