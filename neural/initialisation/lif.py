"""Leaky integrate-and-fire neurons in discrete time."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models.errors import check_positive


@dataclass(frozen=True)
class Lif:
    """Leaky integrate-and-fire neurons with exponential current synapses, in discrete time.

    With ``a = exp(-timestep / tau_membrane)`` and ``b = exp(-timestep / tau_synapse)``, a step of
    the spikes ``S``, membrane potential ``U`` and synaptic current ``I`` is, in this order::

        S = 1 if U > threshold else 0
        U = (a U + (1 - a) I) (1 - S)
        I = b I + sum of the weights of the inputs that spike

    Attributes:
        tau_membrane: Time constant of the membrane [s].
        tau_synapse: Time constant of the synapses [s].
        timestep: Duration of a step [s].
        threshold: Membrane potential at which a neuron fires.

    Raises:
        SpikearmError: A number is not positive.
    """

    tau_membrane: float = 0.02
    tau_synapse: float = 0.01
    timestep: float = 0.002
    threshold: float = 1.0

    def __post_init__(self) -> None:
        check_positive(self, "tau_membrane", "tau_synapse", "timestep", "threshold")

    @property
    def membrane_decay(self) -> float:
        """Share of the membrane potential that is left after a step, ``a``."""
        return float(np.exp(-self.timestep / self.tau_membrane))

    @property
    def synapse_decay(self) -> float:
        """Share of the synaptic current that is left after a step, ``b``."""
        return float(np.exp(-self.timestep / self.tau_synapse))
