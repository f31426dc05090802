"""Base classes of controllers."""

from abc import ABC, abstractmethod
from typing import Self, TypeVar

import numpy as np

from spikearm.arm_models import ArmState, SpikearmError
from spikearm.controller.references.reference import Reference
from spikearm.neural.simulation import NeuralSimulation

T = TypeVar("T")


class Controller(ABC):
    """Map from the sensed state and the reference to joint torques, called once per step.

    It may hold a simulator: use it in a ``with`` statement, or close it.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @abstractmethod
    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""

    def start(self, state: ArmState) -> None:  # noqa: B027  most controllers keep no state
        """Reset the controller and prepare it for this state, while the arm is still held."""

    def close(self) -> None:  # noqa: B027  most controllers hold nothing
        """Free the resources of the controller."""


class NeuralController(Controller):
    """Controller with neurons."""

    @property
    @abstractmethod
    def simulation(self) -> NeuralSimulation:
        """Simulation that runs the controller's network."""

    @property
    @abstractmethod
    def crossings(self) -> tuple[float, float]:
        """Times at which the last step entered the network and left it [s].

        By ``time.perf_counter``; not a number before the first step.
        """


class FeedbackController(Controller):
    """Controller that separates feedback from the rest of its torque.

    An adaptive network learns from it: with a perfect model, feedback would be zero.
    """

    @property
    @abstractmethod
    def feedback(self) -> np.ndarray:
        """Joint torques of the last step that errors of position and velocity alone asked for.

        Shape (n_joints,) [N m].
        """


def feedback_controller(controller: Controller) -> FeedbackController:
    """Return a controller as one that an adaptive network can learn from.

    Raises:
        SpikearmError: It does not separate feedback from the rest of its torque.
    """
    if not isinstance(controller, FeedbackController):
        raise SpikearmError(
            f"{type(controller).__name__} has no feedback that could be learned from. Derive it "
            "from FeedbackController."
        )
    return controller


class WrappedController(Controller):
    """Controller around another one, which passes on all calls but the torque's.

    Args:
        inner: Controller inside.
    """

    def __init__(self, inner: Controller) -> None:
        self.inner = inner

    def start(self, state: ArmState) -> None:
        """Reset the controller inside and prepare it for this state."""
        self.inner.start(state)

    def close(self) -> None:
        """Free the resources of the wrapped controller."""
        self.inner.close()


def unwrap(controller: Controller, kind: type[T]) -> T | None:
    """Find the outermost controller of a kind, looking into wrapped ones.

    Args:
        controller: Controller to begin with.
        kind: Class, such as :class:`NeuralController`.

    Returns:
        The controller itself or one that it wraps, or None if none is of this kind.
    """
    while not isinstance(controller, kind):
        if not isinstance(controller, WrappedController):
            return None
        controller = controller.inner
    return controller
