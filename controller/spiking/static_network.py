"""The controller's network in floating point, without spikes and without time."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.weights.membrane import LEAKY
from spikearm.controller.weights.network_weights import NetworkWeights


@dataclass(frozen=True)
class StaticNetwork:
    """Network whose neurons fire at the rates that they would settle at, at once.

    The same layers, neurons and weights as the spiking controller's, with the rate of each neuron
    in place of its spikes. Nothing has to be averaged, so that there are no filters, and no lag. It
    tells apart what the network's shape costs and what spikes cost.

    Attributes:
        weights: Weights of the network.
        readout: Decoders of the scaled torque from all neurons, shape (n_joints, n_neurons).
    """

    weights: NetworkWeights
    readout: np.ndarray

    def torque(self, step: ControlStep) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        weights, state = self.weights, step.state
        inputs = np.empty(len(weights.scaling.center))
        weights.scaling.write(inputs, state.q, state.dq, step.command)
        return self.readout @ self.rates(inputs) * weights.scaling.torque

    def rates(self, inputs: np.ndarray) -> np.ndarray:
        """Compute the rates of all neurons, layer by layer.

        Args:
            inputs: Scaled joint positions, joint velocities and command, shape
                (..., 3 n_joints + 6).

        Returns:
            Shape (..., n_neurons) [Hz].
        """
        weights, rates = self.weights, self.weights.membrane.rates
        state, command = inputs[..., :-6], inputs[..., -6:]
        velocities = state[..., -weights.velocity.shape[1] :]
        features = rates(state @ self._first + weights.feature_bias)
        code = rates(features @ weights.hidden.T + weights.code_bias)
        factors = (code @ weights.latent.T) @ weights.factors.T
        products = rates(factors + command @ weights.command.T + weights.product_bias)
        wanted = velocities @ weights.friction_velocity.T + command @ weights.friction_command.T
        friction = LEAKY.rates(wanted + weights.friction_bias)
        return np.concatenate([features, code, products, friction], axis=-1)

    @cached_property
    def _first(self) -> np.ndarray:
        return np.hstack([self.weights.posture, self.weights.velocity]).T
