"""Membrane of the controller's neurons: how they turn a current into spikes."""

from dataclasses import dataclass
from typing import Literal

import nengo
import numpy as np

from spikearm.arm_models.errors import check_not_negative

NeuralStage = Literal["rate", "spiking", "loihi"]
TAU_REF = 0.001  # s, refractory period of leaky neurons: one step, the chip's least
AT_REST = {"voltage": nengo.dists.Choice([0])}


@dataclass(frozen=True)
class Membrane:
    """Membrane of integrate-and-fire neurons, leaky or not.

    A leaky neuron's current is in units of its threshold. That of a neuron without a leak is in
    Hz: it fires at the rate that its current says, if that is positive.

    Attributes:
        leak: Rate at which the voltage falls to zero, one over the membrane's time constant; 0 for
            neurons without a leak [1/s].
    """

    leak: float = 0.0

    def __post_init__(self) -> None:
        check_not_negative(self, "leak")

    @property
    def leaks(self) -> bool:
        """True for leaky integrate-and-fire neurons."""
        return self.leak > 0

    @property
    def tau_rc(self) -> float:
        """Time constant of a leaky membrane [s]."""
        return 1.0 / self.leak

    def neuron_type(self, stage: NeuralStage) -> nengo.neurons.NeuronType:
        """Return the neuron type of a stage: rates in stage ``rate``, spikes in the others."""
        if stage == "rate":
            return self.rate_type()
        if self.leaks:
            return nengo.LIF(tau_rc=self.tau_rc, tau_ref=TAU_REF, initial_state=AT_REST)
        return nengo.SpikingRectifiedLinear(initial_state=AT_REST)

    def rate_type(self, amplitude: float = 1.0) -> nengo.neurons.NeuronType:
        """Return the type of neurons that put out the rate at which the spiking ones settle.

        Args:
            amplitude: Output per rate [s].
        """
        if self.leaks:
            return nengo.LIFRate(tau_rc=self.tau_rc, tau_ref=TAU_REF, amplitude=amplitude)
        return nengo.RectifiedLinear(amplitude=amplitude)

    def rates(self, current: np.ndarray) -> np.ndarray:
        """Compute the rates at which neurons settle [Hz].

        Args:
            current: Input current of each neuron.

        Returns:
            Of the same shape.
        """
        if not self.leaks:
            return np.maximum(current, 0.0)
        above = current > 1.0
        rates = np.zeros_like(current)
        rates[above] = 1.0 / (TAU_REF + self.tau_rc * np.log1p(1.0 / (current[above] - 1.0)))
        return rates

    def tune(self, max_rates: np.ndarray, intercepts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Compute gains and biases of neurons that start to fire at their intercepts.

        Args:
            max_rates: Rate of each neuron at 1 [Hz].
            intercepts: Value from which on each neuron fires, below 1.

        Returns:
            Gain and bias of each neuron.
        """
        gain, bias = self.rate_type().gain_bias(max_rates, intercepts)
        return gain, bias


LEAKY = Membrane(50.0)
"""Membrane with a time constant of 20 ms, Nengo's default."""
