"""Network of the controller with rate neurons, as a processor would compute it."""

import numpy as np

from spikearm.controller.spiking.spiking_network import Filters
from spikearm.controller.weights.membrane import LEAKY, NeuralStage
from spikearm.controller.weights.network_weights import NetworkWeights


class DenseNetwork:
    """Network at stage ``rate`` without Nengo, all of whose weights are multiplied in every step.

    Matrices that follow one another without neurons between them are not joined, which takes the
    fewest products. Filters follow weights where that makes the filtered vectors shorter.

    Args:
        weights: Weights of the network.
        timestep: Control period [s].
        filters: Time constants.
    """

    def __init__(
        self, weights: NetworkWeights, timestep: float, filters: Filters = Filters()
    ) -> None:
        matrices = dense_matrices(weights, "rate")
        self._multiply_adds = sum(matrix.size for matrix in matrices)
        (
            self._first, self._hidden, self._latent, self._products, self._friction, self._readout
        ) = matrices  # fmt: skip
        self._biases = (
            weights.feature_bias, weights.code_bias, weights.product_bias, weights.friction_bias
        )  # fmt: skip
        self._rates = weights.membrane.rates
        self._n_joints = weights.velocity.shape[1]
        self._layer_gain = -np.expm1(-timestep / filters.layer_tau)
        self._torque_gain = -np.expm1(-timestep / filters.torque_tau)
        self.restart()

    def restart(self) -> None:
        """Go back to the state just after construction."""
        self._features, self._z = np.zeros(len(self._hidden)), np.zeros(len(self._latent))
        self._torque = np.zeros(self._n_joints)

    @property
    def multiply_adds(self) -> int:
        """Number of products of a weight and a value, each added to a sum, per step."""
        return self._multiply_adds

    @property
    def n_neurons(self) -> int:
        """Number of neurons."""
        return sum(len(bias) for bias in self._biases)

    def step(self, inputs: np.ndarray) -> np.ndarray:
        """Advance by one control period.

        Args:
            inputs: Inputs of :class:`~spikearm.controller.weights.scaling.HostNodes`, shape
                (3 n_joints + 6,).

        Returns:
            Scaled torque, shape (n_joints,).
        """
        state, command = inputs[:-6], inputs[-6:]
        features = self._rates(self._first @ state + self._biases[0])
        code = self._rates(self._features + self._biases[1])
        products = self._rates(
            self._products @ np.concatenate([self._z, command]) + self._biases[2]
        )
        moving = inputs[-self._n_joints - 6 :]  # velocities, command
        friction = LEAKY.rates(self._friction @ moving + self._biases[3])
        neurons = np.concatenate([features, code, products, friction])
        torque = self._torque.copy()
        self._features += self._layer_gain * (self._hidden @ features - self._features)
        self._z += self._layer_gain * (self._latent @ code - self._z)
        self._torque += self._torque_gain * (self._readout @ neurons - self._torque)
        return torque


def dense_matrices(weights: NetworkWeights, stage: NeuralStage) -> tuple[np.ndarray, ...]:
    """List the matrices that a network multiplies with in a step, from its inputs to the torque.

    Args:
        weights: Weights of the network.
        stage: Stage whose readout is the last one.
    """
    return (
        np.hstack([weights.posture, weights.velocity]),
        weights.hidden,
        weights.latent,
        np.hstack([weights.factors, weights.command]),
        np.hstack([weights.friction_velocity, weights.friction_command]),
        weights.readout[stage],
    )
