"""What every controller is."""

from abc import ABC, abstractmethod
from typing import Self

import numpy as np

from spikearm.arm_models import ArmState, SpikearmError
from spikearm.controller.references.reference import Reference
from spikearm.neural.counts import Footprint, StepCounts
from spikearm.neural.simulation import NeuralSimulation


class Controller(ABC):
    """Turns the sensed state and the reference into joint torques, once per step.

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
        """Forget the past and get ready in this state, while the arm is still held."""

    def close(self) -> None:  # noqa: B027  most controllers hold nothing
        """Free what the controller holds."""

    @property
    def crossings(self) -> tuple[float, float] | None:
        """When the last step entered the network and left it, by ``time.perf_counter`` [s].

        None for a controller without neurons.
        """
        return None

    @property
    def feedback(self) -> np.ndarray:
        """Joint torques that errors of position and velocity alone asked for in the last step.

        Shape (n_joints,) [N m]. Were all else known, there would be none: from it,
        :class:`spikearm.controller.adaptation.adaptive_controller.AdaptiveController` learns.

        Raises:
            SpikearmError: This controller does not tell.
        """
        raise SpikearmError(f"{type(self).__name__} tells no feedback that could be learned from.")

    @property
    def simulation(self) -> NeuralSimulation | None:
        """What the controller's network runs on, or None for a controller without neurons."""
        return None

    @property
    def counts(self) -> StepCounts:
        """Neural work of the last step; none for a controller without neurons."""
        return StepCounts()

    @property
    def footprint(self) -> Footprint | None:
        """What the network takes, or None for a controller without neurons."""
        return None
