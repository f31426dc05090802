"""What every controller is."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from arm_models import ArmState, SpikearmError
from controller.reference import Reference

UNCOUNTED = -1
"""Stands in :class:`StepCounts` for what a backend cannot count."""
if TYPE_CHECKING:
    from controller.simulation import NeuralSimulation


class StepCounts(NamedTuple):
    """Neural work of one control step, counted as it happened.

    Attributes:
        spikes: Neurons that put something out: a spike or, for rate neurons, a rate above
            zero. The host's spikes that arrive at a chip are included.
        synaptic_events: Weights that outputs reached in the step, nonzero or learned; on a
            chip, spikes reach them one step after they were fired.
        neuron_updates: Neurons whose state was advanced.
        learning_updates: Weights that a learning rule was applied to.
        host_spikes: Spikes from the host that arrived at a chip.
    """

    spikes: float = 0
    synaptic_events: float = 0
    neuron_updates: float = 0
    learning_updates: float = 0
    host_spikes: float = 0


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a network takes, independent of its activity; names as NeuroBench has them.

    Attributes:
        connection_sparsity: Share of weights that are zero [1].
        footprint_bytes: Memory of weights and neuron state [bytes].
        dense: Multiply-accumulates per step if nothing were skipped.
        effective_macs: Multiplications per step driven by values rather than spikes
            (inputs times encoders, for a network that is not on a chip).
        cores: Neuromorphic cores taken, on Loihi.
        compartments: Compartments taken, on Loihi.
        synapse_memory_bits: Synapse memory taken, on Loihi [bits].
    """

    connection_sparsity: float
    footprint_bytes: int
    dense: int
    effective_macs: int
    cores: int | None = None
    compartments: int | None = None
    synapse_memory_bits: int | None = None


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
        :class:`controller.adaptive.AdaptiveController` learns.

        Raises:
            SpikearmError: This controller does not tell.
        """
        raise SpikearmError(f"{type(self).__name__} tells no feedback that could be learned from.")

    @property
    def simulation(self) -> "NeuralSimulation | None":
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
